"""Lets pictures wait for narrow lines and leave at their pace: carries out the pure pacer.

Only lines whose limit is known and that are near it come here; everybody else's packets are never looked at.
"""

from __future__ import annotations

from typing import NamedTuple

from server.media.estimator import OVERHEAD, RING
from server.media.pacing import STALE_S, pace
from server.media.payloads import Shift
from server.media.resends import TWICE
from server.transport.link import Link
from server.transport.outlet import Outlet
from server.transport.streams import Leg, Numbering, Stream

PACED_BELOW = 4e6
"""Bits/s; a burst on a faster line is over before anybody hears it."""

NEAR = 0.5
"""Share of its limit from which a line's use is near it."""

LOOK_S = 0.005
"""While something waits, how often it is looked at."""

RECENT = 256
"""Packets that are looked back at to see what has left without waiting: far more than a burst has."""

_HEADERS = 20 + OVERHEAD


class Held(NamedTuple):
    """A packet that waits, as it will be numbered: a switch of layers or codecs changes what comes after it.

    ``again`` is how it was numbered when it was first sent, None for one that was not.
    """

    leg: Leg
    packet: bytes
    mark: int
    sequence: int
    timestamp: int
    picture: int
    tl0: int
    shift: Shift
    again: Numbering | None = None


class Pacing:
    """All that waits for the lines of one port."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._busy: dict[Link, None] = {}

    @property
    def busy(self) -> bool:
        """Whether something waits."""
        return bool(self._busy)

    def look(self, link: Link) -> None:
        """See whether a line is to be paced from now on. To be called a few times a second."""
        rate, pacer = link.rate, link.pacer
        if pacer.bits and pacer.wait > STALE_S:
            self._drop(link)
        paced = bool(pacer.bits)
        if not paced and rate.target < PACED_BELOW:
            paced = rate.congested or (rate.limited and rate.acked > NEAR * rate.target)
        if paced != link.paced:
            link.paced = paced
            for leg in link.peer.video:
                if leg.stream is not None:
                    leg.stream.weigh()

    def hold(self, stream: Stream, packet: bytes, number: int, now: float) -> list[Leg]:
        """Keep a picture's packet for the legs on paced lines, and return the others."""
        free: list[Leg] = []
        clogged: list[Leg] = []
        sequence, timestamp = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big")
        for leg in stream.legs:
            link = leg.link
            if not (link.paced and leg.extension):
                free.append(leg)
                continue
            if number < leg.start:
                continue
            held = Held(
                leg,
                packet,
                packet[1] & 0x80 | leg.payload_type,
                (sequence + leg.sequence_offset) & 0xFFFF,
                (timestamp + leg.timestamp_offset) & 0xFFFFFFFF,
                leg.picture_offset,
                leg.tl0_offset,
                leg.shift,
            )
            full = link.pacer.hold(held, len(packet) + _HEADERS + link.tag)
            self._busy[link] = None
            if full and packet[1] & 0x80 and number == stream.high:
                clogged.append(leg)
            self._release(link, now)
        for leg in clogged:
            stream.hold_back(leg)
        return free

    def again(self, leg: Leg, numbering: Numbering, packet: bytes, sequence: int, now: float) -> None:
        """Send a kept packet again, as soon as its line has room."""
        link = leg.link
        if not link.paced:
            rate = link.rate
            doubtful = rate.loss >= TWICE or rate.late.scattered
            for _ in range(2 if doubtful and leg.kind == "video" and not rate.limited else 1):
                self._outlet.retransmit(leg, numbering, packet, sequence, now)
            return
        held = Held(leg, packet, 0, sequence, 0, 0, 0, numbering.shift, numbering)
        link.pacer.repair(held, len(packet) + _HEADERS + link.tag)
        self._busy[link] = None
        self._release(link, now)

    def run(self, now: float) -> None:
        """Let leave what is due. ``now`` in seconds, on the clock of departures."""
        for link in list(self._busy):
            if link.tx is None or link.path is None:
                link.pacer.clear()
            self._release(link, now)
            if not link.pacer.bits:
                del self._busy[link]
        self._outlet.flush()

    def _drop(self, link: Link) -> None:
        """Drop the pictures that wait; their lines go on with a keyframe, numbered as if these never were."""
        seen: set[Leg] = set()
        for held in link.pacer.stale():
            leg = held.leg
            if leg in seen:
                continue
            seen.add(leg)
            if leg.running and leg.stream is not None:
                leg.stream.hold_back(leg)
            leg.rewind(held.sequence)

    def _release(self, link: Link, now: float) -> None:
        rate, sizes = link.rate, link.sizes
        first = max(link.counted, link.number - RECENT)
        used = sum(sizes[number % RING] + OVERHEAD for number in range(first, link.number))
        outlet = self._outlet
        for held in link.pacer.due(pace(rate.target, rate.queue, congested=rate.congested), used, now):
            if held.again is None:
                outlet.dispatch(*held[:-1], now)
            else:
                outlet.retransmit(held.leg, held.again, held.packet, held.sequence, now)
        link.counted = link.number
