"""People in a programme, made quickly in the store: for tests of whatever needs somebody enrolled.

``await made_cast(store)`` makes a programme with a coordinator, mentors and mentees, all trained;
``await cookies_of(store, person)`` signs a client in: ``client.get(path, cookies=…)``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from itertools import count
from typing import Any

from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.people import Person
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Enrolment, Programme, ProgrammeRole
from server.pages.guard import BROWSER_COOKIE
from server.storage import people, signins
from server.storage.bank import number_of
from server.storage.programmes import load_profile, saved_enrolment, saved_profile, saved_programme
from server.storage.records import commit

NOW_MS = 1_793_278_800_000
"""29 October 2026, 13:00 UTC: a Thursday, four days after Europe's clocks changed and three before
Montréal's."""

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A programme and who is in it."""

    programme: Programme
    coordinator: Person
    mentors: tuple[Person, ...]
    mentees: tuple[Person, ...]


async def made_person(store: Redis, name: str = "Ada Lovelace", **fields: Any) -> Person:
    """An account; ``fields`` are those of ``Person``."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": f"person-{number:08}",
        "email": f"person{number}@example.org",
        "name": name,
        "language": "en",
        "zone": "Europe/Paris",
        "created_ms": NOW_MS,
        **fields,
    }
    return await people.create(store, Person(**values))


async def made_programme(store: Redis, **fields: Any) -> Programme:
    """A programme without training that allows every kind; ``fields`` are those of ``Programme``."""
    values: dict[str, Any] = {
        "id": f"programme-{next(_numbers):08}",
        "name": "Women in Science",
        "summary": "Six months side by side.",
        "template": "university",
        "kinds": ("one-to-one", "group", "peer", "reverse", "micro", "office-hours"),
        "languages": ("en", "fr"),
        "zone": "Europe/Paris",
        "created_ms": NOW_MS,
        "agreement": "We keep what we say between us.",
        **fields,
    }
    programme = Programme(**values)
    await commit(store, saved_programme(programme))
    return programme


async def enrolled(
    store: Redis, programme: Programme, person: Person, role: ProgrammeRole, **fields: Any
) -> Enrolment:
    """Puts a person into a programme, trained; ``fields`` are those of ``Enrolment``."""
    values: dict[str, Any] = {
        "programme": programme.id,
        "person": person.id,
        "role": role,
        "joined_ms": NOW_MS,
        "trained_ms": NOW_MS,
        "capacity": 3 if role == "mentor" else 1,
        "number": await number_of(store, person.id),
        **fields,
    }
    enrolment = Enrolment(**values)
    await commit(store, saved_enrolment(enrolment))
    return enrolment


async def made_profile(store: Redis, person: Person, **fields: Any) -> Profile:
    """What a person shows of themself; ``fields`` are those of ``Profile``."""
    before = await load_profile(store, person.id)
    profile = structs.replace(before, version=before.version + 1, **fields)
    await commit(store, saved_profile(profile, before, await number_of(store, person.id)))
    return profile


async def made_cast(store: Redis, mentors: int = 2, mentees: int = 3, **fields: Any) -> Cast:
    """A programme with so many people and a coordinator; ``fields`` are the programme's."""
    programme = await made_programme(store, **fields)
    coordinator = await made_person(store, "Claire Dubois")
    await enrolled(store, programme, coordinator, "coordinator")
    made: dict[ProgrammeRole, list[Person]] = {"mentor": [], "mentee": []}
    for role, many in (("mentor", mentors), ("mentee", mentees)):
        for number in range(1, many + 1):
            person = await made_person(store, f"{role.capitalize()} {number}")
            await enrolled(store, programme, person, role)
            made[role].append(person)
    return Cast(
        programme=programme,
        coordinator=coordinator,
        mentors=tuple(made["mentor"]),
        mentees=tuple(made["mentee"]),
    )


async def cookies_of(store: Redis, person: Person, at_ms: int | None = None) -> dict[str, str]:
    """A browser where the person is signed in, as cookies; ``at_ms`` if the site has a clock of its own."""
    secret = secrets.token_urlsafe(32)
    seen_ms = now_ms() if at_ms is None else at_ms
    browser = signins.Browser(
        id=secrets.token_urlsafe(8), person=person.id, agent="Test", since_ms=seen_ms, seen_ms=seen_ms
    )
    await signins.open_browser(store, secret, browser, None)
    return {BROWSER_COOKIE: secret}
