"""A room's notes: a stream of Yjs updates, oldest first. Applying them all, in any order, gives the document.

A snapshot is one update that contains many. It is appended like every other before what it contains is
trimmed, in one transaction, so that there is never a moment without the text.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.storage import keys
from server.storage.rooms import RETENTION_MS

_field = b"u"
_page = 100


async def load(store: Redis, room: str, small: str = "") -> AsyncIterator[tuple[bytes, bytes]]:
    """Every stored update with its entry id, oldest first, in pages. ``small`` is a small room's id."""
    start = b"-"
    while True:
        entries: Any = await store.xrange(_key(room, small), min=start, max=b"+", count=_page)
        for entry, fields in entries:
            yield entry, fields[_field]
        if len(entries) < _page:
            return
        start = b"(" + entries[-1][0]


async def written(store: Redis, room: str, smalls: Sequence[str]) -> list[bool]:
    """Of each of these small rooms whether anything was written in it."""
    async with store.pipeline(transaction=False) as pipe:
        for small in smalls:
            pipe.exists(_key(room, small))
        return [bool(found) for found in await pipe.execute()]


def append(pipe: Pipeline, room: str, expires_ms: int, update: bytes, small: str = "") -> None:
    """Adds an update to a transaction; its first answer is the entry id. Twice does no harm."""
    pipe.xadd(_key(room, small), {_field: update})
    pipe.pexpireat(_key(room, small), expires_ms + RETENTION_MS)


def compact(
    pipe: Pipeline, room: str, expires_ms: int, snapshot: bytes, last: bytes, small: str = ""
) -> None:
    """Puts a snapshot, which contains every entry to ``last`` and that one too, in their place."""
    append(pipe, room, expires_ms, snapshot, small)
    milliseconds, _, number = last.partition(b"-")
    first_kept = b"%s-%d" % (milliseconds, int(number) + 1)
    pipe.xtrim(_key(room, small), approximate=False, minid=first_kept.decode())


def _key(room: str, small: str) -> str:
    return keys.small_notes(room, small) if small else keys.notes(room)
