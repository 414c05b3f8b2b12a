"""Reasons as sentences: which one says what a part of a fit found."""

from __future__ import annotations

from collections.abc import Sequence

from server.mentoring.matching.reasons import Reason
from web.views.matching import Said

MOST = 4
"""Reasons that are said of a pair: those that count most."""


def said(reasons: Sequence[Reason], most: int = MOST) -> tuple[Said, ...]:
    """The reasons that speak for a pair, what counts most first."""
    return tuple(_said(each) for each in reasons if each.value > 0 and _tells(each))[:most]


def hundredths(score: float) -> int:
    """A score as people read it."""
    return round(score * 100)


def _tells(reason: Reason) -> bool:
    """Half of nothing sought is no reason, nor is a language that nobody has named."""
    return reason.part not in {"skills", "language"} or bool(reason.names)


def _said(reason: Reason) -> Said:
    match reason.part:
        case "skills":
            return Said(key="matching.reason.skills", values={"names": ", ".join(reason.names)})
        case "time":
            return Said(key="matching.reason.time", values={"count": round(reason.count / 60, 1)})
        case "language":
            tongue = reason.names[0] if reason.names else ""
            key = "matching.reason.language-best" if reason.count else "matching.reason.language"
            return Said(key=key, tongue=tongue)
        case "meeting":
            return Said(key="matching.reason.meeting")
        case "spread":
            return Said(key="matching.reason.spread", values={"count": reason.count})
        case "waiting":
            return Said(key="matching.reason.waiting", values={"count": reason.count})
        case "wish":
            return Said(key="matching.reason.wish", values={"place": reason.count})
        case "willing":
            return Said(key="matching.reason.willing", values={"place": reason.count})
