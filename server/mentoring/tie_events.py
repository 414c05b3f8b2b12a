"""What happened in a tie, for its timeline: the audit's events again, found by the tie."""

from __future__ import annotations

from msgspec import Struct

from server.mentoring.people import PersonId


class TieEvent(Struct, frozen=True, kw_only=True):
    """``what`` names a sentence ("signed"); ``who`` is None where a deadline acted. No free text."""

    at_ms: int
    who: PersonId | None
    what: str
    details: dict[str, str | int] = {}
