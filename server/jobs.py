"""Does what falls due: letters, reminders, deadlines. One runner in the process that serves the pages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.storage import due
from server.storage.due import Due

log = logging.getLogger(__name__)

LEASE_MS = 120_000
"""A task whose handler has not ended by then is tried again: its process may be gone."""

RETRY_MS = 60_000
"""How long after a handler failed it is tried again."""

_look_s = 5.0
_together = 8

Handler = Callable[[Due, int], Awaitable[int | None]]
"""Given the task and the instant. None: done. A number: the ms when it is to be done again.

A task may come twice (a process may end between doing and saying so): handlers must bear that.
"""


class Jobs:
    """Looks at the list every few seconds, and at once when ``soon`` is set;

    several servers may share a store.
    """

    def __init__(
        self, store: Redis, handlers: Mapping[str, Handler], clock: Callable[[], int], soon: asyncio.Event
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._clock = clock
        self._soon = soon
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins."""
        self._task = asyncio.create_task(self._run(), name="jobs")

    async def stop(self) -> None:
        """Ends; what was under way falls due again."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def run_due(self) -> int:
        """Does everything that is due now; the number of tasks that were done."""
        count = 0
        while True:
            now = self._clock()
            tasks = [task for task in await due.due(self._store, now) if task.kind in self._handlers]
            if not tasks:
                return count
            limit = asyncio.Semaphore(_together)

            async def one(task: Due, now: int = now, limit: asyncio.Semaphore = limit) -> bool:
                async with limit:
                    return await self._do(task, now)

            done = sum(await asyncio.gather(*(one(task) for task in tasks)))
            count += done
            if not done:
                return count

    async def _do(self, task: Due, now_ms: int) -> bool:
        until = now_ms + LEASE_MS
        if not await due.take(self._store, task, now_ms, until):
            return False
        try:
            again = await self._handlers[task.kind](task, now_ms)
        except RedisError:
            raise
        except Exception:
            log.exception("task-failed", extra={"kind": task.kind})
            again = now_ms + RETRY_MS
        if again is None:
            await due.done(self._store, task, until)
        else:
            await due.again(self._store, task, until, again)
        return again is None

    async def _run(self) -> None:
        while True:
            self._soon.clear()
            try:
                await self.run_due()
            except RedisError:
                log.warning("tasks-without-store", exc_info=True)
            # Not wait_for: Python 3.11's loses a cancellation that comes together with what it waits for.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_look_s):
                    await self._soon.wait()
