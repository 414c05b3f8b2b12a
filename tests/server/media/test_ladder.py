from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.media.ladder import (
    DOWN_S,
    FULL,
    LEAST,
    LONGEST_UP_S,
    RUNGS,
    UP_S,
    Ladder,
    caps,
    fitting,
    per_hour,
)
from signaling.parts import Rung

TOP = RUNGS[0]
rungs = st.sampled_from(RUNGS)


def after(ladder: Ladder, line: float | None, ceiling: Rung, start: float, seconds: float) -> Rung:
    now = start
    while now <= start + seconds:
        ladder.look(line, ceiling, now)
        now += 0.5
    return ladder.rung


def test_each_rung_takes_less_than_the_one_above() -> None:
    for better, lower in pairwise(RUNGS):
        assert LEAST[better] > LEAST[lower]
        assert FULL[better] > FULL[lower]
        assert per_hour(better) > per_hour(lower)


def test_a_worse_line_is_followed_within_a_second_and_a_better_one_after_ten() -> None:
    ladder = Ladder()
    assert after(ladder, 300e3, TOP, 0, DOWN_S) == "360p"
    assert after(ladder, None, TOP, 5, UP_S - 1) == "360p"
    assert after(ladder, None, TOP, 5 + UP_S - 0.5, 2) == TOP


def test_a_dip_of_less_than_a_second_moves_nobody() -> None:
    ladder = Ladder()
    ladder.look(50e3, TOP, 0)
    ladder.look(None, TOP, 0.5)
    ladder.look(50e3, TOP, 1)
    assert ladder.rung == TOP


def test_a_line_takes_nobody_below_speech() -> None:
    ladder = Ladder()
    assert after(ladder, 1_000, TOP, 0, 3) == "speech-low"


def test_who_went_up_in_vain_waits_longer_each_time() -> None:
    ladder, now, waits = Ladder(), 0.0, []
    for _ in range(5):
        while ladder.look(50e3, TOP, now) == TOP:
            now += 0.5
        start = now
        while ladder.look(None, TOP, now) != TOP:
            now += 0.5
        waits.append(now - start)
    assert waits == sorted(waits)
    assert waits[0] == UP_S
    assert waits[-1] == LONGEST_UP_S


@given(st.lists(st.tuples(st.none() | st.floats(0, 5e6), rungs), min_size=1, max_size=60))
def test_a_ceiling_is_never_exceeded(looks: list[tuple[float | None, Rung]]) -> None:
    ladder = Ladder()
    for second, (line, ceiling) in enumerate(looks):
        assert RUNGS.index(ladder.look(line, ceiling, float(second))) >= RUNGS.index(ceiling)


@given(st.floats(0, 1e7), rungs)
def test_what_fits_is_carried(bits: float, now: Rung) -> None:
    found = fitting(bits, now, least="text")
    assert LEAST[found] <= bits


def test_what_each_rung_lets_through() -> None:
    assert caps("720p", "choice").lines is None
    assert caps("360p", "choice").lines == 360
    assert caps("180p", "budget", 100e3).up_bps == 100e3
    assert (caps("stills", "choice").pictures, caps("stills", "choice").screen) == (False, "stills")
    assert (caps("speech", "choice").screen, caps("speech", "choice").speech) == ("none", 24_000)
    assert caps("speech-low", "choice").sound
    assert not caps("text", "choice").sound
