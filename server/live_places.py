"""The places of those whose connection is lost, each kept for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.room.state import PLACE_KEPT_S


class Places:
    """One timer a member; ``expire`` is called with those who did not come back in time."""

    def __init__(self, expire: Callable[[str], None]) -> None:
        self._expire = expire
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()

    def keep(self, member: str) -> None:
        """From now on the time runs."""
        self.release(member)
        self._timers[member] = self._loop.call_later(PLACE_KEPT_S, self._over, member)

    def release(self, member: str) -> None:
        """They are back, or gone for good."""
        timer = self._timers.pop(member, None)
        if timer is not None:
            timer.cancel()

    def stop(self) -> None:
        """Nobody's time runs any more."""
        for member in list(self._timers):
            self.release(member)

    def _over(self, member: str) -> None:
        del self._timers[member]
        self._expire(member)
