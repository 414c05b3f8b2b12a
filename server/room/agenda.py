"""Changing the agenda while the session is under way. Pure.

What has run stays as it was: its place, its name, the time it took. Of the box at hand only the minutes can
be changed, of what is still to come everything. Each change counts the timer's ``revision`` up, and says
which one it was made for: of two facilitators at once the second is refused, and sees what the first did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from server.room.formats import planned_id
from server.room.formats.checks import LONGEST_COURSE, LONGEST_TITLE
from server.room.names import clean
from signaling.agenda import AgendaAction, AgendaEdit
from signaling.errors import ProtocolError
from signaling.parts import Box, Timer, Words


def edited(timer: Timer, edit: AgendaEdit) -> Timer:
    """The timer with another agenda.

    Raises ``ProtocolError``: ``agenda-changed`` for an older revision, ``timer-state`` for what has run
    already, ``name-missing`` and ``name-too-long`` for the title, ``agenda-full`` beyond ``LONGEST_COURSE``.
    """
    if timer.status == "finished":
        raise ProtocolError("timer-state", "action", "the session is over")
    if edit.revision != timer.revision:
        raise ProtocolError("agenda-changed", "revision")
    return replace(_acts[edit.action](timer, edit), revision=timer.revision + 1)


def replanned(timer: Timer, boxes: tuple[Box, ...]) -> Timer:
    """The timer with the agenda of the session's page; one that has started stays as it is."""
    if timer.status != "ready" or boxes == timer.boxes:
        return timer
    return replace(timer, boxes=boxes, revision=timer.revision + 1)


def numbered(timer: Timer) -> Timer:
    """The same timer, every box with an id: those that were stored before boxes had any get their place's."""
    if all(box.id for box in timer.boxes):
        return timer
    boxes = tuple(
        box if box.id else replace(box, id=planned_id(place)) for place, box in enumerate(timer.boxes)
    )
    return replace(timer, boxes=boxes)


def first_free(timer: Timer) -> int:
    """The first place of what is still to come."""
    return 0 if timer.status == "ready" else timer.index + 1


def _place(timer: Timer, edit: AgendaEdit) -> int:
    """Where the edit's box is. Raises ``ProtocolError`` when there is no such box."""
    for place, box in enumerate(timer.boxes):
        if box.id == edit.box:
            return place
    raise ProtocolError("bad-message", "box", "there is no such box")


def _to_come(timer: Timer, edit: AgendaEdit) -> int:
    """Where the edit's box is, if it has not begun yet."""
    place = _place(timer, edit)
    if place < first_free(timer) or timer.boxes[place].spent_ms > 0:
        raise ProtocolError("timer-state", "box", "it has begun")
    return place


def _target(timer: Timer, edit: AgendaEdit, count: int) -> int:
    """The place that the edit names, if it is one of ``count`` and still to come."""
    if not first_free(timer) <= edit.place < count:
        raise ProtocolError("timer-state", "place", "not among what is still to come")
    return edit.place


def _title(text: str) -> Words:
    title = clean(text)
    if not title:
        raise ProtocolError("name-missing", "title")
    if len(title) > LONGEST_TITLE:
        raise ProtocolError("name-too-long", "title")
    return Words(en=title, fr=title)


def _add(timer: Timer, edit: AgendaEdit) -> Timer:
    if len(timer.boxes) >= LONGEST_COURSE:
        raise ProtocolError("agenda-full")
    place = _target(timer, edit, len(timer.boxes) + 1)
    box = Box(
        id=f"a{timer.revision}",
        key="",
        title=_title(edit.title),
        seconds=60 * edit.minutes,
        planned_s=60 * edit.minutes,
        spent_ms=0,
        speaks="everyone",
        turn_s=0,
        round=timer.boxes[max(0, place - 1)].round,
    )
    return replace(timer, boxes=(*timer.boxes[:place], box, *timer.boxes[place:]))


def _remove(timer: Timer, edit: AgendaEdit) -> Timer:
    place = _to_come(timer, edit)
    if len(timer.boxes) == 1:
        raise ProtocolError("timer-state", "box", "the only box")
    return replace(timer, boxes=(*timer.boxes[:place], *timer.boxes[place + 1 :]))


def _rename(timer: Timer, edit: AgendaEdit) -> Timer:
    place = _to_come(timer, edit)
    box = timer.boxes[place]
    own = None if box.key and not clean(edit.title) else _title(edit.title)
    return _with(timer, place, replace(box, title=own))


def _move(timer: Timer, edit: AgendaEdit) -> Timer:
    place = _to_come(timer, edit)
    target = _target(timer, edit, len(timer.boxes))
    others = (*timer.boxes[:place], *timer.boxes[place + 1 :])
    return replace(timer, boxes=(*others[:target], timer.boxes[place], *others[target:]))


def _minutes(timer: Timer, edit: AgendaEdit) -> Timer:
    """Of what is to come the plan itself changes; of what has begun what was planned stays to compare."""
    place = _place(timer, edit)
    box, seconds = timer.boxes[place], 60 * edit.minutes
    if place < timer.index:
        raise ProtocolError("timer-state", "box", "it is over")
    begun = place < first_free(timer) or box.spent_ms > 0
    return _with(timer, place, replace(box, seconds=seconds, planned_s=box.planned_s if begun else seconds))


def _with(timer: Timer, place: int, box: Box) -> Timer:
    return replace(timer, boxes=(*timer.boxes[:place], box, *timer.boxes[place + 1 :]))


_acts: Mapping[AgendaAction, Callable[[Timer, AgendaEdit], Timer]] = {
    "add": _add,
    "remove": _remove,
    "rename": _rename,
    "move": _move,
    "minutes": _minutes,
}
