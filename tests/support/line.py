"""A line to simulate: a bottleneck with a queue, loss, jitter and company; and a browser that reports on it.

Seeded and without a clock: a minute takes a fraction of a second.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from server.media.estimator import OVERHEAD, RING, Estimator
from server.media.pacing import Pacer, drained, pace
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
    """A subscriber: what is sent follows the target up to ``most``; 14 frames a second, and a voice.

    With ``lag`` the picture's sender follows so many seconds late, as browsers do; each ``keyframes`` seconds
    a frame is six times as large. ``paced`` lines are sent to as the relay does it, others as frames come;
    ``waits`` is for how long pictures wait for that, ten times a second, ``stops`` when that was too much.
    ``voices`` are how long each packet of speech took, None where it was lost.
    """

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
    lag: float = 0.0
    keyframes: float | None = None
    paced: bool = False
    pacer: Pacer[int] = field(default_factory=Pacer)
    counted: int = 0
    waits: list[float] = field(default_factory=list)
    voices: list[float | None] = field(default_factory=list)
    sources: deque[tuple[float, float]] = field(default_factory=deque)
    key_at: float = 0.0
    stopped: bool = False
    stops: list[float] = field(default_factory=list)

    def send(self, size: int, now: float) -> float | None:
        """Send ``size`` bytes with all headers; return when they arrive."""
        self.rate.sent(self.number, size - OVERHEAD, now)
        arrival = self.line.carry(size, now)
        if arrival is not None:
            self.arrivals[self.number] = arrival
        self.number += 1
        return arrival

    def step(self, index: int, now: float) -> None:
        """Do what 10 ms bring."""
        if index % 2 == 0:
            arrival = self.send(int(VOICE_BPS * 0.02 / 8), now)
            self.voices.append(None if arrival is None else arrival - now)
        self.rate.allocated = min(self.most, self.rate.target)
        self.rate.wanted = self.wanted
        self.sources.append((now, drained(self.rate.allocated, self.pacer.bits)))
        while len(self.sources) > 1 and self.sources[1][0] <= now - self.lag:
            self.sources.popleft()
        self.owed += max(0.0, self.sources[0][1] - VOICE_BPS) * STEP_S / 8
        if index % 7 == 0:
            self.frame(now)
        if self.paced:
            self.release(now)
        if index % 10 == 0:
            probe = None if self.pacer.bits else self.rate.probe(now)
            if probe is not None:
                first = self.number
                for _ in range(probe.packets):
                    self.send(PADDING, now)
                self.rate.probed(first, self.number)
        if index % 5 == 0:
            self.report(now)
        while self.reports and self.reports[0][0] <= now:
            self.rate.feedback(self.reports.pop(0)[1], self.number, now)

    def frame(self, now: float) -> None:
        """Let a frame come from its sender: what it has to spend, or a keyframe's worth."""
        size = self.owed * self.line.chance.uniform(0.7, 1.3)
        due = self.keyframes is not None and now - self.key_at >= self.keyframes
        if due or (self.stopped and not self.pacer.clogged):
            size, self.key_at, self.stopped = 6 * size, now, False
        full = False
        while size >= 1_200:
            if not self.paced:
                self.send(1_200, now)
            elif not self.stopped:
                full = self.pacer.hold(1_200, 1_200)
            size -= 1_200
            self.owed -= 1_200
        if full:
            self.stopped = True
            self.stops.append(now)

    def release(self, now: float) -> None:
        """Let leave what is due."""
        rate = self.rate
        used = sum(rate.sizes[number % RING] + OVERHEAD for number in range(self.counted, self.number))
        for size in self.pacer.due(pace(rate.target, rate.queue, congested=rate.congested), used, now):
            self.send(size, now)
        self.counted = self.number

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
                viewer.waits.append(viewer.pacer.wait)
