"""How the line of one who looks is shared among pictures: wishes are met step by step, never beyond the line.

Sound has had its part before. Screens come first, then whatever is looked at, the most important first; of
cameras nobody has a second step before all have their first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MARGIN = 0.95
"""Share of an estimate that is given out: packets are not evenly large, and reports need room too."""

VOICE = 56_000.0
"""Bits/s with all headers that one voice may need: Opus at 32 kbit/s, 50 packets a second (RFC 7587
3.1.1).
"""

RISE = 1.15
"""What is better than now has to fit with so much to spare: a line's estimate is not quiet."""

RESUME = 1.5
"""What is paused comes back when there is so many times what it needs, held or not: nothing is worse."""

HOLD_S, LONGEST_HOLD_S = 3.0, 40.0
"""After a fall nothing rises for so long; longer each time that a rise was followed by a fall within
``REGRET_S``."""

REGRET_S = 10.0

DRY_S = 8.0
"""For so long the most important picture goes on, at its least, on a line that has no room for it."""


class Step(NamedTuple):
    """A layer, and the bits/s with all headers that have to be free for it."""

    layer: int
    bits: float


class Wish(NamedTuple):
    """A picture that is looked at: what it could be, least first, and the ``bits`` that it has now.

    ``bits`` is None where it has just begun to be looked at, 0 while it is paused.
    """

    steps: Sequence[Step]
    bits: float | None
    screen: bool = False


class Given(NamedTuple):
    """What a wish gets: an index into its steps (-1: nothing), and its part of the line in bits/s."""

    step: int
    bits: float


def share(line: float | None, wishes: Sequence[Wish], *, rising: bool = True) -> list[Given]:
    """Share ``line`` bits/s (None: no limit is known) among ``wishes``, the most important first.

    Unless ``rising``, nothing gets more than it has; what has just begun, or is paused, may. All parts
    together never exceed the line; each is at least its step's, and at most its last step's, bits.
    """
    if line is None:
        return [Given(len(wish.steps) - 1, wish.steps[-1].bits if wish.steps else 0.0) for wish in wishes]
    order = sorted(range(len(wishes)), key=lambda index: not wishes[index].screen)
    taken = [-1] * len(wishes)
    left = line

    def climb(index: int) -> bool:
        nonlocal left
        wish, following = wishes[index], taken[index] + 1
        if following >= len(wish.steps):
            return False
        bits = wish.steps[following].bits
        more = bits - (wish.steps[following - 1].bits if following else 0.0)
        if wish.bits == 0 and not following:
            if more * RESUME > left:
                return False
        elif wish.bits is not None and bits > wish.bits:
            if not rising or more * RISE > left:
                return False
        elif more > left:
            return False
        taken[index] = following
        left -= more
        return True

    for index in order:
        climb(index)
    for index in order:
        while wishes[index].screen and taken[index] >= 0 and climb(index):
            pass
    climbing = [index for index in order if taken[index] >= 0]
    while climbing:
        climbing = [index for index in climbing if climb(index)]
    return _round_off(wishes, order, taken, left)


def _round_off(
    wishes: Sequence[Wish], order: Sequence[int], taken: Sequence[int], left: float
) -> list[Given]:
    """Give what is left over evenly to those that could use it."""
    given = [Given(-1, 0.0)] * len(wishes)
    met = [index for index in order if taken[index] >= 0]
    for place, index in enumerate(met):
        steps = wishes[index].steps
        bits = steps[taken[index]].bits
        more = min(left / (len(met) - place), steps[-1].bits - bits)
        given[index] = Given(taken[index], bits + more)
        left -= more
    return given


class Dry:
    """For how long a line has had no room for any picture: it dips while a queue drains, and recovers."""

    __slots__ = ("_since",)

    def __init__(self) -> None:
        self._since: float | None = None

    def look(self, now: float, *, dry: bool) -> bool:
        """Whether it is time to give pictures up, at ``now`` (seconds)."""
        if not dry:
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since >= DRY_S


class Hold:
    """When more may be tried after a line has fallen."""

    __slots__ = ("_pause", "_rose_at", "_total", "_until", "_wishes")

    def __init__(self) -> None:
        self._until = self._rose_at = float("-inf")
        self._pause = HOLD_S
        self._total = 0.0
        self._wishes = 0

    def over(self, now: float) -> bool:
        """Whether something may rise at ``now`` (seconds)."""
        return now >= self._until

    def given(self, total: float, wishes: int, now: float) -> None:
        """Take what was given in all (bits/s of the steps) to so many wishes."""
        if wishes == self._wishes and total < self._total:
            regretted = now - self._rose_at < REGRET_S
            self._pause = min(2 * self._pause, LONGEST_HOLD_S) if regretted else HOLD_S
            self._until = now + self._pause
        elif wishes == self._wishes and total > self._total:
            self._rose_at = now
        self._total, self._wishes = total, wishes
