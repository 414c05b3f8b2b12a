from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room.agenda import edited, first_free, numbered
from server.room.formats import formats, scale
from server.room.timer import drive
from signaling.agenda import AgendaAction, AgendaEdit
from signaling.errors import ProtocolError
from signaling.messages import TimerCommand
from signaling.parts import Box, Timer, TimerAction, Words
from tests.support.refused import refused


def why(call: Callable[[], object]) -> tuple[str, str | None] | None:
    """The code and the field of a refusal, None when there is none."""
    error = refused(call)
    return None if error is None else (error.code, error.field)


ACTIONS: tuple[TimerAction, ...] = get_args(TimerAction)


def fresh(key: str = "grow-45") -> Timer:
    boxes = scale(formats()[key], formats()[key].minutes)
    return Timer(status="ready", index=0, boxes=boxes, since_ms=None, turn=None)


def running(*actions: TimerAction) -> Timer:
    """Started, then driven on, ten seconds at a time."""
    timer = fresh()
    for at, action in enumerate(("start", *actions)):
        timer = drive(timer, TimerCommand(action=action), at * 10_000, ["a"])
    return timer


def edit(timer: Timer, action: AgendaAction, **fields: Any) -> Timer:
    return edited(timer, AgendaEdit(action=action, revision=timer.revision, **fields))


def keys(timer: Timer) -> list[str]:
    return [box.title.en if box.title else box.key for box in timer.boxes]


def test_what_is_to_come_can_be_renamed_moved_removed_and_added_to() -> None:
    timer = running("next")
    timer = edit(timer, "rename", box="b2", title="  Where\tyou stand ")
    timer = edit(timer, "move", box="b4", place=2)
    timer = edit(timer, "remove", box="b3")
    timer = edit(timer, "add", place=3, title="A break", minutes=7)
    assert keys(timer) == ["past-actions", "goal", "will", "A break", "Where you stand"]
    added = timer.boxes[3]
    assert (added.seconds, added.planned_s, added.speaks, added.key) == (420, 420, "everyone", "")
    assert timer.revision == 4
    assert (timer.index, timer.status, timer.since_ms) == (1, "running", 10_000)
    assert keys(edit(timer, "rename", box="b2", title=""))[-1] == "reality"


def test_before_the_start_everything_can_be_changed_but_a_box_remains() -> None:
    timer = edit(fresh("open"), "add", place=0, title="Hello", minutes=5)
    timer = edit(timer, "remove", box="b0")
    assert keys(timer) == ["Hello"]
    assert why(lambda: edit(timer, "remove", box="a0")) == ("timer-state", "box")
    assert keys(edit(fresh(), "move", box="b0", place=4))[-1] == "past-actions"


def test_minutes_of_what_has_begun_are_compared_with_the_plan_of_what_has_not_they_are_the_plan() -> None:
    timer = edit(running(), "minutes", box="b0", minutes=12)
    timer = edit(timer, "minutes", box="b2", minutes=3)
    assert [(box.seconds, box.planned_s) for box in timer.boxes[:3]] == [(720, 300), (300, 300), (180, 180)]
    back = running("next", "back")
    assert edit(back, "minutes", box="b1", minutes=9).boxes[1].planned_s == 300


@pytest.mark.parametrize(
    ("action", "fields", "code", "field"),
    [
        ("minutes", {"box": "b0", "minutes": 9}, "timer-state", "box"),
        ("rename", {"box": "b1", "title": "x"}, "timer-state", "box"),
        ("remove", {"box": "b0"}, "timer-state", "box"),
        ("move", {"box": "b1", "place": 3}, "timer-state", "box"),
        ("move", {"box": "b3", "place": 1}, "timer-state", "place"),
        ("move", {"box": "b3", "place": 5}, "timer-state", "place"),
        ("add", {"place": 1, "title": "x"}, "timer-state", "place"),
        ("add", {"place": 6, "title": "x"}, "timer-state", "place"),
        ("add", {"place": 5, "title": " \x00 "}, "name-missing", "title"),
        ("rename", {"box": "b4", "title": "x" * 61}, "name-too-long", "title"),
        ("remove", {"box": "b9"}, "bad-message", "box"),
    ],
)
def test_what_has_begun_stays_and_wrong_edits_name_their_field(
    action: AgendaAction, fields: dict[str, Any], code: str, field: str
) -> None:
    timer = running("next")
    assert why(lambda: edit(timer, action, **fields)) == (code, field)


