"""How connections were, for operators: one capped stream a server, newest last."""

from __future__ import annotations

from typing import Any

from msgspec import json
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.room.quality import QualityLine
from server.storage import keys

KEPT = 10_000
"""Lines kept, about: 3 MB."""

_field = b"q"


def append(pipe: Pipeline, line: QualityLine) -> None:
    """Adds a line to a transaction. Twice does no harm: who reads tells by its id."""
    pipe.xadd(keys.QUALITY, {_field: json.encode(line)}, maxlen=KEPT, approximate=True)


async def recent(store: Redis, count: int) -> list[QualityLine]:
    """The newest lines, at most so many, oldest first."""
    entries: Any = await store.xrevrange(keys.QUALITY, count=count)
    found = {}
    for _, fields in reversed(entries):
        line = json.decode(fields[_field], type=QualityLine)
        found[line.id] = line
    return list(found.values())
