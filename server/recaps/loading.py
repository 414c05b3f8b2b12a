"""The recap of a room from what the store keeps of it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from redis.asyncio import Redis

from server.room.recap import Recap, of_room
from server.room.record import RoomRecord
from server.storage.rooms import load, load_stays
from signaling.parts import Timer


async def load_recap(store: Redis, record: RoomRecord, notes: str, now_ms: int, zone: tzinfo = UTC) -> Recap:
    """What a room leaves behind; ``notes`` is their text as it is now. Raises ``RedisError``."""
    found = await load(store, record.id)
    stays = await load_stays(store, record.id)
    timer = found.timer if found is not None else _never_started
    begun = min((each.joined_ms for each in stays), default=record.created_ms)
    return of_room(record, timer, stays, notes, now_ms, datetime.fromtimestamp(begun / 1000, zone).date())


_never_started = Timer(status="ready", index=0, boxes=(), since_ms=None, turn=None)
