"""How people come into a programme: an invitation to one address, or a code that opens to whoever has it."""

from __future__ import annotations

from msgspec import Struct, structs

from server.mentoring.people import PersonId
from server.mentoring.programmes import CohortId, ProgrammeId, ProgrammeRole

InvitationId = str

INVITED_MS = 30 * 24 * 3_600_000
"""How long the link in an invitation's letter signs its person in."""

MOST_AT_ONCE = 500
"""People in one list."""


class Invitation(Struct, frozen=True, kw_only=True):
    """One person asked into a programme as ``role``; gone once they answered. ``by`` is who asked."""

    id: InvitationId
    programme: ProgrammeId
    person: PersonId
    role: ProgrammeRole
    by: PersonId
    at_ms: int
    cohort: CohortId | None = None
    partner: str = ""
    version: int = 1


class JoinCode(Struct, frozen=True, kw_only=True):
    """A code that anybody who has it joins a programme by, as ``role``, while it is ``open``."""

    code: str
    programme: ProgrammeId
    role: ProgrammeRole
    by: PersonId
    at_ms: int
    cohort: CohortId | None = None
    partner: str = ""
    open: bool = True
    version: int = 1


def sent_again(invitation: Invitation, now_ms: int) -> Invitation:
    """The invitation after its letter was sent once more."""
    return structs.replace(invitation, at_ms=now_ms, version=invitation.version + 1)


def turned(code: JoinCode, *, open_: bool) -> JoinCode:
    """The code opened or closed."""
    return structs.replace(code, open=open_, version=code.version + 1)
