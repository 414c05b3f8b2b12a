"""Office hours: who waits in which order, who visits, and for how long one will wait. Pure.

Whoever comes waits at the door (``state.waiting``) and has a place in the line (``state.queue``). The first
is not stored, since their page asks again; the second is, and is kept over a short loss of the connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from server.room import members, visits
from server.room.change import Change, DropMember, SaveFloor, Send
from server.room.line import at_door, in_line, visit_over, with_line
from server.room.names import clean, clean_name
from server.room.state import RoomState, Visit, Visitor, Waiter
from signaling.errors import ProtocolError
from signaling.messages import Enter, Waiting
from signaling.visits import QueueAbout, QueueAction, QueueCommand

# ---------------------------------------------------------------- what visitors do


def join(state: RoomState, member_id: str, session: str, message: Enter, now_ms: int) -> Change:
    """Takes a place at the end, or the one they have. Raises ``ProtocolError`` when nobody new is taken."""
    if state.record.guest(member_id) is None:
        raise ProtocolError("link-invalid")
    name = clean_name(message.name)
    before = in_line(state, member_id)
    if before is None and state.floor.locked:
        raise ProtocolError("room-locked")
    if before is None and state.queue.closed:
        raise ProtocolError("queue-closed")
    waiter = Waiter(id=member_id, session=session, enter=replace(message, name=name))
    others = tuple(each for each in state.waiting if each.id != member_id)
    line = state.queue.line
    if before is None:
        line = (*line, Visitor(id=member_id, name=name, about="", since_ms=now_ms))
    else:
        back = replace(before, name=name, lost_ms=None)
        line = tuple(back if each.id == member_id else each for each in line)
    after = replace(with_line(state, line), waiting=(*others, waiter))
    return Change(after, (), (Send(Waiting(), to=member_id),))


def about(state: RoomState, member_id: str, message: QueueAbout) -> Change:
    """Says what they come for, while they wait."""
    visitor = _waiting(state, member_id)
    said = replace(visitor, about=clean(message.text))
    return Change(with_line(state, tuple(said if each == visitor else each for each in state.queue.line)))


def let_pass(state: RoomState, member_id: str) -> Change:
    """Changes places with the one behind them. Raises ``queue-state`` where nobody is."""
    visitor = _waiting(state, member_id)
    line = list(state.queue.line)
    at = line.index(visitor)
    if at + 1 == len(line):
        raise ProtocolError("queue-state", "type", "nobody is behind them")
    line[at : at + 2] = [line[at + 1], visitor]
    return Change(with_line(state, tuple(line)))


def stepped_out(state: RoomState, member_id: str) -> RoomState:
    """The room without their place: they have left, or were sent away."""
    line = tuple(each for each in state.queue.line if each.id != member_id)
    return with_line(state, line) if len(line) < len(state.queue.line) else state


# ---------------------------------------------------------------- what mentors do


def command(state: RoomState, by: str, message: QueueCommand, now_ms: int) -> Change:
    """Carries out what a mentor asks. Raises ``ProtocolError``, and nothing has changed then."""
    members.leading(state, by)
    if not state.record.queued:
        raise ProtocolError("queue-state", "action", "no office hours")
    return _acts[message.action](state, message, now_ms)


def _next(state: RoomState, message: QueueCommand, now_ms: int) -> Change:
    first = next((each for each in state.queue.line if at_door(state, each.id)), None)
    if first is not None:
        return _visit(state, first, now_ms)
    if state.queue.visit is None:
        raise ProtocolError("queue-state", "action", "nobody waits")
    return _end(state, message, now_ms)


def _call(state: RoomState, message: QueueCommand, now_ms: int) -> Change:
    called = None if message.member is None else in_line(state, message.member)
    if called is None or not at_door(state, called.id):
        raise ProtocolError("no-member", "member")
    return _visit(state, called, now_ms)


def _visit(state: RoomState, visitor: Visitor, now_ms: int) -> Change:
    """Thanks the one who is in, and lets this one in."""
    over = _goodbye(state, now_ms)
    waiter = at_door(over.state, visitor.id)
    assert waiter is not None
    entered = members.enter(over.state, visitor.id, waiter.session, waiter.enter, now_ms)
    came = stepped_out(entered.state, visitor.id)
    visit = Visit(visitor=replace(visitor, lost_ms=None), began_ms=now_ms)
    after = replace(
        came,
        waiting=tuple(each for each in came.waiting if each.id != visitor.id),
        queue=replace(came.queue, visit=visit),
        timer=visits.begun(came.timer, visitor.id, now_ms),
    )
    return Change(
        after,
        over.saves + entered.saves,
        over.sends + entered.sends,
        tuple(dict.fromkeys(over.about + entered.about)),
        over.out,
    )


def _end(state: RoomState, message: QueueCommand, now_ms: int) -> Change:
    if state.queue.visit is None:
        raise ProtocolError("queue-state", "action", "nobody visits")
    return _goodbye(state, now_ms)


def _goodbye(state: RoomState, now_ms: int) -> Change:
    """Who visits, if anybody, is thanked and shown out."""
    visit = state.queue.visit
    member = None if visit is None else state.member(visit.visitor.id)
    if member is None:
        return Change(visit_over(state, now_ms))
    gone = state.without_member(member.id)
    saves = (DropMember(member.id, member.entered_ms), SaveFloor(gone.floor))
    return Change(visit_over(gone, now_ms), saves, (), (member.id,), ((member.id, "visited"),))


def _put_back(state: RoomState, message: QueueCommand, now_ms: int) -> Change:
    """The visitor waits again, with one before them if there is anybody: they are asked for after that."""
    visit = state.queue.visit
    member = None if visit is None else state.member(visit.visitor.id)
    if visit is None or member is None:
        raise ProtocolError("queue-state", "action", "nobody visits")
    gone = visit_over(state.without_member(member.id), now_ms, counts=False)
    enter = Enter(name=member.name, microphone=member.microphone, camera=member.camera)
    waiter = Waiter(id=member.id, session=member.session, enter=enter)
    visitor = replace(visit.visitor, name=member.name)
    after = replace(
        with_line(gone, (*gone.queue.line[:1], visitor, *gone.queue.line[1:])),
        waiting=(*gone.waiting, waiter) if member.connected else gone.waiting,
    )
    saves = (DropMember(member.id, member.entered_ms), SaveFloor(gone.floor))
    return Change(after, saves, (Send(Waiting(), to=member.id),), (member.id,))


def _dismiss(state: RoomState, message: QueueCommand, now_ms: int) -> Change:
    sent = None if message.member is None else in_line(state, message.member)
    if sent is None:
        raise ProtocolError("no-member", "member")
    after = stepped_out(state, sent.id)
    waiting = tuple(each for each in after.waiting if each.id != sent.id)
    return Change(replace(after, waiting=waiting), out=((sent.id, "refused"),))


def _close(state: RoomState, message: QueueCommand, now_ms: int) -> Change:
    return Change(replace(state, queue=replace(state.queue, closed=True)))


def _open(state: RoomState, message: QueueCommand, now_ms: int) -> Change:
    return Change(replace(state, queue=replace(state.queue, closed=False)))


_acts: Mapping[QueueAction, Callable[[RoomState, QueueCommand, int], Change]] = MappingProxyType(
    {
        "next": _next,
        "end": _end,
        "call": _call,
        "put-back": _put_back,
        "dismiss": _dismiss,
        "close": _close,
        "open": _open,
    }
)


def _waiting(state: RoomState, member_id: str) -> Visitor:
    visitor = in_line(state, member_id)
    if visitor is None or not at_door(state, member_id):
        raise ProtocolError("queue-state", "type", "they do not wait")
    return visitor
