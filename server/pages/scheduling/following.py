"""Notes and actions follow each other: what is ticked in the one is ticked in the other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace
from redis.exceptions import RedisError

from server.mentoring.action_notes import after_notes, agreed_in, by_text
from server.mentoring.actions import ActionItem, folded, read_actions
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.ticks import ticked
from server.mentoring.zones import local
from server.pages.scheduling.shown import is_open, people_of
from server.pages.site import Site
from server.room.recap import box_times
from server.storage import rooms
from server.storage.actions import SessionNotes, load_actions, load_notes, saved_action, saved_notes
from server.storage.meetings import sessions_in
from server.storage.mentorships import load_mentorship
from server.storage.people import ChangedMeanwhileError
from server.storage.records import Change, commit
from signaling.errors import ProtocolError

log = logging.getLogger(__name__)

LATEST = 6
"""Of the sessions that are over, so many may still have the line of an action in their notes."""


async def followed(
    site: Site, session: Session, *, over: bool = False, but: ActionItem | None = None
) -> list[Change]:
    """What the notes of a session's room say by now, as changes: the notes, and what was ticked in them.

    When it is ``over``, the actions that they ask for are made, and the minutes by box kept. Not before: what
    somebody is still typing is no action. ``but`` is an action whose own page has said more lately.
    """
    tie = await load_mentorship(site.store, session.mentorship)
    before = await load_notes(site.store, session.id)
    text, now = await site.rooms.notes_text(session.id), site.clock()
    seen = before.text if before is not None else ""
    if tie is None or (text == seen and not over):
        return []
    people = await people_of(site, [session])
    names = {each: people[each].shown for each in session.people if each in people}
    actions = await load_actions(site.store, tie.id)
    known = by_text(actions, session.starts_ms)
    changed = after_notes(known, seen, text, names, now)
    if but is not None:
        changed = [each for each in changed if each.id != but.id]
    notes = SessionNotes(session=session.id, text=text, version=1 if before is None else before.version + 1)
    if over:
        today = local(session.zone, session.starts_ms).date()
        usual = today + timedelta(days=tie.cadence_days)
        changed += agreed_in(
            known, text, names, session=session.id, mentorship=tie.id, today=today, usual=usual, now_ms=now
        )
        notes = await _with_boxes(site, notes, now)
    if not text and not notes.boxes:
        return []
    return [*saved_notes(notes), *(change for each in changed for change in saved_action(each))]


async def follow(site: Site, session: Session, *, but: ActionItem | None = None) -> None:
    """Stores what was ticked in the notes of a session that goes on; ``but`` is as for ``followed``."""
    try:
        await commit(site.store, await followed(site, session, but=but))
    except ChangedMeanwhileError:
        log.info("somebody ticks an action on its page: the notes are looked at again soon")


async def nobodys(
    site: Site, sessions: Sequence[Session], actions: Sequence[ActionItem], reader: Person
) -> tuple[str, tuple[str, ...]]:
    """What the last session's notes ask for and nobody has taken on yet, with the path of its wrap-up.

    ``sessions`` are the tie's, the latest last; "" and nothing where nothing is asked.
    """
    last = next((each for each in reversed(sessions) if each.state in {"held", "recapped"}), None)
    notes = await load_notes(site.store, last.id) if last is not None else None
    if last is None or notes is None or reader.id not in last.people:
        return "", ()
    people = await people_of(site, [last])
    names = {each: people[each].shown for each in last.people if each in people}
    known = by_text(actions, last.starts_ms)
    texts = tuple(
        line.text
        for line in read_actions(notes.text, names, local(last.zone, last.starts_ms).date())
        if not line.done and folded(line.text) not in {*known, *notes.settled}
    )
    return (f"/sessions/{last.id}/wrap-up", texts) if texts else ("", ())


async def tick_notes(site: Site, tie: Mentorship, action: ActionItem) -> None:
    """Says in the notes what the action's owner said on its page; the action itself is stored by then.

    Notes that can't be reached now stay as they are: what they don't change says nothing about the action.
    """
    now, done = site.clock(), action.done_ms is not None
    held = 0
    for session in reversed(await sessions_in(site.store, tie.id)):
        if is_open(session, now):
            if await rooms.load_record(site.store, session.id) is not None:
                await _tick_live(site, session, action, done=done)
        elif session.state in {"held", "recapped"}:
            held += 1
            if held > LATEST:
                return
            await _tick_kept(site, session, action, done=done)


async def _tick_live(site: Site, session: Session, action: ActionItem, *, done: bool) -> None:
    """In the room's notes, and in what was last seen of them: whoever takes it back there says something."""
    try:
        await follow(site, session, but=action)
        await site.rooms.tick(session.id, action.text, done=done)
        await _tick_kept(site, session, action, done=done)
    except (ProtocolError, RedisError) as error:
        log.warning("an action is ticked, its line in the notes not yet: %s", type(error).__name__)


async def _tick_kept(site: Site, session: Session, action: ActionItem, *, done: bool) -> None:
    notes = await load_notes(site.store, session.id)
    if notes is None:
        return
    people = await people_of(site, [session])
    names = {each: people[each].shown for each in session.people if each in people}
    text = ticked(notes.text, action.text, names, done=done)
    if text == notes.text:
        return
    try:
        await commit(site.store, saved_notes(replace(notes, text=text, version=notes.version + 1)))
    except ChangedMeanwhileError:
        log.info("somebody wraps the session up: its notes stay as they are")


async def _with_boxes(site: Site, notes: SessionNotes, now_ms: int) -> SessionNotes:
    found = await rooms.load(site.store, notes.session)
    if found is None:
        return notes
    left = [each.left_ms for each in await rooms.load_stays(site.store, notes.session)]
    until = max((each for each in left if each is not None), default=now_ms)
    return replace(notes, boxes=box_times(found.timer, until))
