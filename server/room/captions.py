"""Whether captions are kept: only while everybody who is in the room has agreed. Pure."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from server.room import members
from server.room.change import Change, SaveKeeping, Send
from server.room.names import clean
from server.room.state import RoomState
from signaling.captions import LONGEST_CAPTION, KeepCaptions, KeepingChanged
from signaling.errors import ProtocolError
from signaling.parts import NOT_KEPT, Keeping


class Spoken(Struct, frozen=True, kw_only=True):
    """What a guest said, as kept: ``name`` is what they were called then, ``line`` counts their lines."""

    member: str
    name: str
    line: int
    text: str
    language: str
    at_ms: int


def keep(state: RoomState, by: str, message: KeepCaptions) -> Change:
    """Asks, agrees or has none of it. Raises ``ProtocolError``.

    Who stops it isn't named: nobody owes a reason. What was said while all agreed stays.
    """
    members.entered(state, by)
    keeping = state.keeping
    match message.act:
        case "ask":
            members.leading(state, by)
            after = Keeping(by=by, agreed=(by,)) if keeping.by is None else keeping
        case "agree":
            if keeping.by is None:
                raise ProtocolError("caption-state", "act")
            after = keeping if by in keeping.agreed else replace(keeping, agreed=(*keeping.agreed, by))
        case "stop":
            after = NOT_KEPT
    if after == keeping:
        return Change(state)
    told = Send(KeepingChanged(keeping=after))
    return Change(replace(state, keeping=after), (SaveKeeping(after),), (told,))


def followed(before: RoomState, change: Change) -> Change:
    """When everybody has left, nothing is kept any more: who meets again is asked again."""
    state = change.state
    if state.members or not before.members or state.keeping == NOT_KEPT:
        return change
    after = replace(state, keeping=NOT_KEPT)
    return replace(change, state=after, saves=(*change.saves, SaveKeeping(NOT_KEPT)))


def kept(state: RoomState) -> bool:
    """Whether what is said now is kept: somebody has asked, and all who are in have agreed."""
    keeping = state.keeping
    return keeping.by is not None and all(member.id in keeping.agreed for member in state.members)


def clean_caption(text: str) -> str:
    """What a browser has understood, made fit to show; "" for nothing."""
    return clean(text)[:LONGEST_CAPTION]
