"""Words that were written elsewhere: on a conversation's page, by e-mail, in a room of another process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# Only between two readings is it looked whom else to listen to.
_read_s = 0.25
_first_pause_s = 0.1
_longest_pause_s = 2.0


class News:
    """One subscription of this process to whatever channels its rooms follow.

    A follower is called when something was published, and when that may have been missed: it looks into the
    store itself.
    """

    def __init__(self, store: Redis) -> None:
        self._store = store
        self._followers: dict[str, set[Callable[[], None]]] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def followed(self) -> frozenset[str]:
        """The channels that somebody follows."""
        return frozenset(self._followers)

    def follow(self, channel: str, follower: Callable[[], None]) -> Callable[[], None]:
        """Calls back until the returned function is called."""
        self._followers.setdefault(channel, set()).add(follower)
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return lambda: self._unfollow(channel, follower)

    async def stop(self) -> None:
        """Nobody is called any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _unfollow(self, channel: str, follower: Callable[[], None]) -> None:
        followers = self._followers.get(channel, set())
        followers.discard(follower)
        if not followers:
            self._followers.pop(channel, None)
            self._changed.set()

    async def _run(self) -> None:
        pause = _first_pause_s
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("news can't be heard, trying on: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _longest_pause_s)
            else:
                pause = _first_pause_s

    async def _listen(self) -> None:
        """Hears news while anybody follows anything."""
        while not self._followers:
            self._changed.clear()
            await self._changed.wait()
        async with self._store.pubsub() as subscription:
            heard: set[str] = set()
            self._changed.set()
            while self._followers:
                if self._changed.is_set():
                    self._changed.clear()
                    wanted = set(self._followers)
                    if wanted - heard:
                        await subscription.subscribe(*(wanted - heard))
                    if heard - wanted:
                        await subscription.unsubscribe(*(heard - wanted))
                    heard = wanted
                message = await subscription.get_message(timeout=_read_s)
                # The subscription says so when it begins, and after a connection that was lost: something may
                # have been published before.
                if message is not None and message["type"] in {"subscribe", "message"}:
                    self._call(message["channel"].decode())

    def _call(self, channel: str) -> None:
        for follower in tuple(self._followers.get(channel, ())):
            follower()
