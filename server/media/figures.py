"""How fast running totals grow between two looks: what a person is shown of their connection."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

LEAST_S = 0.5
"""Looks that follow each other faster are answered with the rates of before."""

FORGOTTEN_S = 20.0
"""A look after a longer time has no rate: it would be of long ago."""


class Speeds:
    """Bits/s of totals of bytes that somebody looks at now and then."""

    __slots__ = ("_at", "_rates", "_totals")

    def __init__(self) -> None:
        self._at = float("-inf")
        self._totals: Mapping[Hashable, int] = {}
        self._rates: dict[Hashable, float] = {}

    def look(self, totals: Mapping[Hashable, int], now: float) -> Mapping[Hashable, float]:
        """Return the bits/s of each total since the last look; none for what was not there then.

        ``totals`` are bytes, ``now`` is in seconds. What has shrunk began anew, and is left out as well.
        """
        passed = now - self._at
        if passed < LEAST_S:
            return self._rates
        before, self._totals, self._at = self._totals, dict(totals), now
        if passed > FORGOTTEN_S:
            self._rates = {}
        else:
            self._rates = {
                key: (total - before[key]) * 8 / passed
                for key, total in totals.items()
                if key in before and total >= before[key]
            }
        return self._rates
