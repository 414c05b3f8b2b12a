"""Which packets that a browser misses are merely late: on some lines they overtake each other.

A browser asks at once for what was overtaken. Answered at once, with 150 ms of jitter four tenths of what a
line carried were repairs of what had come (Chromium; one tenth since): data that somebody may pay for.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

LEAST_S = 0.01
"""What is overtaken by less comes before anybody asks for it."""

SCATTERED_S = 0.08
"""What is overtaken by so much makes a browser ask for something of nearly every frame of several packets."""

LONGEST_S = 0.5
"""So long after a packet was sent it is not waited for any more."""

_TICK_S = 250e-6
_MORE, _LESS, _EVEN = 0.1, 0.01, 0.002
"""Weights of what was later than thought, of what was not, and of a report in which all was in order: nine of
ten come within what is learned so."""


class Late:
    """What one line's transport-wide reports tell of order and of single packets.

    Whoever sends writes ``marks`` at ``number % size``, as ``mark`` says. ``behind`` is by how much (s) what
    is overtaken comes late, ``told`` how long after it was sent (s) that is known here, ``following`` what
    comes after the highest number that is told to have come.
    """

    __slots__ = ("_last", "behind", "following", "marks", "told")

    def __init__(self, size: int) -> None:
        self.marks = array("q", bytes(8 * size))
        self.behind = self.told = 0.0
        self.following = self._last = 0

    def report(
        self, first: int, offsets: Sequence[int], ticks: Sequence[int], times: Sequence[float], now: float
    ) -> None:
        """Take a report that came at ``now``: packet ``first + offsets[i]`` came at ``ticks[i]`` (250 µs).

        It tells of at least one. ``times`` has when each was sent, at ``number % size``.
        """
        size, overtaken = len(self.marks), False
        if not (isinstance(offsets, range) and first >= self.following):
            earliest = ticks[-1]
            for offset, tick in zip(reversed(offsets), reversed(ticks), strict=True):
                late = tick - earliest
                if first + offset < self.following:
                    # Something of an earlier report had overtaken it.
                    late = max(late, tick - self._last, 0)
                elif late <= 0:
                    earliest = tick
                    continue
                overtaken = True
                self.behind = _learned(self.behind, late * _TICK_S)
                self.told = _learned(self.told, now - times[(first + offset) % size])
        if not overtaken:
            self.behind -= self.behind * _EVEN
        self.following, self._last = max(self.following, first + offsets[-1] + 1), max(ticks)
        if self.doubtful:
            marks = self.marks
            for offset in offsets:
                marks[(first + offset) % size] = 0

    def kept_order(self, following: int, tick: int) -> None:
        """Take, while nothing is ``doubtful``, a report of what came in the order in which it was sent.

        It tells of nothing that was told of before; its last number is the one before ``following``, and came
        at ``tick``.
        """
        self.behind -= self.behind * _EVEN
        self.following, self._last = following, tick

    @property
    def doubtful(self) -> bool:
        """Whether what a browser misses may well be merely late."""
        return self.behind >= LEAST_S

    @property
    def scattered(self) -> bool:
        """Whether packets overtake each other by so much that a picture should come in few of them."""
        return self.behind >= SCATTERED_S

    def until(self, ssrc: int, sequence: int, times: Sequence[float]) -> float | None:
        """Return when it will be known whether a packet came; None of one that has, or that is not known."""
        try:
            return times[self.marks.index(mark(ssrc, sequence))] + self.told
        except ValueError:
            return None


def mark(ssrc: int, sequence: int) -> int:
    """Return what stands for a packet in ``marks``."""
    return ssrc << 16 | sequence


def _learned(before: float, seen: float) -> float:
    seen = min(seen, LONGEST_S)
    return before + (seen - before) * (_MORE if seen > before else _LESS)
