"""Sessions between people: when they meet, for how long, and where that stands.

``server/room`` is the session while it is live; this is the appointment and what remains of it. What changes
it stands in ``meeting_rules.py``.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId
from signaling.parts import Words

SessionId = str

SessionState = Literal[
    "proposed", "countered", "confirmed", "live", "held", "recapped", "cancelled", "rescheduled", "no_show"
]

EndedAs = Literal["declined", "withdrawn", "cancelled", "not-missed", "unanswered"]
"""Why a session is cancelled: the proposal was declined or taken back, the session called off, a no-show
was undone though nobody met, or the proposal's time came without an answer."""


class AgendaItem(Struct, frozen=True):
    """Something to talk about, for so many minutes.

    ``of`` is the id of the format's box that it was made from. While ``title`` is "" it has that box's:
    ``words``, or the catalogues' under ``key``.
    """

    title: str
    minutes: int
    of: str = ""
    key: str = ""
    words: Words | None = None


class Move(Struct, frozen=True, kw_only=True):
    """Another time that somebody asks for; the session stands as it is until everybody ``agreed``."""

    by: PersonId
    starts_ms: int
    minutes: int
    agreed: tuple[PersonId, ...]


class Attendance(Struct, frozen=True, kw_only=True):
    """When a person was in the room: the first ms and the last, and for how long in all."""

    person: PersonId
    joined_ms: int
    left_ms: int
    minutes: int


class Appeal(Struct, frozen=True, kw_only=True):
    """What somebody says who is said to have missed a session."""

    person: PersonId
    words: str
    at_ms: int


class Session(Struct, frozen=True, kw_only=True):
    """One appointment of a mentorship. ``starts_ms`` is UTC; ``zone`` the organiser's, in which it recurs.

    ``people`` are those invited (participants of the mentorship); ``sequence`` counts changes that calendars
    have to be told of (RFC 5546, 2.1.4). ``series`` names what it recurs with. ``room`` is its room once
    made. ``format`` and ``minutes`` are the agenda's; ``format_name`` is the format's name where the
    catalogues have none.

    ``coming`` said yes: only their time is taken. ``by`` made the proposal that stands. An ``announced``
    session stands at once and people take its ``seats`` (None: as many as want), or wait in ``waiting``.
    ``every_weeks`` and ``times`` are its series', ``planned_ms`` is when the series has it (RECURRENCE-ID).
    ``missing`` are those who are said not to have come, by ``said_by``. ``follows`` is the session that this
    one takes the place of.
    """

    id: SessionId
    programme: ProgrammeId
    mentorship: MentorshipId
    organiser: PersonId
    people: tuple[PersonId, ...]
    state: SessionState
    starts_ms: int
    minutes: int
    zone: str
    format: str
    created_ms: int
    title: str = ""
    format_name: Words | None = None
    sequence: int = 0
    series: str | None = None
    room: str | None = None
    missing: tuple[PersonId, ...] = ()
    by: PersonId = ""
    coming: tuple[PersonId, ...] = ()
    announced: bool = False
    seats: int | None = None
    waiting: tuple[PersonId, ...] = ()
    moving: Move | None = None
    every_weeks: int = 0
    times: int = 1
    planned_ms: int = 0
    agenda: tuple[AgendaItem, ...] = ()
    ended_as: EndedAs | None = None
    why: str = ""
    said_by: PersonId = ""
    appeals: tuple[Appeal, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    follows: SessionId | None = None
    version: int = 1

    @property
    def ends_ms(self) -> int:
        """When it is over as planned."""
        return self.starts_ms + self.minutes * 60_000

    @property
    def waits(self) -> bool:
        """Whether a proposal waits for answers."""
        return self.state in {"proposed", "countered"}

    @property
    def stands(self) -> bool:
        """Whether it takes the time of those who are coming."""
        return self.state in {"confirmed", "live"}

    @property
    def seats_left(self) -> int | None:
        """Seats that nobody has taken, None for no limit; the organiser takes none."""
        if self.seats is None:
            return None
        return max(0, self.seats - sum(each != self.organiser for each in self.coming))
