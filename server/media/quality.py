"""How a member's connection does: a score by the E-model, and the word a person is shown."""

from __future__ import annotations

from typing import Literal, NamedTuple

from server.media import emodel

Grade = Literal["unknown", "good", "fair", "poor", "lost"]

_ORDER: tuple[Grade, ...] = ("good", "fair", "poor")

UP_AFTER = 3
"""Better measurements in a row before the grade improves; it worsens at once. One every 2 s."""

GOOD_FROM, FAIR_FROM = 80.0, 60.0
"""Ratings: most are satisfied from 80, nearly everyone is dissatisfied below 60 (ITU-T G.109 table 1)."""


class Measured(NamedTuple):
    """One period. None is unknown; jitter (RFC 3550), round trip and ``buffer`` are in seconds.

    ``loss_up`` is the share (0 to 1) of speech that we never got, ``loss_down`` of what the browser never
    played, both after whatever repair there was. ``buffer`` is what the browser's own jitter buffer holds.
    """

    loss_up: float | None
    loss_down: float | None
    rtt: float | None
    jitter_up: float = 0.0
    jitter_down: float = 0.0
    buffer: float | None = None


def score(measured: Measured) -> float | None:
    """Return the rating (0 to 93.2) of the worse direction of this line; None when nothing was measured.

    The other person's line is left out: a person is told of what they can do something about.
    """
    loss_up, loss_down, rtt = measured.loss_up, measured.loss_down, measured.rtt
    if loss_up is None and loss_down is None and rtt is None:
        return None
    way = (rtt or 0.0) / 2 + emodel.PACKING_S
    down = emodel.buffer_s(measured.jitter_down) if measured.buffer is None else measured.buffer
    return min(
        emodel.r_factor(way + emodel.buffer_s(measured.jitter_up), loss_up or 0.0),
        emodel.r_factor(way + down, loss_down or 0.0),
    )


def grade(rating: float | None) -> Grade:
    """Put a rating into a word."""
    if rating is None:
        return "unknown"
    if rating < FAIR_FROM:
        return "poor"
    return "fair" if rating < GOOD_FROM else "good"


class Grading:
    """A grade that falls at once and rises only after ``UP_AFTER`` better periods.

    ``score`` is the rating of the last period that had one; None while unknown or lost.
    """

    __slots__ = ("_better", "now", "score")

    def __init__(self) -> None:
        self.now: Grade = "unknown"
        self.score: float | None = None
        self._better = 0

    def update(self, measured: Measured, *, connected: bool) -> bool:
        """Take one period; return whether the grade changed."""
        before = self.now
        if not connected:
            self.now, self.score, self._better = "lost", None, 0
            return before != "lost"
        rating = score(measured)
        found = grade(rating)
        if rating is not None:
            self.score = rating
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
