"""The actions on the page of a session's wrap-up: its rows as they are at first, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from server.mentoring.action_notes import after_notes, by_text
from server.mentoring.actions import (
    LONGEST_ACTION,
    MOST_ACTIONS,
    ActionItem,
    action_id,
    folded,
    read_actions,
)
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import PersonId
from server.mentoring.zones import local
from server.pages.scheduling.availability import day_of
from server.storage.actions import SessionNotes, dropped_action, saved_action
from server.storage.records import Change
from web.views.form import Fault, Form

SPARE_ROWS = 2
_number = re.compile(r"[0-9]{1,3}")


class Settled(Struct, frozen=True, kw_only=True):
    """What is stored of a form's rows. ``gone`` are texts whose lines in the notes ask for nothing more."""

    changes: tuple[Change, ...]
    gone: tuple[str, ...]


def first_rows(
    session: Session,
    tie: Mentorship,
    notes: SessionNotes,
    known: Sequence[ActionItem],
    names: Mapping[PersonId, str],
    today: date,
) -> dict[str, str]:
    """The fields of the rows: open actions of the session, then lines of its notes that are none yet."""
    usual = (today + timedelta(days=tie.cadence_days)).isoformat()
    rows = [
        {"id": each.id, "text": each.text, "owner": each.owner, "due": each.due}
        for each in known
        if each.session == session.id and each.done_ms is None
    ]
    told = by_text(known, session.starts_ms)
    for line in read_actions(notes.text, names, local(session.zone, session.starts_ms).date()):
        text = folded(line.text)
        if not line.done and text not in told and text not in notes.settled:
            owner = line.owner or (tie.mentees[0] if len(tie.mentees) == 1 else "")
            rows.append({"line": line.text, "text": line.text, "owner": owner, "due": line.due or usual})
    rows = rows[:MOST_ACTIONS] + [{"text": ""}] * SPARE_ROWS
    return {f"{name}-{number}": value for number, row in enumerate(rows) for name, value in row.items()}


def rows_of(form: Form) -> list[int]:
    """The numbers of the form's rows."""
    named = (name.partition("-") for name in form.values)
    numbers = sorted({int(rest) for begin, _, rest in named if begin == "text" and _number.fullmatch(rest)})
    return numbers[: MOST_ACTIONS + SPARE_ROWS]


def faults_in(form: Form, owners: Iterable[PersonId]) -> list[Fault]:
    """Every action has one owner and a day: what a row lacks is asked for."""
    faults: list[Fault] = []
    may_own = frozenset(owners)
    for number in rows_of(form):
        text = _text(form, number)
        if not text:
            continue
        if len(text) > LONGEST_ACTION:
            faults.append(Fault(field=f"text-{number}", code="too-long", values={"most": LONGEST_ACTION}))
        if form.text(f"owner-{number}") not in may_own:
            faults.append(Fault(field=f"owner-{number}", code="choose"))
        said = form.text(f"due-{number}")
        if day_of(said) is None:
            faults.append(Fault(field=f"due-{number}", code="day" if said else "missing"))
    return faults


def settled(
    form: Form,
    session: Session,
    before: SessionNotes,
    after_text: str,
    known: Sequence[ActionItem],
    names: Mapping[PersonId, str],
    now_ms: int,
) -> Settled:
    """What the rows and the ticks in the notes make of the actions; the form has no faults."""
    stored = {each.id: each for each in known}
    after = dict(stored)
    told = by_text(known, session.starts_ms)
    for each in after_notes(told, before.text, after_text, names, now_ms):
        after[each.id] = each
    gone: dict[str, None] = dict.fromkeys(before.settled)
    for number in rows_of(form):
        _row(form, number, session, after, gone, now_ms)
    changes: list[Change] = []
    for key, each in after.items():
        old = stored.get(key)
        if old is None:
            changes += saved_action(each)
        elif replace(each, version=old.version) != old:
            changes += saved_action(replace(each, version=old.version + 1))
    for key, old in stored.items():
        if key not in after:
            changes += dropped_action(old)
    return Settled(changes=tuple(changes), gone=tuple(gone))


def _row(
    form: Form,
    number: int,
    session: Session,
    after: dict[str, ActionItem],
    gone: dict[str, None],
    now_ms: int,
) -> None:
    text = _text(form, number)
    mine = after.get(form.text(f"id-{number}"))
    if mine is not None and mine.session != session.id:
        mine = None
    was = mine.text if mine is not None else form.text(f"line-{number}")
    if was and folded(was) != folded(text):
        gone[folded(was)] = None
    if not text:
        if mine is not None:
            del after[mine.id]
        return
    owner, due = form.text(f"owner-{number}"), day_of(form.text(f"due-{number}"))
    assert due is not None
    made = action_id(session.id, text)
    mine = mine or after.get(made)
    if mine is not None:
        after[mine.id] = replace(mine, text=text, owner=owner, due=due.isoformat())
        return
    after[made] = ActionItem(
        id=made,
        mentorship=session.mentorship,
        owner=owner,
        text=text,
        due=due.isoformat(),
        created_ms=now_ms,
        session=session.id,
    )


def _text(form: Form, number: int) -> str:
    return " ".join(form.text(f"text-{number}").split())
