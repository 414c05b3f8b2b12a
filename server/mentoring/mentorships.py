"""Mentorships: who is tied to whom, as what, and where the tie stands."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.mentoring.kinds import Kind
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId

MentorshipId = str

MentorshipState = Literal[
    "proposed",
    "accepted",
    "agreed",
    "active",
    "paused",
    "closing",
    "closed",
    "declined",
    "expired",
    "withdrawn",
]
ClosingReason = Literal["completed", "no_fault", "no_start", "safeguarding"]
MentorshipRole = Literal["mentor", "mentee"]

OPEN_STATES: frozenset[MentorshipState] = frozenset({"accepted", "agreed", "active", "paused", "closing"})
"""States in which a mentorship takes a place of its mentor's capacity."""


class Participation(Struct, frozen=True, kw_only=True):
    """A person's part in a mentorship, from ``from_ms`` until ``to_ms`` (None: still)."""

    person: PersonId
    role: MentorshipRole
    from_ms: int
    to_ms: int | None = None


class Mentorship(Struct, frozen=True, kw_only=True):
    """A tie of any kind. ``title`` is for groups; ``purpose`` is what the mentee asked for.

    ``cadence_days`` is the promised rhythm; ``ends`` an ISO date or None. ``seats`` bounds the mentees of a
    group.
    """

    id: MentorshipId
    programme: ProgrammeId
    kind: Kind
    state: MentorshipState
    participations: tuple[Participation, ...]
    created_ms: int
    changed_ms: int
    title: str = ""
    purpose: str = ""
    cadence_days: int = 14
    ends: str | None = None
    seats: int | None = None
    closed_as: ClosingReason | None = None
    version: int = 1

    def part_of(self, person: PersonId) -> Participation | None:
        """The person's present part, None when they have none (any more)."""
        return next(
            (each for each in self.participations if each.person == person and each.to_ms is None), None
        )

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who takes part now."""
        return tuple(each.person for each in self.participations if each.to_ms is None)
