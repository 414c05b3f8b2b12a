"""Matching: who would go well with whom, and a whole programme's ties from that."""
