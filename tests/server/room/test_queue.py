"""Office hours: the line, visits, and how long one waits; by the rules alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room import door, members, queue_news
from server.room.change import Change, SaveQueue, SaveTimer, TellTurn
from server.room.consequences import consequences
from server.room.formats import formats
from server.room.queue_news import PLACE_KEPT_MS
from server.room.record import Invited, plan
from server.room.rules import Actor, handle, loaded
from server.room.state import RoomState
from signaling.errors import ProtocolError
from signaling.messages import ClientMessage, Enter, Entered, FloorChanged, Leave, Moderate, Waiting
from signaling.parts import Moderation
from signaling.visits import (
    QueueAbout,
    QueueAction,
    QueueChanged,
    QueueCommand,
    QueuePass,
    QueuePlace,
)
from tests.server.room.test_rules import told

MINUTE = 60_000
MO, ANA, BO, CY = (Actor(each, f"session of {each}") for each in ("mo", "ana", "bo", "cy"))
VISITORS = (ANA, BO, CY)
NEXT = QueueCommand(action="next")


def hours() -> RoomState:
    record, timer = plan(
        room_id="r",
        title="",
        agenda=formats()["office-hours-60"],
        minutes=60,
        invited=[Invited("mo", "Mo", "mentor"), *(Invited(each.id, each.id, "mentee") for each in VISITORS)],
        now_ms=0,
        expires_ms=10**15,
    )
    return RoomState(record=record, timer=timer)


def does(state: RoomState, actor: Actor, message: ClientMessage, now_ms: int = 0) -> Change:
    return consequences(state, handle(state, actor, message, now_ms), now_ms)


def comes(actor: Actor) -> tuple[Actor, Enter]:
    return actor, Enter(name=actor.id.title(), microphone=True, camera=False)


def after(state: RoomState, *steps: tuple[Actor, ClientMessage], now_ms: int = 0) -> RoomState:
    for actor, message in steps:
        state = does(state, actor, message, now_ms).state
    return state


def waiting(*, mentor: bool = True) -> RoomState:
    people = (MO, *VISITORS) if mentor else VISITORS
    return after(hours(), *(comes(each) for each in people))


def line(state: RoomState) -> list[str]:
    return [visitor.id for visitor in state.queue.line]


def visitor(state: RoomState) -> str | None:
    return None if state.queue.visit is None else state.queue.visit.visitor.id


def place(change: Change, member: str) -> QueuePlace | None:
    found = [each for each in told(change, member) if isinstance(each, QueuePlace)]
    return found[-1] if found else None


def refusal(state: RoomState, actor: Actor, message: ClientMessage) -> str:
    with pytest.raises(ProtocolError) as refused:
        handle(state, actor, message, 0)
    return refused.value.code


def test_whoever_comes_waits_in_the_order_of_coming_but_who_leads_does_not() -> None:
    state = waiting()
    assert [member.id for member in state.members] == ["mo"]
    assert line(state) == ["ana", "bo", "cy"]
    came = does(after(hours(), comes(MO), comes(ANA)), *comes(BO))
    assert told(came, "bo") == [
        Waiting(),
        QueuePlace(place=2, minutes=10, behind=False, closed=False, about=""),
    ]
    assert place(came, "ana") == QueuePlace(place=1, minutes=0, behind=True, closed=False, about="")
    assert came.saves == (SaveQueue(came.state.queue),)
    assert not any(isinstance(send.message, FloorChanged) for send in came.sends)


def test_only_mentors_are_told_who_waits_and_visitors_do_not_hear_of_each_other() -> None:
    came = does(after(hours(), comes(MO), comes(ANA)), *comes(BO))
    shown = [each for each in told(came, "mo") if isinstance(each, QueueChanged)]
    assert [visitor.name for visitor in shown[-1].line] == ["Ana", "Bo"]
    assert not any(isinstance(each, QueueChanged) for each in told(came, "ana"))
    state = after(came.state, (MO, NEXT))
    room = state.shown("bo")
    assert [guest.id for guest in room.guests] == ["mo", "bo"]
    assert [member.id for member in room.members] == ["mo"]
    assert [member.id for member in state.shown("mo").members] == ["mo", "ana"]
    assert room.floor.waiting == ()


def test_one_key_thanks_the_visitor_and_lets_the_next_one_in() -> None:
    first = does(waiting(), MO, NEXT, MINUTE)
    assert (visitor(first.state), line(first.state)) == ("ana", ["bo", "cy"])
    assert any(isinstance(each, Entered) for each in told(first, "ana"))
    assert first.out == ()
    second = does(first.state, MO, NEXT, 5 * MINUTE)
    assert second.out == (("ana", "visited"),)
    assert (visitor(second.state), line(second.state)) == ("bo", ["cy"])
    assert [member.id for member in second.state.members] == ["mo", "bo"]
    assert (second.state.queue.done, second.state.queue.spent_ms) == (1, 4 * MINUTE)
    last = after(second.state, (MO, NEXT), (MO, NEXT))
    assert (visitor(last), line(last), last.queue.done) == (None, [], 3)
    assert refusal(last, MO, NEXT) == "queue-state"


def test_a_visit_is_a_turn_on_the_timer_with_a_clock_of_its_own() -> None:
    first = does(waiting(), MO, NEXT, MINUTE)
    timer = first.state.timer
    assert (timer.status, timer.since_ms) == ("running", MINUTE)
    assert timer.turn is not None
    assert (timer.turn.order, timer.turn.spent_ms, timer.boxes[0].turn_s) == (("ana",), 0, 600)
    assert SaveTimer(timer) in first.saves
    second = does(first.state, MO, NEXT, 5 * MINUTE).state.timer
    assert second.turn is not None
    assert (second.turn.order, second.turn.spent_ms, second.boxes[0].spent_ms) == (("bo",), 0, 4 * MINUTE)
    over = does(replace(first.state), MO, QueueCommand(action="end"), 3 * MINUTE).state.timer
    assert (over.turn, over.status) == (None, "running")


def test_a_visit_has_a_room_of_its_own_for_its_notes_and_chat() -> None:
    first = after(waiting(), (MO, NEXT))
    room = first.parting.room_of("ana")
    assert room != ""
    assert first.parting.room_of("mo") == room
    assert [(each.members, each.notes) for each in first.parting.records()] == [(("mo", "ana"), "room")]
    second = after(first, (MO, NEXT))
    other = second.parting.room_of("bo")
    assert other not in {"", room}
    assert second.parting.room_of("mo") == other
    over = after(second, (MO, QueueCommand(action="end")))
    assert (over.parting.how, over.parting.room_of("mo")) == (None, "")


def test_a_visit_ends_however_the_visitor_leaves() -> None:
    visiting = after(waiting(), (MO, NEXT))
    left = does(visiting, ANA, Leave(), MINUTE).state
    removed = does(visiting, MO, Moderate(action="remove", member="ana"), MINUTE).state
    lost = members.lost(visiting, "ana").state
    expired = consequences(lost, members.expired(lost, "ana"), MINUTE).state
    for state in (left, removed, expired):
        assert (visitor(state), state.queue.done, state.queue.spent_ms) == (None, 1, MINUTE)
        assert state.timer.turn is None
        assert line(state) == ["bo", "cy"]
    assert visitor(lost) == "ana"


def test_the_wait_is_the_time_box_at_first_and_then_what_visits_take() -> None:
    state = after(waiting(), (MO, NEXT))
    assert [queue_news.minutes(state, at, 0) for at in (1, 2)] == [10, 20]
    assert queue_news.minutes(state, 1, 9 * MINUTE) == 1
    assert queue_news.minutes(state, 1, 30 * MINUTE) == 1, "over its time, it may end any minute"
    short = does(state, MO, NEXT, 4 * MINUTE).state
    # (10 + 4) / 2: the time box counts as one visit of those so far.
    assert queue_news.minutes(short, 1, 4 * MINUTE) == 7
    assert queue_news.minutes(waiting(mentor=False), 1, 0) is None


def test_time_alone_tells_only_whose_minutes_have_changed() -> None:
    state = after(waiting(), (MO, NEXT))
    assert queue_news.tick(state, 20_000).sends == ()
    later = queue_news.tick(state, MINUTE)
    assert {send.to for send in later.sends} == {"bo", "cy"}
    assert place(later, "bo") == QueuePlace(place=1, minutes=9, behind=True, closed=False, about="")
    assert later.saves == ()


def test_a_place_is_kept_for_two_minutes_over_a_reload_or_a_loss() -> None:
    state = door.turned_away(waiting(), "ana").state
    lost = queue_news.tick(state, MINUTE).state
    assert line(lost) == ["ana", "bo", "cy"]
    back = after(lost, comes(ANA), now_ms=2 * MINUTE)
    assert line(back) == ["ana", "bo", "cy"]
    assert queue_news.tick(back, 10 * MINUTE).state.queue.line == back.queue.line
    late = MINUTE + PLACE_KEPT_MS
    gone = consequences(lost, queue_news.tick(lost, late), late)
    assert line(gone.state) == ["bo", "cy"]
    assert place(gone, "bo") == QueuePlace(place=1, minutes=0, behind=True, closed=False, about="")


def test_a_place_that_falls_free_is_stored_and_told_once() -> None:
    lost = queue_news.tick(door.turned_away(waiting(), "ana").state, MINUTE).state
    late = MINUTE + PLACE_KEPT_MS
    gone = consequences(lost, queue_news.tick(lost, late), late)
    assert gone.saves == (SaveQueue(gone.state.queue),)
    assert [send.to for send in gone.sends if isinstance(send.message, QueueChanged)] == ["mo"]


def test_who_is_not_there_is_passed_over_and_keeps_their_place() -> None:
    state = door.turned_away(waiting(), "ana").state
    next_ = after(state, (MO, NEXT))
    assert (visitor(next_), line(next_)) == ("bo", ["ana", "cy"])
    assert refusal(next_, MO, QueueCommand(action="call", member="ana")) == "no-member"


def test_the_line_outlives_the_server_and_the_time_to_come_back_begins_anew() -> None:
    state = queue_news.tick(door.turned_away(waiting(), "bo").state, MINUTE).state
    again = loaded(state.record, state.timer, state.members, state.floor, waits=state.queue)
    assert line(again) == ["ana", "bo", "cy"]
    assert again.waiting == ()
    late = queue_news.tick(again, 90 * MINUTE).state
    assert line(late) == ["ana", "bo", "cy"]
    assert line(queue_news.tick(late, 90 * MINUTE + PLACE_KEPT_MS).state) == []


def test_a_visitor_says_what_it_is_about_lets_another_go_first_and_steps_out() -> None:
    said = does(waiting(), ANA, QueueAbout(text="  My thesis\nplan "))
    assert place(said, "ana") == QueuePlace(
        place=1, minutes=0, behind=True, closed=False, about="My thesis plan"
    )
    passed = after(said.state, (ANA, QueuePass()))
    assert line(passed) == ["bo", "ana", "cy"]
    assert refusal(passed, CY, QueuePass()) == "queue-state"
    out = does(passed, BO, Leave())
    assert line(out.state) == ["ana", "cy"]
    assert [waiter.id for waiter in out.state.waiting] == ["ana", "cy"]
    shown = [each for each in told(out, "mo") if isinstance(each, QueueChanged)]
    assert [each.about for each in shown[-1].line] == ["My thesis plan", ""]


def test_a_mentor_calls_out_of_turn_puts_back_and_sends_away() -> None:
    called = does(waiting(), MO, QueueCommand(action="call", member="cy"))
    assert (visitor(called.state), line(called.state)) == ("cy", ["ana", "bo"])
    back = does(called.state, MO, QueueCommand(action="put-back"))
    assert (visitor(back.state), line(back.state)) == (None, ["ana", "cy", "bo"])
    assert back.out == ()
    assert Waiting() in told(back, "cy")
    assert place(back, "cy") == QueuePlace(place=2, minutes=10, behind=True, closed=False, about="")
    again = after(back.state, (MO, NEXT), (MO, NEXT))
    assert visitor(again) == "cy"
    away = does(back.state, MO, QueueCommand(action="dismiss", member="ana"))
    assert (away.out, line(away.state)) == ((("ana", "refused"),), ["cy", "bo"])


def test_whoever_becomes_next_is_told_elsewhere_too_where_there_are_accounts() -> None:
    nobody = does(waiting(), MO, NEXT)
    assert not any(isinstance(save, TellTurn) for save in nobody.saves)
    state = waiting()
    planned = replace(state, record=replace(state.record, after="/sessions/r"))
    first = does(planned, MO, NEXT)
    assert [save for save in first.saves if isinstance(save, TellTurn)] == [TellTurn("bo")]
    again = does(first.state, BO, QueueAbout(text="My thesis"))
    assert not any(isinstance(save, TellTurn) for save in again.saves)


def test_a_closed_queue_takes_nobody_new_and_tells_those_who_wait() -> None:
    closed = does(after(hours(), comes(MO), comes(ANA)), MO, QueueCommand(action="close"))
    assert place(closed, "ana") == QueuePlace(place=1, minutes=0, behind=False, closed=True, about="")
    assert refusal(closed.state, *comes(BO)) == "queue-closed"
    assert line(after(door.turned_away(closed.state, "ana").state, comes(ANA))) == ["ana"]
    opened = after(closed.state, (MO, QueueCommand(action="open")), comes(BO))
    assert line(opened) == ["ana", "bo"]
    locked = after(opened, (MO, Moderate(action="lock")))
    assert refusal(locked, *comes(CY)) == "room-locked"
    assert line(after(locked, comes(BO))) == ["ana", "bo"]


ACTIONS: tuple[QueueAction, ...] = ("next", "end", "call", "put-back", "dismiss", "close", "open")


@pytest.mark.parametrize("action", ACTIONS)
def test_only_a_mentor_who_is_in_drives_the_queue(action: QueueAction) -> None:
    state = after(waiting(), (MO, NEXT))
    assert refusal(state, ANA, QueueCommand(action=action, member="bo")) == "not-facilitator"
    assert refusal(state, BO, QueueCommand(action=action, member="bo")) == "not-entered"


@pytest.mark.parametrize("action", ["lobby", "no-lobby", "admit", "admit-all", "refuse"])
def test_the_door_does_not_go_round_the_queue(action: Moderation) -> None:
    assert refusal(waiting(), MO, Moderate(action=action, member="ana")) == "queue-state"


def test_what_a_visitor_asks_needs_a_place_in_the_queue() -> None:
    visiting = after(waiting(), (MO, NEXT))
    assert refusal(visiting, ANA, QueueAbout(text="x")) == "queue-state"
    assert refusal(visiting, ANA, QueuePass()) == "queue-state"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["comes", "turned away", "leaves", "passes", "lost", "expires", "tick", *ACTIONS]),
        st.sampled_from(["ana", "bo", "cy"]),
    ),
    max_size=40,
)


@given(STEPS)
def test_whatever_happens_nobody_has_two_places_and_at_most_one_visits(steps: list[tuple[str, str]]) -> None:
    state = after(hours(), comes(MO))
    now_ms = 0
    for step, who in steps:
        now_ms += 30_000
        actor = Actor(who, f"session of {who}")
        try:
            match step:
                case "comes":
                    change = handle(state, *comes(actor), now_ms)
                case "turned away":
                    change = door.turned_away(state, who)
                case "leaves":
                    change = door.left(state, who)
                case "passes":
                    change = handle(state, actor, QueuePass(), now_ms)
                case "lost":
                    change = members.lost(state, who)
                case "expires":
                    change = members.expired(state, who)
                case "tick":
                    change = queue_news.tick(state, now_ms)
                case action:
                    order = QueueCommand(action=next(each for each in ACTIONS if each == action), member=who)
                    change = handle(state, MO, order, now_ms)
        except ProtocolError:
            continue
        state = consequences(state, change, now_ms).state
        visiting = [member.id for member in state.members if member.id != "mo"]
        assert visiting == ([] if visitor(state) is None else [visitor(state)])
        assert len({*line(state), *visiting}) == len(line(state)) + len(visiting)
        assert {waiter.id for waiter in state.waiting} <= set(line(state))
        assert (state.timer.turn is None) == (visitor(state) is None)
        assert {"mo", *visiting} == set(state.parting.rooms[0].members) if visiting else not state.parting.how
