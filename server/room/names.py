"""Names and titles as people type them, made fit to show: trimmed, without control characters, bounded."""

from __future__ import annotations

import unicodedata

from signaling.errors import ProtocolError

LONGEST_NAME = 80
"""Code points, after cleaning; the same figure as ``parts.Name``."""

# Cc controls, Cs surrogates, Co private use, Cn unassigned; and of Cf the directional overrides and isolates,
# which could turn the text around a name. Joiners (Cf) stay: emoji and several scripts need them.
_unwanted = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_directional = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_joiners = "\u200b\u200c\u200d\u2060"


def clean(text: str) -> str:
    """One line without control characters, runs of white space made one space, ends trimmed, NFC."""
    kept = "".join(" " if char.isspace() else char for char in text if _wanted(char))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def clean_name(text: str, field: str = "name") -> str:
    """A person's name or a room's title. Raises ``ProtocolError`` ``name-missing`` or ``name-too-long``."""
    name = clean(text)
    if not name.strip(_joiners):
        raise ProtocolError("name-missing", field)
    if len(name) > LONGEST_NAME:
        raise ProtocolError("name-too-long", field)
    return name


def _wanted(char: str) -> bool:
    return char.isspace() or (unicodedata.category(char) not in _unwanted and char not in _directional)
