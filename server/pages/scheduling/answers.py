"""What falls due with a proposed session: a reminder of the answer it waits for, and its end without one."""

from __future__ import annotations

from server.appointments import Step, settle, shown
from server.mentoring.answers import answer_until_ms, asked_together, unanswering
from server.mentoring.letters import Letter
from server.mentoring.meeting_rules import unanswered
from server.mentoring.meetings import Session
from server.pages.scheduling.shown import people_of
from server.pages.site import Site
from server.session_letters import details
from server.storage import keys
from server.storage.due import Due
from server.storage.letters import posted
from server.storage.meetings import load_session, sessions_in
from server.storage.people import ChangedMeanwhileError
from server.storage.records import Change, DoneBeforeError, Once, commit


async def answer_due(site: Site, task: Due, now_ms: int) -> int | None:
    """A task of the kind ``ANSWER``."""
    session = await load_session(site.store, task.about)
    if session is None or not session.waits:
        return None
    around = [session] if session.series is None else await sessions_in(site.store, session.mentorship)
    together = asked_together(session, around)
    if task.mark:
        await _remind(site, session, together, now_ms)
        return None
    return await _end(site, session, together, now_ms)


async def _remind(site: Site, session: Session, together: list[Session], now_ms: int) -> None:
    """One letter to each who hasn't answered, of all the dates that wait for the same answer."""
    if together[0].id != session.id or answer_until_ms(together) <= now_ms:
        return
    people = await people_of(site, together)
    changes: list[Change] = []
    for person, waiting in unanswering(together).items():
        if person not in people:
            continue
        first = waiting[0]
        letter = Letter(
            id=f"{session.id}-answer-{session.starts_ms}-{session.by}-{person}",
            to=person,
            kind="session-answer-reminder",
            topic="sessions",
            at_ms=now_ms,
            values={"name": shown(people.get(first.by))},
            path=f"/sessions/{first.id}",
            details=details(waiting, people[person], people),
        )
        changes += posted(letter)
    once = Once(keys.once(f"answer-{session.id}-{session.by}-{session.starts_ms}"), "")
    try:
        await commit(site.store, changes, once)
    except DoneBeforeError:
        return
    site.due_soon.set()


async def _end(site: Site, session: Session, together: list[Session], now_ms: int) -> int | None:
    until = answer_until_ms(together)
    if until > now_ms:
        return until
    steps = [Step(each, unanswered(each, until, now_ms)) for each in together]
    try:
        await settle(site, steps, by=None, now_ms=now_ms)
    except ChangedMeanwhileError:
        # Somebody answered just now: what holds is read again.
        return now_ms
    return None
