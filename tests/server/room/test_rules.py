from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room import members
from server.room.change import Change, DropMember, Save, SaveMember, SaveTimer
from server.room.formats import formats
from server.room.record import Invited, plan
from server.room.rules import Actor, handle, loaded
from server.room.state import RoomState
from server.storage.rooms import StoredRoom
from signaling.errors import ProtocolError
from signaling.messages import (
    ClientMessage,
    Enter,
    Entered,
    Leave,
    Media,
    Ping,
    ServerMessage,
    TimerChanged,
    TimerCommand,
)

MO, ANA, BO = (Actor(each, f"session of {each}") for each in ("mo", "ana", "bo"))
IN = Enter(name="Somebody", microphone=True, camera=True)


def room() -> RoomState:
    record, timer = plan(
        room_id="r",
        title="",
        agenda=formats()["open"],
        minutes=60,
        invited=[
            Invited("mo", "Mo", "mentor"),
            Invited("ana", "Ana", "mentee"),
            Invited("bo", "Bo", "mentee"),
        ],
        now_ms=0,
        expires_ms=10**15,
    )
    return RoomState(record=record, timer=timer)


def after(state: RoomState, *steps: tuple[Actor, ClientMessage]) -> RoomState:
    for actor, message in steps:
        state = handle(state, actor, message, 1).state
    return state


def told(change: Change, member: str) -> list[ServerMessage]:
    """What this member hears of a change, but for who is here."""
    return [send.message for send in change.sends if send.to in {None, member}]


def refusal(state: RoomState, actor: Actor, message: ClientMessage) -> str:
    with pytest.raises(ProtocolError) as refused:
        handle(state, actor, message, 1)
    return refused.value.code


def test_who_enters_is_stored_and_told_to_the_others() -> None:
    change = handle(after(room(), (MO, IN)), ANA, replace(IN, name=" Ana  B ", camera=False), 7)
    ana = change.state.member("ana")
    assert ana is not None
    assert (ana.name, ana.microphone, ana.camera, ana.screen, ana.connected) == (
        "Ana B",
        True,
        False,
        False,
        True,
    )
    assert (ana.session, ana.entered_ms) == (ANA.session, 7)
    assert change.saves == (SaveMember(ana),)
    shown = change.state.shown_member(ana)
    assert told(change, "ana") == [Entered(member=shown)]
    assert told(change, "mo") == []
    assert change.about == ("ana",)
    assert shown.role == "mentee"


def test_who_enters_again_is_there_once() -> None:
    state = after(room(), (MO, IN), (ANA, IN))
    change = handle(state, Actor("mo", "another tab"), replace(IN, name="Maurice"), 9)
    assert [(each.id, each.name) for each in change.state.members] == [("mo", "Maurice"), ("ana", "Somebody")]
    assert change.about == ("mo",)


def test_a_name_must_show_something() -> None:
    assert refusal(room(), ANA, replace(IN, name=" \x00")) == "name-missing"


def test_a_stranger_does_not_enter() -> None:
    assert refusal(room(), Actor("eve", "s"), IN) == "link-invalid"


def test_sources_change_one_by_one() -> None:
    state = after(room(), (ANA, IN))
    change = handle(state, ANA, Media(camera=False), 1)
    ana = change.state.member("ana")
    assert ana is not None
    assert (ana.microphone, ana.camera, ana.screen) == (True, False, False)
    assert (change.sends, change.about) == ((), ("ana",))


def test_what_changes_nothing_is_neither_stored_nor_told() -> None:
    state = after(room(), (ANA, IN))
    for message in (Media(), Media(camera=True)):
        assert handle(state, ANA, message, 1) == Change(state)
    assert handle(room(), ANA, Leave(), 1).saves == ()


def test_only_the_mentor_drives_the_timer() -> None:
    state = after(room(), (MO, IN), (ANA, IN))
    assert refusal(state, ANA, TimerCommand(action="start")) == "not-facilitator"
    change = handle(state, MO, TimerCommand(action="start"), 1_234)
    assert change.saves == (SaveTimer(change.state.timer),)
    assert told(change, "ana") == [TimerChanged(timer=change.state.timer, by="mo", now_ms=1_234)]
    assert refusal(change.state, MO, TimerCommand(action="start")) == "timer-state"


@pytest.mark.parametrize("message", [Media(camera=True), TimerCommand(action="start")])
def test_nothing_is_done_from_outside_the_room(message: ClientMessage) -> None:
    assert refusal(room(), MO, message) == "not-entered"
    away = members.lost(after(room(), (MO, IN)), "mo").state
    assert refusal(away, MO, message) == "not-entered"


