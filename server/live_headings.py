"""Headings in the notes: the session's at their beginning, and each box's when it begins.

Each is written once: the document itself keeps the names of those that it has had, in the same update as
their text. So a box that is gone back to gets no second one, one that somebody deletes stays away, and a
server that died in between writes what is missing when it is back.
"""

from __future__ import annotations

from datetime import UTC

from server.live_document import SESSION_MARK
from server.live_notes import NotesRoom
from server.room.record import RoomRecord
from signaling.parts import Timer
from web.boxes import box_title, format_name
from web.i18n import Translator, translator
from web.i18n import zone as zone_named


def session_heading(record: RoomRecord, at_ms: int) -> str:
    """The heading of the whole session: what it is called, and its day."""
    say = translator(record.language)
    name = record.title or format_name(say, record.format, record.format_name)
    day = say.long_day(at_ms, zone_named(record.zone) or UTC)
    heading = say.text("notes-begin.session", name=name, day=day)
    return f"## {heading}\n\n"


def box_heading(say: Translator, timer: Timer) -> str:
    """The heading of the box at hand, with its round where there are several."""
    box = timer.boxes[timer.index]
    title = box_title(say, box.key, box.title)
    if any(each.round for each in timer.boxes):
        title = say.text("notes-begin.round", box=title, number=box.round + 1)
    return f"### {title}\n\n"


def follow(notes: NotesRoom, record: RoomRecord, timer: Timer, now_ms: int) -> None:
    """Writes what the notes lack; called when the timer has changed, and when a room comes back."""
    if timer.status not in {"running", "paused"}:
        return
    notes.write_once(SESSION_MARK, session_heading(record, now_ms), first=True)
    box = timer.boxes[timer.index]
    if box.writes:
        notes.write_once(f"box:{box.id}", box_heading(translator(record.language), timer))
