from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.room.formats import formats, scale
from server.room.timer import LONGEST_BOX_S, drive, remaining_ms
from signaling.errors import ProtocolError
from signaling.messages import TimerCommand
from signaling.parts import Timer, TimerAction, TimerStatus
from tests.support.refused import refused

MINUTE_MS = 60_000
ACTIONS: tuple[TimerAction, ...] = ("start", "pause", "resume", "add", "next", "back", "finish")


def fresh() -> Timer:
    return Timer(status="ready", index=0, boxes=scale(formats()["quick-30"], 30), since_ms=None, turn=None)


def after(*steps: tuple[TimerAction, int], minutes: int = 1) -> Timer:
    """The timer after these actions at these instants."""
    timer = fresh()
    for action, now_ms in steps:
        timer = drive(timer, TimerCommand(action=action, minutes=minutes), now_ms)
    return timer


def test_it_waits_until_it_is_started() -> None:
    assert remaining_ms(fresh(), 999_999) == 5 * MINUTE_MS


def test_it_runs_down_and_on_into_overtime() -> None:
    timer = after(("start", 1_000))
    assert remaining_ms(timer, 1_000 + 2 * MINUTE_MS) == 3 * MINUTE_MS
    assert remaining_ms(timer, 1_000 + 6 * MINUTE_MS) == -MINUTE_MS


def test_a_pause_takes_no_time() -> None:
    timer = after(("start", 0), ("pause", 1_000), ("resume", 500_000))
    assert remaining_ms(timer, 502_000) == 5 * MINUTE_MS - 3_000
    assert remaining_ms(after(("start", 0), ("pause", 1_000)), 10**9) == 5 * MINUTE_MS - 1_000


def test_minutes_are_added_to_the_box_at_hand() -> None:
    timer = after(("start", 0), ("next", 1_000), ("add", 2_000), minutes=5)
    assert [box.seconds for box in timer.boxes] == [300, 1_200, 600]
    assert remaining_ms(timer, 2_000) == 20 * MINUTE_MS - 1_000


def test_every_box_keeps_the_time_that_it_has_had() -> None:
    timer = after(("start", 0), ("next", 10_000), ("back", 15_000))
    assert [box.spent_ms for box in timer.boxes] == [10_000, 5_000, 0]
    assert remaining_ms(timer, 16_000) == 5 * MINUTE_MS - 11_000


def test_moving_on_while_paused_stays_paused() -> None:
    timer = after(("start", 0), ("pause", 10), ("next", 20))
    assert (timer.status, timer.index, timer.since_ms) == ("paused", 1, None)


def test_a_finish_can_be_taken_back() -> None:
    finished = after(("start", 0), ("next", 7_000), ("finish", 9_000))
    assert (finished.status, finished.since_ms) == ("finished", None)
    again = drive(finished, TimerCommand(action="back"), 50_000)
    assert (again.status, again.index) == ("paused", 1)
    assert remaining_ms(again, 10**9) == 15 * MINUTE_MS - 2_000


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    timer = after(("start", 100_000), ("pause", 50_000))
    assert remaining_ms(timer, 0) == 5 * MINUTE_MS


LEGAL: dict[TimerStatus, set[TimerAction]] = {
    "ready": {"start", "add"},
    "running": {"pause", "add", "next", "finish"},
    "paused": {"resume", "add", "next", "finish"},
    "finished": {"back"},
}
IN_FIRST_BOX: dict[TimerStatus, Timer] = {
    "ready": fresh(),
    "running": after(("start", 0)),
    "paused": after(("start", 0), ("pause", 1)),
    "finished": after(("start", 0), ("finish", 1)),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("status", list(LEGAL))
def test_each_action_has_its_states(status: TimerStatus, action: TimerAction) -> None:
    timer = IN_FIRST_BOX[status]
    if action in LEGAL[status]:
        assert drive(timer, TimerCommand(action=action), 5) != timer
    else:
        with pytest.raises(ProtocolError) as raised:
            drive(timer, TimerCommand(action=action), 5)
        assert (raised.value.code, raised.value.field) == ("timer-state", "action")


def test_there_is_nothing_after_the_last_box_nor_before_the_first() -> None:
    with pytest.raises(ProtocolError):
        after(("start", 0), ("next", 1), ("next", 2), ("next", 3))
    with pytest.raises(ProtocolError):
        after(("start", 0), ("next", 1), ("back", 2), ("back", 3))


def test_no_box_grows_beyond_a_day() -> None:
    timer = after(("start", 0))
    hour = TimerCommand(action="add", minutes=60)
    while timer.boxes[0].seconds + 3_600 <= LONGEST_BOX_S:
        timer = drive(timer, hour, 1)
    with pytest.raises(ProtocolError) as raised:
        drive(timer, hour, 1)
    assert raised.value.field == "minutes"


@given(
    st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 600_000), st.integers(1, 60)), max_size=40)
)
def test_no_time_is_lost_or_made_whatever_is_pressed(steps: list[tuple[TimerAction, int, int]]) -> None:
    timer, now_ms, ran_ms, added_s = fresh(), 0, 0, 0
    planned_s = sum(box.seconds for box in timer.boxes)
    for action, wait_ms, minutes in steps:
        before, now_ms = timer, now_ms + wait_ms
        ran_ms += wait_ms if before.status == "running" else 0
        left_ms = remaining_ms(before, now_ms)
        command = TimerCommand(action=action, minutes=minutes)
        error = refused(partial(drive, before, command, now_ms))
        if error is not None:
            assert error.code == "timer-state"
            continue
        timer = drive(before, command, now_ms)
        added_s += 60 * minutes if action == "add" else 0
        assert (timer.since_ms is not None) == (timer.status == "running")
        assert 0 <= timer.index < len(timer.boxes)
        if timer.index == before.index:
            # Nothing pressed moves the hands of the box that is shown, but for what was added.
            assert remaining_ms(timer, now_ms) == left_ms + (60_000 * minutes if action == "add" else 0)
        running_ms = 0 if timer.since_ms is None else now_ms - timer.since_ms
        assert sum(box.spent_ms for box in timer.boxes) + running_ms == ran_ms
        assert sum(box.seconds for box in timer.boxes) == planned_s + added_s
