"""Each live room's home: a lease in the store that says which server has the room, and runs out by itself."""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.storage import keys

LEASE_MS = 4_000
"""What a killed server leaves behind is free after this long: its rooms can be elsewhere within 5 s."""

# KEYS: the home. ARGV: who asks, their server's part of it, the lease in ms. -1 when it is theirs now, else
# for how long it is somebody else's. What another process of the same server had is taken over: that one is
# dead, or will find out.
_TAKE = """
local now = redis.call('GET', KEYS[1])
if now and string.sub(now, 1, #ARGV[2]) ~= ARGV[2] then return redis.call('PTTL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return -1
"""

# KEYS: the home. ARGV: who keeps it, the lease in ms. One that ran out unnoticed is still theirs.
_KEEP = """
local now = redis.call('GET', KEYS[1])
if now and now ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

_LEAVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class TakenError(Exception):
    """The room is another server's by now: nothing of it may be written."""


class Owner:
    """One process that has rooms; those of one ``server`` may take over from each other."""

    def __init__(self, server: str, process: str) -> None:
        self._server = f"{server}:".encode()
        self.name = self._server + process.encode()

    async def take(self, store: Redis, room: str) -> int | None:
        """Take a room; how many ms it is somebody else's, None when it is ours."""
        left = await store.eval(_TAKE, 1, keys.home(room), self.name, self._server, LEASE_MS)
        return None if left < 0 else int(left)

    async def keep(self, store: Redis, rooms: Sequence[str]) -> list[str]:
        """Renew the leases of rooms that are ours; those of them that are not any more."""
        async with store.pipeline(transaction=False) as pipe:
            for room in rooms:
                pipe.eval(_KEEP, 1, keys.home(room), self.name, LEASE_MS)
            kept = await pipe.execute()
        return [room for room, still in zip(rooms, kept, strict=True) if not still]

    async def leave(self, store: Redis, rooms: Sequence[str]) -> None:
        """Let others have these rooms at once."""
        async with store.pipeline(transaction=False) as pipe:
            for room in rooms:
                pipe.eval(_LEAVE, 1, keys.home(room), self.name)
            await pipe.execute()

    async def guard(self, pipe: Pipeline, room: str) -> None:
        """Begin a transaction that is carried out only while the room is ours. Raises ``TakenError``."""
        await pipe.watch(keys.home(room))
        now = await pipe.get(keys.home(room))
        if now is not None and now != self.name:
            raise TakenError
        pipe.multi()  # type: ignore[no-untyped-call]
