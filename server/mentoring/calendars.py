"""One person's confirmed sessions never overlap: what each person's time is taken by, in one record."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from server.mentoring.meetings import Session, SessionId
from server.mentoring.people import PersonId
from server.mentoring.zones import DAY_MS


class Claim(Struct, frozen=True):
    """A session that takes somebody's time."""

    session: SessionId
    start_ms: int
    end_ms: int


class Calendar(Struct, frozen=True, kw_only=True):
    """A person's claims, of sessions to come and of the last day, earliest first.

    It changes in the commit that changes the session, so that of two sessions that are confirmed at the same
    time only one gets the hour.
    """

    person: PersonId
    claims: tuple[Claim, ...] = ()
    version: int = 0


class OverlapError(Exception):
    """The person has another session in that time: ``claim``."""

    def __init__(self, person: PersonId, claim: Claim) -> None:
        super().__init__(claim.session)
        self.person = person
        self.claim = claim


def settled(calendar: Calendar, session: Session, now_ms: int) -> Calendar:
    """The calendar once the session is as given; the same object when nothing changes.

    Raises ``OverlapError``.
    """
    others = tuple(
        each for each in calendar.claims if each.session != session.id and each.end_ms > now_ms - DAY_MS
    )
    if session.stands and calendar.person in session.coming:
        for each in others:
            if each.start_ms < session.ends_ms and session.starts_ms < each.end_ms:
                raise OverlapError(calendar.person, each)
        mine = Claim(session.id, session.starts_ms, session.ends_ms)
        others = tuple(sorted((*others, mine), key=lambda each: each.start_ms))
    return calendar if others == calendar.claims else replace(calendar, claims=others)
