"""Notes of a tie: shared with everybody in it, or their author's alone."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.mentoring.meetings import SessionId
from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId

Visibility = Literal["shared", "private"]

LONGEST_NOTE = 8000


class TieNote(Struct, frozen=True, kw_only=True):
    """One note, about a session or between sessions. A private one is found by its author only."""

    id: str
    mentorship: MentorshipId
    author: PersonId
    visibility: Visibility
    text: str
    at_ms: int
    session: SessionId | None = None
    version: int = 1


def may_read(note: TieNote, person: PersonId) -> bool:
    """Whether somebody who takes part in the tie may read it."""
    return note.visibility == "shared" or note.author == person
