from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.pacing import BRISK, BURST_S, CLOGGED_S, EVEN, MOST, SLOW, Pacer, drained, pace
from tests.support.line import Line, Viewer, simulate

RATE = 300e3
SIZE = 1_200


def leaves(pacer: Pacer[int], seconds: float, start: float = 100.0) -> list[tuple[float, int]]:
    """What leaves within so many seconds, looked at every 5 ms."""
    found = []
    for step in range(int(seconds / 0.005)):
        now = start + step * 0.005
        found += [(now, item) for item in pacer.due(RATE, 0, now)]
    return found


def test_a_burst_leaves_at_the_lines_pace_in_its_order_and_whole() -> None:
    pacer: Pacer[int] = Pacer()
    for number in range(25):
        pacer.hold(number, SIZE)
    assert pacer.bits == 25 * SIZE * 8
    found = leaves(pacer, 2)
    assert [item for _, item in found] == list(range(25))
    took = found[-1][0] - found[0][0]
    assert took == pytest.approx(24 * SIZE * 8 / RATE, abs=BURST_S + 0.01)
    assert pacer.bits == 0


def test_repairs_go_first() -> None:
    pacer: Pacer[int] = Pacer()
    for number in range(5):
        pacer.hold(number, SIZE)
    pacer.repair(77, SIZE)
    assert [item for _, item in leaves(pacer, 1)] == [77, 0, 1, 2, 3, 4]


def test_what_speech_takes_is_left_out_for_pictures() -> None:
    pacer: Pacer[int] = Pacer()
    for number in range(100):
        pacer.hold(number, SIZE)
    left = 0
    for step in range(200):
        # 150 kbit/s of speech: half of the line.
        left += len(pacer.due(RATE, 375 if step % 4 == 0 else 0, 100 + step * 0.005))
    assert 8 * SIZE * left == pytest.approx(RATE / 2, rel=0.2)


def test_the_oldest_repairs_make_room() -> None:
    pacer: Pacer[int] = Pacer()
    for number in range(MOST):
        pacer.repair(number, 500)
    assert pacer.bits == 8 * 500 * MOST // 8
    assert [item for _, item in leaves(pacer, 3)][:3] == [
        MOST - MOST // 8,
        MOST - MOST // 8 + 1,
        MOST - MOST // 8 + 2,
    ]


def test_a_picture_that_waits_too_long_stops_and_comes_back_when_there_is_room() -> None:
    pacer: Pacer[int] = Pacer()
    pacer.due(RATE, 0, 100.0)
    full = [pacer.hold(number, SIZE) for number in range(40)]
    assert full.index(True) == pytest.approx(CLOGGED_S * RATE / 8 / SIZE, abs=1)
    assert pacer.clogged
    leaves(pacer, 1.5)
    assert not pacer.clogged
    pacer.repair(7, SIZE)
    pacer.hold(0, SIZE)
    pacer.hold(1, SIZE)
    assert pacer.stale() == [0, 1]
    assert pacer.bits == 8 * SIZE
    pacer.clear()
    assert pacer.bits == 0
    assert leaves(pacer, 1) == []


def test_a_queue_slows_what_leaves() -> None:
    assert pace(RATE, 0.0, congested=False) == BRISK * RATE
    assert pace(RATE, 0.04, congested=False) == EVEN * RATE
    assert pace(RATE, 0.1, congested=True) == SLOW * RATE


@given(st.floats(4e4, 5e6), st.floats(0, 5e6))
def test_its_sender_is_told_less_while_something_waits_but_never_nothing(bits: float, waiting: float) -> None:
    assert bits / 2 <= drained(bits, waiting) <= bits
    assert drained(bits, 0) == bits


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(40, 1_300), st.integers(0, 400), st.sampled_from((1, 5, 20, 90))
        ),
        max_size=200,
    )
)
def test_never_more_leaves_than_the_line_carries_nothing_twice_and_nothing_out_of_order(
    steps: list[tuple[int, int, int, int]],
) -> None:
    """Whatever comes whenever: 5 % above the rate at most, but for one packet and what may leave at once."""
    pacer: Pacer[int] = Pacer()
    now, number, sizes = 100.0, 0, dict[int, int]()
    pacer.due(RATE, 0, now)
    came, left = 0, list[int]()
    for count, size, used, wait in steps:
        for _ in range(count):
            sizes[number] = size
            pacer.hold(number, size)
            number += 1
        came += 8 * size * count
        now += wait / 1_000
        left += pacer.due(RATE, used, now)
        out = 8 * sum(sizes[item] for item in left)
        allowed = 1.05 * RATE * (now - 100.0) + RATE * BURST_S + 8 * 1_300
        assert out <= allowed
        assert pacer.bits == came - out
    assert left == sorted(set(left))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rate", [150e3, 300e3, 500e3, 1e6])
def test_pacing_keeps_the_estimate_quiet_and_speech_quick(rate: float, seed: int) -> None:
    """Its sender follows 1.5 s late and sends keyframes: unpaced, both made the estimate swing by half."""
    viewer = Viewer(Line(rate, queue=0.5, seed=seed), lag=1.5, keyframes=5, paced=True)
    simulate(40, viewer)
    targets, queues = sorted(viewer.targets[100:]), sorted(viewer.queues[100:])
    assert targets[len(targets) // 20] > 0.7 * rate
    assert queues[int(0.95 * len(queues))] < 0.15
    assert None not in viewer.voices[500:]
    late = sorted(each for each in viewer.voices[500:] if each is not None)
    assert late[int(0.95 * len(late))] < 0.2
    waits = sorted(viewer.waits[100:])
    assert waits[int(0.95 * len(waits))] < 0.6
    assert len(viewer.stops) <= 4


def test_unpaced_the_same_line_does_worse() -> None:
    """What pacing is for: without it these bounds fail."""
    viewer = Viewer(Line(300e3, queue=0.5), lag=1.5, keyframes=5)
    simulate(40, viewer)
    late = sorted(each for each in viewer.voices[500:] if each is not None)
    assert late[int(0.95 * len(late))] > 0.2
