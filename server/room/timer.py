"""The session timer's rules. ``now_ms`` is the server's clock; a clock set back counts as no time passing.

ready --start--> running <--pause/resume--> paused --finish--> finished
next and back move between boxes, next-turn and back-turn between turns, while running or paused;
add lengthens the current box until finished;
back takes a finish back, paused where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from server.room import turns
from signaling.errors import ProtocolError
from signaling.messages import TimerCommand
from signaling.parts import Timer, TimerAction, TimerPlace, TimerStatus

LONGEST_BOX_S = 24 * 3600
"""A box is never lengthened beyond a day."""


def drive(timer: Timer, command: TimerCommand, now_ms: int, present: Sequence[str] = ()) -> Timer:
    """The timer after the command. Raises ``ProtocolError`` ``timer-state`` when it makes no sense now, and
    ``timer-moved`` when it was meant for where the timer stood a moment ago. Minutes are added in any case:
    two who add some both mean more.

    ``present`` are the members who can have a turn, in the order of entering.
    """
    if command.seen is not None and command.action != "add" and command.seen != place(timer):
        raise ProtocolError("timer-moved", "seen")
    if command.action in _turns:
        if timer.status not in _under_way:
            raise ProtocolError("timer-state", "action", f"{command.action} while {timer.status}")
        return turns.moved(settled(timer, now_ms), _turns[command.action], present)
    allowed, step = _steps[command.action]
    if timer.status not in allowed:
        raise ProtocolError("timer-state", "action", f"{command.action} while {timer.status}")
    after = step(timer, command, now_ms)
    begins = command.action == "start" or after.index != timer.index
    return turns.begun(after, present) if begins else after


def place(timer: Timer) -> TimerPlace:
    """Where the timer stands, as its commands name it."""
    return TimerPlace(
        status=timer.status, index=timer.index, turn=None if timer.turn is None else timer.turn.index
    )


def remaining_ms(timer: Timer, now_ms: int) -> int:
    """What is left of the current box; negative is overtime."""
    box = timer.boxes[timer.index]
    return box.seconds * 1000 - box.spent_ms - _running_ms(timer, now_ms)


def session_ms(timer: Timer, now_ms: int) -> int:
    """What is left of the whole session by its plan, the boxes to come included; negative is overtime."""
    later = sum(box.seconds * 1000 - box.spent_ms for box in timer.boxes[timer.index + 1 :])
    return remaining_ms(timer, now_ms) + later


def _running_ms(timer: Timer, now_ms: int) -> int:
    return 0 if timer.since_ms is None else max(0, now_ms - timer.since_ms)


def settled(timer: Timer, now_ms: int) -> Timer:
    """The same timer with what ran until now written into its box."""
    box = timer.boxes[timer.index]
    spent = replace(box, spent_ms=box.spent_ms + _running_ms(timer, now_ms))
    boxes = (*timer.boxes[: timer.index], spent, *timer.boxes[timer.index + 1 :])
    turn = timer.turn
    if turn is not None:
        turn = replace(turn, spent_ms=turn.spent_ms + _running_ms(timer, now_ms))
    return replace(timer, boxes=boxes, turn=turn, since_ms=None if timer.since_ms is None else now_ms)


def _run(timer: Timer, command: TimerCommand, now_ms: int) -> Timer:
    return replace(timer, status="running", since_ms=now_ms)


def _pause(timer: Timer, command: TimerCommand, now_ms: int) -> Timer:
    return replace(settled(timer, now_ms), status="paused", since_ms=None)


def _add(timer: Timer, command: TimerCommand, now_ms: int) -> Timer:
    box = timer.boxes[timer.index]
    seconds = box.seconds + 60 * command.minutes
    if seconds > LONGEST_BOX_S:
        raise ProtocolError("timer-state", "minutes", "the box would be longer than a day")
    boxes = (*timer.boxes[: timer.index], replace(box, seconds=seconds), *timer.boxes[timer.index + 1 :])
    return replace(timer, boxes=boxes)


def _move(timer: Timer, index: int, now_ms: int) -> Timer:
    if not 0 <= index < len(timer.boxes):
        raise ProtocolError("timer-state", "action", "there is no such box")
    return replace(settled(timer, now_ms), index=index)


def _next(timer: Timer, command: TimerCommand, now_ms: int) -> Timer:
    return _move(timer, timer.index + 1, now_ms)


def _back(timer: Timer, command: TimerCommand, now_ms: int) -> Timer:
    if timer.status == "finished":
        return replace(timer, status="paused")
    return _move(timer, timer.index - 1, now_ms)


def _finish(timer: Timer, command: TimerCommand, now_ms: int) -> Timer:
    return replace(settled(timer, now_ms), status="finished", since_ms=None)


_Step = Callable[[Timer, TimerCommand, int], Timer]

_turns: Mapping[TimerAction, int] = {"next-turn": 1, "back-turn": -1}

_under_way: frozenset[TimerStatus] = frozenset({"running", "paused"})

_steps: Mapping[TimerAction, tuple[frozenset[TimerStatus], _Step]] = {
    "start": (frozenset({"ready"}), _run),
    "pause": (frozenset({"running"}), _pause),
    "resume": (frozenset({"paused"}), _run),
    "add": (frozenset({"ready", "running", "paused"}), _add),
    "next": (_under_way, _next),
    "back": (_under_way | {"finished"}, _back),
    "finish": (_under_way, _finish),
}
