"""A visit on the timer: the visitor's turn in a box that is a queue, with a clock of its own. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from server.room.timer import settled
from signaling.parts import Timer, Turn


def begun(timer: Timer, visitor: str, now_ms: int) -> Timer:
    """The timer with this visitor's clock at its beginning: a session that rests goes on by that."""
    if timer.status == "finished":
        return timer
    at = settled(timer, now_ms)
    index = at.index if at.boxes[at.index].queue else _first_queue(at)
    turn = Turn(order=(visitor,), index=0, spent_ms=0)
    return replace(at, status="running", since_ms=now_ms, index=index, turn=turn)


def over(timer: Timer, now_ms: int) -> Timer:
    """The timer with nobody's turn; the box goes on, since the hours do."""
    return replace(settled(timer, now_ms), turn=None)


def _first_queue(timer: Timer) -> int:
    return next((index for index, box in enumerate(timer.boxes) if box.queue), timer.index)
