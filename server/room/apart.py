"""Small rooms: what facilitators ask for, who comes and goes meanwhile, and what the time brings. Pure.

A small room is a part of the room that everybody stays in: nobody changes socket, connection or link. Who
comes late goes where they are named, or, of rooms at random, where fewest are; a facilitator, and everybody
else, to the main room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from server.room import members, rotating
from server.room.change import Change, SaveParting, SaveSmall
from server.room.parting import MAIN, Parting, Small
from server.room.splits import groups
from server.room.state import RoomState
from signaling.errors import ProtocolError
from signaling.messages import ApartCommand, AskHelp, Rotate, Split
from signaling.parts import ApartAction


def split(state: RoomState, by: str, message: Split, now_ms: int) -> Change:
    """Everybody who is named, or drawn, is in their small room. Raises ``ProtocolError``."""
    _facilitator(state, by)
    _in_time(state, message.seen)
    found = groups(state, message, now_ms)
    here = [member.id for member in state.members]
    number = state.parting.splits + 1
    apart = replace(
        state.parting.together(),
        how=message.how,
        rooms=tuple(
            Small(id=f"{number}.{at}", named=() if message.how == "random" else tuple(group)).having(
                tuple(person for person in group if person in here)
            )
            for at, group in enumerate(found, 1)
        ),
        stay=message.stay,
        since_ms=state.parting.next_since_ms(now_ms),
        until_ms=None if message.minutes is None else now_ms + message.minutes * 60_000,
        splits=number,
    )
    return become(state, apart)


def rotate(state: RoomState, by: str, message: Rotate, now_ms: int) -> Change:
    """The first round of a rotation begins. Raises ``ProtocolError``."""
    _facilitator(state, by)
    _in_time(state, message.seen)
    apart = rotating.begun(state, message, now_ms)
    if apart is None:
        raise ProtocolError("too-few", "between")
    return become(state, apart)


def command(state: RoomState, by: str, message: ApartCommand, now_ms: int) -> Change:
    """Carries out what a facilitator asks of the small rooms that there are. Raises ``ProtocolError``."""
    _facilitator(state, by)
    if state.parting.how is None:
        raise ProtocolError("apart-state", "action")
    if message.action in {"next", "back"}:
        _in_time(state, message.seen)
    return _acts[message.action](state, message, now_ms)


def ask(state: RoomState, member_id: str, message: AskHelp) -> Change:
    """Somebody in a small room asks for help, or does so no longer. Raises ``ProtocolError``."""
    members.entered(state, member_id)
    apart = state.parting
    room = next((room for room in apart.rooms if member_id in room.members), None)
    if room is None:
        raise ProtocolError("apart-state", "wanted")
    others = tuple(each for each in room.asks if each != member_id)
    asks = (*others, member_id) if message.wanted else others
    if message.wanted == (member_id in room.asks):
        return Change(state)
    return become(state, _with(apart, replace(room, asks=asks)))


def due(state: RoomState, now_ms: int) -> Change:
    """What the time brings: the next round of a rotation, or everybody back."""
    apart = state.parting
    if apart.how is None or apart.until_ms is None or now_ms < apart.until_ms:
        return Change(state)
    if apart.rotation is not None and not apart.calling:
        return become(state, rotating.following(state, now_ms))
    return become(state, apart.together())


def followed(before: RoomState, change: Change) -> Change:
    """The same change, and what it means for small rooms: who has left frees a place, who comes takes one.

    When everybody has left, they are over: who comes on another day is not to be alone in one.
    """
    after = change.state
    apart = after.parting
    was = {member.id for member in before.members}
    now = {member.id for member in after.members}
    if apart.how is None or was == now:
        return change
    apart = apart.of(now) if now else apart.together()
    for member in after.members:
        if member.id not in was:
            apart = apart.moved(member.id, _place_for(after, apart, member.id))
    also = become(after, rotating.mended(after, apart))
    return replace(change, state=also.state, saves=(*change.saves, *also.saves))


def become(state: RoomState, apart: Parting) -> Change:
    """The room with people parted like this; what is kept of small rooms is stored where it has changed."""
    if apart == state.parting:
        return Change(state)
    kept = set(state.parting.records())
    smalls = tuple(SaveSmall(each) for each in apart.records() if each not in kept)
    return Change(replace(state, parting=apart), (SaveParting(apart), *smalls))


def _facilitator(state: RoomState, by: str) -> None:
    members.leading(state, by)
    if state.record.queued:
        raise ProtocolError("apart-state", "type", "visitors of office hours don't know of each other")


def _in_time(state: RoomState, seen: int | None) -> None:
    """Whether whoever pressed saw what there is; somebody else may have pressed just before."""
    since_ms = 0 if state.parting.how is None else state.parting.since_ms
    if seen is not None and seen != since_ms:
        raise ProtocolError("apart-state", "seen", "the small rooms are others by now")


def _with(apart: Parting, changed: Small) -> Parting:
    rooms = tuple(changed if room.id == changed.id else room for room in apart.rooms)
    return replace(apart, rooms=rooms)


def _place_for(state: RoomState, apart: Parting, member_id: str) -> str:
    """Where somebody belongs who comes while people are apart."""
    named = next((room.id for room in apart.rooms if member_id in room.named), None)
    if named is not None:
        return named
    led = state.facilitates(member_id) or state.observes(member_id)
    if apart.how != "random" or member_id in apart.stay or led:
        return MAIN
    return min(apart.rooms, key=lambda room: len(room.members)).id


# ---------------------------------------------------------------- what a facilitator asks


def _add(state: RoomState, message: ApartCommand, now_ms: int) -> Change:
    apart = state.parting
    until_ms = max(now_ms, apart.until_ms or now_ms) + message.minutes * 60_000
    return become(state, replace(apart, until_ms=until_ms, calling=False))


def _next(state: RoomState, message: ApartCommand, now_ms: int) -> Change:
    if state.parting.rotation is None:
        raise ProtocolError("apart-state", "action", "no rotation")
    return become(state, rotating.following(state, now_ms))


def _back(state: RoomState, message: ApartCommand, now_ms: int) -> Change:
    if message.seconds == 0:
        return become(state, state.parting.together())
    until_ms = now_ms + message.seconds * 1000
    return become(state, replace(state.parting, until_ms=until_ms, calling=True))


def _move(state: RoomState, message: ApartCommand, now_ms: int) -> Change:
    """A facilitator who comes in answers who asked; anybody else belongs there from now on."""
    member = None if message.member is None else state.member(message.member)
    if member is None:
        raise ProtocolError("no-member", "member")
    target = message.room or MAIN
    apart = state.parting
    if target not in {MAIN, *(room.id for room in apart.rooms)}:
        raise ProtocolError("no-small-room", "room")
    if apart.room_of(member.id) == target:
        return Change(state)
    apart = apart.moved(member.id, target)
    helps = state.facilitates(member.id)
    rooms = [
        replace(room, asks=() if helps and room.id == target else room.asks)
        if helps
        else replace(room, named=_named(room, member.id, here=room.id == target))
        for room in apart.rooms
    ]
    return become(state, replace(apart, rooms=tuple(rooms)))


def _named(room: Small, member_id: str, *, here: bool) -> Sequence[str]:
    others = tuple(each for each in room.named if each != member_id)
    return (*others, member_id) if here else others


_Act = Callable[[RoomState, ApartCommand, int], Change]

_acts: Mapping[ApartAction, _Act] = MappingProxyType(
    {"add": _add, "next": _next, "back": _back, "move": _move}
)
