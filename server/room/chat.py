"""What is written in the chat: text that can be shown, neither empty nor endless."""

from __future__ import annotations

from signaling.errors import ProtocolError

LONGEST_LINE = 4_000
"""Characters of one line (threats.md's limit)."""


def clean_line(typed: str) -> str:
    """The text without what can't be shown. Raises ``ProtocolError`` for nothing or too much."""
    if len(typed) > LONGEST_LINE:
        raise ProtocolError("chat-too-long", "text")
    kept = "".join(letter for letter in typed if letter in "\n\t\u200d" or letter.isprintable())
    text = "\n".join(line.rstrip() for line in kept.split("\n")).strip()
    if not text:
        raise ProtocolError("chat-empty", "text")
    return text
