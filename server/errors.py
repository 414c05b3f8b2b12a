"""Errors that the operator reads. Other readers: ``signaling.errors`` (the peer), pages (the person)."""

from __future__ import annotations


class OperatorError(Exception):
    """Something that whoever runs the server must mend; the text is one sentence that says what to do."""
