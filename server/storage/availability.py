"""When people are free: one record a person."""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

from server.mentoring.availability import Availability
from server.mentoring.people import PersonId
from server.storage import keys
from server.storage.records import Change, load, load_many, put


def saved_availability(availability: Availability) -> list[Change]:
    """What stores when somebody is free, new or changed."""
    return [put(keys.availability(availability.person), availability)]


async def load_availability(store: Redis, person: PersonId) -> Availability:
    """When a person is free; never (version 0, in UTC) before they said."""
    found = await load(store, keys.availability(person), Availability)
    return found if found is not None else Availability(person=person, zone="UTC", version=0)


async def load_availabilities(store: Redis, people: Sequence[PersonId]) -> dict[PersonId, Availability]:
    """When these people are free, in one round trip."""
    found = await load_many(store, [keys.availability(each) for each in people], Availability)
    return {
        person: each if each is not None else Availability(person=person, zone="UTC", version=0)
        for person, each in zip(people, found, strict=True)
    }
