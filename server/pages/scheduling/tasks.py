"""What falls due with sessions: reminders, and looking after a room from its beginning to its end."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from server.appointments import ANSWER, BY_PUSH, LEADS_MS, LOOK, REMINDER, Step, settle
from server.jobs import Handler
from server.mentoring.attendance import attendance, empty_since_ms, present
from server.mentoring.letters import Letter
from server.mentoring.meeting_rules import begun, called_off, held, without
from server.mentoring.meetings import Session
from server.mentoring.people import Person
from server.mentoring.zones import MINUTE_MS
from server.pages.scheduling.answers import answer_due
from server.pages.scheduling.following import follow as follow_notes
from server.pages.scheduling.following import followed
from server.pages.scheduling.shown import CLOSES_MS, people_of
from server.pages.site import Site
from server.session_letters import details, with_whom
from server.storage import keys
from server.storage.due import Due, falls_due
from server.storage.letters import posted
from server.storage.meetings import load_session, sessions_in
from server.storage.mentorships import load_mentorship
from server.storage.people import ChangedMeanwhileError
from server.storage.records import Change, DoneBeforeError, Once, commit
from server.storage.rooms import load_stays
from server.storage.subscriptions import PUSH, load_subscriptions
from server.storage.surveys import pulse_after
from server.storage.ties import SESSIONS

LOOK_EVERY_MS = 20_000

AHEAD = frozenset({"proposed", "countered", "confirmed"})
"""States of a session that is still to come."""

LATE_MS = 10 * MINUTE_MS
"""A reminder that is later than so much (the server was away) isn't sent: the next one is right."""

QUIET_MS = 10 * MINUTE_MS
"""A room that is left before its time is over, not only empty for a moment, after so long."""


def handlers(site: Site) -> Mapping[str, Handler]:
    """By the kind of task."""

    async def remind(task: Due, now_ms: int) -> int | None:
        return await _remind(site, task, now_ms)

    async def look(task: Due, now_ms: int) -> int | None:
        return await _look(site, task, now_ms)

    async def follow(task: Due, now_ms: int) -> int | None:
        return await _follow(site, task, now_ms)

    async def answer(task: Due, now_ms: int) -> int | None:
        return await answer_due(site, task, now_ms)

    return {REMINDER: remind, LOOK: look, ANSWER: answer, SESSIONS: follow}


async def _remind(site: Site, task: Due, now_ms: int) -> int | None:
    """Letters to those who come, once for the time that the session has by now."""
    session = await load_session(site.store, task.about)
    lead = LEADS_MS.get(task.mark)
    if session is None or lead is None or not session.stands:
        return None
    at = session.starts_ms - lead
    if at > now_ms:
        return at
    if now_ms > at + LATE_MS:
        return None
    people = await people_of(site, [session])
    there = present(await load_stays(site.store, session.id))
    changes: list[Change] = []
    for person in session.coming:
        if person in people and person not in there:
            if task.mark != "soon":
                changes += posted(_reminder(session, task.mark, people[person], people, now_ms))
            if task.mark in BY_PUSH:
                changes += [
                    falls_due(Due(PUSH, each.id, f"{task.mark}:{session.id}"), now_ms)
                    for each in await load_subscriptions(site.store, person)
                ]
    once = Once(keys.once(f"reminder-{session.id}-{task.mark}-{session.starts_ms}"), "")
    try:
        await commit(site.store, changes, once)
    except DoneBeforeError:
        return None
    site.due_soon.set()
    return None


def _reminder(session: Session, mark: str, to: Person, people: Mapping[str, Person], now_ms: int) -> Letter:
    letter = Letter(
        id=f"{session.id}-{mark}-{session.starts_ms}-{to.id}",
        to=to.id,
        kind="session-now",
        topic="sessions",
        at_ms=now_ms,
        values={"name": with_whom(session, to.id, people)},
        path=f"/sessions/{session.id}/join",
        details=details([session], to, people),
    )
    if mark == "now":
        return letter
    before = replace(letter, path=f"/sessions/{session.id}")
    if mark == "hour":
        return replace(before, kind="session-hour-before")
    return replace(before, kind="session-day-before")


async def _look(site: Site, task: Due, now_ms: int) -> int | None:
    """Live once two are in the room; held when they have left, with who was there and what they wrote."""
    session = await load_session(site.store, task.about)
    if session is None or not session.stands:
        return None
    if session.starts_ms > now_ms:
        return session.starts_ms
    stays = await load_stays(site.store, session.id)
    there = attendance(stays, now_ms)
    over = now_ms > session.ends_ms + CLOSES_MS
    try:
        empty = empty_since_ms(stays)
        if session.state == "confirmed":
            if len(there) > 1:
                await settle(site, [Step(session, begun(session))], by=None, now_ms=now_ms)
                return now_ms + LOOK_EVERY_MS if empty is None else now_ms
            return None if over else now_ms + LOOK_EVERY_MS
        left = empty is not None and (now_ms >= session.ends_ms or now_ms - empty > QUIET_MS)
        if left or over:
            step = Step(session, held(session, there))
            extra = [*await followed(site, session, over=True), pulse_after(session.id, now_ms)]
            await settle(site, [step], by=None, now_ms=now_ms, extra=extra)
            return None
    except ChangedMeanwhileError:
        return now_ms
    await follow_notes(site, session)
    return now_ms + LOOK_EVERY_MS


async def _follow(site: Site, task: Due, now_ms: int) -> int | None:
    """Calls off what was to come of a tie that is over, and takes out of it who is no longer in the tie."""
    tie = await load_mentorship(site.store, task.about)
    if tie is None:
        return None
    steps = []
    for each in await sessions_in(site.store, tie.id, now_ms):
        if each.state not in AHEAD:
            continue
        after = called_off(each) if tie.state == "closed" else each
        for person in each.people:
            if after.state in AHEAD and tie.part_of(person) is None:
                after = without(after, person)
        if after is not each:
            # However many were taken out, it is stored once.
            steps.append(Step(each, replace(after, version=each.version + 1)))
    try:
        await settle(site, steps, by=None, now_ms=now_ms)
    except ChangedMeanwhileError:
        return now_ms
    return None
