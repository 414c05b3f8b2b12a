"""Captions are kept only while everybody who is there has agreed."""

from __future__ import annotations

from server.room import members
from server.room.captions import clean_caption, kept
from server.room.change import SaveKeeping
from server.room.consequences import consequences
from server.room.rules import handle
from server.room.state import RoomState
from signaling.captions import LONGEST_CAPTION, KeepCaptions, KeepingChanged
from signaling.messages import Leave
from signaling.parts import NOT_KEPT, Keeping
from tests.server.room.test_rules import ANA, BO, IN, MO, after, refusal, room, told

ASK, AGREE, STOP = KeepCaptions(act="ask"), KeepCaptions(act="agree"), KeepCaptions(act="stop")


def pair() -> RoomState:
    return after(room(), (MO, IN), (ANA, IN))


def test_only_who_leads_asks_and_everybody_is_told() -> None:
    assert refusal(pair(), ANA, ASK) == "not-facilitator"
    change = handle(pair(), MO, ASK, 1)
    assert change.saves == (SaveKeeping(Keeping(by="mo", agreed=("mo",))),)
    assert told(change, "ana") == [KeepingChanged(keeping=Keeping(by="mo", agreed=("mo",)))]
    assert not kept(change.state)


def test_they_are_kept_when_the_last_has_agreed() -> None:
    asked = after(pair(), (MO, ASK))
    assert kept(after(asked, (ANA, AGREE)))
    assert handle(after(asked, (ANA, AGREE)), ANA, AGREE, 1).saves == ()
    assert refusal(pair(), ANA, AGREE) == "caption-state"


def test_who_comes_later_is_asked_first() -> None:
    keeping = after(pair(), (MO, ASK), (ANA, AGREE))
    joined = after(keeping, (BO, IN))
    assert not kept(joined)
    assert kept(after(joined, (BO, AGREE)))
    assert kept(after(joined, (BO, Leave())))


def test_who_is_away_for_a_moment_has_agreed_still() -> None:
    keeping = after(pair(), (MO, ASK), (ANA, AGREE))
    lost = members.lost(keeping, "ana").state
    assert kept(lost)
    assert not kept(members.lost(after(pair(), (MO, ASK)), "ana").state)


def test_one_who_does_not_want_it_is_enough_and_is_not_named() -> None:
    keeping = after(pair(), (MO, ASK), (ANA, AGREE))
    change = handle(keeping, ANA, STOP, 1)
    assert told(change, "mo") == [KeepingChanged(keeping=NOT_KEPT)]
    assert not kept(change.state)
    assert handle(change.state, MO, STOP, 1).saves == ()
    # Asked again, everybody answers again.
    assert not kept(after(change.state, (MO, ASK)))


def test_who_meets_again_is_asked_again() -> None:
    keeping = after(pair(), (MO, ASK), (ANA, AGREE))
    one = consequences(keeping, handle(keeping, MO, Leave(), 1), 1)
    assert kept(one.state)
    none = consequences(one.state, handle(one.state, ANA, Leave(), 1), 1)
    assert none.state.keeping == NOT_KEPT
    assert SaveKeeping(NOT_KEPT) in none.saves


def test_nobody_outside_decides() -> None:
    assert refusal(after(pair(), (MO, ASK)), BO, STOP) == "not-entered"


def test_a_caption_is_text_and_not_endless() -> None:
    assert clean_caption("  so\u202e what\n now \x00") == "so what now"
    assert len(clean_caption("x" * 900)) == LONGEST_CAPTION
