"""What people decided: lines of their notes that begin with the word for it, "Decision: we meet weekly"."""

from __future__ import annotations

import re
import unicodedata

MOST_DECISIONS = 50
LONGEST_DECISION = 500

# A bullet, a quote or bold around the word may stand before it; French has a space before its colon.
_line = re.compile(
    r"^\s*(?:[-*+]\s+|>\s*)?(?P<bold>\*\*|__)?\s*(?:decision|decided|d[eé]cision|d[eé]cid[eé])s?\s*"
    r"(?:(?P=bold))?\s*:\s*(?:\*\*|__)?\s*(?P<said>\S.*?)\s*$",
    re.IGNORECASE,
)


def read_decisions(text: str) -> list[str]:
    """The decisions in notes (Markdown), in their order, each once."""
    found: dict[str, str] = {}
    for row in text.splitlines():
        match = _line.match(unicodedata.normalize("NFC", row))
        if match is not None:
            said = " ".join(match["said"].split())[:LONGEST_DECISION]
            found.setdefault(said.casefold(), said)
            if len(found) == MOST_DECISIONS:
                break
    return list(found.values())
