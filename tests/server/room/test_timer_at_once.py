"""Two who lead and press at once: one of them moves the timer, and nothing moves twice."""

from __future__ import annotations

from functools import partial

import pytest

from server.room.formats import formats, scale
from server.room.timer import drive, place
from signaling.messages import TimerCommand
from signaling.parts import Timer, TimerAction, TimerPlace
from tests.support.refused import refused


def running(key: str = "quick-30", minutes: int = 30, *present: str) -> Timer:
    ready = Timer(status="ready", index=0, boxes=scale(formats()[key], minutes), since_ms=None, turn=None)
    return drive(ready, TimerCommand(action="start"), 0, present)


@pytest.mark.parametrize("action", ["pause", "next", "finish"])
def test_the_second_of_two_presses_is_too_late(action: TimerAction) -> None:
    timer = running()
    command = TimerCommand(action=action, seen=place(timer))
    after = drive(timer, command, 10)
    error = refused(partial(drive, after, command, 20))
    assert error is not None
    assert (error.code, error.field) == ("timer-moved", "seen")


def test_a_turn_that_has_passed_on_is_not_passed_on_again() -> None:
    timer = drive(
        running("circle-60", 60, "ada", "bao", "dov"), TimerCommand(action="next"), 5, ("ada", "bao")
    )
    command = TimerCommand(action="next-turn", seen=place(timer))
    after = drive(timer, command, 10, ("ada", "bao"))
    assert place(after) == TimerPlace(status="running", index=1, turn=1)
    error = refused(partial(drive, after, command, 20, ("ada", "bao")))
    assert error is not None
    assert error.code == "timer-moved"


def test_two_who_add_minutes_both_mean_more() -> None:
    timer = running()
    command = TimerCommand(action="add", minutes=5, seen=place(timer))
    twice = drive(drive(drive(timer, TimerCommand(action="next"), 5), command, 10), command, 20)
    assert twice.boxes[1].seconds - twice.boxes[1].planned_s == 600


def test_a_mistaken_step_is_taken_back_from_where_it_led() -> None:
    timer = running()
    after = drive(timer, TimerCommand(action="next", seen=place(timer)), 10)
    assert place(drive(after, TimerCommand(action="back", seen=place(after)), 20)) == place(timer)
