"""Where to go after signing in."""

from __future__ import annotations

from server.pages.landing import own_path

HOME = "/home"


def next_path(text: str) -> str:
    """The path if it is one of ours, else home."""
    path = own_path(text)
    return HOME if path == "/" else path
