"""Concerns: somebody is worried. Read by few, kept apart from everything else."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, structs

from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId
from server.mentoring.tie_rules import TieError

ConcernId = str
ConcernState = Literal["open", "looked-at", "closed"]

LONGEST_CONCERN = 5000
MOST_NOTES = 200


class ConcernNote(Struct, frozen=True, kw_only=True):
    """What somebody who looks after it wrote down, and the state it was in from then on."""

    by: PersonId
    at_ms: int
    text: str
    state: ConcernState


class Concern(Struct, frozen=True, kw_only=True):
    """What worries somebody about a tie. Its text is nowhere else: not in letters, not in the audit."""

    id: ConcernId
    programme: ProgrammeId
    mentorship: MentorshipId
    by: PersonId
    text: str
    at_ms: int
    state: ConcernState = "open"
    notes: tuple[ConcernNote, ...] = ()
    version: int = 1


def noted(concern: Concern, *, by: PersonId, text: str, state: ConcernState, now_ms: int) -> Concern:
    """With a note, and in this state from now on. Raises ``TieError``."""
    if len(concern.notes) >= MOST_NOTES:
        raise TieError(code="tie-moved-on")
    note = ConcernNote(by=by, at_ms=now_ms, text=text, state=state)
    return structs.replace(concern, state=state, notes=(*concern.notes, note), version=concern.version + 1)
