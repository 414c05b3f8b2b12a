"""What falls due: reminders, deadlines, letters. Stored in the transaction that makes them necessary."""

from __future__ import annotations

from msgspec import Struct, json
from redis.asyncio import Redis

from server.storage import keys
from server.storage.records import Op, ranked


class Due(Struct, frozen=True):
    """A task of a ``kind`` that has a handler (``server/jobs.py``), about the record ``about``.

    ``mark`` tells several tasks about the same record apart ("day-before"). The three are its identity.
    """

    kind: str
    about: str
    mark: str = ""


def falls_due(task: Due, at_ms: int) -> Op:
    """What puts the task on the list, or moves it there."""
    return Op("ZADD", keys.DUE, (at_ms, json.encode(task)))


def not_due(task: Due) -> Op:
    """What takes the task off the list."""
    return Op("ZREM", keys.DUE, (json.encode(task),))


async def due(store: Redis, now_ms: int, most: int = 100) -> list[Due]:
    """The tasks whose time has come, the longest due first."""
    found = await ranked(store, keys.DUE, most=now_ms, count=most)
    return [json.decode(each, type=Due) for each in found]


async def next_due(store: Redis) -> int | None:
    """When the next task falls due, in ms; None when nothing waits."""
    found = await store.zrange(keys.DUE, 0, 0, withscores=True)
    return None if not found else int(found[0][1])


async def take(store: Redis, task: Due, now_ms: int, again_ms: int) -> bool:
    """Whether the task is ours: it then falls due again at ``again_ms``, unless it is done before."""
    return bool(await store.eval(_TAKE, 1, keys.DUE, json.encode(task), now_ms, again_ms))


async def done(store: Redis, task: Due, taken_until_ms: int) -> None:
    """Takes a task off the list, unless it was given another time meanwhile."""
    await store.eval(_DONE, 1, keys.DUE, json.encode(task), taken_until_ms)


async def again(store: Redis, task: Due, taken_until_ms: int, at_ms: int) -> None:
    """Lets a taken task fall due at ``at_ms``, unless it was given another time meanwhile."""
    await store.eval(_AGAIN, 1, keys.DUE, json.encode(task), taken_until_ms, at_ms)


_TAKE = """
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not at or tonumber(at) > tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""

_DONE = """
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if at and tonumber(at) == tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0
"""

_AGAIN = """
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if at and tonumber(at) == tonumber(ARGV[2]) then redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 0
"""
