"""The rooms that this process is the home of: taken before they are loaded, kept while they are live."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.storage.homes import Owner

log = logging.getLogger(__name__)

RENEW_S = 1.0
"""A lease is renewed so often: whoever sees one that is not knows in little more that its owner is dead."""

_look_s = 0.3


class Homes:
    """Called on the loop. ``live`` are the rooms to keep; ``on_lost`` is told of one that another has taken.

    While the store can't be reached rooms go on, for nobody else can take them there either; what was decided
    meanwhile is stored only if they are still ours then (``Owner.guard``).
    """

    def __init__(
        self, store: Redis, owner: Owner, live: Collection[str], on_lost: Callable[[str], None]
    ) -> None:
        self.owner = owner
        self._store = store
        self._live = live
        self._on_lost = on_lost
        self._task: asyncio.Task[None] | None = None

    async def take(self, room: str) -> bool:
        """Whether the room is ours now. A dead owner's lease is waited for, a living one's is respected.

        Raises ``RedisError``.
        """
        left = await self.owner.take(self._store, room)
        while left is not None:
            await asyncio.sleep(min(left / 1000 + 0.02, _look_s))
            before, left = left, await self.owner.take(self._store, room)
            if left is not None and left > before:
                return False
        if self._task is None:
            self._task = asyncio.create_task(self._keep())
        return True

    async def leave(self, *rooms: str) -> None:
        """Let others have them at once; where the store does not answer they run out by themselves."""
        with contextlib.suppress(RedisError):
            await self.owner.leave(self._store, rooms)

    async def stop(self) -> None:
        """Nothing is kept any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            rooms = list(self._live)
            if not rooms:
                continue
            try:
                lost = await self.owner.keep(self._store, rooms)
            except RedisError as error:
                log.warning("leases of rooms can't be renewed: %s", type(error).__name__)
                continue
            for room in lost:
                self._on_lost(room)
