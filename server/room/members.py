"""Who is in the room: enter, change what they send, leave; lost, returned and expired connections."""

from __future__ import annotations

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from server.room.change import Change, DropMember, SaveMember, Send
from server.room.names import clean_name
from server.room.state import Present, RoomState
from signaling.errors import ProtocolError
from signaling.messages import Enter, Entered, Media


def enter(state: RoomState, member_id: str, session: str, message: Enter, now_ms: int) -> Change:
    """Steps in, or in again from another tab or under another name; never twice in the list."""
    if state.record.guest(member_id) is None:
        raise ProtocolError("link-invalid")
    before = state.member(member_id)
    sends = not state.observes(member_id)
    member = Present(
        id=member_id,
        name=clean_name(message.name),
        microphone=sends and message.microphone,
        camera=sends and message.camera,
        screen=False,
        connected=True,
        session=session,
        entered_ms=now_ms if before is None else before.entered_ms,
    )
    after = state.with_member(member)
    reply = Send(Entered(member=after.shown_member(member)), to=member_id)
    return Change(after, (SaveMember(member),), (reply,), (member_id,))


def media(state: RoomState, member_id: str, message: Media) -> Change:
    """Switches sources on and off; what the message leaves out stays as it is."""
    member = entered(state, member_id)
    return _become(
        state,
        member,
        replace(
            member,
            microphone=_or(message.microphone, member.microphone),
            camera=_or(message.camera, member.camera),
            screen=_or(message.screen, member.screen),
        ),
    )


def leave(state: RoomState, member_id: str) -> Change:
    """Gives the place up at once: as they wish, or because their link fell or their time ran out."""
    member = state.member(member_id)
    if member is None:
        return Change(state)
    dropped = DropMember(member_id, member.entered_ms)
    return Change(state.without_member(member_id), (dropped,), about=(member_id,))


def lost(state: RoomState, member_id: str) -> Change:
    """Their connection is gone; the place is kept for a while."""
    member = state.member(member_id)
    if member is None:
        return Change(state)
    return _become(state, member, replace(member, connected=False))


def returned(state: RoomState, member_id: str) -> Change:
    """The same tab is back before its place was given up."""
    member = state.member(member_id)
    if member is None:
        raise ProtocolError("not-entered")
    return _become(state, member, replace(member, connected=True))


def expired(state: RoomState, member_id: str) -> Change:
    """Their place was kept long enough: they leave, unless they are back."""
    member = state.member(member_id)
    if member is None or member.connected:
        return Change(state)
    return leave(state, member_id)


def entered(state: RoomState, member_id: str) -> Present:
    """The member, if in the room and connected; otherwise ``ProtocolError`` ``not-entered``."""
    member = state.member(member_id)
    if member is None or not member.connected:
        raise ProtocolError("not-entered")
    return member


def leading(state: RoomState, member_id: str) -> None:
    """Whether they are in and lead now; otherwise ``ProtocolError`` ``not-entered``, ``not-facilitator``."""
    entered(state, member_id)
    if not state.facilitates(member_id):
        raise ProtocolError("not-facilitator")


def _become(state: RoomState, before: Present, after: Present) -> Change:
    if before == after:
        return Change(state)
    return Change(state.with_member(after), (SaveMember(after),), about=(after.id,))


def _or(wish: bool | UnsetType, now: bool) -> bool:  # noqa: FBT001 - two values of one setting, in order
    return now if wish is UNSET else bool(wish)
