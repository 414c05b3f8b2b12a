"""What a subscriber's line can carry now, from what its browser reports of the packets that it was sent.

Delay tells of congestion: how long packets stand in the line's queue beyond the fastest lately (as RFC 8698
and RFC 6817 take it; a gradient alone, as draft-ietf-rmcat-gcc-02 has it, is content with a queue that
stands). Loss without a queue is first tried for its cause: if less traffic loses as much, it is the line's
own and no reason to send less. ``probing`` finds out about room that nothing has used yet.
"""

from __future__ import annotations

from array import array
from collections import deque

from server.media.late import Late
from server.media.probing import Probe, Probing
from server.media.summary import TICK, Summary, sum_up
from server.media.twcc import TransportFeedback

RING = 4_096
"""Packets that are remembered until they are reported on: above 4 s of 10 Mbit/s."""

OVERHEAD = 28
"""IPv4 and UDP headers: all sizes and rates here are what the line carries."""

FIRST = 600_000.0
"""Bits/s that a line is taken to carry before anything is known of it."""

FLOOR, CEILING = 40_000.0, 12_000_000.0
"""Bits/s between which a target stays: a voice and its headers; more than anybody is sent."""

QUEUE_S = 0.06
"""A longer queue is congestion; on lines with jitter a quarter of the usual scatter more."""

_RATE_S = 0.5
_LONG_S, _SHORT_S = 0.2, 0.04
_LOSS_S = 1.0
_BASE_S, _BASES = 5.0, 6
_SILENCE_S = 1.5
_HALFWAY, _MOSTLY = 0.7, 0.85
_EXTRA_LOSS = 0.08
_HOPELESS = 0.3


