"""Where packets overtake each other it is known which are merely late, and when that will be known."""

from __future__ import annotations

import random
from collections.abc import Iterator

from server.media.late import LONGEST_S, Late, mark

SIZE = 512
TICK_S = 250e-6
BACK_S = 0.1


def line(jitter: float, seed: int, packets: int = 400) -> Iterator[tuple[float, list[tuple[int, float]]]]:
    """Reports of a line with so much jitter (s): when each is here, and the packets that came by then."""
    chance = random.Random(seed)
    arrivals = sorted((number * 0.02 + chance.uniform(0, jitter), number) for number in range(packets))
    for step in range(int(packets * 0.02 / 0.1)):
        low, high = step * 0.1, (step + 1) * 0.1
        came = sorted((number, at) for at, number in arrivals if low <= at < high)
        if came:
            yield high + BACK_S, came


def told(jitter: float, seed: int = 1) -> tuple[Late, list[float]]:
    """What a line's reports taught, and when each packet was sent."""
    late, times = Late(SIZE), [number * 0.02 for number in range(SIZE)]
    for number in range(400):
        late.marks[number] = mark(7, number)
    for now, came in line(jitter, seed):
        first = came[0][0]
        offsets = [number - first for number, _ in came]
        ticks = [round(at / TICK_S) for _, at in came]
        late.report(first, offsets, ticks, times, now)
    return late, times


def test_a_line_that_keeps_order_leaves_no_doubt() -> None:
    late, _ = told(0.0)
    assert not late.doubtful
    late.report(400, range(8), range(40_000, 40_008), [0.0] * SIZE, 10.0)
    assert not late.doubtful


def test_a_line_with_jitter_does_and_what_has_come_is_not_missing() -> None:
    for seed in range(10):
        late, times = told(0.3, seed)
        assert late.doubtful
        assert 0.05 < late.behind < 0.3
        # On its way there, until the next report, and back.
        assert 0.2 < late.told <= LONGEST_S
        unknown = [number for number in range(50, 380) if late.until(7, number, times) is not None]
        assert len(unknown) < 20


def test_only_what_is_overtaken_by_much_is_scattered() -> None:
    for seed in range(10):
        assert told(0.3, seed)[0].scattered
        assert not told(0.04, seed)[0].scattered


def test_what_has_not_come_is_waited_for_until_its_report_would_be_here() -> None:
    late, times = told(0.3)
    late.marks[450] = mark(7, 450)
    assert late.until(7, 450, times) == times[450] + late.told
    assert late.until(8, 450, times) is None
    assert late.until(7, 451, times) is None


def test_a_line_that_keeps_order_again_is_believed_after_a_while() -> None:
    late, times = told(0.3)
    reports = 0
    while late.doubtful:
        first = 400 + 8 * reports
        late.report(first, range(8), range(40_000 + 40 * reports, 40_008 + 40 * reports), times, 10.0)
        reports += 1
    # Twenty reports a second.
    assert 200 < reports < 2_000
