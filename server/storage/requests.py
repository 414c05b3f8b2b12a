"""Requests: loading them, and the changes that store and index them."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId
from server.mentoring.requests import Request, RequestId
from server.mentoring.tie_rules import DAY_MS
from server.storage import keys
from server.storage.due import Due, falls_due, not_due
from server.storage.records import Change, Op, load, load_many, put, ranked

DEADLINE = "request-deadline"
"""The kind of task for a request whose turn runs out."""


REMINDER_MS = DAY_MS
"""How long before its deadline whoever's turn it is hears of a request again."""


def saved_request(request: Request) -> list[Change]:
    """What stores a request, new or changed, finds it, and lets its deadline come."""
    listed = keys.requests_open(request.programme)
    task, reminder = Due(DEADLINE, request.id), Due(DEADLINE, request.id, "reminder")
    stored: list[Change] = [
        put(keys.request(request.id), request),
        *(
            Op("ZADD", keys.requests_of(person), (request.changed_ms, request.id))
            for person in request.people
        ),
    ]
    if request.until_ms is None:
        return [*stored, Op("ZREM", listed, (request.id,)), not_due(task), not_due(reminder)]
    reminds_ms = request.until_ms - REMINDER_MS
    return [
        *stored,
        falls_due(reminder, reminds_ms) if reminds_ms > request.changed_ms else not_due(reminder),
        Op("ZADD", listed, (request.until_ms, request.id)),
        falls_due(task, request.until_ms),
    ]


async def load_request(store: Redis, request: RequestId) -> Request | None:
    """The request, or None."""
    return await load(store, keys.request(request), Request)


async def requests_of(store: Redis, person: PersonId, most: int = 100) -> list[Request]:
    """What a person asked or was asked, the one changed last first."""
    return await _listed(store, keys.requests_of(person), most, falling=True)


async def open_requests(store: Redis, programme: ProgrammeId, most: int = 500) -> list[Request]:
    """The requests of a programme that wait for somebody, the nearest deadline first."""
    return await _listed(store, keys.requests_open(programme), most, falling=False)


async def late_requests(store: Redis, programme: ProgrammeId, now_ms: int) -> int:
    """How many of a programme's requests wait for somebody beyond their deadline."""
    late: int = await store.zcount(keys.requests_open(programme), "-inf", f"({now_ms}")
    return late


async def _listed(store: Redis, key: str, most: int, *, falling: bool) -> list[Request]:
    ids = await ranked(store, key, falling=falling, count=most)
    found = await load_many(store, [keys.request(each) for each in ids], Request)
    return [each for each in found if each is not None]
