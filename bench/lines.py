"""The lines that ``bench/links`` emulates, the goals on them, and what was heard and seen. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

GOOD: Final[dict[str, float]] = {"delay": 20, "jitter": 0, "loss": 0, "rate": 0, "queue": 300}
"""Fields of ``bench.emulate.Line``."""

FIGURES: Final = """
async () => {
  const connection = window.compagnon?.peer ?? peer;
  const sum = { voices: 0, samples: 0, concealed: 0, frames: 0, frozen: 0, width: 0, height: 0, bytes: 0 };
  for (const one of (await connection.getStats()).values()) {
    if (one.type !== 'inbound-rtp' || !one.packetsReceived) continue;
    sum.bytes += one.bytesReceived;
    if (one.kind === 'audio') {
      sum.voices += 1;
      sum.samples += one.totalSamplesReceived;
      sum.concealed += one.concealedSamples;
    } else {
      sum.frames += one.framesDecoded ?? 0;
      sum.frozen += one.totalFreezesDuration ?? 0;
      sum.width = Math.max(sum.width, one.frameWidth ?? 0);
      sum.height = Math.max(sum.height, one.frameHeight ?? 0);
    }
  }
  return sum;
}
"""
"""What has come in since the connection began; receivers that never had a packet are idle slots."""


@dataclass(frozen=True)
class Goal:
    """What to reach, worst direction: concealed sound in %, frozen picture in s a minute, frames a second."""

    concealed: float
    frozen: float | None
    frames: float | None

    def __str__(self) -> str:
        picture = "speech only" if self.frames is None else f"{self.frozen:g} s / from {self.frames:g}"
        return f"up to {self.concealed:g} % / {picture}"


@dataclass(frozen=True)
class Row:
    """One line, both ways, and the goal (any row of the table)."""

    name: str
    line: dict[str, float]
    goal: Goal

    @property
    def aim(self) -> str:
        """The goal in words."""
        return str(self.goal)


@dataclass(frozen=True)
class Moment:
    """Something that happens once, and the seconds within which pictures should come both ways again."""

    name: str
    what: Literal["outage", "address", "no udp", "joining"]
    goal: float
    line: dict[str, float]

    @property
    def aim(self) -> str:
        """The goal in words."""
        return f"up to {self.goal:g} s"


ROWS: Final[tuple[Row | Moment, ...]] = (
    Row("clean", {}, Goal(0.5, 0.5, 14)),
    Row("5% loss", {"loss": 5}, Goal(1, 0.5, 14)),
    Row("15% loss", {"loss": 15}, Goal(3, 1, 12)),
    Row("300 kbit/s", {"rate": 300}, Goal(0.5, 0.5, 14)),
    Row("150 kbit/s", {"rate": 150}, Goal(0.5, 0.5, 10)),
    Row("500 kbit/s, 1 s queue", {"rate": 500, "queue": 1_000}, Goal(0.5, 0.5, 14)),
    Row("2% loss, 150 ms jitter", {"loss": 2, "jitter": 150, "delay": 150}, Goal(1, 0.5, 12)),
    Row("48 kbit/s", {"rate": 48}, Goal(5, None, None)),
    Moment("6 s outage", "outage", 2, {}),
    Moment("new address", "address", 3, {}),
    Moment("UDP blocked", "no udp", 3, {}),
    Moment("joining at 15% loss, 300 ms", "joining", 3, {"loss": 15, "delay": 150}),
)


@dataclass(frozen=True)
class Heard:
    """One direction of one row. ``kbits`` is what came in a second."""

    concealed: float
    frozen: float
    frames: float
    size: str
    kbits: float

    @classmethod
    def between(cls, before: dict[str, Any], after: dict[str, Any], seconds: float) -> Heard:
        """From two readings of ``FIGURES``."""
        samples = after["samples"] - before["samples"]
        frames = after["frames"] - before["frames"]
        frozen = (after["frozen"] - before["frozen"]) * 60 / seconds
        return cls(
            # Nothing came at all: nothing was heard.
            100.0 * (after["concealed"] - before["concealed"]) / samples if samples else 100.0,
            # A freeze is counted when it ends: a picture that never moved was frozen all the time.
            60.0 if not frames else min(60.0, frozen),
            frames / seconds,
            f"{after['width']}x{after['height']}",
            (after["bytes"] - before["bytes"]) * 8 / 1_000 / seconds,
        )

    def __str__(self) -> str:
        return (
            f"{self.concealed:.1f} % / {self.frozen:.1f} s / {self.frames:.1f} at {self.size}, "
            f"{self.kbits:.0f} kbit/s"
        )


@dataclass(frozen=True)
class Call:
    """What a ``Row`` gave: each person's side, and the longest wait in the line's queue in ms."""

    ways: tuple[Heard, ...]
    queue: float

    def __str__(self) -> str:
        sides = " | ".join(f"{who} gets {way}" for who, way in zip(("Ada", "Bo"), self.ways, strict=False))
        return f"{sides} | queue up to {self.queue:.0f} ms"


NO_CALL: Final = Call((Heard(100, 60, 0, "", 0),), 0)
"""Nobody got anything."""


@dataclass(frozen=True)
class Took:
    """What a ``Moment`` gave: seconds, None when pictures did not come in time or at all."""

    seconds: float | None

    def __str__(self) -> str:
        return "pictures never came" if self.seconds is None else f"pictures after {self.seconds:.1f} s"


def reached(goal: Goal, ways: Sequence[Heard]) -> bool:
    """Whether both directions reach the goal."""
    return all(
        way.concealed <= goal.concealed
        and (goal.frozen is None or way.frozen <= goal.frozen)
        and (goal.frames is None or way.frames >= goal.frames)
        for way in ways
    )


def summary(row: Row | Moment, runs: Sequence[Call | Took]) -> tuple[str, bool]:
    """All runs of one row as one cell, medians of the worse direction, and whether they reach the goal.

    Of runs of a ``Moment``, one that never came counts as longer than any other.
    """
    if isinstance(row, Moment):
        times = [run.seconds for run in runs if isinstance(run, Took)]
        median = statistics.median_high([float("inf") if took is None else took for took in times])
        return "never" if median == float("inf") else f"{median:.1f} s", median <= row.goal
    calls = [run.ways for run in runs if isinstance(run, Call)]
    worst = Heard(
        statistics.median(max(way.concealed for way in ways) for ways in calls),
        statistics.median(max(way.frozen for way in ways) for ways in calls),
        statistics.median(min(way.frames for way in ways) for ways in calls),
        "",
        0.0,
    )
    if worst.frames == 0:
        return f"{worst.concealed:.1f} % / no picture", reached(row.goal, [worst])
    cell = f"{worst.concealed:.1f} % / {worst.frozen:.1f} s / {worst.frames:.1f}"
    return cell, reached(row.goal, [worst])


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with columns of even width."""
    lines = [list(heads), ["---"] * len(heads), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
