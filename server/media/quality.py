"""How a member's connection does, in the words a person is shown."""

from __future__ import annotations

from typing import Literal, NamedTuple

Grade = Literal["unknown", "good", "fair", "poor", "lost"]

_ORDER: tuple[Grade, ...] = ("good", "fair", "poor")

UP_AFTER = 3
"""Better measurements in a row before the grade improves; it worsens at once. One every 2 s."""


class Measured(NamedTuple):
    """One period: share of packets lost each way (0 to 1, None unknown), round trip in seconds."""

    loss_up: float | None
    loss_down: float | None
    rtt: float | None


def grade(measured: Measured) -> Grade:
    """Grade one period. Bounds: repair hides 2 % of loss; 10 % is heard; 400 ms makes people collide.

    (ITU-T G.114: 400 ms one way is the limit; conversation suffers from 150 ms.)
    """
    losses = [loss for loss in (measured.loss_up, measured.loss_down) if loss is not None]
    if not losses and measured.rtt is None:
        return "unknown"
    loss, rtt = max(losses, default=0.0), measured.rtt or 0.0
    if loss > 0.10 or rtt > 0.6:
        return "poor"
    if loss > 0.03 or rtt > 0.3:
        return "fair"
    return "good"


class Grading:
    """A grade that falls at once and rises only after ``UP_AFTER`` better periods."""

    __slots__ = ("_better", "now")

    def __init__(self) -> None:
        self.now: Grade = "unknown"
        self._better = 0

    def update(self, measured: Measured, *, connected: bool) -> bool:
        """Take one period; return whether the grade changed."""
        before = self.now
        if not connected:
            self.now, self._better = "lost", 0
            return before != "lost"
        found = grade(measured)
        if found == "unknown":
            if before == "lost":
                self.now = "unknown"
        elif before not in _ORDER or _ORDER.index(found) > _ORDER.index(before):
            self.now, self._better = found, 0
        elif found == before:
            self._better = 0
        else:
            self._better += 1
            if self._better >= UP_AFTER:
                self.now, self._better = _ORDER[_ORDER.index(before) - 1], 0
        return self.now != before
