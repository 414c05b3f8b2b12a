"""Texts that are hard to cut, and where they may be cut: the same characters as web/client/notes/trial.ts."""

from __future__ import annotations

import unicodedata
from random import Random

GRAPHEMES = (
    *"aab \n-#*é日ß",
    "😀",
    "😁",
    "e\u0301",
    "n\u0303\u0323",
    "👩🏽\u200d🚀",
    "👨\u200d👩\u200d👧\u200d👦",
    "🇨🇦",
    "🇨🇭",
    "👍🏿",
    "❤\ufe0f",
    "ש\u05b8",
    "क्षि",
    "\U0001d518",
)


def some_text(random: Random, most: int = 4) -> str:
    """One to ``most`` characters as people see them."""
    return "".join(random.choice(GRAPHEMES) for _ in range(random.randint(1, most)))


def cut_points(text: str) -> list[int]:
    """Where ``text`` may be cut, in code points: not before marks, joiners or second halves of flags."""
    points = [0]
    flags = 0
    for at, char in enumerate(text):
        if at > 0 and not _joins(text[at - 1], char, flags):
            points.append(at)
        flags = flags + 1 if _regional(char) else 0
    if text:
        points.append(len(text))
    return points


def _joins(before: str, char: str, flags: int) -> bool:
    modifier = 0x1F3FB <= ord(char) <= 0x1F3FF
    return (
        unicodedata.category(char).startswith("M")
        or "\u200d" in {before, char}
        or modifier
        or (_regional(char) and flags % 2 == 1)
    )


def _regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF
