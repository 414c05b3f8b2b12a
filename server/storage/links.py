"""What becomes of a personal link after it was made: revoked, restored, renewed."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import json, structs
from redis.asyncio import Redis
from redis.exceptions import WatchError

from server.room.record import GuestRecord
from server.storage import keys


async def revoke(store: Redis, room: str, guest: str) -> GuestRecord:
    """From now on the guest's link opens nothing. Raises ``LookupError`` when there is no such guest."""
    return await _change(store, room, guest, lambda record: structs.replace(record, revoked=True))


async def restore(store: Redis, room: str, guest: str) -> GuestRecord:
    """The guest's latest link opens again. Raises ``LookupError`` when there is no such guest."""
    return await _change(store, room, guest, lambda record: structs.replace(record, revoked=False))


async def renew(store: Redis, room: str, guest: str) -> GuestRecord:
    """A new link; older ones open nothing. Raises ``LookupError`` when there is no such guest."""
    return await _change(
        store, room, guest, lambda record: structs.replace(record, serial=record.serial + 1, revoked=False)
    )


async def _change(
    store: Redis, room: str, guest: str, change: Callable[[GuestRecord], GuestRecord]
) -> GuestRecord:
    key = keys.guests(room)
    async with store.pipeline(transaction=True) as pipe:
        while True:
            await pipe.watch(key)
            stored = await pipe.hget(key, guest)
            if stored is None:
                raise LookupError("no such guest")
            changed = change(json.decode(stored, type=GuestRecord))
            pipe.multi()  # type: ignore[no-untyped-call]
            pipe.hset(key, guest, json.encode(changed))
            try:
                await pipe.execute()
            except WatchError:
                continue
            return changed
