"""Two people in Paris and Montréal who can meet: ties, free weeks, and what is posted to them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import json
from redis.asyncio import Redis

from server.jobs import Jobs
from server.mentoring.availability import Availability, Window
from server.mentoring.kinds import Kind
from server.mentoring.letters import Letter
from server.mentoring.mentorships import Mentorship, Participation
from server.mentoring.people import Person
from server.pages.site import Site
from server.storage import keys
from server.storage.availability import saved_availability
from server.storage.mentorships import saved_mentorship
from server.storage.records import commit
from server.tasks import handlers
from tests.support.accounts import make_person
from tests.support.programmes import enrolled, made_programme

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass
class Clock:
    """The site's clock, put where a test wants it."""

    now_ms: int

    def __call__(self) -> int:
        return self.now_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A mentor in Paris, a mentee in Montréal, their active tie and a coordinator of the programme."""

    mentor: Person
    mentee: Person
    coordinator: Person
    tie: Mentorship


def at(zone: str, *when: int) -> int:
    """The ms at which clocks in a zone show a time."""
    return round(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1000)  # type: ignore[misc]


async def made_tie(
    store: Redis,
    programme: str,
    mentors: Sequence[Person],
    mentees: Sequence[Person],
    now_ms: int,
    kind: Kind = "one-to-one",
    **fields: object,
) -> Mentorship:
    """An active mentorship."""
    values: dict[str, object] = {
        "id": secrets.token_urlsafe(12),
        "programme": programme,
        "kind": kind,
        "state": "active",
        "participations": (
            *(Participation(person=each.id, role="mentor", from_ms=now_ms) for each in mentors),
            *(Participation(person=each.id, role="mentee", from_ms=now_ms) for each in mentees),
        ),
        "created_ms": now_ms,
        "changed_ms": now_ms,
        **fields,
    }
    tie = Mentorship(**values)  # type: ignore[arg-type]
    await commit(store, saved_mentorship(tie))
    return tie


async def make_free(store: Redis, person: Person, *windows: Window) -> None:
    """The person is free in these windows on their own clock, else on Tuesdays and Thursdays from 8 to 20."""
    week = windows or (Window(1, 480, 1200), Window(3, 480, 1200))
    await commit(
        store,
        saved_availability(Availability(person=person.id, zone=person.zone, windows=tuple(sorted(week)))),
    )


async def made_pair(store: Redis, now_ms: int, **fields: object) -> Pair:
    """The two, free and tied; ``fields`` are the tie's."""
    programme = await made_programme(store)
    people = [
        await make_person(store, "Amina Traoré", zone="Europe/Paris", at_ms=now_ms),
        await make_person(store, "Zoé Tremblay", zone="America/Montreal", language="fr", at_ms=now_ms),
        await make_person(store, "Claire Dubois", at_ms=now_ms),
    ]
    for person, role in zip(people, ("mentor", "mentee", "coordinator"), strict=True):
        await enrolled(store, programme, person, role)  # type: ignore[arg-type]
    for person in people[:2]:
        await make_free(store, person)
    tie = await made_tie(store, programme.id, people[:1], people[1:2], now_ms, **fields)  # type: ignore[arg-type]
    return Pair(mentor=people[0], mentee=people[1], coordinator=people[2], tie=tie)


async def letters(store: Redis, kind: str = "", to: Person | None = None) -> list[Letter]:
    """The letters that wait to be sent, in the order of their kinds."""
    found = [
        json.decode(await store.get(key), type=Letter) async for key in store.scan_iter(keys.letter("*"))
    ]
    return sorted(
        (each for each in found if (not kind or each.kind == kind) and (to is None or each.to == to.id)),
        key=lambda each: (each.at_ms, each.kind),
    )


async def run_due(site: Site) -> int:
    """Does what has fallen due by the site's clock, letters too: they go to the outbox."""
    return await Jobs(site.store, handlers(site), site.clock, site.due_soon).run_due()


def slots_of(html: str) -> list[int]:
    """The instants that a page offers to choose from."""
    return [int(each) for each in re.findall(r'name="starts" value="(\d+)"', html)]
