"""Two subscribers behind one line, in simulation: neither starves, nothing stands in its queue."""

from __future__ import annotations

import random

import pytest

from tests.support.line import Line, Viewer, simulate

RATE = 1e6
SETTLED_S = 10


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("later", [0.0, 6.0])
def test_two_behind_one_line_settle_within_ten_seconds(seed: int, later: float) -> None:
    """Both their estimates together are within a fifth of the bottleneck, and the smaller is a third at least
    of the other's; the line's queue stays below 200 ms for 95 % of the time.
    """
    line = Line(RATE, queue=1.0, seed=seed)
    early = Viewer(line, lag=0.5, keyframes=7, paced=True)
    late = Viewer(line, starts=later, lag=0.5, keyframes=6, paced=True)
    simulate(later + SETTLED_S + 30, early, late)
    settled = int(10 * (later + SETTLED_S))
    for begin in (settled, settled + 100, settled + 200):
        one, other = (mean(viewer.targets[begin : begin + 100]) for viewer in (early, late))
        assert one + other == pytest.approx(RATE, rel=0.2)
        assert max(one, other) < 3 * min(one, other)
    queues = sorted(early.queues[settled:])
    assert queues[int(0.95 * len(queues))] < 0.2
    assert mean(queues) < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_traffic_that_yields_to_nobody_leaves_the_rest_to_be_found(seed: int) -> None:
    """Something else takes half of the line for 15 s, then goes: what is left is found both times."""
    line, chance = Line(RATE, queue=1.0, seed=seed), random.Random(seed)
    viewer = Viewer(line, lag=0.5, keyframes=7, paced=True)

    def company(now: float) -> None:
        if 15 <= now < 30 and chance.random() < 0.5:
            # 500 kbit/s on average: every other step of 10 ms 1,250 bytes.
            line.carry(1_250, 100.0 + now)

    simulate(50, viewer, every=company)
    assert mean(viewer.targets[100:150]) == pytest.approx(RATE, rel=0.2)
    assert mean(viewer.targets[250:300]) == pytest.approx(RATE / 2, rel=0.3)
    assert mean(viewer.targets[420:]) == pytest.approx(RATE, rel=0.25)
    queues = sorted(viewer.queues[250:300])
    assert queues[int(0.95 * len(queues))] < 0.2
