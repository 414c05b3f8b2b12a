"""One room's way into the store: writes go in order, are tried until they are in, then take effect."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError, WatchError

from server.storage.homes import TakenError

log = logging.getLogger(__name__)

MOST_WAITING = 256
MOST_WAITING_BYTES = 8 * 1024 * 1024
"""What may wait for the store; beyond that a write is refused, unless it must be."""

# Writes that wait for the same answer of the store go together; what they cause is told in one go, so the
# number keeps one batch well below what an outbox holds.
_batch = 32

_crowded = 64
_slow_s = 1.0
_cancel_s = 0.05
_first_pause_s = 0.1
_longest_pause_s = 1.0


class Write(NamedTuple):
    """``commands`` adds to a transaction, nothing perhaps; ``done`` is called with their answers."""

    commands: Callable[[Pipeline], object]
    done: Callable[[list[Any]], None]
    size: int = 0


class Saver:
    """Carries out writes one batch after the other; every batch is one transaction.

    A write may reach the store twice when an answer is lost: commands must bear that.
    ``on_held`` is told True when the store fails or takes more than a second, False when all is stored again;
    ``on_idle`` is called whenever all is stored. ``guard`` begins each transaction; when it raises
    ``TakenError`` nothing is written any more, and ``on_taken`` is called.
    """

    def __init__(
        self,
        store: Redis,
        on_held: Callable[[bool], None],
        on_idle: Callable[[], None],
        guard: Callable[[Pipeline], Awaitable[None]],
        on_taken: Callable[[], None],
    ) -> None:
        self._guard = guard
        self._on_taken = on_taken
        self._store = store
        self._on_held = on_held
        self._on_idle = on_idle
        self._waiting: deque[Write] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._eased = asyncio.Event()
        self._eased.set()
        self._task: asyncio.Task[None] | None = None
        self.held = False

    @property
    def idle(self) -> bool:
        """Whether everything is stored."""
        return not self._waiting

    @property
    def full(self) -> bool:
        """Whether a write that can be refused must be refused now."""
        return len(self._waiting) >= MOST_WAITING or self._bytes >= MOST_WAITING_BYTES

    def start(self) -> None:
        """Begins to write."""
        self._task = asyncio.create_task(self._run())

    def put(self, write: Write) -> None:
        """Queues a write. Callers ask ``full`` first where the write can be refused."""
        self._waiting.append(write)
        self._bytes += write.size
        self._empty.clear()
        self._filled.set()

    async def ease(self) -> None:
        """Waits while much waits for a store that does answer: who fills the queue is slowed, not refused."""
        if len(self._waiting) > _crowded and not self.held:
            self._eased.clear()
            await self._eased.wait()

    async def flush(self, seconds: float) -> bool:
        """Waits until everything is stored, but no longer than that; whether it is."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), seconds)
        return self.idle

    async def stop(self) -> None:
        """Ends at once; what still waits is lost."""
        task, self._task = self._task, None
        while task is not None and not task.done():
            # On its way out of a transaction redis-py asks the store to watch no more; where that does not
            # answer, its timeout takes the cancellation's place.
            task.cancel()
            await asyncio.wait([task], timeout=_cancel_s)

    async def _run(self) -> None:
        while True:
            await self._filled.wait()
            batch = [self._waiting[i] for i in range(min(_batch, len(self._waiting)))]
            answers = await self._write(batch)
            for write, own in zip(batch, answers, strict=True):
                self._waiting.popleft()
                self._bytes -= write.size
                self._done(write, own)
            if not self._waiting:
                self._filled.clear()
                self._hold(False)
                self._eased.set()
                self._empty.set()
                self._on_idle()

    def _done(self, write: Write, answers: list[Any]) -> None:
        try:
            write.done(answers)
        except Exception:
            # The write is in the store; whoever waits behind it must not suffer.
            log.exception("after a write was stored")

    async def _write(self, batch: list[Write]) -> list[list[Any]]:
        pause = _first_pause_s
        while True:
            slow = asyncio.get_running_loop().call_later(_slow_s, self._hold, True)
            try:
                return await self._transaction(batch)
            except WatchError:
                # The lease was renewed in between.
                continue
            except TakenError:
                self._on_taken()
                await asyncio.Event().wait()
            except RedisError as error:
                if not self.held:
                    log.warning("the store can't be written to, trying on: %s", type(error).__name__)
                self._hold(True)
            except Exception:
                log.exception("a write can't be carried out, trying on")
                self._hold(True)
            finally:
                slow.cancel()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _longest_pause_s)

    async def _transaction(self, batch: list[Write]) -> list[list[Any]]:
        async with self._store.pipeline(transaction=True) as pipe:
            await self._guard(pipe)
            ends = []
            for write in batch:
                write.commands(pipe)
                ends.append(len(pipe))
            answers = await pipe.execute() if len(pipe) else []
        return [answers[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def _hold(self, held: bool) -> None:  # noqa: FBT001 - a state, set by a timer's callback
        if held != self.held:
            self.held = held
            self._eased.set()
            self._on_held(held)
