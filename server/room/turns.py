"""Turns: whose it is in each box, by the format's rule and by who is there. Pure.

In a box of turns everybody is asked once, in the order of entering. In a box of one, or of the others, the
round chooses who it is about: another one each time. Who has left is passed over; who came later speaks last.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from signaling.errors import ProtocolError
from signaling.parts import Timer, Turn


def begun(timer: Timer, present: Sequence[str]) -> Timer:
    """The timer at the beginning of its current box: its first turn, where the box has turns.

    A box in which everyone speaks keeps in mind whom the round is about.
    """
    box = timer.boxes[timer.index]
    if box.speaks == "everyone" or not present:
        return timer
    order = tuple(present) if box.speaks == "turns" else (_about(timer, present),)
    return replace(timer, turn=Turn(order=order, index=0, spent_ms=0))


def moved(timer: Timer, step: int, present: Sequence[str]) -> Timer:
    """The next turn (``step`` 1) or the one before (-1); ``timer`` is settled. Raises ``ProtocolError``."""
    turn = timer.turn
    if turn is None or timer.boxes[timer.index].speaks == "everyone":
        raise ProtocolError("timer-state", "action", "nobody has a turn")
    order = _now(turn, present)
    if step < 0:
        index = turn.index - 1
    else:
        index = next((at for at in range(turn.index + 1, len(order)) if order[at] in present), len(order))
    if not 0 <= index < len(order):
        raise ProtocolError("timer-state", "action", "there is no such turn")
    return replace(timer, turn=Turn(order=order, index=index, spent_ms=0))


def _now(turn: Turn, present: Sequence[str]) -> tuple[str, ...]:
    """The order with those who came since, at its end; nobody's place changes."""
    return (*turn.order, *(member for member in present if member not in turn.order))


def _about(timer: Timer, present: Sequence[str]) -> str:
    """Whom a box of one is about: the same one through a round, and another in each."""
    round_ = timer.boxes[timer.index].round
    before = [box for box in timer.boxes[: timer.index] if box.round == round_ and box.speaks != "everyone"]
    if before and before[-1].speaks != "turns" and timer.turn is not None:
        chosen = timer.turn.order[timer.turn.index]
        if chosen in present:
            return chosen
    return present[round_ % len(present)]
