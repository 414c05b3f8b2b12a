"""The short probe before a call: padding in rising steps, and what the feedback says of it. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from server.media.twcc import TransportFeedback

STEPS = (100_000, 250_000, 600_000, 1_200_000, 2_500_000)
"""Bits a second, each for ``STEP_S``: 145 kB in all, so that it may be done on a prepaid plan."""

STEP_S = 0.25
SIZE = 320
"""Bytes on the line of a packet of padding with all headers; a packet holds 255 of padding (RFC 3550 5.1)."""

_BEHIND_S = 0.4
_BEHIND = 0.3
_KEPT_UP = 0.7
_TICK_S = 250e-6


class Found(NamedTuple):
    """What a trial has found: bits a second, share of packets lost (0 to 1), jitter in seconds.

    None is unknown: no feedback came, as from browsers that give none.
    """

    down: float | None
    loss: float | None
    jitter: float | None


class Trial:
    """One probe of a line. ``due`` says how many packets to send now, ``sent`` is told of each.

    ``rtt`` (s) is how long an answer takes: a line that owes answers for longer is full, and is left alone.
    """

    def __init__(self, begun: float, rtt: float) -> None:
        self.begun = begun
        self.over = False
        self._patience = _BEHIND_S + rtt
        self._sent: dict[int, tuple[int, float]] = {}
        self._arrived: dict[int, int] = {}

    @property
    def bytes(self) -> int:
        """Bytes spent so far."""
        return len(self._sent) * SIZE

    def due(self, now: float) -> int:
        """Return how many packets to send now; ``over`` is set when there will be no more."""
        step = int((now - self.begun) / STEP_S)
        if step >= len(STEPS) or self._full(now):
            self.over = True
            return 0
        wanted = sum(STEPS[:step]) * STEP_S + STEPS[step] * (now - self.begun - step * STEP_S)
        return max(0, int(wanted / 8 / SIZE) - len(self._sent))

    def sent(self, number: int, now: float) -> None:
        """Note a packet that was sent, by its transport-wide number."""
        step = min(int((now - self.begun) / STEP_S), len(STEPS) - 1)
        self._sent[number & 0xFFFF] = (step, now)

    def feedback(self, told: TransportFeedback) -> None:
        """Take what the browser reports."""
        for offset, tick in zip(told.offsets, told.ticks, strict=True):
            number = (told.base + offset) & 0xFFFF
            if number in self._sent:
                self._arrived[number] = tick

    def result(self) -> Found:
        """Return what is known now; to be asked when the last answers had the time to come."""
        if not self._arrived:
            return Found(None, None, None)
        best, clean = 0.0, 0
        for step, rate in enumerate(STEPS):
            delivered = self._delivered(step)
            best = max(best, delivered)
            # The first step has too few packets: two lost ones would pass for a line that is full.
            if step and delivered < _KEPT_UP * rate:
                break
            clean = step + 1
        # Loss and jitter are those of the line, not of the queue that the last step may have filled.
        mine = [number for number, (step, _) in self._sent.items() if step < max(1, clean)]
        lost = sum(number not in self._arrived for number in mine)
        return Found(best, lost / len(mine), self._jitter(mine))

    def _full(self, now: float) -> bool:
        old = [number for number, (_, at) in self._sent.items() if now - at > self._patience]
        return len(old) > 3 and sum(number not in self._arrived for number in old) > _BEHIND * len(old)

    def _delivered(self, step: int) -> float:
        """Return the rate at which a step's packets came, never above the step's own."""
        ticks = [
            self._arrived[number]
            for number, (own, _) in self._sent.items()
            if own == step and number in self._arrived
        ]
        if not ticks:
            return 0.0
        count = sum(own == step for own, _ in self._sent.values())
        span = (max(ticks) - min(ticks)) * _TICK_S * count / max(1, count - 1)
        return min(STEPS[step], len(ticks) / count * STEPS[step], len(ticks) * SIZE * 8 / max(span, 0.01))

    def _jitter(self, numbers: list[int]) -> float:
        """Return the mean difference of neighbours' transit times (as RFC 3550 6.4.1 takes it)."""
        transits = [
            self._arrived[number] * _TICK_S - self._sent[number][1]
            for number in numbers
            if number in self._arrived
        ]
        changes = [abs(b - a) for a, b in pairwise(transits)]
        return sum(changes) / len(changes) if changes else 0.0
