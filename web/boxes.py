"""What formats and boxes of an agenda are called: by words of somebody's own, else by the catalogues."""

from __future__ import annotations

from signaling.parts import Words
from web.i18n import Translator


def own(say: Translator, words: Words | None) -> str:
    """Somebody's own words in the reader's language, in the other one where there are none; else ""."""
    if words is None:
        return ""
    first, second = (words.fr, words.en) if say.language == "fr" else (words.en, words.fr)
    return first or second


def box_title(say: Translator, key: str, words: Words | None) -> str:
    """A box's title."""
    return own(say, words) or say.text(f"box.{key}")


def format_name(say: Translator, key: str, words: Words | None) -> str:
    """A format's name."""
    return own(say, words) or say.text(f"format.{key}")
