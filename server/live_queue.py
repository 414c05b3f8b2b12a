"""The clock of office hours: lets what time alone changes happen, while somebody waits or visits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.room import queue_news
from server.room.change import Change
from server.room.state import RoomState

TICK_S = 5.0
"""How often it is looked at who has waited how long: minutes are shown, and places kept for two."""


class QueueClock:
    """``now`` gives the room as decided, ``post`` takes a change of it, ``clock`` is the instant in ms."""

    def __init__(
        self, now: Callable[[], RoomState], post: Callable[[Change], None], clock: Callable[[], int]
    ) -> None:
        self._now = now
        self._post = post
        self._clock = clock
        self._due: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Runs while there is something to look at, and only then."""
        queue = self._now().queue
        if self._due is None and (queue.line or queue.visit is not None):
            self._due = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def stop(self) -> None:
        """Nothing more happens by itself."""
        if self._due is not None:
            self._due.cancel()

    def _tick(self) -> None:
        self._due = None
        self._post(queue_news.tick(self._now(), self._clock()))
        self.look()
