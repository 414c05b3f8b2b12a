"""Ties made quickly in the store, and read again, for tests of whatever happens to them."""

from __future__ import annotations

import secrets

from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.agreements import drafted, signed
from server.mentoring.kinds import Kind
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.programmes import Programme
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import Tie
from server.storage.mentorships import load_mentorship
from server.storage.programmes import load_people
from server.storage.records import commit
from server.storage.ties import ledger, new_mentorship_changes
from server.ties.keeping import step


async def made_tie(
    store: Redis,
    programme: Programme,
    mentors: list[Person],
    mentees: list[Person],
    kind: Kind = "one-to-one",
    *,
    active: bool = True,
    at_ms: int | None = None,
    seats: int | None = None,
    title: str = "",
) -> Mentorship:
    """A tie of these people, with an agreement that all have signed when ``active``."""
    now = now_ms() if at_ms is None else at_ms
    tie = Tie(
        id=secrets.token_urlsafe(9),
        kind=kind,
        mentors=tuple(each.id for each in mentors),
        mentees=tuple(each.id for each in mentees),
        purpose="To find a first job.",
        seats=seats,
        title=title,
    )
    places = await ledger(store, programme.id, [*tie.mentors, *tie.mentees])
    made, changes = new_mentorship_changes(programme, tie, places, now, by=None)
    await commit(store, [*changes, *places.changes()])
    if not active:
        return made

    def agree(it: Mentorship) -> Mentorship:
        it = drafted(
            it, programme, now, by=it.people[0], goals=["A first job"], cadence_days=14, ends=it.ends
        )
        for person in it.people:
            it = signed(it, now, person=person, number=1)
        return it

    return await step(store, programme, made, agree, TieEvent(at_ms=now, who=None, what="signed"))


async def stored(store: Redis, tie: Mentorship) -> Mentorship:
    """The tie as it is by now."""
    found = await load_mentorship(store, tie.id)
    assert found is not None
    return found


async def person_of(store: Redis, person: str) -> Person:
    """An account by its id."""
    return (await load_people(store, [person]))[person]
