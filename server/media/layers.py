"""How much comes in on a stream: what the allocator goes by."""

from __future__ import annotations

OVERHEAD = 8 + 16
"""Bytes a packet that are not payload nor RTP header: header extensions and the SRTP tag."""

ALIVE_S = 1.0
"""A stream that brought nothing for this long is not coming now."""

_SHARE = 0.4


class Flow:
    """A stream's rate in bits/s, smoothed over about a second, and since when it flows.

    ``rate`` is 0 while nothing comes. ``since`` is when it began to flow, None while it does not.
    """

    __slots__ = ("_at", "_moved", "_total", "rate", "since")

    def __init__(self) -> None:
        self.rate = 0.0
        self.since: float | None = None
        self._total = 0
        self._at: float | None = None
        self._moved = float("-inf")

    def update(self, total: int, now: float) -> None:
        """Take the running total of bytes at ``now`` (seconds)."""
        if self._at is None or now <= self._at:
            self._at, self._total = now, total
            return
        passed, came = now - self._at, total - self._total
        self._at, self._total = now, total
        if came > 0:
            self._moved = now
            if self.since is None:
                self.since = now
                self.rate = came * 8 / passed
        elif now - self._moved > ALIVE_S:
            self.since, self.rate = None, 0.0
            return
        self.rate += (came * 8 / passed - self.rate) * _SHARE

    @property
    def alive(self) -> bool:
        """Whether something comes."""
        return self.since is not None
