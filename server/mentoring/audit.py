"""The record of who changed what: it only grows."""

from __future__ import annotations

from msgspec import Struct

from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId


class AuditEvent(Struct, frozen=True, kw_only=True):
    """``what`` names the change ("mentorship.closed"); ``about`` is the id of what changed; no free text.

    ``who`` is None where a deadline acted and not a person.
    """

    at_ms: int
    programme: ProgrammeId
    who: PersonId | None
    what: str
    about: str
    details: dict[str, str | int] = {}
