from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.budget import allowed, ceiling
from server.media.ladder import FULL, LEAST, RUNGS, caps, worse
from signaling.parts import Rung

MEGABYTE = 1e6


def call(limit: float, minutes: float, seed: int, delay: int) -> tuple[float, list[Rung]]:
    """A call whose browsers do what they are told ``delay`` seconds later; what it used, and its rungs."""
    chance = random.Random(seed)
    used, rate, rung = 0.0, 0.0, RUNGS[0]
    told: list[tuple[Rung, float]] = [(RUNGS[0], 2 * FULL[RUNGS[0]])] * (delay + 1)
    rungs = []
    for second in range(int(minutes * 60)):
        remaining = max(600.0, minutes * 60 - second)
        rung = ceiling(limit, used, remaining, rate, rung)
        way = allowed(limit, used, remaining) / 2
        bounds = caps(rung, "budget", way)
        most = FULL[rung] if bounds.up_bps is None else max(LEAST[rung], min(FULL[rung], way))
        told.append((rung, 2 * most))
        obeyed, bits = told[-1 - delay]
        # Pictures come and go, speech pauses; nobody sends more than they were told.
        now = 0.0 if obeyed == "text" else bits * chance.uniform(0.3, 1.0)
        used += now / 8
        rate += 0.3 * (now - rate)
        rungs.append(rung)
    return used, rungs


@settings(max_examples=60, deadline=None)
@given(
    st.floats(2, 800).map(lambda megabytes: megabytes * MEGABYTE),
    st.floats(10, 90),
    st.integers(0, 10_000),
    st.integers(0, 2),
)
def test_a_budget_is_never_exceeded_by_more_than_five_percent(
    limit: float, minutes: float, seed: int, delay: int
) -> None:
    used, _ = call(limit, minutes, seed, delay)
    assert used <= 1.05 * limit


def test_sixty_megabytes_carry_speech_for_an_hour() -> None:
    used, rungs = call(60 * MEGABYTE, 60, 1, 1)
    assert used <= 60 * MEGABYTE
    assert all(worse(rung, "speech-low") == "speech-low" for rung in rungs)


def test_two_hundred_megabytes_carry_a_picture_for_an_hour_and_are_made_use_of() -> None:
    used, rungs = call(200 * MEGABYTE, 60, 2, 1)
    assert used > 100 * MEGABYTE
    assert sum(rung in ("720p", "360p", "180p") for rung in rungs) > 0.9 * len(rungs)


def test_speech_goes_on_until_there_is_nothing_left_and_then_there_are_words() -> None:
    _, rungs = call(2 * MEGABYTE, 60, 3, 1)
    first = rungs.index("text")
    assert set(rungs[first:]) == {"text"}
    assert "speech-low" in rungs[:first]
    assert "text" not in rungs[:first]