def test_a_lost_member_keeps_the_place_until_it_expires() -> None:
    state = after(room(), (MO, IN), (ANA, IN))
    lost = members.lost(state, "ana")
    assert (lost.sends, lost.about) == ((), ("ana",))
    assert members.lost(lost.state, "ana") == Change(lost.state)
    gone = members.expired(lost.state, "ana")
    assert gone.saves == (DropMember("ana", state.members[1].entered_ms),)
    assert (gone.sends, gone.about) == ((), ("ana",))
    back = members.returned(lost.state, "ana")
    assert back.state == state
    assert members.expired(back.state, "ana") == Change(state)


def test_nobody_returns_who_has_left() -> None:
    with pytest.raises(ProtocolError) as refused:
        members.returned(room(), "ana")
    assert refused.value.code == "not-entered"


def test_from_the_store_come_those_with_a_link_in_the_order_they_entered() -> None:
    state = after(room(), (BO, IN), (ANA, IN), (MO, IN))
    ana = state.record.guest("ana")
    assert ana is not None
    record = state.record.with_guest(replace(ana, revoked=True))
    entered = [replace(each, entered_ms=at) for each, at in zip(state.members, (3, 2, 1), strict=True)]
    found = StoredRoom(record, state.timer, tuple(entered))
    again = loaded(found.record, found.timer, found.members)
    assert [(each.id, each.connected) for each in again.members] == [("mo", False), ("bo", False)]


def test_messages_about_the_connection_have_no_rule_here() -> None:
    assert refusal(room(), MO, Ping(sent=1)) == "bad-message"


def test_every_session_stays_inside() -> None:
    state = after(room(), (MO, IN), (ANA, IN))
    assert "session of" not in repr(state.shown("mo"))


commands = st.one_of(
    st.builds(
        Enter,
        name=st.sampled_from(["A", "", "Ben", "x" * 80]),
        microphone=st.booleans(),
        camera=st.booleans(),
    ),
    st.builds(Media, microphone=st.booleans(), camera=st.booleans(), screen=st.booleans()),
    st.builds(
        TimerCommand,
        action=st.sampled_from(["start", "pause", "resume", "add", "next", "back", "finish"]),
        minutes=st.integers(1, 60),
    ),
    st.just(Leave()),
    st.sampled_from(["lost", "returned", "expired"]),
)


def act(state: RoomState, actor: Actor, what: ClientMessage | str, now_ms: int) -> Change:
    if isinstance(what, str):
        rule = {"lost": members.lost, "returned": members.returned, "expired": members.expired}[what]
        return rule(state, actor.id)
    return handle(state, actor, what, now_ms)


def listen(view: dict[str, object], change: Change) -> None:
    """What a client keeps of what it is told."""
    for member_id in change.about:
        member = change.state.member(member_id)
        if member is None:
            view.pop(member_id, None)
        else:
            view[member_id] = change.state.shown_member(member)
    for message in told(change, "an onlooker"):
        if isinstance(message, TimerChanged):
            view["the timer"] = message.timer


def store(kept: dict[str, object], saves: tuple[Save, ...]) -> None:
    for save in saves:
        match save:
            case SaveMember(member):
                kept[member.id] = member
            case DropMember(member_id, _):
                kept.pop(member_id, None)
            case SaveTimer(timer):
                kept["the timer"] = timer


@given(st.lists(st.tuples(st.sampled_from([MO, ANA, BO]), commands), max_size=50))
def test_what_is_told_and_what_is_stored_is_what_is(steps: list[tuple[Actor, ClientMessage | str]]) -> None:
    """An onlooker who hears everything and a store that keeps everything agree with the room."""
    state = room()
    view: dict[str, object] = {"the timer": state.timer}
    kept: dict[str, object] = {"the timer": state.timer}
    for at, (actor, what) in enumerate(steps):
        before = state
        try:
            change = act(state, actor, what, 1_000 * at)
        except ProtocolError:
            assert state == before
            continue
        state = change.state
        store(kept, change.saves)
        listen(view, change)
        assert (change.state == before) == (change.saves == ()) or isinstance(what, Enter)
        assert (change.saves == ()) == (change.about == change.sends == ())
        assert view == {**{m.id: state.shown_member(m) for m in state.members}, "the timer": state.timer}
        assert kept == {**{m.id: m for m in state.members}, "the timer": state.timer}
        assert len({m.id for m in state.members}) == len(state.members)
