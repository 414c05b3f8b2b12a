"""What was kept of the captions of a session, by everybody's consent."""

from __future__ import annotations

from msgspec import json
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.room.captions import Spoken
from server.storage import keys
from server.storage.records import ranked
from server.storage.rooms import RETENTION_MS


def add(pipe: Pipeline, room: str, expires_ms: int, spoken: Spoken) -> None:
    """Adds what somebody said to a transaction. Twice does no harm."""
    pipe.zadd(keys.transcript(room), {json.encode(spoken): spoken.at_ms})
    pipe.pexpireat(keys.transcript(room), expires_ms + RETENTION_MS)


async def transcript(store: Redis, room: str) -> tuple[Spoken, ...]:
    """What was said in a session while all who were there had agreed to keep it, the first first.

    Empty where nobody asked for it: what a wrap-up shows, or leaves out.
    """
    found = await ranked(store, keys.transcript(room))
    return tuple(json.decode(each, type=Spoken) for each in found)
