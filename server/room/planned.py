"""The boxes of a planned session: its format's, or its own agenda's where people have written one. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from server.mentoring.meetings import AgendaItem
from server.room.formats import planned_id, scale
from server.room.formats.schema import Format
from signaling.parts import Box, Timer, Words


def planned_boxes(agenda: Format, minutes: int, items: Sequence[AgendaItem] = ()) -> tuple[Box, ...]:
    """The boxes for so many minutes, a minute each at least; of an item that was the format's box only what
    people have changed is another.
    """
    course = scale(agenda, max(minutes, len(agenda.course)))
    if not items:
        return course
    known = {box.id: box for box in course}
    return tuple(_box(place, item, known.get(item.of)) for place, item in enumerate(items))


def waiting(boxes: tuple[Box, ...]) -> Timer:
    """A timer that waits to be started."""
    return Timer(status="ready", index=0, boxes=boxes, since_ms=None, turn=None)


def _box(place: int, item: AgendaItem, before: Box | None) -> Box:
    seconds = 60 * item.minutes
    own = Words(en=item.title, fr=item.title) if item.title else None
    if before is None:
        return Box(
            id=planned_id(place),
            key=item.key,
            title=own or item.words,
            seconds=seconds,
            planned_s=seconds,
            spent_ms=0,
            speaks="everyone",
            turn_s=0,
            round=0,
        )
    return replace(
        before,
        id=planned_id(place),
        seconds=seconds,
        planned_s=seconds,
        title=own or before.title,
    )
