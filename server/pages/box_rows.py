"""Boxes as rows of a form, edited without a script: read, moved by presses, made into an agenda's items."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.mentoring.meetings import AgendaItem
from server.room.formats.checks import LONGEST_COURSE, LONGEST_TITLE
from server.room.names import clean
from signaling.parts import Box
from web.boxes import box_title
from web.i18n import Translator
from web.views.boxes import BoxRow
from web.views.form import Fault, Form

NEW_MINUTES = "5"

_press = re.compile(r"(up|down|remove)-([0-9]{1,2})")
_minutes = re.compile(r"[0-9]{1,3}")


def rows_of(form: Form) -> tuple[BoxRow, ...]:
    """The rows that a form was sent with, those at its end that are empty left out."""
    found = [
        BoxRow(title=form.raw(f"item-{at}"), minutes=form.text(f"minutes-{at}"), of=form.text(f"of-{at}"))
        for at in range(LONGEST_COURSE)
        if f"item-{at}" in form.values
    ]
    while found and not (found[-1].title.strip() or found[-1].minutes):
        found.pop()
    return tuple(found)


def filled(boxes: Sequence[Box], say: Translator) -> tuple[BoxRow, ...]:
    """The boxes of a format as rows."""
    return tuple(
        BoxRow(title=box_title(say, box.key, box.title), minutes=str(box.seconds // 60), of=box.id)
        for box in boxes
    )


def edited(items: Sequence[AgendaItem], say: Translator) -> tuple[BoxRow, ...]:
    """An agenda's items as rows."""
    return tuple(
        BoxRow(
            title=each.title or box_title(say, each.key, each.words), minutes=str(each.minutes), of=each.of
        )
        for each in items
    )


def pressed(rows: Sequence[BoxRow], press: str) -> tuple[BoxRow, ...]:
    """The rows after a press on "add", "up-3", "down-3" or "remove-3"; the same for any other."""
    after, move = list(rows), _press.fullmatch(press)
    if press == "add" and len(after) < LONGEST_COURSE:
        after.append(BoxRow(minutes=NEW_MINUTES))
    elif move is not None and int(move[2]) < len(after):
        row = after.pop(at := int(move[2]))
        if move[1] != "remove":
            after.insert(max(0, at + (1 if move[1] == "down" else -1)), row)
    return tuple(after)


def items(
    rows: Sequence[BoxRow], course: Sequence[Box], say: Translator, most: int
) -> tuple[tuple[AgendaItem, ...], list[Fault]]:
    """The agenda that the rows say, and what is to be put right. A row without anything is no item."""
    known, found, faults = {box.id: box for box in course}, [], list[Fault]()
    for at, row in enumerate(rows):
        title, box = clean(row.title), known.get(row.of)
        if not title and not row.minutes:
            continue
        minutes = int(row.minutes) if _minutes.fullmatch(row.minutes) else 0
        if not title:
            faults.append(Fault(field=f"item-{at}", code="missing"))
        elif len(title) > LONGEST_TITLE:
            faults.append(Fault(field=f"item-{at}", code="too-long", values={"most": LONGEST_TITLE}))
        if not 1 <= minutes <= most:
            faults.append(Fault(field=f"minutes-{at}", code="number", values={"least": 1, "most": most}))
        if box is None:
            found.append(AgendaItem(title, minutes))
            continue
        same = title == clean(box_title(say, box.key, box.title))
        found.append(AgendaItem("" if same else title, minutes, box.id, box.key, box.title))
    return tuple(found), faults
