"""What people of a room were worried about, for as long as the room is kept."""

from __future__ import annotations

from msgspec import json
from redis.asyncio import Redis

from server.room.record import RoomRecord
from server.room.worries import MOST_WORRIES, Worry
from server.storage import keys
from server.storage.rooms import RETENTION_MS


async def keep(store: Redis, record: RoomRecord, worry: Worry) -> bool:
    """Stores it, once by its id; False where a room has as many as are kept. Raises ``RedisError``."""
    key = keys.worries(record.id)
    if await store.hlen(key) >= MOST_WORRIES and not await store.hexists(key, worry.id):
        return False
    async with store.pipeline(transaction=True) as pipe:
        pipe.hsetnx(key, worry.id, json.encode(worry))
        pipe.pexpireat(key, record.expires_ms + RETENTION_MS)
        await pipe.execute()
    return True


async def listed(store: Redis, room: str) -> list[Worry]:
    """All of a room, the newest first. Raises ``RedisError``."""
    found = await store.hvals(keys.worries(room))
    worries = [json.decode(each, type=Worry) for each in found]
    return sorted(worries, key=lambda each: (each.at_ms, each.id), reverse=True)
