"""Concerns: loading them, and the changes that store them. What they say goes into no index."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.concerns import Concern, ConcernId
from server.mentoring.programmes import ProgrammeId
from server.storage import keys
from server.storage.records import Change, Op, load, load_many, put, ranked


def saved_concern(concern: Concern) -> list[Change]:
    """What stores a concern, new or changed."""
    open_: Op = (
        Op("ZREM", keys.CONCERNS_OPEN, (concern.id,))
        if concern.state == "closed"
        else Op("ZADD", keys.CONCERNS_OPEN, (concern.at_ms, concern.id))
    )
    return [
        put(keys.concern(concern.id), concern),
        Op("ZADD", keys.concerns_in(concern.programme), (concern.at_ms, concern.id)),
        open_,
    ]


async def load_concern(store: Redis, concern: ConcernId) -> Concern | None:
    """The concern, or None."""
    return await load(store, keys.concern(concern), Concern)


async def concerns_in(store: Redis, programme: ProgrammeId, most: int = 200) -> list[Concern]:
    """The concerns of a programme, the newest first."""
    return await _listed(store, await ranked(store, keys.concerns_in(programme), falling=True, count=most))


async def open_concerns(store: Redis, most: int = 100) -> list[Concern]:
    """The concerns of all programmes that are not closed, the oldest first."""
    return await _listed(store, await ranked(store, keys.CONCERNS_OPEN, count=most))


async def _listed(store: Redis, ids: list[ConcernId]) -> list[Concern]:
    found = await load_many(store, [keys.concern(each) for each in ids], Concern)
    return [each for each in found if each is not None]
