"""What is still to do, carried into the notes of the next session."""

from __future__ import annotations

from collections.abc import Sequence

from pycrdt import Doc, Text

from server.live_document import ROOT, SESSION_MARK, written_once
from server.live_headings import session_heading
from server.room.record import RoomRecord
from web.i18n import translator


def beginning(record: RoomRecord, starts_ms: int | None, lines: Sequence[str]) -> bytes:
    """What a room's notes begin with, as an update of the document; b"" for nothing yet.

    The session's heading stands above where it is known when it begins; else it comes with the first box,
    as it does where nothing is open.
    """
    if not lines:
        return b""
    heading = translator(record.language).text("notes-begin.open")
    open_ = "\n".join([f"### {heading}", "", *lines, "", ""])
    doc: Doc[Text] = Doc()
    if starts_ms is None:
        text = doc.get(ROOT, type=Text)
        text += open_
    else:
        written_once(doc, SESSION_MARK, session_heading(record, starts_ms) + open_, first=True)
    return doc.get_update()
