"""Whose turn it is: through every format, with people who come and go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.room.formats import formats, scale
from server.room.timer import drive
from signaling.errors import ProtocolError
from signaling.messages import TimerCommand
from signaling.parts import Timer, TimerAction

LOCALES = Path(__file__).parents[3] / "web" / "locales"
PEERS = ("ana", "bo", "chi", "dov")


def fresh(key: str) -> Timer:
    agenda = formats()[key]
    return Timer(status="ready", index=0, boxes=scale(agenda, agenda.minutes), since_ms=None, turn=None)


def go(timer: Timer, *actions: TimerAction, now_ms: int = 0, present: tuple[str, ...] = PEERS) -> Timer:
    for action in actions:
        timer = drive(timer, TimerCommand(action=action), now_ms, present)
    return timer


def speaks(timer: Timer) -> str | None:
    """Who has the turn in this box, None where everybody speaks."""
    if timer.turn is None or timer.boxes[timer.index].speaks == "everyone":
        return None
    return timer.turn.order[timer.turn.index]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_box_has_a_prompt(language: str) -> None:
    words = json.loads((LOCALES / language / "room.json").read_text("utf-8"))
    missing = {
        box.key for each in formats().values() for box in each.boxes if f"prompt.{box.key}" not in words
    }
    assert missing == set()


def test_where_everybody_speaks_nobody_has_a_turn() -> None:
    assert speaks(go(fresh("grow-45"), "start")) is None
    with pytest.raises(ProtocolError):
        go(fresh("grow-45"), "start", "next-turn")


def test_a_troika_is_about_another_one_in_each_round() -> None:
    timer = go(fresh("troika-30"), "start")
    course = [speaks(timer)]
    while timer.index < len(timer.boxes) - 1:
        timer = go(timer, "next")
        course.append(speaks(timer))
    assert course == ["ana", None, "ana", "ana", "bo", None, "bo", "bo", "chi", None, "chi", "chi"]


def test_in_a_circle_everybody_speaks_once() -> None:
    timer = go(fresh("circle-60"), "start", "next")
    order = [speaks(timer)]
    for _ in PEERS[1:]:
        timer = go(timer, "next-turn")
        order.append(speaks(timer))
    assert order == list(PEERS)
    with pytest.raises(ProtocolError):
        go(timer, "next-turn")
    assert speaks(go(timer, "back-turn")) == "chi"


def test_each_turn_has_its_own_time_and_a_pause_takes_none() -> None:
    timer = go(fresh("circle-60"), "start", "next", now_ms=0)
    timer = go(timer, "pause", now_ms=30_000)
    assert timer.turn is not None
    assert timer.turn.spent_ms == 30_000
    timer = go(timer, "resume", now_ms=90_000)
    timer = go(timer, "next-turn", now_ms=100_000)
    assert timer.turn is not None
    assert (timer.turn.spent_ms, timer.since_ms) == (0, 100_000)
    assert timer.boxes[timer.index].spent_ms == 40_000


def test_who_has_left_is_passed_over_and_who_came_later_speaks_last() -> None:
    timer = go(fresh("circle-60"), "start", "next")
    timer = go(timer, "next-turn", present=("ana", "chi", "dov", "eve"))
    assert speaks(timer) == "chi"
    timer = go(timer, "next-turn", "next-turn", present=("ana", "chi", "dov", "eve"))
    assert speaks(timer) == "eve"


def test_whoever_leads_can_choose_another_one_for_the_whole_round() -> None:
    timer = go(fresh("codevelopment-90"), "start", "next-turn", "next-turn")
    assert speaks(timer) == "chi"
    timer = go(timer, "next", "next")
    assert (timer.boxes[timer.index].key, speaks(timer)) == ("contract", "chi")
    assert speaks(go(timer, "next", "next")) == "chi"


def test_if_the_one_it_is_about_leaves_another_one_takes_the_place() -> None:
    timer = go(fresh("codevelopment-90"), "start")
    assert speaks(go(timer, "next", "next", present=("bo", "chi"))) == "bo"


def test_turns_wait_for_the_start() -> None:
    with pytest.raises(ProtocolError):
        go(fresh("circle-60"), "next-turn")


ACTIONS: tuple[TimerAction, ...] = (
    "start", "pause", "resume", "next", "back", "next-turn", "back-turn", "finish",
)  # fmt: skip


@given(
    st.sampled_from(list(formats())),
    st.lists(
        st.tuples(
            st.sampled_from(ACTIONS),
            st.integers(0, 60_000),
            st.sets(st.sampled_from(PEERS)),
        ),
        max_size=60,
    ),
)
def test_whatever_happens_time_is_not_lost_and_the_turn_is_somebodys(
    key: str, steps: list[tuple[TimerAction, int, set[str]]]
) -> None:
    timer, now, ran, running = fresh(key), 0, 0, False
    for action, later, present in steps:
        now += later
        ran += later if running else 0
        try:
            timer = drive(timer, TimerCommand(action=action), now, sorted(present))
        except ProtocolError:
            continue
        running = timer.status == "running"
        passed = sum(box.spent_ms for box in timer.boxes)
        passed += 0 if timer.since_ms is None else now - timer.since_ms
        assert passed == ran
        assert timer.turn is None or 0 <= timer.turn.index < len(timer.turn.order)
