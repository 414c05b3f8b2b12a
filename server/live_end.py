"""The end of a room: when its links have expired, and not before, whatever becomes of the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class End:
    """Calls ``over`` once the instant ``at_ms`` has come by ``clock`` (ms since the epoch)."""

    def __init__(self, at_ms: int, clock: Callable[[], int], over: Callable[[], None]) -> None:
        self._at_ms = at_ms
        self._clock = clock
        self._over = over
        self._timer: asyncio.TimerHandle | None = None

    def wait(self) -> None:
        """Looks now, and again when it should be over: the clock may have been set back meanwhile."""
        seconds = max(0.0, (self._at_ms - self._clock()) / 1000)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def stop(self) -> None:
        """It is not waited for any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        if self._clock() < self._at_ms:
            self.wait()
        else:
            self._over()
