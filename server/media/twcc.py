"""Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1).

The relay notes when each transport-wide sequence number arrived and reports about every 100 ms; the
browser's own estimator does the rest. The other way round, browsers report to us, and ``decode`` reads it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from struct import Struct
from typing import NamedTuple

from server.media.late import SCATTERED_S

_HEAD = Struct("!BBHLLHHL")
_U16 = Struct("!H")

TICK_NS = 250_000
"""Arrival deltas count 250 µs (3.1.5); the reference time counts 64 ms, which is 256 of them."""

MAX_SPAN = 1_200
"""Older numbers than this behind the newest are not reported any more."""

HOLD_STEP_NS, LONGEST_HOLD_NS = 25_000_000, 300_000_000
"""How much longer a report waits each time that something came late after all, and at most."""

NOTED = 1_024
"""Packets that are noted before they are put in order: a round of 100 ms of 100 Mbit/s."""

_PER_PACKET = 400
"""Statuses a packet: at most 2 bytes of delta and 2 bits of status each keep it below 1,000 bytes."""

_NONE, _SMALL, _LARGE = 0, 1, 2

MAX_TOLD = 4_096
"""Statuses that a report may have: a run of thousands costs its sender two bytes, and us the work."""

_BODY = Struct("!HHL")
_ONE_BIT = tuple(bytes(value >> shift & 1 for shift in range(6, -1, -1)) for value in range(128))
_TWO_BIT = tuple(bytes(value >> shift & 3 for shift in range(6, -1, -2)) for value in range(256))
"""Statuses of seven one-bit symbols and of four two-bit ones: a vector chunk is two look-ups."""


class TransportFeedback(NamedTuple):
    """Which of ``total`` numbers from ``base`` (16 bits) on arrived, and when.

    ``offsets`` are the positions of those that did, ``ticks`` their arrivals in 250 µs on the receiver's
    clock, of which only 32 bits count. ``serial`` numbers the reports (8 bits), the last one of ``reports``
    that were joined.
    """

    base: int
    total: int
    serial: int
    offsets: Sequence[int]
    ticks: Sequence[int]
    reports: int = 1


class Arrivals:
    """When transport-wide sequence numbers arrived since the last feedback.

    ``times`` maps a 16-bit number to nanoseconds. What comes is first noted in a row: ``numbers`` and
    ``ticks`` (nanoseconds), of which the first ``noted[0]`` count, and where C writes as well.

    Where packets overtake each other, what is merely late is not told as missing: its report waits, for as
    long as late ones were seen to need. And a packet that was overtaken is told as if it had come with what
    overtook it: no queue held it back. Browsers take either for a full line: on one with 150 ms of jitter
    Chromium sent 30 to 130 kbit/s of picture before, and 730 to 760 since. On lines that keep the order
    nothing waits and nothing is changed.
    """

    __slots__ = ("_count", "_hold", "_next", "_times", "noted", "numbers", "ticks")

    def __init__(self) -> None:
        self.numbers = array("H", bytes(2 * NOTED))
        self.ticks = array("q", bytes(8 * NOTED))
        self.noted = array("q", (0,))
        self._times: dict[int, int] = {}
        self._next: int | None = None
        self._count = 0
        self._hold = 0

    def note(self, number: int, now: int) -> None:
        """Note that the packet of this 16-bit number has come, at ``now`` in nanoseconds."""
        count = self.noted[0]
        if count == NOTED:
            self._gather()
            count = 0
        self.numbers[count] = number
        self.ticks[count] = now
        self.noted[0] = count + 1

    @property
    def times(self) -> dict[int, int]:
        """When each number came that has not been told of yet, in the order in which they came."""
        if self.noted[0]:
            self._gather()
        return self._times

    def _gather(self) -> None:
        count = self.noted[0]
        self._times.update(zip(self.numbers[:count], self.ticks[:count], strict=True))
        self.noted[0] = 0

    @property
    def scattered(self) -> bool:
        """Whether packets come late enough for ``SCATTERED_S``."""
        return self._hold >= SCATTERED_S * 1e9

    def feedback(self, sender: int, ssrc: int, now: int) -> list[bytes]:
        """Return the RTCP packets that report what came since the last call, and forget that.

        ``now`` is in nanoseconds, as ``times`` are.
        """
        times = self.times
        if not times:
            return []
        expected = self._next
        pivot = next(iter(times)) if expected is None else expected
        # Numbers by signed distance from the next expected one (RFC 1982 arithmetic).
        found = {((seq - pivot + 0x8000) & 0xFFFF) - 0x8000: at for seq, at in times.items()}
        order = sorted(found)
        first, last = order[0], order[-1]
        if expected is not None:
            self._learn(late=first < 0)
            first = min(first, 0)
        first = max(first, last - MAX_SPAN + 1)
        if order != list(found):
            _straighten(found, order)
        if last - first >= len(found):
            last = self._due(found, max(first, 0), last, now)
        if last < first:
            return []
        told = range(first, last + 1)
        if last == order[-1]:
            times.clear()
        else:
            for offset in order[: bisect_right(order, last)]:
                times.pop((pivot + offset) & 0xFFFF, None)
        if expected is None or last >= 0:
            self._next = (pivot + last + 1) & 0xFFFF
        return list(self._packets(sender, ssrc, pivot, found, told))

    def _learn(self, *, late: bool) -> None:
        """Wait for longer from now on where something came after it had been told as missing."""
        if late:
            self._hold = min(LONGEST_HOLD_NS, self._hold + HOLD_STEP_NS)
        else:
            self._hold -= self._hold // 512

    def _due(self, found: dict[int, int], first: int, last: int, now: int) -> int:
        """Return the last number to tell of: what follows one that may still come has to wait for it."""
        since: int | None = None
        for offset in range(last, first - 1, -1):
            at = found.get(offset)
            if at is not None:
                since = at
            elif since is not None and now - since < self._hold:
                last = offset - 1
        return last

    def _packets(
        self, sender: int, ssrc: int, pivot: int, found: dict[int, int], told: range
    ) -> Iterator[bytes]:
        for low in range(told.start, told.stop, _PER_PACKET):
            times = [found.get(offset) for offset in range(low, min(low + _PER_PACKET, told.stop))]
            ticks = [None if at is None else at // TICK_NS for at in times]
            if any(tick is not None for tick in ticks):
                yield _encode(sender, ssrc, (pivot + low) & 0xFFFF, ticks, self._count)
                self._count = (self._count + 1) & 0xFF


def _straighten(found: dict[int, int], order: Sequence[int]) -> None:
    """Let each number have arrived no later than any that was sent after it; ``order`` is that of sending."""
    earliest = found[order[-1]]
    for offset in reversed(order):
        earliest = found[offset] = min(earliest, found[offset])


def _encode(sender: int, ssrc: int, base: int, ticks: Sequence[int | None], count: int) -> bytes:
    """Build one feedback packet; ``ticks`` are arrivals in 250 µs, None where nothing came, not all None."""
    first = next(tick for tick in ticks if tick is not None)
    reference = first >> 8
    before = reference << 8
    statuses = bytearray()
    deltas = bytearray()
    for tick in ticks:
        if tick is None:
            statuses.append(_NONE)
            continue
        delta = tick - before
        before = tick
        if 0 <= delta <= 255:
            statuses.append(_SMALL)
            deltas.append(delta)
        else:
            # A wider gap than 8.19 s can't be told: the clamp keeps the packet valid.
            delta = max(-0x8000, min(delta, 0x7FFF))
            statuses.append(_LARGE)
            deltas += _U16.pack(delta & 0xFFFF)
    body = b"".join(_chunks(statuses)) + deltas
    padding = -len(body) % 4
    first_byte = 0x80 | 15 | (0x20 if padding else 0)
    if padding:
        body += bytes(padding - 1) + bytes((padding,))
    head = _HEAD.pack(
        first_byte,
        205,
        4 + len(body) // 4,
        sender,
        ssrc,
        base,
        len(ticks),
        (reference & 0xFFFFFF) << 8 | count,
    )
    return head + body


def _chunks(statuses: bytearray) -> Iterator[bytes]:
    """Yield packet status chunks (3.1.3, 3.1.4): runs where they pay, vectors of seven otherwise."""
    at, end = 0, len(statuses)
    while at < end:
        status = statuses[at]
        run = at + 1
        while run < end and statuses[run] == status:
            run += 1
        if run - at >= 7 or run == end:
            yield _U16.pack(status << 13 | (run - at))
            at = run
        else:
            vector = 0
            for symbol in statuses[at : at + 7].ljust(7, b"\0"):
                vector = vector << 2 | symbol
            yield _U16.pack(0xC000 | vector)
            at += 7


def joined(first: TransportFeedback, second: TransportFeedback) -> TransportFeedback | None:
    """Return what two reports tell as one; None where one has holes, or does not follow the other at once."""
    if not (isinstance(first.offsets, range) and isinstance(second.offsets, range)):
        return None
    following = (first.serial + 1) & 0xFF, (first.base + first.total) & 0xFFFF
    total = first.total + second.total
    if following != (second.serial, second.base) or total > MAX_TOLD or second.ticks[0] < first.ticks[-1]:
        return None
    ticks = [*first.ticks, *second.ticks]
    return TransportFeedback(
        first.base, total, second.serial, range(total), ticks, first.reports + second.reports
    )


def decode(data: bytes, at: int, end: int) -> TransportFeedback | None:
    """Read the transport feedback packet that is ``data[at:end]``, padding left out; None if unsound."""
    if end - at < 22:
        return None
    base, total, told = _BODY.unpack_from(data, at + 12)
    at += 20
    if not 0 < total <= MAX_TOLD:
        return None
    count, start = told & 0xFF, told >> 8 << 8
    first = data[at] << 8 | data[at + 1]
    if first >> 13 == _SMALL and first & 0x1FFF >= total and at + 2 + total <= end:
        # All came, and none late: nearly every report on a line that is not full.
        ticks = list(accumulate(data[at + 2 : at + 2 + total], initial=start))
        return TransportFeedback(base, total, count, range(total), ticks[1:])
    statuses = bytearray()
    while len(statuses) < total:
        if at + 2 > end:
            return None
        chunk = data[at] << 8 | data[at + 1]
        at += 2
        if chunk < 0x8000:
            statuses += bytes((chunk >> 13,)) * min(chunk & 0x1FFF, total)
        elif chunk < 0xC000:
            statuses += _ONE_BIT[chunk >> 7 & 0x7F] + _ONE_BIT[chunk & 0x7F]
        else:
            statuses += _TWO_BIT[chunk >> 6 & 0xFF] + _TWO_BIT[chunk << 2 & 0xFF][:3]
    return _arrivals(data, at, end, TransportFeedback(base, total, count, (), ()), statuses, start)


def _arrivals(
    data: bytes, at: int, end: int, told: TransportFeedback, statuses: bytearray, tick: int
) -> TransportFeedback | None:
    offsets, ticks = [], []
    for offset in range(told.total):
        status = statuses[offset]
        if status == _NONE:
            continue
        following = at + status
        if following > end or status > _LARGE:
            return None
        delta = data[at] if status == _SMALL else data[at] << 8 | data[at + 1]
        tick += delta - 0x10000 if delta > 0x7FFF else delta
        at = following
        offsets.append(offset)
        ticks.append(tick)
    return told._replace(offsets=offsets, ticks=ticks)
