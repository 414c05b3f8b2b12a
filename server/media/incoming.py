"""One stream as it arrives: order, loss, jitter and the packets kept for repair."""

from __future__ import annotations

from array import array
from math import isnan, nan

from server.media.cells import Cell, Clock
from server.media.late import SCATTERED_S
from server.media.loss import LOSSY, Missing
from server.media.ring import Ring
from server.media.rtcp import Block

HISTORY = 512
"""Packets kept of a video stream: 2 s at 2.5 Mbit/s, about 600 kB. A power of two."""

MOST_FILLED = 64
"""Repaired packets that may still come by themselves: above a second of speech."""

_BEFORE_FIRST = 0x10000

CELLS, CLOCKS = 10, 3
_NEXT, _HIGH, _RECEIVED = range(3)
"""Places of ``Incoming.cells``, which rush.h names as well; the pump's ``Stream`` has the others."""


class Incoming:
    """Reception state of one RTP stream (RFC 3550 A.1, A.3, A.8).

    Sequence numbers are extended to plain integers that never wrap; the first cycle is number 1, so that a
    late packet from before the first one is still positive. ``repaired`` streams keep a history. ``holes``
    is empty while nothing is missing: the pump asks for each packet. ``life`` is another object after a
    restart: what numbers meant before means nothing now. What changes with each packet stands in ``cells``
    and ``clocks``: while ``plain`` is 1 C may take the packet in turn by itself (rush.c).
    """

    next = Cell(_NEXT)
    high = Cell(_HIGH)
    received = Cell(_RECEIVED)
    plain = Cell(3)
    jitter = Clock(0)
    _transit = Clock(1)

    __slots__ = (
        "_base",
        "_expected_prior",
        "_filled",
        "_received_prior",
        "cells",
        "clock_rate",
        "clocks",
        "history",
        "holes",
        "last_sr",
        "last_sr_at",
        "life",
        "missing",
        "repaired",
    )

    def __init__(self, clock_rate: int, *, repaired: bool) -> None:
        self.clock_rate = clock_rate
        self.missing = Missing()
        self.holes = self.missing.holes
        self.history = Ring(HISTORY) if repaired else None
        self.cells = array("q", bytes(8 * CELLS))
        self.clocks = array("d", bytes(8 * CLOCKS))
        self.restart()

    def restart(self) -> None:
        """Begin anew: the sender has changed its SSRC."""
        self.life = object()
        self.plain = 0
        self.next = _BEFORE_FIRST
        self.high = _BEFORE_FIRST - 1
        self.received = 0
        self.repaired = 0
        self._filled: dict[int, bool] = {}
        self.jitter = 0.0
        self.last_sr = 0
        self.last_sr_at = 0.0
        self._base = _BEFORE_FIRST
        self._transit = nan
        self._expected_prior = 0
        self._received_prior = 0
        self.missing.clear()
        if self.history is not None:
            self.history.clear()

    def arrive(self, sequence: int, now: float, *, repair: bool = False) -> int:
        """Note a packet; return its extended number, or -1 when it was there already or is too old.

        ``repair`` says that it came as a retransmission: it fills a hole and counts as lost all the same
        (RFC 4588 7.1).
        """
        cells = self.cells
        if (sequence - cells[_NEXT]) & 0xFFFF:
            return self._disorder(sequence, now, repair=repair)
        cells[_NEXT] = (sequence + 1) & 0xFFFF
        cells[_RECEIVED] += 1
        cells[_HIGH] += 1
        return cells[_HIGH]

    def _disorder(self, sequence: int, now: float, *, repair: bool) -> int:
        if not self.received:
            self._base = self.high = _BEFORE_FIRST + sequence
        else:
            ahead = (sequence - self.next) & 0xFFFF
            if ahead >= 0x8000:
                return self._late(self.high + 1 + ahead - 0x10000, now, repair=repair)
            if repair:
                # A repair ahead of the stream would open holes for packets that are merely slower.
                return -1
            self.missing.gap(self.high + 1, self.high + 1 + ahead, now)
            self.high += 1 + ahead
        self.next = (sequence + 1) & 0xFFFF
        self.received += 1
        return self.high

    def _late(self, number: int, now: float, *, repair: bool) -> int:
        """Note a packet from before the newest; return its number, or -1 when nobody misses it."""
        if not self.missing.found(number, now, repair=repair):
            if not repair and self._filled.pop(number, False):
                # It was merely late, and is not lost: with jitter two fifths of speech would be.
                self.received += 1
                self.repaired -= 1
            return -1
        if not repair:
            self.received += 1
            return number
        self.repaired += 1
        self._filled[number] = True
        if len(self._filled) > MOST_FILLED:
            del self._filled[next(iter(self._filled))]
        return number

    @property
    def expected(self) -> int:
        """How many packets were sent so far, as far as one can know."""
        return self.high - self._base + 1 if self.received else 0

    @property
    def lost(self) -> int:
        """How many of them neither came, nor were repaired, nor are still asked for."""
        return max(0, self.expected - self.received - self.repaired - len(self.holes))

    def keep(self, packet: bytes, sequence: int) -> None:
        """Keep a packet for repair, where the stream is repaired; the oldest makes room."""
        if self.history is not None:
            self.history.keep(packet, sequence)

    def recall(self, number: int) -> bytes | None:
        """Return the packet with this extended number, None when it is gone or never came."""
        if self.history is None or not 0 <= self.high - number < HISTORY:
            return None
        return self.history.recall(number & 0xFFFF)

    def time(self, timestamp: int, now: float) -> None:
        """Note the arrival of a new timestamp for the jitter estimate (RFC 3550 6.4.1, A.8)."""
        transit = now * self.clock_rate - timestamp
        if not isnan(self._transit):
            change = abs(transit - self._transit)
            # A timestamp that wraps or jumps is not jitter.
            if change < self.clock_rate * 10:
                self.jitter += (change - self.jitter) / 16
        self._transit = transit

    def report(self, ssrc: int, now: float) -> Block:
        """Return the report block for the time since the last one. ``now`` is in seconds."""
        expected = self.expected
        lost = expected - self.received
        expected_now = expected - self._expected_prior
        lost_now = expected_now - (self.received - self._received_prior)
        self._expected_prior, self._received_prior = expected, self.received
        fraction = min(255, (lost_now << 8) // expected_now) if expected_now > 0 and lost_now > 0 else 0
        self.missing.hurried = fraction >= LOSSY or self.missing.wait >= SCATTERED_S
        delay = int((now - self.last_sr_at) * 65_536) & 0xFFFFFFFF if self.last_sr else 0
        highest = (self.high - _BEFORE_FIRST) & 0xFFFFFFFF if self.received else 0
        return Block(ssrc, fraction, lost, highest, int(self.jitter), self.last_sr, delay)