class Estimator:
    """One line's estimate. Rates are in bits/s with all headers, times in seconds on our clock.

    Whoever sends writes ``sizes``, ``times`` and the marks of ``late`` itself, at ``number % RING``: that is
    all that a packet costs. ``target`` is what the line carries now; ``allocated`` what is sent of it and
    ``wanted`` what would be if there were room (both set from outside); ``queue`` is how long packets stand
    in it, ``loss`` the share of packets lost lately (0 to 1).
    """

    __slots__ = (
        "_arrived",
        "_arrived_octets",
        "_bases",
        "_bases_at",
        "_capacity",
        "_changed",
        "_cut_at",
        "_full_at",
        "_heard",
        "_in_order",
        "_inherent",
        "_lost",
        "_lost_at",
        "_lows",
        "_probing",
        "_received",
        "_scatter",
        "_serial",
        "_since",
        "_ticks",
        "_told",
        "_trial",
        "allocated",
        "late",
        "loss",
        "queue",
        "sizes",
        "target",
        "times",
        "wanted",
    )

    def __init__(self) -> None:
        self.sizes = array("H", bytes(2 * RING))
        self.times = array("d", bytes(8 * RING))
        self.late = Late(RING)
        self.target = FIRST
        self.allocated = 0.0
        self.wanted = 2_500_000.0
        self.queue = self.loss = 0.0
        self._bases: deque[float] = deque(maxlen=_BASES)
        self._bases_at = self._lost_at = self._changed = self._heard = 0.0
        self._full_at = float("-inf")
        self._lows: deque[tuple[float, float]] = deque()
        # When so many octets had come, in order or not, and how many that are without the first.
        self._arrived: deque[tuple[float, int]] = deque()
        self._in_order = True
        self._arrived_octets = 0
        self._scatter = self._inherent = self._cut_at = 0.0
        self._capacity: float | None = None
        self._trial: tuple[float, float] | None = None
        self._lost = self._received = 0
        self._serial = -1
        self._told = self._since = 0
        self._ticks: int | None = None
        self._probing = Probing()

    def sent(self, number: int, size: int, now: float, mark: int = 0) -> None:
        """Note a packet of ``size`` bytes of UDP payload; ``number`` counts on from 0 and is not cut.

        ``mark`` is what ``late`` knows it by, 0 for what is never asked for again.
        """
        self.sizes[number % RING] = size
        self.times[number % RING] = now
        self.late.marks[number % RING] = mark

    # ---------------------------------------------------------------- what interrupts

    def broken(self, following: int) -> None:
        """The way was closed for a while: what was sent until now, below ``following``, tells nothing of it.

        All of that may be lost, and what came lately is next to nothing. Taken for what the line is like, a
        break of one second left pictures out for five more.
        """
        self._since = following
        self._told = max(self._told, following)
        self._lost = self._received = 0
        self._arrived.clear()
        self._lows.clear()
        self.queue = self.loss = self._cut_at = 0.0
        if self._trial is not None:
            self._set(max(self.target, self._trial[1]))
            self._trial = None

    def moved(self, following: int) -> None:
        """What is sent from now on takes another way, of which nothing is known; as above beside that."""
        self.broken(following)
        self._bases.clear()
        self._scatter = self._inherent = 0.0
        self._full_at = float("-inf")
        self._capacity = None
        self._probing = Probing()
        self._set(min(self.target, FIRST))

    # ---------------------------------------------------------------- what is reported

    def feedback(self, told: TransportFeedback, following: int, now: float) -> None:
        """Take a browser's report; ``following`` is the number that the next packet will have."""
        first = following - ((following - told.base) & 0xFFFF)
        if first < 0 or following - first > RING or first + told.total > following:
            return
        if first < self._since:
            told = _later(told, self._since - first)
        carried = None
        if told.offsets:
            self.late.report(first, told.offsets, told.ticks, self.times, now)
            if self._probing.waits:
                each = [self.sizes[(first + offset) % RING] + OVERHEAD for offset in told.offsets]
                carried = self._probing.told(first, told, each)
        self._take(sum_up(told, first, now, self.sizes, self.times, self._ticks), carried)

    def settled(self) -> tuple[int, int] | None:
        """Return the least number that reports may tell of, and the last tick so far, if what is kept of
        them can be summed up without a look at single packets; None while that is not so.
        """
        late = self.late
        if self._ticks is None or self.congested or late.doubtful or self._probing.waits:
            return None
        return max(self._since, late.following), self._ticks

    def summed(self, summary: Summary) -> None:
        """Take reports that were summed up as ``settled`` allows: all came, and in order."""
        self.late.kept_order(summary.first + summary.total, summary.closes)
        self._take(summary, None)

    def _take(self, summary: Summary, carried: float | None) -> None:
        """``carried`` is what a burst was carried with, in bits/s, where these reports tell of one."""
        now, came, serial = summary.at, summary.came, summary.serial
        if serial != (self._serial + summary.reports) & 0xFF:
            # A report was lost: what it told of is not missing from the rate.
            self._arrived.clear()
        self._serial = serial
        elapsed = now - self._heard if self._heard else 0.0
        self._heard = now
        # What was told as missing and comes after all, or is told again, is not lost twice.
        fresh = max(0, summary.first + summary.total - self._told)
        self._told += fresh
        self._lost = max(0, self._lost + fresh - came)
        self._received += came
        if came:
            self._arrivals(summary)
        if carried is not None and self._trial is None:
            self._set(max(self.target, 0.95 * carried))
            self._changed = now
        if now - self._lost_at >= _LOSS_S and self._lost + self._received >= 20:
            self._weigh(now)
        self._control(min(elapsed, 0.5), now)

    def _arrivals(self, summary: Summary) -> None:
        now, low, shift, bases = summary.at, summary.low, summary.shift, self._bases
        self._ticks = summary.closes + shift
        self._scatter = scatter = self._scatter + 0.05 * (min(1.0, summary.mean - low) - self._scatter)
        if not bases or now - self._bases_at >= _BASE_S:
            bases.append(low)
            self._bases_at = now
        elif low < bases[-1]:
            bases[-1] = low
        lows, window = self._lows, max(0.06, min(2 * scatter, 0.4))
        lows.append((now, low))
        while now - lows[0][0] > window:
            lows.popleft()
        if len(lows) > 1:
            low = min([delay for _, delay in lows])
        self.queue = max(0.0, low - min(bases))
        arrived = self._arrived
        octets, latest = summary.octets + OVERHEAD * summary.came, (summary.latest + shift) * TICK
        if not arrived:
            # The first packet only opens the span; what comes after it within this report counts already.
            opening = summary.opening + OVERHEAD
            arrived.append(((summary.opens + shift) * TICK, opening))
            octets -= opening
            self._in_order, self._arrived_octets = True, 0
        elif latest < arrived[-1][0]:
            self._in_order = False
        arrived.append((latest, octets))
        self._arrived_octets += octets
        while len(arrived) > 2 and latest - arrived[1][0] >= _RATE_S:
            arrived.popleft()
            self._arrived_octets -= arrived[0][1]

    @property
    def acked(self) -> float:
        """What has arrived lately, in bits/s; 0 while that is not known."""
        if not self.congested:
            return self._carried(_RATE_S, _LONG_S)
        # Where a queue stands packets come back to back, and a short look is as good: where the way up is
        # full as well and most reports are lost, there is no longer one. A long one has in it what came
        # before, when less was sent than the line carries.
        return max(self._carried(_RATE_S, _SHORT_S), self._carried(_LONG_S, _LONG_S))

    def _carried(self, seconds: float, least: float) -> float:
        """Return the bits/s that arrived in the last ``seconds``; 0 where less than ``least`` is known."""
        arrived = self._arrived
        if not arrived:
            return 0.0
        last = arrived[-1][0]
        span = last - arrived[0][0]
        if span < least:
            return 0.0
        # What came with the first only opens the span; all others are younger than _RATE_S.
        if seconds >= _RATE_S and self._in_order:
            return 8 * self._arrived_octets / span
        octets = 0
        for at, size in reversed(arrived):
            if last - at >= seconds:
                return 8 * octets / (last - at)
            octets += size
        return 8 * self._arrived_octets / span

    def remb(self, bitrate: float) -> None:
        """Take the estimate of a browser that reports no arrivals; from one that does, arrivals tell more."""
        if not self._heard:
            self._set(bitrate)
            self._capacity = self.target

    def report(self, loss: float, rtt: float | None, now: float) -> None:
        """Take a receiver report: the only word of browsers that don't report arrivals."""
        if not self._heard:
            self.loss = loss

    # ---------------------------------------------------------------- what follows from it

    def inherent(self, loss: float) -> float:
        """Return what of a loss (0 to 1) is the line's own, not that of its queue when too much was sent."""
        return min(loss, self._inherent) if self._capacity is not None and self._heard else loss

    @property
    def limited(self) -> bool:
        """Whether the line has shown what it carries, or is being tried: what is sent must follow
        ``target``.
        """
        return self._capacity is not None or self._trial is not None

    @property
    def congested(self) -> bool:
        """Whether the queue is longer than scatter explains."""
        return self.queue > QUEUE_S + self._scatter / 4

    def _control(self, elapsed: float, now: float) -> None:
        acked = self.acked
        if self.congested:
            self._full_at = now
            # A cut shows only when what was sent before has drained.
            due = now - self._changed > 0.25 + self.queue
            if due and acked and self.queue < 0.9 * self._cut_at:
                # It is draining: what is looked at next is whether it goes on to.
                self._cut_at = self.queue
                self._changed = now
            elif due and acked:
                self._cut_at = self.queue
                self._capacity = acked
                self._set(min(self.target, acked) * max(0.5, 0.92 - self.queue))
                self._changed = now
                self._probing.failed(now)
        elif self._capacity is not None and self.target < 0.92 * self._capacity:
            # Drained: back to just below what the line has shown to carry.
            if self.queue < QUEUE_S / 2 + self._scatter / 4:
                self._cut_at = 0.0
                self._set(0.92 * self._capacity)
                self._changed = now
        elif acked > self._used() * self.target and self._trial is None:
            near = self._capacity is not None and 0.8 < self.target / self._capacity < 1.1
            slowly = min(20_000.0, 0.08 * self.target)
            # Whoever rose quickly while a queue stands would take the line from others behind it.
            quickly = 0.2 * self.target * max(0.0, 1.0 - self.queue / (QUEUE_S / 2))
            self._set(self.target + elapsed * (slowly if near else max(slowly, quickly)))

    def _used(self) -> float:
        """Return the share of the target that has to be used so that it may rise.

        Beyond what the line has shown to carry, what is not sent proves nothing.
        """
        beyond = self._capacity is not None and self.target > self._capacity
        return _MOSTLY if beyond else _HALFWAY

    def _weigh(self, now: float) -> None:
        """Look at a second's loss: is it the line's own, or is it ours?"""
        self.loss = loss = self._lost / (self._lost + self._received)
        self._lost = self._received = 0
        self._lost_at = now
        acked = self.acked
        if self._trial is not None:
            before, target = self._trial
            self._trial = None
            if loss > (self._inherent + before) / 2 and loss < _HOPELESS:
                self._inherent = loss
                self._set(max(self.target, target))
            else:
                self._capacity = self.target / 0.92
                self._probing.failed(now)
        elif now - self._full_at < _LOSS_S + _RATE_S:
            # Its queue was full: what it lost tells of that.
            return
        elif loss > self._inherent + _EXTRA_LOSS and acked:
            self._trial = loss, self.target
            self._set(0.85 * min(self.target, acked))
            self._changed = now
        else:
            self._inherent += 0.1 * (loss - self._inherent)

    @property
    def curious(self) -> bool:
        """Whether ``probe`` may have something to do; False of most lines."""
        return self.target < self.wanted or self.allocated > 0

    def probe(self, now: float) -> Probe | None:
        """Return a burst of padding to send now, None mostly. To be asked about ten times a second."""
        if self._heard and now - self._heard > _SILENCE_S and self.allocated:
            # Nothing is told any more: the line may be gone, and must not be flooded when it is back.
            self._heard = now
            self._set(0.7 * self.target)
        if not self._heard or self.congested or self._trial is not None or self.target >= self.wanted:
            return None
        return self._probing.ask(self.target, self.wanted, now)

    def probed(self, first: int, following: int) -> None:
        """Say which numbers the burst had."""
        self._probing.sent(first, following)

    def _set(self, target: float) -> None:
        self.target = max(FLOOR, min(target, CEILING))


def _later(told: TransportFeedback, since: int) -> TransportFeedback:
    """Return a report without what it says of its first ``since`` numbers."""
    kept = [(offset, tick) for offset, tick in zip(told.offsets, told.ticks, strict=True) if offset >= since]
    return told._replace(offsets=[offset for offset, _ in kept], ticks=[tick for _, tick in kept])
