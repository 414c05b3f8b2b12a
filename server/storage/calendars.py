"""What takes people's time, and the addresses of their calendar feeds: one record each a person."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from redis.asyncio import Redis

from server.mentoring.calendars import Calendar
from server.mentoring.people import PersonId
from server.storage import keys
from server.storage.records import Change, load, load_many, put


class Feed(Struct, frozen=True, kw_only=True):
    """A calendar that a person subscribes to by an address that nobody can guess.

    The address carries ``serial``: counting it up makes the old one fall. ``on`` is whether any works.
    """

    person: PersonId
    serial: int = 1
    on: bool = True
    version: int = 1


def saved_calendar(calendar: Calendar) -> list[Change]:
    """What stores a person's calendar, new or changed."""
    return [put(keys.calendar(calendar.person), calendar)]


async def load_calendars(store: Redis, people: Sequence[PersonId]) -> dict[PersonId, Calendar]:
    """What takes these people's time; empty ones (version 0) where nothing does."""
    found = await load_many(store, [keys.calendar(each) for each in people], Calendar)
    return {
        person: each if each is not None else Calendar(person=person)
        for person, each in zip(people, found, strict=True)
    }


def saved_feed(feed: Feed) -> list[Change]:
    """What stores a feed, new or changed."""
    return [put(keys.feed(feed.person), feed)]


async def load_feed(store: Redis, person: PersonId) -> Feed | None:
    """A person's feed, None before they asked for one."""
    return await load(store, keys.feed(person), Feed)
