from __future__ import annotations

import random

import pytest

from server.media.trial import SIZE, STEP_S, STEPS, Found, Trial
from server.media.twcc import TransportFeedback

TICK_S = 0.02
ANSWER_S = 0.05


def probe(
    capacity: float, *, loss: float = 0.0, delay: float = 0.02, queue: float = 2.0
) -> tuple[Trial, Found]:
    """A trial over a line of ``capacity`` bits/s with a queue of so many seconds."""
    chance, trial, number, free = random.Random(7), Trial(0.0, 2 * delay), 0, 0.0
    flying: list[tuple[float, int]] = []
    now, last = 0.0, None
    while last is None or now < last + queue + 1:
        for _ in range(trial.due(now)):
            trial.sent(number, now)
            if chance.random() >= loss and free - now < queue:
                free = max(free, now) + SIZE * 8 / capacity
                flying.append((free + delay, number))
            number += 1
        if trial.over and last is None:
            last = now
        told = [(at, each) for at, each in flying if at + delay + ANSWER_S <= now]
        flying = [each for each in flying if each not in told]
        if told:
            base = told[0][1]
            offsets = [each - base for _, each in told]
            ticks = [round(at / 250e-6) for at, _ in told]
            trial.feedback(TransportFeedback(base & 0xFFFF, offsets[-1] + 1, 0, offsets, ticks))
        now += TICK_S
    return trial, trial.result()


@pytest.mark.parametrize("capacity", [80_000, 200_000, 450_000, 900_000, 1_800_000])
def test_a_narrow_line_is_measured_within_a_quarter(capacity: float) -> None:
    _, found = probe(capacity)
    assert found.down == pytest.approx(capacity, rel=0.25)


def test_a_wide_line_carries_the_last_step_and_little_is_spent() -> None:
    trial, found = probe(20e6)
    assert found.down == pytest.approx(STEPS[-1], rel=0.05)
    assert found.loss == 0.0
    assert found.jitter is not None
    assert found.jitter < 0.002
    assert trial.bytes <= sum(STEPS) * STEP_S / 8 < 150_000


def test_a_line_that_is_full_is_left_alone() -> None:
    trial, _ = probe(100_000)
    whole, _ = probe(20e6)
    assert trial.bytes < whole.bytes / 2


def test_loss_is_the_lines_own() -> None:
    _, found = probe(20e6, loss=0.1)
    assert found.loss == pytest.approx(0.1, abs=0.04)


def test_a_long_way_is_no_full_line() -> None:
    _, found = probe(20e6, delay=0.3)
    assert found.down == pytest.approx(STEPS[-1], rel=0.05)


def test_without_feedback_nothing_is_known() -> None:
    trial = Trial(0.0, 0.0)
    assert trial.due(0.2) > 0
    trial.sent(0, 0.2)
    assert trial.result() == Found(None, None, None)
    for step in range(10):
        trial.sent(step, 0.2)
    trial.due(0.8)
    assert trial.over