def test_a_box_that_was_left_by_going_back_has_run_too() -> None:
    timer = running("next", "back")
    for action in ("rename", "remove", "move"):
        assert why(lambda: edit(timer, action, box="b1", place=2)) == ("timer-state", "box")  # noqa: B023


def test_the_second_of_two_at_once_is_refused() -> None:
    timer = fresh()
    first = AgendaEdit(action="remove", revision=timer.revision, box="b1")
    second = AgendaEdit(action="remove", revision=timer.revision, box="b2")
    after = edited(timer, first)
    assert why(lambda: edited(after, second)) == ("agenda-changed", "revision")
    assert why(lambda: edited(after, first)) == ("agenda-changed", "revision")


def test_an_agenda_that_is_over_or_full_takes_no_more() -> None:
    over = running("finish")
    assert why(lambda: edit(over, "add", place=5, title="x")) == ("timer-state", "action")
    full = replace(fresh(), boxes=tuple(replace(fresh().boxes[0], id=f"b{at}") for at in range(60)))
    assert why(lambda: edit(full, "add", place=60, title="x")) == ("agenda-full", None)


def test_boxes_that_were_stored_without_an_id_get_one() -> None:
    old = replace(fresh(), boxes=tuple(replace(box, id="") for box in fresh().boxes))
    assert numbered(old) == fresh()
    assert numbered(fresh()) == fresh()


edits = st.builds(
    AgendaEdit,
    action=st.sampled_from(get_args(AgendaAction)),
    revision=st.just(0),
    box=st.sampled_from(["b0", "b1", "b2", "b3", "b4", "a0", "a1", "a3"]),
    place=st.integers(0, 7),
    title=st.sampled_from(["", "x", "Own words"]),
    minutes=st.integers(1, 480),
)
commands = st.builds(TimerCommand, action=st.sampled_from(ACTIONS), minutes=st.integers(1, 60))


def begun(timer: Timer) -> list[Box]:
    """What has run, but for its length and what it took."""
    boxes = [box for at, box in enumerate(timer.boxes) if at < first_free(timer) or box.spent_ms > 0]
    return [replace(box, seconds=0, spent_ms=0) for box in boxes]


@given(st.lists(st.tuples(st.one_of(edits, commands), st.integers(0, 10**6)), max_size=40))
def test_no_course_of_edits_loses_time_or_touches_what_has_run(
    steps: list[tuple[AgendaEdit | TimerCommand, int]],
) -> None:
    timer, now_ms, revision = fresh(), 0, 0
    for step, pause in steps:
        now_ms += pause
        before = timer
        try:
            if isinstance(step, TimerCommand):
                timer = drive(timer, step, now_ms, ["a", "b"])
                continue
            timer = edited(timer, replace(step, revision=timer.revision))
        except ProtocolError:
            assert timer == before
            continue
        revision += 1
        assert timer.revision == revision
        assert sum(box.spent_ms for box in timer.boxes) == sum(box.spent_ms for box in before.boxes)
        assert begun(timer) == begun(before)
        assert (timer.status, timer.index, timer.since_ms, timer.turn) == (
            (before.status, before.index, before.since_ms, before.turn)
        )
        if before.status != "ready":
            assert timer.boxes[timer.index].id == before.boxes[before.index].id
        assert len({box.id for box in timer.boxes}) == len(timer.boxes)
        assert all(box.key or box.title not in (None, Words()) for box in timer.boxes)
