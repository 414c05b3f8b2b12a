"""Somebody who observes sees and hears, and sends nothing: by the rules alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pycrdt import Doc, Text

from server.room import observers
from server.room.observers import MAY_SEND
from server.room.rules import handle
from signaling.errors import ProtocolError
from signaling.messages import ClientMessage, Hand, Moderate, TimerCommand
from signaling.notes import Ask, Reply, Update, encode_notes
from tests.server.room.test_lead import RUTH, after, watched
from tests.server.room.test_rules import ANA, IN, MO, refusal


def test_they_come_in_without_microphone_and_camera_whatever_they_ask_for() -> None:
    state = after(watched(), (RUTH, IN))
    member = state.member("ruth")
    assert member is not None
    assert (member.microphone, member.camera) == (False, False)
    assert state.shown_member(member).role == "observer"


def test_only_what_reads_or_is_about_their_own_line_is_taken_from_them() -> None:
    state = after(watched(), (RUTH, IN))
    kinds = set(ClientMessage.__args__)
    assert kinds >= MAY_SEND
    # What is not named is refused, so a message that comes to be later is as well.
    assert {kind for kind in kinds if observers.may_send(state, "ruth", kind)} == MAY_SEND
    assert all(observers.may_send(state, "ana", kind) for kind in kinds)
    with pytest.raises(ProtocolError) as error:
        observers.check(state, "ruth", Hand(raised=True))
    assert error.value.code == "observer"


def test_notes_are_read_and_not_written() -> None:
    state = after(watched(), (RUTH, IN))
    doc: Doc[Text] = Doc()
    empty = doc.get_update()
    doc["notes"] = Text("by hand")
    for frame in (Update(doc.get_update()), Reply(doc.get_update())):
        with pytest.raises(ProtocolError) as error:
            observers.check_frame(state, "ruth", encode_notes(frame))
        assert error.value.code == "observer"
        observers.check_frame(state, "ana", encode_notes(frame))
    for quiet in (Reply(empty), Ask(b"\x00")):
        observers.check_frame(state, "ruth", encode_notes(quiet))


def test_no_turn_is_theirs() -> None:
    state = after(watched(), (RUTH, IN), (MO, IN), (ANA, IN))
    boxes = tuple(replace(box, speaks="turns") for box in state.timer.boxes)
    state = replace(state, timer=replace(state.timer, boxes=boxes))
    turn = handle(state, MO, TimerCommand(action="start"), 9).state.timer.turn
    assert turn is not None
    assert turn.order == ("mo", "ana")


def test_they_are_not_given_the_lead() -> None:
    state = after(watched(), (RUTH, IN), (MO, IN))
    assert refusal(state, MO, Moderate(action="promote", member="ruth")) == "observer"
