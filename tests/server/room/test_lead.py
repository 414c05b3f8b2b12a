"""Who leads when nobody whose link leads is here: by the rule alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room import lead, members
from server.room.change import Change, SaveFloor
from server.room.record import GuestRecord
from server.room.rules import Actor, handle, loaded
from server.room.state import RoomState
from signaling.messages import ClientMessage, Enter, FloorChanged, Leave, Moderate, TimerCommand
from tests.server.room.test_rules import ANA, BO, IN, MO, refusal, room

RUTH = Actor("ruth", "session of ruth")


def watched() -> RoomState:
    """The room of three, and somebody who observes."""
    before = room()
    ruth = GuestRecord(id="ruth", name="Ruth", role="observer", place=3)
    return replace(before, record=before.record.with_guest(ruth))


def step(state: RoomState, actor: Actor, message: ClientMessage, now_ms: int = 1) -> Change:
    return lead.followed(state, handle(state, actor, message, now_ms))


def after(state: RoomState, *steps: tuple[Actor, ClientMessage]) -> RoomState:
    for now_ms, (actor, message) in enumerate(steps, start=1):
        state = step(state, actor, message, now_ms).state
    return state


def lost_for_good(state: RoomState, member: str) -> RoomState:
    for change in (members.lost, members.expired):
        state = lead.followed(state, change(state, member)).state
    return state


def full() -> RoomState:
    """Ruth came first, then Bo, Mo and Ana."""
    return after(watched(), (RUTH, IN), (BO, IN), (MO, IN), (ANA, IN))


def test_whoever_was_here_longest_stands_in_and_all_are_told_when_it_is_stored() -> None:
    change = step(full(), MO, Leave())
    floor = change.state.floor
    assert floor.stand_in == "bo"
    assert change.saves[-1] == SaveFloor(floor)
    assert [send.message for send in change.sends if send.to is None] == [FloorChanged(floor=floor, by=None)]
    assert step(change.state, BO, TimerCommand(action="start")).state.timer.status == "running"
    assert refusal(change.state, ANA, TimerCommand(action="start")) == "not-facilitator"


def test_the_lead_is_not_passed_on_while_a_place_is_kept() -> None:
    state = full()
    lost = lead.followed(state, members.lost(state, "mo")).state
    assert lost.floor.stand_in is None
    assert lost_for_good(state, "mo").floor.stand_in == "bo"


def test_whoever_leads_by_right_leads_again_when_they_are_back() -> None:
    state = after(full(), (MO, Leave()), (MO, IN))
    assert state.floor.stand_in is None
    assert refusal(state, BO, TimerCommand(action="start")) == "not-facilitator"


def test_a_stand_in_who_goes_hands_on() -> None:
    state = after(full(), (MO, Leave()), (BO, Leave()))
    assert state.floor.stand_in == "ana"
    assert after(state, (BO, IN)).floor.stand_in == "ana"


def test_who_was_promoted_leads_by_right_and_nobody_stands_in() -> None:
    state = after(full(), (MO, Moderate(action="promote", member="ana")), (MO, Leave()))
    assert state.floor.stand_in is None
    assert state.facilitates("ana")


def test_who_is_connected_goes_before_who_is_lost() -> None:
    state = full()
    state = lead.followed(state, members.lost(state, "bo")).state
    assert step(state, MO, Leave()).state.floor.stand_in == "ana"


def test_somebody_who_observes_never_leads() -> None:
    alone = after(full(), (BO, Leave()), (ANA, Leave()), (MO, Leave()))
    assert alone.floor.stand_in is None


def test_who_is_early_waits_for_the_mentor_but_a_session_under_way_goes_on() -> None:
    assert after(room(), (ANA, IN)).floor.stand_in is None
    running = after(room(), (MO, IN), (MO, TimerCommand(action="start")), (MO, Leave()))
    assert running.floor.stand_in is None
    assert after(running, (ANA, IN)).floor.stand_in == "ana"


def test_a_stand_in_keeps_the_room_but_gives_nothing_away_that_is_not_theirs() -> None:
    state = after(full(), (MO, Leave()))
    assert step(state, BO, Moderate(action="mute", member="ana")).about == ("ana",)
    for action in ("promote", "demote"):
        assert refusal(state, BO, Moderate(action=action, member="ana")) == "not-facilitator"


def test_the_lead_outlives_the_server() -> None:
    state = after(full(), (MO, Leave()))
    again = loaded(state.record, state.timer, state.members, state.floor)
    assert again.floor.stand_in == "bo"
    without_bo = tuple(member for member in state.members if member.id != "bo")
    assert loaded(state.record, state.timer, without_bo, state.floor).floor.stand_in is None


PEOPLE = {each.id: each for each in (MO, ANA, BO, RUTH)}


@given(st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), st.sampled_from(["come", "leave", "lose"]))))
def test_never_two_kinds_of_lead_and_never_none_while_somebody_can(steps: list[tuple[str, str]]) -> None:
    state = after(watched(), (MO, IN), (MO, TimerCommand(action="start")))
    for now_ms, (name, what) in enumerate(steps, start=10):
        if what == "come":
            entered = handle(state, PEOPLE[name], Enter(name=name, microphone=False, camera=False), now_ms)
            state = lead.followed(state, entered).state
        elif what == "leave":
            state = lead.followed(state, members.leave(state, name)).state
        else:
            state = lost_for_good(state, name)
        by_right = [member.id for member in state.members if state.leads_by_right(member.id)]
        fit = [member.id for member in state.members if not state.observes(member.id)]
        assert (state.floor.stand_in is not None) == (bool(fit) and not by_right)
        assert state.floor.stand_in is None or state.floor.stand_in in fit


@pytest.mark.parametrize("who", [MO, BO])
def test_there_is_one_word_for_it_only(who: Actor) -> None:
    state = after(full(), (MO, Leave()), (MO, IN))
    assert [state.facilitates(each) for each in ("mo", "bo", "ana", "ruth")] == [True, False, False, False]
    assert state.facilitates(who.id) is (who is MO)
