"""Who observes: what they may send. They see and hear, everyone is shown it, and nothing comes from them."""

from __future__ import annotations

from server.room.state import RoomState
from signaling.captions import CaptionsWanted, KeepCaptions
from signaling.errors import ProtocolError
from signaling.messages import (
    BudgetWanted,
    Capture,
    ChatOpen,
    ClientMessage,
    Enter,
    FiguresWanted,
    Heard,
    Join,
    Leave,
    NotesOpen,
    Offer,
    Pin,
    Ping,
    ProbeLine,
    SmallNotesWanted,
    Uplink,
    View,
)
from signaling.notes import Reply, Update, decode_notes
from signaling.pointers import PointersWanted
from signaling.polls import PollsWanted, VotersWanted

MAY_SEND: frozenset[type] = frozenset(
    {
        Join,
        Enter,
        Leave,
        Offer,
        Ping,
        View,
        Capture,
        Uplink,
        Heard,
        Pin,
        BudgetWanted,
        ProbeLine,
        FiguresWanted,
        NotesOpen,
        ChatOpen,
        SmallNotesWanted,
        PollsWanted,
        VotersWanted,
        PointersWanted,
        CaptionsWanted,
        # Nothing that is said is kept without them, either.
        KeepCaptions,
    }
)
"""What is about their own connection, and what reads. A new message is none of it until it is named here."""

_NOTHING_NEW = b"\x00\x00"
"""A Yjs update without structs and deletions: what a reader answers to sync step 1."""


def check(state: RoomState, member_id: str, message: ClientMessage) -> None:
    """Raises ``ProtocolError`` ``observer`` for what somebody who observes can't do."""
    if not may_send(state, member_id, type(message)):
        raise ProtocolError("observer")


def may_send(state: RoomState, member_id: str, kind: type) -> bool:
    """Whether this person may send messages of this kind at all."""
    return kind in MAY_SEND or not state.observes(member_id)


def check_frame(state: RoomState, member_id: str, data: bytes) -> None:
    """The same for the notes: they are read, and not written. Raises ``ProtocolError``."""
    if not state.observes(member_id):
        return
    frame = decode_notes(data)
    if isinstance(frame, Reply | Update) and frame.update != _NOTHING_NEW:
        raise ProtocolError("observer", "update")
