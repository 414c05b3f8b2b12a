"""A line to simulate: a bottleneck with a queue, loss, jitter and company; and a browser that reports on it.

Seeded and without a clock: a minute takes a fraction of a second.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from server.media.estimator import OVERHEAD, Estimator
from server.media.probing import PADDING
from server.media.twcc import TransportFeedback

STEP_S = 0.01
REPORT_S = 0.05
VOICE_BPS = 50_000.0


@dataclass
class Line:
    """``rate`` in bits/s, ``queue`` seconds of buffer, ``delay`` one way, ± ``jitter``, ``loss`` 0 to 1."""

    rate: float
    queue: float = 0.5
    delay: float = 0.02
    jitter: float = 0.0
    loss: float = 0.0
    seed: int = 1
    free_at: float = 0.0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def carry(self, size: int, now: float) -> float | None:
        """Return when ``size`` bytes arrive, None when they are lost."""
        start = max(now, self.free_at)
        if start - now > self.queue:
            return None
        self.free_at = start + 8 * size / self.rate
        if self.chance.random() < self.loss:
            return None
        return self.free_at + self.delay + self.jitter * (1 + self.chance.uniform(-1, 1))

    def standing(self, now: float) -> float:
        """Return the seconds that a packet waits which is sent now."""
        return max(0.0, self.free_at - now)


@dataclass
class Viewer:
    """A subscriber: what is sent follows the target up to ``most``; 14 frames a second, and a voice."""

    line: Line
    most: float = 2_500_000.0
    wanted: float = 2_500_000.0
    starts: float = 0.0
    lost_reports: float = 0.0
    rate: Estimator = field(default_factory=Estimator)
    number: int = 0
    serial: int = 0
    reported: int = 0
    arrivals: dict[int, float] = field(default_factory=dict)
    reports: list[tuple[float, TransportFeedback]] = field(default_factory=list)
    owed: float = 0.0
    targets: list[float] = field(default_factory=list)
    queues: list[float] = field(default_factory=list)
    received: int = 0

    def send(self, size: int, now: float) -> None:
        """Send ``size`` bytes with all headers."""
        self.rate.sent(self.number, size - OVERHEAD, now)
        arrival = self.line.carry(size, now)
        if arrival is not None:
            self.arrivals[self.number] = arrival
        self.number += 1

    def step(self, index: int, now: float) -> None:
        """Do what 10 ms bring."""
        if index % 2 == 0:
            self.send(int(VOICE_BPS * 0.02 / 8), now)
        self.rate.allocated = min(self.most, self.rate.target)
        self.rate.wanted = self.wanted
        self.owed += max(0.0, self.rate.allocated - VOICE_BPS) * STEP_S / 8
        if index % 7 == 0:
            while self.owed >= 1_200:
                self.send(1_200, now)
                self.owed -= 1_200
        if index % 10 == 0:
            probe = self.rate.probe(now)
            if probe is not None:
                first = self.number
                for _ in range(probe.packets):
                    self.send(PADDING, now)
                self.rate.probed(first, self.number)
        if index % 5 == 0:
            self.report(now)
        while self.reports and self.reports[0][0] <= now:
            self.rate.feedback(self.reports.pop(0)[1], self.number, now)

    def report(self, now: float) -> None:
        """Report, as browsers do, on what has arrived by now."""
        there = sorted(number for number, at in self.arrivals.items() if at <= now)
        if not there:
            return
        base = min(self.reported, there[0])
        total = there[-1] - base + 1
        told = TransportFeedback(
            base & 0xFFFF,
            total,
            self.serial & 0xFF,
            [number - base for number in there],
            [int((self.arrivals.pop(number) + 1_000) / 250e-6) for number in there],
        )
        self.received += len(there)
        self.reported = max(self.reported, there[-1] + 1)
        self.serial += 1
        if self.line.chance.random() >= self.lost_reports:
            self.reports.append((now + self.line.delay, told))


def simulate(seconds: float, *viewers: Viewer, every: Callable[[float], None] = lambda now: None) -> None:
    """Let the viewers watch; each notes its target and its line's queue ten times a second."""
    for index in range(int(seconds / STEP_S)):
        now = 100.0 + index * STEP_S
        every(now - 100.0)
        for viewer in viewers:
            if now - 100.0 >= viewer.starts:
                viewer.step(index, now)
            if index % 10 == 0:
                viewer.targets.append(viewer.rate.target)
                viewer.queues.append(viewer.line.standing(now))
