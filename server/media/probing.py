"""When to find out whether a line has room that nothing uses, and what a burst of padding says about it.

A burst leaves at once; how far apart its packets arrive is how long the line took for each (packet trains).
Scatter only pulls them further apart, so it can hide room but never invent it.
"""

from __future__ import annotations

from typing import NamedTuple

from server.media.twcc import TransportFeedback

BURST_S = 0.03
"""Seconds of the asked rate that a burst is long: on a line with half of that, it queues 30 ms."""

PADDING = 319
"""Bytes that a packet of nothing but padding has on the line: 255 (RFC 3550 5.1), headers and tag."""

SOON_S, AGAIN_S, LONGEST_S = 0.3, 4.0, 30.0
"""Seconds between bursts: while they succeed, after a failure, and at most (it doubles each time)."""

SAME_S = 1.5
"""Failures that follow each other within so many seconds are one."""

_PACKETS, _FEW, _FEWEST = 12, 6, 3
_NARROW, _NARROWEST = 300_000.0, 120_000.0
"""Bits/s below which fewer packets must do. On a line of 48 kbit/s one takes 53 ms, and speech waits behind
them: six fill its queue, and cost 0.2 s of speech each time (measured)."""


class Probe(NamedTuple):
    """So many packets of padding, to see whether the line carries ``rate`` bits/s."""

    rate: float
    packets: int


class Probing:
    """The bursts of one line."""

    __slots__ = ("_due", "_failed_at", "_first", "_following", "_rate", "_wait")

    def __init__(self) -> None:
        self._due = 0.0
        self._wait = AGAIN_S
        self._rate = 0.0
        self._failed_at = float("-inf")
        self._first = self._following = 0

    @property
    def waits(self) -> bool:
        """Whether a burst is out of which nothing has been told."""
        return self._rate > 0

    def ask(self, target: float, wanted: float, now: float) -> Probe | None:
        """Return the burst that is due now."""
        if now < self._due:
            return None
        if self._rate:
            # The last one was never told of, or was not carried.
            self.failed(now)
            return None
        self._rate = min(2.0 * target, 1.3 * wanted)
        self._due = now + 1.0
        least = _PACKETS if self._rate > _NARROW else _FEW if self._rate > _NARROWEST else _FEWEST
        return Probe(self._rate, max(least, int(self._rate * BURST_S / 8 / PADDING)))

    def sent(self, first: int, following: int) -> None:
        """Remember the numbers of the burst that was asked for."""
        self._first, self._following = first, following

    def failed(self, now: float) -> None:
        """There is no more room than is used; it is asked again later.

        A line that becomes narrow is cut several times in a second or two: that is one failure. Counted
        singly they let 16 s pass in which a line of 150 kbit/s carried no picture.
        """
        self._rate = 0.0
        at_once = now - self._failed_at < SAME_S
        self._failed_at = now
        if at_once:
            return
        self._due = now + self._wait
        self._wait = min(2 * self._wait, LONGEST_S)

    def told(self, first: int, told: TransportFeedback, sizes: list[int]) -> float | None:
        """Return the bits/s that the burst was carried with, None when the report is not about it."""
        if not self._rate or first + told.total < self._following or first >= self._following:
            return None
        low, high = self._first - first, self._following - first
        own = [
            (tick, size)
            for offset, tick, size in zip(told.offsets, told.ticks, sizes, strict=True)
            if low <= offset < high
        ]
        if len(own) < min(_FEW, self._following - self._first):
            return None
        ticks = [tick for tick, _ in own]
        # Arrival is told in ticks: what came within one may have taken all of it.
        span = (max(ticks) - min(ticks) + 1) * 250e-6
        carried = 8 * sum([size for _, size in own[1:]]) / span
        asked, self._rate = self._rate, 0.0
        if carried >= 0.9 * asked:
            self._due -= 1.0 - SOON_S
            self._wait = AGAIN_S
            return asked
        self._due += self._wait
        self._wait = min(2 * self._wait, LONGEST_S)
        return carried
