"""Hands, the door, and what a facilitator may do: by the rules alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room import door
from server.room.change import SaveFloor, SaveGuest, SaveMember
from server.room.record import GuestRecord
from server.room.rules import handle, loaded
from server.room.state import NOTHING_SAID, RoomState
from signaling.errors import ProtocolError
from signaling.messages import Enter, Entered, FloorChanged, Hand, Media, Moderate, Silenced, Waiting
from signaling.parts import Moderation
from tests.server.room.test_rules import ANA, BO, IN, MO, after, refusal, room, told


def full() -> RoomState:
    return after(room(), (MO, IN), (ANA, IN), (BO, IN))


def guest(state: RoomState, member: str) -> GuestRecord:
    found = state.record.guest(member)
    assert found is not None
    return found


def test_hands_stand_in_the_order_in_which_they_were_raised() -> None:
    up = after(full(), (BO, Hand(raised=True)), (ANA, Hand(raised=True)), (BO, Hand(raised=True)))
    assert up.floor.hands == ("bo", "ana")
    down = handle(up, BO, Hand(raised=False), 1)
    assert down.state.floor.hands == ("ana",)
    assert down.saves == (SaveFloor(replace(NOTHING_SAID, hands=("ana",))),)
    assert told(down, "mo") == [FloorChanged(floor=replace(NOTHING_SAID, hands=("ana",)), by="bo")]


def test_who_leaves_takes_their_hand_down() -> None:
    up = after(full(), (ANA, Hand(raised=True)))
    assert handle(up, MO, Moderate(action="remove", member="ana"), 1).state.floor.hands == ()


def test_only_somebody_who_is_in_raises_a_hand() -> None:
    assert refusal(after(room(), (MO, IN)), ANA, Hand(raised=True)) == "not-entered"


ABOUT_SOMEBODY: tuple[Moderation, ...] = (
    "mute", "stop-share", "lower", "promote", "demote", "remove", "admit", "refuse",
)  # fmt: skip


@pytest.mark.parametrize("action", [*ABOUT_SOMEBODY, "mute-all", "lower-all", "lock", "unlock", "lobby"])
def test_only_a_facilitator_moderates(action: Moderation) -> None:
    assert refusal(full(), ANA, Moderate(action=action, member="bo")) == "not-facilitator"


@pytest.mark.parametrize("action", ABOUT_SOMEBODY)
def test_nobody_is_nobody(action: Moderation) -> None:
    assert refusal(full(), MO, Moderate(action=action, member="stranger")) == "no-member"
    assert refusal(full(), MO, Moderate(action=action)) == "no-member"


def test_a_muted_member_is_told_and_may_speak_again() -> None:
    change = handle(full(), MO, Moderate(action="mute", member="ana"), 1)
    ana = change.state.member("ana")
    assert ana is not None
    assert not ana.microphone
    assert change.saves == (SaveMember(ana),)
    assert told(change, "ana") == [Silenced(source="microphone", by="mo")]
    assert change.about == ("ana",)
    again = after(change.state, (ANA, Media(microphone=True))).member("ana")
    assert again is not None
    assert again.microphone


def test_muting_all_leaves_the_one_who_asks() -> None:
    state = after(full(), (MO, Moderate(action="mute-all")))
    assert [(each.id, each.microphone) for each in state.members] == [
        ("mo", True),
        ("ana", False),
        ("bo", False),
    ]


def test_a_shared_screen_is_stopped() -> None:
    state = after(full(), (BO, Media(screen=True)), (MO, Moderate(action="stop-share", member="bo")))
    bo = state.member("bo")
    assert bo is not None
    assert (bo.screen, bo.camera) == (False, True)


def test_who_is_promoted_leads_too() -> None:
    change = handle(full(), MO, Moderate(action="promote", member="ana"), 1)
    assert change.saves == (SaveGuest(replace(guest(full(), "ana"), role="mentor")),)
    assert change.state.facilitates("ana")
    assert not after(change.state, (ANA, Moderate(action="demote", member="mo"))).facilitates("mo")


def test_somebody_leads() -> None:
    assert refusal(full(), MO, Moderate(action="demote", member="mo")) == "only-facilitator"


def test_who_is_removed_is_shown_out_and_their_link_falls() -> None:
    change = handle(full(), MO, Moderate(action="remove", member="bo"), 1)
    assert change.out == (("bo", "removed"),)
    assert change.state.member("bo") is None
    assert guest(change.state, "bo").revoked
    assert SaveGuest(guest(change.state, "bo")) in change.saves


def test_the_link_of_somebody_who_is_away_can_fall_but_not_by_whoever_stands_in() -> None:
    state = after(room(), (MO, IN), (ANA, IN))
    change = handle(state, MO, Moderate(action="remove", member="bo"), 1)
    assert (change.out, change.saves) == ((("bo", "removed"),), (SaveGuest(guest(change.state, "bo")),))
    assert guest(change.state, "bo").revoked
    assert refusal(change.state, MO, Moderate(action="remove", member="bo")) == "no-member"
    standing_in = replace(state.without_member("mo"), floor=replace(state.floor, stand_in="ana"))
    for away in ("bo", "mo"):
        assert refusal(standing_in, ANA, Moderate(action="remove", member=away)) == "no-member"


def test_a_closed_door_is_closed_to_players_too() -> None:
    state = after(room(), (MO, IN), (ANA, IN))
    door.watch(state, "bo")
    for action in ("lock", "lobby"):
        closed = after(state, (MO, Moderate(action=action)))
        with pytest.raises(ProtocolError) as refused:
            door.watch(closed, "bo")
        assert refused.value.code == "room-locked"
        for inside in ("ana", "mo"):
            door.watch(closed, inside)


def test_nobody_removes_themself() -> None:
    assert refusal(full(), MO, Moderate(action="remove", member="mo")) == "no-member"


def test_a_locked_room_takes_nobody_new_but_those_who_are_in_and_who_lead() -> None:
    state = after(room(), (ANA, IN), (MO, IN), (MO, Moderate(action="lock")))
    assert refusal(state, BO, IN) == "room-locked"
    assert after(state, (ANA, IN)).member("ana") is not None
    assert after(room(), (MO, IN), (MO, Moderate(action="lock")), (MO, IN)).member("mo") is not None
    assert after(state, (MO, Moderate(action="unlock")), (BO, IN)).member("bo") is not None


def lobby(*waiting: str) -> RoomState:
    state = after(room(), (MO, IN), (MO, Moderate(action="lobby")))
    for each in waiting:
        state = after(state, ({"ana": ANA, "bo": BO}[each], replace(IN, name=f" {each} ")))
    return state


def test_in_a_lobby_whoever_comes_waits_and_the_room_is_told() -> None:
    change = handle(lobby(), BO, IN, 1)
    assert change.state.member("bo") is None
    assert change.saves == ()
    told_mo = told(change, "mo")
    assert [
        each.id for message in told_mo if isinstance(message, FloorChanged) for each in message.floor.waiting
    ] == ["bo"]
    assert Waiting() in told(change, "bo")
    assert Waiting() not in told_mo


def test_who_is_let_in_enters_as_they_asked_to() -> None:
    change = handle(lobby("bo", "ana"), MO, Moderate(action="admit", member="ana"), 9)
    ana = change.state.member("ana")
    assert ana is not None
    assert (ana.name, ana.session, ana.camera, ana.entered_ms) == ("ana", ANA.session, True, 9)
    assert any(isinstance(message, Entered) for message in told(change, "ana"))
    assert [waiter.id for waiter in change.state.waiting] == ["bo"]


def test_all_are_let_in_in_the_order_in_which_they_came() -> None:
    state = after(lobby("bo", "ana"), (MO, Moderate(action="admit-all")))
    assert [member.id for member in state.members] == ["mo", "bo", "ana"]
    assert state.waiting == ()


def test_without_a_lobby_those_who_waited_come_in() -> None:
    state = after(lobby("bo"), (MO, Moderate(action="no-lobby")))
    assert (state.member("bo") is not None, state.floor.lobby) == (True, False)


def test_who_is_refused_is_told_and_may_try_again() -> None:
    change = handle(lobby("bo"), MO, Moderate(action="refuse", member="bo"), 1)
    assert change.out == (("bo", "refused"),)
    assert not guest(change.state, "bo").revoked
    assert handle(change.state, BO, IN, 1).state.waiting != ()


def test_who_leads_does_not_wait() -> None:
    state = after(lobby(), (MO, Moderate(action="promote", member="mo")), (MO, IN))
    assert state.waiting == ()
    assert state.member("mo") is not None


def test_the_floor_is_found_again_without_the_hands_of_those_who_are_gone() -> None:
    state = after(full(), (ANA, Hand(raised=True)), (BO, Hand(raised=True)), (MO, Moderate(action="lock")))
    stored = tuple(member for member in state.members if member.id != "bo")
    again = loaded(state.record, state.timer, stored, state.floor)
    assert again.floor == replace(NOTHING_SAID, hands=("ana",), locked=True)


STEPS = st.one_of(
    st.tuples(st.sampled_from([MO, ANA, BO]), st.builds(Hand, raised=st.booleans())),
    st.tuples(
        st.sampled_from([MO, ANA]),
        st.builds(
            Moderate,
            action=st.sampled_from([
                "mute-all", "lower", "promote", "demote", "remove", "lock", "unlock", "lobby",
                "no-lobby", "admit", "admit-all", "refuse",
            ]),
            member=st.sampled_from(["mo", "ana", "bo", None]),
        ),
    ),
    st.tuples(st.sampled_from([MO, ANA, BO]), st.just(Enter(name="N", microphone=True, camera=True))),
)  # fmt: skip


@given(st.lists(STEPS, max_size=40))
def test_whatever_happens_nobody_is_in_twice_and_hands_belong_to_those_who_are_in(
    steps: list[tuple[object, object]],
) -> None:
    state = room()
    for actor, message in steps:
        try:
            state = handle(state, actor, message, 1).state  # type: ignore[arg-type]
        except ProtocolError:
            continue
        here = [member.id for member in state.members]
        assert len(here) == len(set(here))
        assert set(state.floor.hands) <= set(here)
        assert not {waiter.id for waiter in state.waiting} & set(here)
        assert any(each.role == "mentor" and not each.revoked for each in state.record.guests)
