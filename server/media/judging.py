"""One connection's quality over time: measured, rated, put into a word, and what helps when it is poor."""

from __future__ import annotations

from typing import NamedTuple

from server.media.advice import Signs, advice
from server.media.measuring import Measuring
from server.media.quality import Grading, Measured
from signaling.parts import Advice

UNKNOWN = Measured(None, None, None)


class News(NamedTuple):
    """What has changed with a period."""

    grade: bool
    advice: bool


class Judging:
    """``measured`` is the last period; ``advice`` what helps, None unless the connection is poor."""

    __slots__ = ("_least_rtt", "advice", "grading", "measured", "measuring")

    def __init__(self) -> None:
        self.measuring = Measuring()
        self.grading = Grading()
        self.measured = UNKNOWN
        self.advice: Advice | None = None
        self._least_rtt = float("inf")

    def period(self, measured: Measured, *, connected: bool, tcp: bool, rate: float | None) -> News:
        """Take one period; ``tcp`` and ``rate`` as in ``Signs``."""
        self.measured = measured
        if measured.rtt is not None:
            self._least_rtt = min(self._least_rtt, measured.rtt)
        graded = self.grading.update(measured, connected=connected)
        found = None
        if self.grading.now == "poor":
            # What was said once holds until the connection is better: no other sentence every 2 s.
            found = self.advice or advice(Signs(measured, self._least_rtt, tcp, rate))
        changed, self.advice = found != self.advice, found
        return News(graded, changed)
