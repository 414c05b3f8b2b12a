"""Sessions as pages show them: what to call one, whose clocks to show, what is waited for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from server.mentoring.meetings import Session
from server.mentoring.people import Person, PersonId
from server.mentoring.zones import MINUTE_MS
from server.pages.site import Site
from server.session_letters import with_whom
from server.storage.programmes import load_people
from web.views.scheduling import Line, Meeting, Other

OPENS_MS = 15 * MINUTE_MS
"""How long before its beginning a session's room can be entered: time to look at one's picture."""

CLOSES_MS = 120 * MINUTE_MS
"""How long after its planned end: sessions run over."""

MOST_CLOCKS = 3


def is_open(session: Session, now_ms: int) -> bool:
    """Whether the session's room can be entered."""
    if session.state not in {"confirmed", "live"}:
        return False
    return session.starts_ms - OPENS_MS <= now_ms < session.ends_ms + CLOSES_MS


def awaits(session: Session, person: PersonId, now_ms: int) -> bool:
    """Whether the session waits for this person's answer."""
    if person not in session.people:
        return False
    if session.waits:
        return person not in session.coming and session.starts_ms > now_ms
    move = session.moving
    return (
        session.state == "confirmed"
        and move is not None
        and move.starts_ms > now_ms
        and person in session.coming
        and person not in move.agreed
    )


def meeting(session: Session) -> Meeting:
    """What of a session every page shows."""
    return Meeting(
        id=session.id,
        state=session.state,
        starts_ms=session.starts_ms,
        minutes=session.minutes,
        format=session.format,
        format_name=session.format_name,
        announced=session.announced,
        seats_left=session.seats_left,
        moving_ms=None if session.moving is None else session.moving.starts_ms,
        moving_minutes=0 if session.moving is None else session.moving.minutes,
        agenda=tuple((each.title, each.key, each.words, each.minutes) for each in session.agenda),
        every_weeks=session.every_weeks,
        ended_as=session.ended_as or "",
        why=session.why,
    )


def title_of(session: Session, reader: PersonId, people: Mapping[PersonId, Person]) -> str:
    """What to call a session: as it was named, else by who else is in it."""
    return session.title or with_whom(session, reader, people)


def clocks(who: Iterable[PersonId], reader: PersonId, people: Mapping[PersonId, Person]) -> tuple[Other, ...]:
    """The others' clocks: the only other one's always, of several each zone that isn't the reader's once."""
    others = [people[each] for each in who if each != reader and each in people]
    if len(others) == 1:
        return (Other(name=others[0].shown, zone=others[0].zone),)
    mine = people[reader].zone if reader in people else ""
    zones: dict[str, Other] = {}
    for each in others:
        if each.zone != mine:
            zones.setdefault(each.zone, Other(name=each.shown, zone=each.zone))
    return tuple(zones.values())[:MOST_CLOCKS]


async def people_of(site: Site, sessions: Iterable[Session], *more: PersonId) -> dict[PersonId, Person]:
    """The accounts of everybody in these sessions."""
    return await load_people(
        site.store, list(dict.fromkeys([*more, *(person for each in sessions for person in each.people)]))
    )


def lines(
    sessions: Sequence[Session], reader: PersonId, people: Mapping[PersonId, Person], now_ms: int
) -> tuple[Line, ...]:
    """The sessions as a list shows them."""
    return tuple(
        Line(
            session=meeting(each),
            title=title_of(each, reader, people),
            others=clocks(each.people, reader, people),
            mine=awaits(each, reader, now_ms),
            opens=is_open(each, now_ms) and reader in each.coming,
        )
        for each in sessions
    )
