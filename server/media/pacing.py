"""What leaves for a narrow line leaves evenly: a burst waits here, where speech can overtake it. Pure.

A keyframe of 20 kB on a line of 300 kbit/s is half a second of queue, which holds up every word behind it,
and which the line's estimate then takes for congestion. Sent at the line's own pace it does neither. Only
pictures and their repairs wait: speech goes at once, and what it takes is left out for the others.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

BRISK, EVEN, SLOW = 1.2, 1.0, 0.85
"""Shares of a line's estimate with which packets leave: usually, while some queue stands, while too much."""

BRIEF_S = 0.02
"""Seconds of the line's queue up to which packets leave briskly."""

BURST_S = 0.04
"""Seconds of the rate that may leave at once after a pause: it is looked at every 5 to 20 ms."""

DEBT_S = 0.25
"""Seconds of the rate that speech and padding may take in advance."""

CLOGGED_S = 1.0
"""What would wait for longer is not taken in: the picture stops at the end of a frame, and goes on with a
keyframe."""

STALE_S = 2.0
"""What would still wait for so long, because the line has fallen further, is dropped."""

CLEAR_S = 0.25
"""A keyframe is let in again when what waits takes no longer."""

DRAIN_S = 1.0
"""Within about so long what waits should be gone: its sender sends less meanwhile, half as much at least."""

USUAL_S = 0.1
"""Seconds of a picture's bits that may wait without that: a large frame is nothing unusual, and an encoder
that is told less skips frames."""

MOST = 512
"""Packets that wait at most, whatever the rate; repairs beyond an eighth of it are dropped, oldest first."""

Item = TypeVar("Item")


def pace(target: float, queue: float, *, congested: bool) -> float:
    """Return the bits/s with which packets leave for a line of ``target`` bits/s with ``queue`` seconds."""
    return target * (SLOW if congested else BRISK if queue < BRIEF_S else EVEN)


def drained(bits: float, waiting: float) -> float:
    """Return what a picture that has ``bits``/s of a line should be sent with while so many bits wait."""
    return max(0.5 * bits, bits - max(0.0, waiting - USUAL_S * bits) / DRAIN_S)


class Pacer(Generic[Item]):
    """What waits for one line, in the order in which it came, repairs first. Sizes are bytes on the line.

    ``bits`` is how much waits.
    """

    __slots__ = ("_at", "_credit", "_pictures", "_rate", "_repairs", "bits")

    def __init__(self) -> None:
        self.bits = 0
        self._pictures: deque[tuple[int, Item]] = deque()
        self._repairs: deque[tuple[int, Item]] = deque()
        self._at = self._credit = 0.0
        self._rate = 1.0

    @property
    def wait(self) -> float:
        """For how many seconds the newest packet waits, at the rate that was last told."""
        return self.bits / self._rate

    @property
    def clogged(self) -> bool:
        """Whether no keyframe should be added to what waits."""
        return self.wait > CLEAR_S

    def hold(self, item: Item, size: int) -> bool:
        """Take in a packet of a picture; return whether no further frame should come after its frame."""
        self.bits += 8 * size
        self._pictures.append((size, item))
        return self.wait > CLOGGED_S or len(self._pictures) >= MOST

    def repair(self, item: Item, size: int) -> None:
        """Take in a packet that is sent again; the oldest makes room."""
        self.bits += 8 * size
        self._repairs.append((size, item))
        if len(self._repairs) > MOST // 8:
            self.bits -= 8 * self._repairs.popleft()[0]

    def due(self, rate: float, used: int, now: float) -> list[Item]:
        """Return what is to leave now, at ``rate`` bits/s; ``used`` bytes have left without waiting since the
        last call, ``now`` is in seconds.
        """
        self._rate = rate
        credit = self._credit + rate * (now - self._at) - 8 * used
        credit = max(-rate * DEBT_S, min(credit, rate * BURST_S))
        self._at = now
        found = []
        for queue in (self._repairs, self._pictures):
            while queue and credit > 0:
                size, item = queue.popleft()
                credit -= 8 * size
                self.bits -= 8 * size
                found.append(item)
        self._credit = credit
        return found

    def stale(self) -> list[Item]:
        """Drop the pictures that wait, and return them: the line has become too narrow for them to matter."""
        found = [item for _, item in self._pictures]
        self._pictures.clear()
        self.bits = 8 * sum(size for size, _ in self._repairs)
        return found

    def clear(self) -> None:
        """Drop everything: nobody is there any more."""
        self._pictures.clear()
        self._repairs.clear()
        self.bits = 0
