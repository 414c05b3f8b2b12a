"""Small rooms by the rules alone: who splits, who goes where, who comes late, what the time brings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room.rules import loaded
from signaling.messages import ApartCommand, AskHelp, ClientMessage, Hand, Moderate, Rotate, Split
from tests.server.room.gathering import MINUTE, crowd

BY_TWO = Split(how="hand", rooms=(("e0", "e1"), ("e2", "late")), minutes=10)


@pytest.mark.parametrize(
    "message",
    [BY_TWO, Rotate(between="all", minutes=5), ApartCommand(action="back"), ApartCommand(action="add")],
)
def test_only_who_leads_splits_a_room(message: ClientMessage) -> None:
    assert crowd(1, 4).refuses("e0", message) == "not-facilitator"


@pytest.mark.parametrize("action", ["add", "next", "back", "move"])
def test_there_is_nothing_to_drive_while_everybody_is_together(action: str) -> None:
    assert crowd(1, 4).refuses("m0", ApartCommand(action=action)) == "apart-state"  # type: ignore[arg-type]


def test_by_hand_everybody_is_where_they_were_put_and_nobody_else_is_moved() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    assert room.groups == [["e0", "e1"], ["e2"]]
    assert room.main == {"m0", "e3"}
    assert (room.apart.how, room.apart.until_ms, room.apart.notes) == ("hand", 1_000 + 10 * MINUTE, "all")


def test_who_was_named_and_comes_late_goes_where_they_belong_others_to_the_main_room() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    room.come("late", "later")
    assert room.groups == [["e0", "e1"], ["e2", "late"]]
    assert "later" in room.main


@pytest.mark.parametrize(
    ("rooms", "code"),
    [
        ((("e0", "nobody"),), "no-member"),
        ((("e0", "e1"), ("e1", "e2")), "bad-message"),
        ((("late",), ()), "too-few"),
        ((), "too-few"),
    ],
)
def test_a_split_that_makes_no_sense_changes_nothing(rooms: tuple[tuple[str, ...], ...], code: str) -> None:
    room = crowd(1, 4)
    assert room.refuses("m0", Split(how="hand", rooms=rooms)) == code
    assert room.together


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(2, 9))
def test_at_random_everybody_is_somewhere_and_nobody_alone(people: int, size: int) -> None:
    room = crowd(1, people)
    if people < 2:
        assert room.refuses("m0", Split(how="random", size=size, stay=("m0",))) == "too-few"
        return
    room.says("m0", Split(how="random", size=size, stay=("m0",)))
    sizes = [len(group) for group in room.groups]
    assert sum(sizes) == people
    assert room.main == {"m0"}
    assert min(sizes) >= 2
    assert max(sizes) - min(sizes) <= 1
    assert abs(people / len(sizes) - size) <= size / 2 or len(sizes) == 1


def test_another_draw_is_another_split() -> None:
    room = crowd(1, 30)
    room.says("m0", Split(how="random", size=3))
    first = room.groups
    room.passes(17)
    room.says("m0", Split(how="random", size=3))
    assert room.groups != first
    assert not {each.id for each in room.apart.rooms} & {"1.1", "1.2"}


def test_a_draw_that_was_looked_at_before_is_the_one_that_is_made() -> None:
    room = crowd(1, 4)
    drawn = (("e3", "e0"), ("e1", "e2"))
    room.says("m0", Split(how="random", rooms=drawn[:1], stay=("m0", "e1")))
    # Who came while it was looked at is somewhere, too; whoever was left in the main room is not moved.
    assert (room.groups, room.main) == ([["e0", "e2", "e3"]], {"m0", "e1"})
    room.says("m0", Split(how="random", rooms=drawn, stay=("m0",)))
    assert room.groups == [["e0", "e3"], ["e1", "e2"]]
    room.leave("e1")
    room.come("late")
    assert room.room_of("late") == room.room_of("e2")
    assert room.refuses("m0", Split(how="random", rooms=(("e0", "e1"), ("e1", "e2")))) == "bad-message"


def test_at_random_who_comes_late_goes_where_fewest_are_but_for_whoever_leads_or_observes() -> None:
    room = crowd(2, 6)
    room.leave("m1")
    room.says("m0", Split(how="random", size=3, stay=("m0",)))
    room.leave(room.groups[1][0])
    room.come("late", "seer", "m1")
    assert room.room_of("late") == room.apart.rooms[1].id
    assert room.main == {"m0", "m1", "seer"}


def test_by_pairs_each_mentor_is_with_their_mentees() -> None:
    room = crowd(2, 4)
    room.says("m0", Split(how="pairs"))
    assert room.groups == [["e0", "e2", "m0"], ["e1", "e3", "m1"]]
    assert room.apart.notes == "room"


def test_pairs_of_the_cohort_are_together_where_the_room_knows_them() -> None:
    room = crowd(2, 4, pairs=(("m0", "e3"), ("m1", "e0"), ("m1", "late"), ("later", "nobody")))
    room.says("m0", Split(how="pairs"))
    assert room.groups == [["e3", "m0"], ["e0", "m1"]]
    room.come("late")
    assert room.room_of("late") == room.room_of("m1")
    assert room.main == {"e1", "e2"}


def test_whoever_stays_is_in_no_pair() -> None:
    room = crowd(3, 3, pairs=(("m0", "e0"), ("m1", "e1")))
    room.says("m0", Split(how="pairs", stay=("m0",)))
    assert room.main == {"m0", "m2", "e2"}


def test_when_the_time_is_up_everybody_is_back() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    room.passes(10 * MINUTE - 1)
    assert not room.together
    room.passes(1)
    assert room.together
    assert room.main == {"m0", "e0", "e1", "e2", "e3"}


def test_without_a_time_it_lasts_until_somebody_says_so() -> None:
    room = crowd(1, 4)
    room.says("m0", replace(BY_TWO, minutes=None))
    room.passes(1_000 * MINUTE)
    room.says("m0", ApartCommand(action="add", minutes=2))
    assert room.apart.until_ms == room.now_ms + 2 * MINUTE
    room.says("m0", ApartCommand(action="back"))
    assert room.together


def test_a_call_back_gives_notice_and_more_time_takes_it_back() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    room.says("m0", ApartCommand(action="back", seconds=30))
    assert (room.apart.calling, room.apart.until_ms) == (True, room.now_ms + 30_000)
    room.says("m0", ApartCommand(action="add", minutes=1))
    assert (room.apart.calling, room.apart.until_ms) == (False, room.now_ms + 90_000)
    room.says("m0", ApartCommand(action="back", seconds=5))
    room.passes(5_000)
    assert room.together


def test_of_two_who_press_at_once_one_is_too_late() -> None:
    room = crowd(2, 6)
    together = {"how": "random", "size": 2, "seen": 0}
    room.says("m0", Split(**together))  # type: ignore[arg-type]
    assert room.refuses("m1", Split(**together)) == "apart-state"  # type: ignore[arg-type]
    assert room.refuses("m1", Rotate(between="all", minutes=5, seen=0)) == "apart-state"
    room.passes(1)
    room.says("m0", Rotate(between="all", minutes=5, seen=room.apart.since_ms))
    room.passes(1)
    press = ApartCommand(action="next", seen=room.apart.since_ms)
    room.says("m0", press)
    assert room.refuses("m1", press) == "apart-state"
    assert room.apart.rounds is not None
    assert room.apart.rounds.index == 1
    back = ApartCommand(action="back", seen=room.apart.since_ms)
    room.says("m1", back)
    assert room.refuses("m0", back) == "apart-state"


def test_who_asks_for_help_is_seen_until_somebody_comes_or_they_do_without() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    room.says("e0", AskHelp(wanted=True))
    room.says("e2", AskHelp(wanted=True))
    room.says("e1", AskHelp(wanted=True))
    assert [each.asks for each in room.apart.rooms] == [("e0", "e1"), ("e2",)]
    room.says("e2", AskHelp(wanted=False))
    room.says("m0", ApartCommand(action="move", member="m0", room=room.apart.rooms[0].id))
    assert [each.asks for each in room.apart.rooms] == [(), ()]
    assert room.groups == [["e0", "e1", "m0"], ["e2"]]
    room.says("m0", ApartCommand(action="move", member="m0", room=room.apart.rooms[1].id))
    assert room.groups == [["e0", "e1"], ["e2", "m0"]]
    room.says("m0", ApartCommand(action="move", member="m0"))
    assert "m0" in room.main
    assert room.refuses("m0", AskHelp(wanted=True)) == "apart-state"


def test_who_is_moved_belongs_there_from_then_on() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    second = room.apart.rooms[1].id
    room.says("m0", ApartCommand(action="move", member="e0", room=second))
    room.leave("e0")
    assert room.groups == [["e1"], ["e2"]]
    room.come("e0")
    assert room.room_of("e0") == second
    assert room.refuses("m0", ApartCommand(action="move", member="late", room=second)) == "no-member"
    assert room.refuses("m0", ApartCommand(action="move", member="e0", room="7.7")) == "no-small-room"


def test_nobody_but_who_leads_goes_elsewhere_by_themself() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    other = room.apart.rooms[1].id
    assert room.refuses("e0", ApartCommand(action="move", member="e0", room=other)) == "not-facilitator"


def test_muting_all_is_about_those_who_hear_it() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    room.says("m0", Moderate(action="mute-all"))
    assert {each.id for each in room.state.members if each.microphone} == {"m0", "e0", "e1", "e2"}


def test_what_is_kept_says_who_was_ever_in_a_small_room() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    room.says("m0", ApartCommand(action="move", member="m0", room="1.1"))
    room.leave("e1")
    room.says("m0", ApartCommand(action="back"))
    assert room.records["1.1"].members == ("e0", "e1", "m0")
    assert (room.records["1.2"].members, room.records["1.2"].number) == (("e2",), 2)


def test_a_room_found_in_the_store_has_everybody_where_they_were_but_those_who_are_gone() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    kept = tuple(each for each in room.state.members if each.id != "e1")
    found = loaded(room.state.record, room.state.timer, kept, parting=room.parting)
    shown = found.parting.shown()
    assert shown is not None
    assert [each.members for each in shown.rooms] == [("e0",), ("e2",)]
    assert shown.until_ms == room.apart.until_ms


def test_when_everybody_has_left_the_small_rooms_are_over() -> None:
    room = crowd(1, 4)
    room.says("m0", replace(BY_TWO, minutes=None))
    room.leave("m0", "e0", "e1", "e2")
    assert not room.together
    room.leave("e3")
    assert room.together
    room.come("e0")
    assert room.main == {"e0"}


def test_what_else_people_do_leaves_the_small_rooms_as_they_are() -> None:
    room = crowd(1, 4)
    room.says("m0", BY_TWO)
    before = room.state.parting
    assert not [each for each in room.says("e0", Hand(raised=True)).saves if "Part" in type(each).__name__]
    assert room.state.parting is before
