"""The line of office hours: who is in it, who of them is at the door, and a visit that is over. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from server.room import visits
from server.room.state import RoomState, Visitor, Waiter


def in_line(state: RoomState, member_id: str) -> Visitor | None:
    """Their place in the line, None when they have none."""
    return next((each for each in state.queue.line if each.id == member_id), None)


def at_door(state: RoomState, member_id: str) -> Waiter | None:
    """Their page that waits, None while it is gone."""
    return next((each for each in state.waiting if each.id == member_id), None)


def with_line(state: RoomState, line: tuple[Visitor, ...]) -> RoomState:
    """The room with another line."""
    return replace(state, queue=replace(state.queue, line=line))


def visit_over(state: RoomState, now_ms: int, *, counts: bool = True) -> RoomState:
    """The room with its visit over: nobody's clock runs, and it is one of those that tell how long they take.

    One that is only put off doesn't count.
    """
    visit = state.queue.visit
    if visit is None:
        return state
    queue = replace(state.queue, visit=None)
    if counts:
        spent_ms = queue.spent_ms + max(0, now_ms - visit.began_ms)
        queue = replace(queue, done=queue.done + 1, spent_ms=spent_ms)
    return replace(state, queue=queue, timer=visits.over(state.timer, now_ms))
