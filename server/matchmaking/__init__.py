"""Matching as it happens: people gathered, runs in processes of their own, lists ranked, pairs published."""
