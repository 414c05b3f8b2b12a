"""Hands in the order raised, and what a facilitator does about members and the room: one table of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from server.room import door, members
from server.room.change import Change, DropMember, SaveFloor, SaveGuest, SaveMember, Send
from server.room.record import GuestRecord
from server.room.state import Present, RoomState, Waiter
from signaling.errors import ProtocolError
from signaling.messages import Hand, Moderate, Silenced
from signaling.parts import Floor, Moderation, Role, Source

Act = Callable[[RoomState, Moderate, str, int], Change]


def hand(state: RoomState, member_id: str, message: Hand) -> Change:
    """Up, at the end of the row, or down."""
    members.entered(state, member_id)
    if message.raised == (member_id in state.floor.hands):
        return Change(state)
    return _with_hands(state, member_id, raised=message.raised, by=member_id)


def moderate(state: RoomState, by: str, message: Moderate, now_ms: int) -> Change:
    """Carries out what a facilitator asks. Raises ``ProtocolError``, and nothing has changed then."""
    members.leading(state, by)
    if message.action in _by_right and not state.leads_by_right(by):
        raise ProtocolError("not-facilitator")
    if state.record.queued and message.action in _of_the_door:
        raise ProtocolError("queue-state", "action", "the queue lets in")
    return _acts[message.action](state, message, by, now_ms)


def _member(state: RoomState, message: Moderate) -> Present:
    member = None if message.member is None else state.member(message.member)
    if member is None:
        raise ProtocolError("no-member", "member")
    return member


def _waiter(state: RoomState, message: Moderate) -> Waiter:
    found = next((each for each in state.waiting if each.id == message.member), None)
    if found is None:
        raise ProtocolError("no-member", "member")
    return found


def _mute(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return _silenced(state, (_member(state, message),), "microphone", by)


def _mute_all(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    """Everybody else in the same room: who is in another can't hear why."""
    where = state.parting.room_of
    others = tuple(each for each in state.members if each.id != by and where(each.id) == where(by))
    return _silenced(state, others, "microphone", by)


def _stop_share(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return _silenced(state, (_member(state, message),), "screen", by)


def _silenced(state: RoomState, chosen: tuple[Present, ...], source: Source, by: str) -> Change:
    """Their source is off from now on: nothing of it is forwarded, whatever their browser sends."""
    sending = [member for member in chosen if getattr(member, source)]
    quiet = [replace(member, **{source: False}) for member in sending]
    after = state
    for member in quiet:
        after = after.with_member(member)
    return Change(
        after,
        tuple(SaveMember(member) for member in quiet),
        tuple(Send(Silenced(source=source, by=by), to=member.id) for member in quiet),
        tuple(member.id for member in quiet),
    )


def _lower(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    member = _member(state, message)
    if member.id not in state.floor.hands:
        return Change(state)
    return _with_hands(state, member.id, raised=False, by=by)


def _lower_all(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return _floor(state, replace(state.floor, hands=()), by)


def _with_hands(state: RoomState, member_id: str, *, raised: bool, by: str) -> Change:
    others = tuple(hand for hand in state.floor.hands if hand != member_id)
    return _floor(state, replace(state.floor, hands=(*others, member_id) if raised else others), by)


def _lock(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return _floor(state, replace(state.floor, locked=True), by)


def _unlock(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return _floor(state, replace(state.floor, locked=False), by)


def _open_lobby(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return _floor(state, replace(state.floor, lobby=True), by)


def _close_lobby(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    """Nobody waits any more: whoever did comes in."""
    opened = _floor(state, replace(state.floor, lobby=False), by)
    entered = door.let_in(opened.state, state.waiting, by, now_ms)
    return replace(entered, saves=opened.saves + entered.saves)


def _floor(state: RoomState, floor: Floor, by: str) -> Change:
    if floor == state.floor:
        return Change(state)
    after = replace(state, floor=floor)
    return Change(after, (SaveFloor(floor),), (door.shown(after, by),))


def _admit(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return door.let_in(state, (_waiter(state, message),), by, now_ms)


def _admit_all(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return door.let_in(state, state.waiting, by, now_ms) if state.waiting else Change(state)


def _refuse(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    return door.refuse(state, _waiter(state, message), by)


def _promote(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    member = _member(state, message)
    if state.observes(member.id):
        raise ProtocolError("observer", "member")
    return _in_role(state, member, "mentor")


def _demote(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    member = _member(state, message)
    leaders = [guest for guest in state.record.guests if guest.role == "mentor" and not guest.revoked]
    if [guest.id for guest in leaders] == [member.id]:
        raise ProtocolError("only-facilitator", "member")
    return _in_role(state, member, "mentee")


def _in_role(state: RoomState, member: Present, role: Role) -> Change:
    guest = state.record.guest(member.id)
    if guest is None or guest.role == role:
        return Change(state)
    changed = replace(guest, role=role)
    after = replace(state, record=state.record.with_guest(changed))
    return Change(after, (SaveGuest(changed),), (), (member.id,))


def _remove(state: RoomState, message: Moderate, by: str, now_ms: int) -> Change:
    """Out for good: the link falls with it, so that a reload doesn't lead back in.

    Of somebody who isn't in the room it is the link alone, and with it a player that watches by it.
    """
    absent = None if message.member is None else state.record.guest(message.member)
    if absent is not None and state.member(absent.id) is None:
        return _link_falls(state, absent, by)
    member = _member(state, message)
    if member.id == by:
        raise ProtocolError("no-member", "member", "leave instead")
    guest = state.record.guest(member.id)
    gone = state.without_member(member.id)
    saves: tuple[SaveGuest | DropMember | SaveFloor, ...] = (
        DropMember(member.id, member.entered_ms),
        SaveFloor(gone.floor),
    )
    if guest is not None:
        fallen = replace(guest, revoked=True)
        gone = replace(gone, record=gone.record.with_guest(fallen))
        saves = (SaveGuest(fallen), *saves)
    return Change(gone, saves, (), (member.id,), ((member.id, "removed"),))


def _link_falls(state: RoomState, guest: GuestRecord, by: str) -> Change:
    if guest.revoked or state.leads_by_right(guest.id) or not state.leads_by_right(by):
        raise ProtocolError("no-member", "member")
    fallen = replace(guest, revoked=True)
    after = replace(door.turned_away(state, guest.id).state, record=state.record.with_guest(fallen))
    told = (door.shown(after, by),) if after.waiting != state.waiting else ()
    return Change(after, (SaveGuest(fallen),), told, (), ((guest.id, "removed"),))


_by_right: frozenset[Moderation] = frozenset({"promote", "demote"})
"""Whoever stands in keeps the room, but doesn't give away what isn't theirs."""

_of_the_door: frozenset[Moderation] = frozenset({"lobby", "no-lobby", "admit", "admit-all", "refuse"})

_acts: Mapping[Moderation, Act] = MappingProxyType(
    {
        "mute": _mute,
        "mute-all": _mute_all,
        "stop-share": _stop_share,
        "lower": _lower,
        "lower-all": _lower_all,
        "promote": _promote,
        "demote": _demote,
        "remove": _remove,
        "lock": _lock,
        "unlock": _unlock,
        "lobby": _open_lobby,
        "no-lobby": _close_lobby,
        "admit": _admit,
        "admit-all": _admit_all,
        "refuse": _refuse,
    }
)
