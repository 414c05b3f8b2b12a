"""What a session with an appointment leaves behind: from its record, its actions, its notes and its room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from server.mentoring.action_notes import by_text
from server.mentoring.actions import ActionItem, folded, read_actions
from server.mentoring.decisions import read_decisions
from server.mentoring.meetings import Session
from server.mentoring.people import Person, PersonId
from server.mentoring.zones import local
from server.pages.recap_extras import extras
from server.pages.scheduling.shown import title_of
from server.pages.site import Site
from server.room.recap import Agreed, Recap, attended, box_times
from server.storage import rooms
from server.storage.actions import SessionNotes
from web.i18n import Translator


async def session_recap(
    site: Site,
    session: Session,
    reader: Person,
    people: Mapping[PersonId, Person],
    notes: SessionNotes,
    actions: Sequence[ActionItem],
    words: Translator,
) -> Recap:
    """The whole of it. ``notes`` are as they are now, ``actions`` all of the tie's. Raises ``RedisError``."""
    names = {each: people[each].shown for each in session.people if each in people}
    found = await rooms.load(site.store, session.id)
    boxes = notes.boxes
    if not boxes and found is not None:
        boxes = box_times(found.timer, min(site.clock(), _ended_ms(session)))
    recap = Recap(
        title=title_of(session, reader.id, people),
        format=session.format if found is None else found.record.format,
        format_name=None if found is None else found.record.format_name,
        starts_ms=min((each.joined_ms for each in session.attendance), default=session.starts_ms),
        ends_ms=_ended_ms(session),
        people=attended(names, session.attendance),
        boxes=boxes,
        decisions=tuple(read_decisions(notes.text)),
        actions=tuple(_agreed(session, notes, actions, names)),
        notes=notes.text,
    )
    if found is None:
        return recap
    return replace(recap, extras=await extras(site.store, found.record, reader.id, words))


def _agreed(
    session: Session, notes: SessionNotes, actions: Sequence[ActionItem], names: Mapping[PersonId, str]
) -> Iterable[Agreed]:
    """Everything that the notes ask for, as it stands by now, then what was added to them afterwards."""
    told = by_text(actions, session.starts_ms)
    seen: set[str] = set()
    for line in read_actions(notes.text, names, _day(session)):
        action = told.get(folded(line.text))
        if action is not None:
            seen.add(action.id)
            yield _known(action, names)
        elif folded(line.text) not in notes.settled:
            owner = names[line.owner] if line.owner is not None else ""
            yield Agreed(text=line.text, owner=owner, due=line.due or "", done=line.done)
    for action in actions:
        if action.session == session.id and action.id not in seen:
            yield _known(action, names)


def _known(action: ActionItem, names: Mapping[PersonId, str]) -> Agreed:
    owner = names.get(action.owner, "?")
    return Agreed(text=action.text, owner=owner, due=action.due, done=action.done_ms is not None)


def _day(session: Session) -> date:
    return local(session.zone, session.starts_ms).date()


def _ended_ms(session: Session) -> int:
    return max((each.left_ms for each in session.attendance), default=session.ends_ms)
