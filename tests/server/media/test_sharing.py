from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from server.media.sharing import DRY_S, HOLD_S, LONGEST_HOLD_S, REGRET_S, Dry, Hold, Step, Wish, share

steps = st.lists(st.floats(1_000, 800_000), max_size=4).map(
    lambda more: tuple(Step(layer, bits) for layer, bits in enumerate(accumulate(more)))
)
wishes = st.lists(st.builds(Wish, steps, st.none() | st.floats(0, 3e6), st.booleans()), max_size=9)

SMALL = (Step(0, 40e3), Step(0, 150e3))
LARGE = (Step(0, 60e3), Step(0, 170e3), Step(1, 560e3), Step(2, 1.7e6))


@given(st.none() | st.floats(0, 1e7), wishes, st.booleans())
def test_all_together_never_exceed_the_line(line: float | None, asked: list[Wish], rising: bool) -> None:
    got = share(line, asked, rising=rising)
    assert len(got) == len(asked)
    if line is not None:
        assert sum(each.bits for each in got) <= line * (1 + 1e-9)
    for wish, each in zip(asked, got, strict=True):
        if each.step < 0:
            assert each.bits == 0
        else:
            assert wish.steps[each.step].bits <= each.bits * (1 + 1e-9)
            assert each.bits <= wish.steps[-1].bits * (1 + 1e-9)


@given(st.floats(0, 1e7), wishes)
def test_while_a_line_is_held_nothing_rises(line: float, asked: list[Wish]) -> None:
    for wish, each in zip(asked, share(line, asked, rising=False), strict=True):
        if wish.bits and each.step >= 0:
            assert wish.steps[each.step].bits <= wish.bits


@given(st.floats(0, 5e6), st.floats(0, 5e6), wishes)
def test_a_better_line_never_gives_fewer_steps_in_all(one: float, other: float, asked: list[Wish]) -> None:
    fresh = [wish._replace(bits=None, screen=False, steps=LARGE) for wish in asked]
    low, high = sorted((one, other))
    worse = sum(each.step for each in share(low, fresh))
    assert sum(each.step for each in share(high, fresh)) >= worse


def test_without_a_known_limit_everything_is_the_best_it_can_be() -> None:
    assert [each.step for each in share(None, [Wish(LARGE, None), Wish(SMALL, 0.0)])] == [3, 1]


def test_a_screen_comes_before_cameras_and_each_camera_before_any_is_better() -> None:
    cameras = [Wish(LARGE, None), Wish(LARGE, None)]
    screen = Wish((Step(0, 350e3), Step(1, 1.6e6)), None, screen=True)
    assert [each.step for each in share(2.1e6, [*cameras, screen])] == [1, 1, 1]
    assert [each.step for each in share(600e3, [*cameras, screen])] == [1, 0, 0]
    assert [each.step for each in share(400e3, [*cameras, screen])] == [-1, -1, 0]


def test_the_first_who_is_looked_at_is_better_first() -> None:
    assert [each.step for each in share(800e3, [Wish(LARGE, None), Wish(LARGE, None)])] == [2, 1]


def test_what_is_left_over_goes_where_it_can_be_used() -> None:
    (only,) = share(300e3, [Wish((*SMALL[:1], Step(1, 900e3)), None)])
    assert only == (0, 300e3)


def test_better_than_now_must_fit_with_something_to_spare() -> None:
    now = Wish(LARGE, 170e3)
    assert share(600e3, [now])[0].step == 1
    assert share(640e3, [now])[0].step == 2
    assert share(570e3, [now._replace(bits=560e3)])[0].step == 2


def test_what_is_paused_comes_back_with_room_to_spare_whatever_is_held() -> None:
    paused = Wish(SMALL, 0.0)
    assert share(59e3, [paused], rising=False)[0].step == -1
    assert share(61e3, [paused], rising=False)[0].step == 0


def test_a_line_that_dips_keeps_its_picture_for_a_while() -> None:
    dry = Dry()
    assert not dry.look(0, dry=True)
    assert not dry.look(DRY_S - 0.1, dry=True)
    assert not dry.look(DRY_S, dry=False)
    assert not dry.look(DRY_S + 1, dry=True)
    assert dry.look(2 * DRY_S + 1, dry=True)


def test_after_a_fall_one_waits_and_longer_after_a_rise_that_was_regretted() -> None:
    hold = Hold()
    assert hold.over(0)
    hold.given(1e6, 1, 0)
    hold.given(5e5, 1, 1)
    assert not hold.over(1 + HOLD_S - 0.1)
    assert hold.over(1 + HOLD_S)
    now = 5.0
    waits = []
    for _ in range(6):
        hold.given(1e6, 1, now)
        hold.given(5e5, 1, now + REGRET_S / 2)
        now += REGRET_S / 2
        start = now
        while not hold.over(now):
            now += 0.5
        waits.append(now - start)
    assert waits == sorted(waits)
    assert waits[0] == 2 * HOLD_S
    assert waits[-1] == LONGEST_HOLD_S


def test_somebody_who_leaves_is_no_fall() -> None:
    hold = Hold()
    hold.given(1e6, 2, 0)
    hold.given(5e5, 1, 1)
    assert hold.over(1)
