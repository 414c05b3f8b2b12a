"""A visit has a room of its own: its notes and its chat are for whoever was in it, and nobody else. Pure.

It is a small room (``server/room/parting.py``) with the visitor and whoever leads; with the visit over
everybody who is left is in the main room again.
"""

from __future__ import annotations

from msgspec.structs import replace

from server.room import apart
from server.room.change import Change
from server.room.parting import Parting, Small
from server.room.state import RoomState


def followed(before: RoomState, change: Change, now_ms: int) -> Change:
    """The change, and with it who is in the room of the visit."""
    state = change.state
    if not state.record.queued:
        return change
    parted = apart.become(state, _parted(before, state, now_ms))
    return replace(change, state=parted.state, saves=(*change.saves, *parted.saves))


def _parted(before: RoomState, state: RoomState, now_ms: int) -> Parting:
    parting, visit = state.parting, state.queue.visit
    if visit is None:
        return parting if parting.how is None else parting.together()
    inside = tuple(
        member.id for member in state.members if member.id == visit.visitor.id or state.facilitates(member.id)
    )
    if parting.how is not None and visit == before.queue.visit:
        [room] = parting.rooms
        return replace(parting, rooms=(replace(room, named=inside).having(inside),))
    number = parting.splits + 1
    room = Small(id=f"{number}.1", named=inside).having(inside)
    return replace(parting.together(), how="pairs", rooms=(room,), since_ms=now_ms, splits=number)
