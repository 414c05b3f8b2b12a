"""What a subscriber's line can carry now, from what its browser reports of the packets that it was sent."""

from __future__ import annotations

from array import array

from server.media.twcc import TransportFeedback

RING = 4_096
"""Packets that are remembered until they are reported on: above 4 s of 10 Mbit/s."""

OVERHEAD = 28
"""IPv4 and UDP headers: all sizes and rates here are what the line carries."""

FIRST = 600_000.0
"""Bits/s that a line is taken to carry before anything is known of it."""

FLOOR, CEILING = 40_000.0, 12_000_000.0
"""Bits/s between which a target stays: a voice and its headers; more than anybody is sent."""

TICK = 250e-6
"""Seconds of a tick of transport feedback."""

_WINDOW_S = 0.5


class Estimator:
    """One line's estimate. Rates are in bits/s with all headers, times in seconds on our clock.

    Whoever sends writes ``sizes`` and ``times`` itself, at ``number % RING``: that is all that a packet
    costs. ``target`` is what the line carries now, ``allocated`` what is wanted of it (set from outside),
    ``queue`` how long packets stand in it, ``loss`` the share of packets lost lately (0 to 1).
    """

    __slots__ = (
        "_acked",
        "_base",
        "_lost",
        "_received",
        "_since",
        "allocated",
        "loss",
        "queue",
        "sizes",
        "target",
        "times",
    )

    def __init__(self) -> None:
        self.sizes = array("H", bytes(2 * RING))
        self.times = array("d", bytes(8 * RING))
        self.target = FIRST
        self.allocated = 0.0
        self.queue = 0.0
        self.loss = 0.0
        self._base = float("inf")
        self._acked = self._lost = self._received = 0
        self._since = 0.0

    def sent(self, number: int, size: int, now: float) -> None:
        """Note a packet of ``size`` bytes of UDP payload; ``number`` counts on from 0 and is not cut."""
        self.sizes[number % RING] = size
        self.times[number % RING] = now

    def feedback(self, told: TransportFeedback, following: int, now: float) -> None:
        """Take a browser's report; ``following`` is the number that the next packet will have."""
        first = following - ((following - told.base) & 0xFFFF)
        if first < 0 or following - first > RING or first + told.total > following:
            return
        sizes, times = self.sizes, self.times
        self._received += len(told.offsets)
        self._lost += told.total - len(told.offsets)
        lowest = float("inf")
        for offset, tick in zip(told.offsets, told.ticks, strict=True):
            at = (first + offset) % RING
            self._acked += sizes[at] + OVERHEAD
            lowest = min(lowest, tick * TICK - times[at])
        if told.offsets:
            self._base = min(self._base, lowest)
            self.queue = lowest - self._base
        if now - self._since >= _WINDOW_S:
            self._adapt(now)

    def _adapt(self, now: float) -> None:
        rate = self._acked * 8 / (now - self._since) if self._since else self.target
        total = self._lost + self._received
        self.loss = self._lost / total if total else 0.0
        if self.queue > 0.1 or self.loss > 0.3:
            self._set(min(self.target, 0.85 * rate))
        elif self.target < 1.5 * rate + 100_000:
            self._set(self.target * 1.08)
        self._acked = self._lost = self._received = 0
        self._since = now

    def remb(self, bitrate: float) -> None:
        """Take the estimate of a browser that reports no arrivals."""
        self._set(bitrate)

    def report(self, loss: float, rtt: float | None, now: float) -> None:
        """Take a receiver report: the only word of browsers that don't report arrivals."""
        if not self._since:
            self.loss = loss

    def _set(self, target: float) -> None:
        self.target = max(FLOOR, min(target, CEILING))
