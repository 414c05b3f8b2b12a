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


class Goal(Struct, frozen=True, kw_only=True):
    """What the people of a tie are after; ``progress`` is 0 to 100, ``done_ms`` when it was reached."""

    id: str
    text: str
    by: PersonId
    added_ms: int
    progress: int = 0
    done_ms: int | None = None


class Signature(Struct, frozen=True, kw_only=True):
    """Who signed a version of an agreement, and when."""

    person: PersonId
    at_ms: int


class Agreement(Struct, frozen=True, kw_only=True):
    """One version of what the people of a tie promise each other; its signatures are for it alone.

    ``number`` counts from 1. ``text`` is the programme's own, as it stood then; ``ends`` an ISO date or None.
    """

    number: int
    by: PersonId
    at_ms: int
    goals: tuple[str, ...]
    cadence_days: int
    ends: str | None = None
    text: str = ""
    signatures: tuple[Signature, ...] = ()

    def signed_by(self, person: PersonId) -> bool:
        """Whether this person signed this version."""
        return any(each.person == person for each in self.signatures)


class Waiting(Struct, frozen=True, kw_only=True):
    """A place in the queue for a seat; ``offered_until_ms`` while a seat is kept for this person."""

    person: PersonId
    since_ms: int
    offered_until_ms: int | None = None


class ClosingWord(Struct, frozen=True, kw_only=True):
    """What somebody says at the end: what was good, and whether they would like a new match."""

    person: PersonId
    at_ms: int
    good: str = ""
    again: bool = False


class Closing(Struct, frozen=True, kw_only=True):
    """The last step of a tie: who began it (None: its end date), why, until when others can add a word."""

    by: PersonId | None
    at_ms: int
    reason: ClosingReason
    until_ms: int
    words: tuple[ClosingWord, ...] = ()


class Mentorship(Struct, frozen=True, kw_only=True):
    """A tie of any kind. ``title`` is for groups; ``purpose`` is what the mentee asked for.

    ``cadence_days`` is the promised rhythm; ``ends`` an ISO date or None. ``seats`` bounds the mentees of a
    group, and ``waiting`` is the queue for them. ``agreements`` are all versions, the newest last.
    ``request`` is the request that it answers, ``until_ms`` the deadline of the state it is in, if that has
    one: the answer of a proposal, the start of an accepted tie, the end of a pause or of the closing step.
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
    goals: tuple[Goal, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    closing: Closing | None = None
    request: str | None = None
    until_ms: int | None = None
    started_ms: int | None = None
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

    @property
    def mentors(self) -> tuple[PersonId, ...]:
        """Who gives, now."""
        return tuple(
            each.person for each in self.participations if each.to_ms is None and each.role == "mentor"
        )

    @property
    def mentees(self) -> tuple[PersonId, ...]:
        """Who receives, now; peers are all of them."""
        return tuple(
            each.person for each in self.participations if each.to_ms is None and each.role == "mentee"
        )

    @property
    def agreement(self) -> Agreement | None:
        """The newest version, signed or not."""
        return self.agreements[-1] if self.agreements else None

    @property
    def agreement_in_force(self) -> Agreement | None:
        """The newest version that everybody who takes part now has signed."""
        for each in reversed(self.agreements):
            if all(each.signed_by(person) for person in self.people):
                return each
        return None
