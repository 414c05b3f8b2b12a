"""Signing in and out, one's own account, and the letters that go with them."""
