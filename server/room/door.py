"""The door: who comes in at once, who waits, who is let in or refused, and a room that is locked.

In office hours whoever waits does so in a queue, and ``server/room/queue.py`` has the word.
"""

from __future__ import annotations

from msgspec.structs import replace

from server.room import members, queue
from server.room.change import Change, Send
from server.room.names import clean_name
from server.room.state import RoomState, Waiter
from signaling.errors import ProtocolError
from signaling.messages import Enter, FloorChanged, Waiting


def knock(state: RoomState, member_id: str, session: str, message: Enter, now_ms: int) -> Change:
    """In at once, or waiting where the room has a lobby. Who leads, and who is in already, never waits.

    Raises ``ProtocolError`` ``room-locked`` for somebody new while the room is locked.
    """
    if state.member(member_id) is not None or state.facilitates(member_id):
        return members.enter(state, member_id, session, message, now_ms)
    if state.record.queued:
        return queue.join(state, member_id, session, message, now_ms)
    if state.floor.locked:
        raise ProtocolError("room-locked")
    if not state.floor.lobby:
        return members.enter(state, member_id, session, message, now_ms)
    if state.record.guest(member_id) is None:
        raise ProtocolError("link-invalid")
    named = replace(message, name=clean_name(message.name))
    waiter = Waiter(id=member_id, session=session, enter=named)
    others = tuple(each for each in state.waiting if each.id != member_id)
    after = replace(state, waiting=(*others, waiter))
    return Change(after, (), (Send(Waiting(), to=member_id), shown(after, None)))


def watch(state: RoomState, guest_id: str) -> None:
    """Whether a player may watch by this guest's link: whoever would have to wait, or isn't taken, may not.

    Raises ``ProtocolError`` ``room-locked``: while the room is locked or has a lobby, and in office hours.
    """
    closed = state.floor.locked or state.floor.lobby or state.record.queued
    if closed and state.member(guest_id) is None and not state.leads_by_right(guest_id):
        raise ProtocolError("room-locked")


def turned_away(state: RoomState, member_id: str) -> Change:
    """They wait no longer: their page is gone, or comes again."""
    waiting = tuple(each for each in state.waiting if each.id != member_id)
    if len(waiting) == len(state.waiting):
        return Change(state)
    after = replace(state, waiting=waiting)
    return Change(after, (), () if state.record.queued else (shown(after, None),))


def left(state: RoomState, member_id: str) -> Change:
    """They are gone for good: from the room, from the door, from the queue."""
    away = turned_away(state, member_id)
    gone = members.leave(queue.stepped_out(away.state, member_id), member_id)
    return replace(gone, sends=away.sends + gone.sends)


def let_in(state: RoomState, chosen: tuple[Waiter, ...], by: str | None, now_ms: int) -> Change:
    """These come in, in the order in which they came to the door."""
    ids = {waiter.id for waiter in chosen}
    after = replace(state, waiting=tuple(each for each in state.waiting if each.id not in ids))
    entered = Change(after)
    for waiter in chosen:
        step = members.enter(entered.state, waiter.id, waiter.session, waiter.enter, now_ms)
        entered = Change(
            step.state, entered.saves + step.saves, entered.sends + step.sends, entered.about + step.about
        )
    return replace(entered, sends=(*entered.sends, shown(entered.state, by)))


def refuse(state: RoomState, waiter: Waiter, by: str) -> Change:
    """They are told that they are not let in now; their link stays good."""
    away = turned_away(state, waiter.id)
    return replace(away, sends=(shown(away.state, by),), out=((waiter.id, "refused"),))


def shown(state: RoomState, by: str | None) -> Send:
    """What everyone is told of the floor."""
    return Send(FloorChanged(floor=state.shown_floor(), by=by))
