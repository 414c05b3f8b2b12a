"""Sessions between people: when they meet, for how long, and where that stands.

``server/room`` is the session while it is live; this is the appointment and what remains of it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId

SessionId = str

SessionState = Literal[
    "proposed", "countered", "confirmed", "live", "held", "recapped", "cancelled", "rescheduled", "no_show"
]


class Session(Struct, frozen=True, kw_only=True):
    """One appointment of a mentorship. ``starts_ms`` is UTC; ``zone`` the organiser's, in which it recurs.

    ``people`` are those invited (participants of the mentorship); ``sequence`` counts changes that calendars
    have to be told of (RFC 5546, 2.1.4). ``series`` names what it recurs with. ``room`` is its room once
    made. ``format`` and ``minutes`` are the agenda's.
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
    sequence: int = 0
    series: str | None = None
    room: str | None = None
    missing: tuple[PersonId, ...] = ()
    version: int = 1

    @property
    def ends_ms(self) -> int:
        """When it is over as planned."""
        return self.starts_ms + self.minutes * 60_000
