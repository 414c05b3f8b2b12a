"""Changes to sessions, carried out: whatever a rule decided is one commit with all that follows from it.

The session, whose time it takes, what reminds of it, who is told by which letter, what the audit keeps.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from server.mentoring.answers import remind_at_ms
from server.mentoring.audit import AuditEvent
from server.mentoring.calendars import Calendar, OverlapError, settled
from server.mentoring.meeting_rules import dropped
from server.mentoring.meetings import Session
from server.mentoring.notices import Notice, notices
from server.mentoring.people import Person, PersonId
from server.mentoring.zones import HOUR_MS
from server.pages.site import Site
from server.session_letters import Letters
from server.storage.audit import noted
from server.storage.calendars import load_calendars, saved_calendar
from server.storage.due import Due, falls_due, not_due
from server.storage.letters import posted
from server.storage.meetings import saved_session
from server.storage.programmes import load_people
from server.storage.records import Change, Once, commit
from server.storage.surveys import pulse_after

REMINDER = "session-reminder"
"""The kind of task that reminds; its mark says how long before: a key of ``LEADS_MS``."""

LOOK = "session-look"
"""The kind of task that looks at a session's room from its beginning on."""

ANSWER = "session-answer"
"""The kind of task that looks after a proposal: it reminds (mark "remind") and ends it (no mark)."""

LEADS_MS: Mapping[str, int] = {"day": 24 * HOUR_MS, "hour": HOUR_MS, "soon": HOUR_MS // 12, "now": 0}

BY_PUSH: frozenset[str] = frozenset({"soon", "now"})
"""Of these browsers are told; of "soon" nobody gets a letter."""


class Step(Struct, frozen=True):
    """A session as it was (None: it is new) and as a rule made it."""

    before: Session | None
    after: Session


async def settle(
    site: Site,
    steps: Sequence[Step],
    *,
    by: PersonId | None,
    now_ms: int,
    extra: Iterable[Change] = (),
    once: Once | None = None,
) -> None:
    """Carries the steps out, all or none. ``by`` is who did it, None for a deadline.

    Raises ``OverlapError``, ``ChangedMeanwhileError``, ``DoneBeforeError``.
    """
    steps = [each for each in steps if each.after is not each.before]
    people = list(dict.fromkeys(person for each in steps for person in _concerned(each)))
    calendars = await load_calendars(site.store, people)
    steps = [_without_overlap(each, calendars, now_ms) for each in steps]
    changes = [change for each in steps for change in saved_session(each.after)]
    changes += _calendar_changes(calendars, steps, now_ms)
    told = [notice for each in steps for notice in notices(each.before, each.after, by)]
    accounts = await load_people(site.store, list(dict.fromkeys([*people, *_named(steps, told)])))
    letters = Letters(site.config, accounts, by, now_ms)
    for group in _grouped(told):
        for letter in letters.of(group):
            changes += posted(letter)
    for each in steps:
        changes += _due(each.after, now_ms)
        changes += _answer_due(each, now_ms)
        changes += _audit(each, by, now_ms)
        if each.after.state == "held" and (each.before is None or each.before.state != "held"):
            changes.append(pulse_after(each.after.id, now_ms))
    await commit(site.store, [*changes, *extra], once)
    if told:
        site.due_soon.set()


def _concerned(step: Step) -> list[PersonId]:
    before = step.before
    return [*step.after.coming, *(before.coming if before is not None else ())]


def _named(steps: Iterable[Step], told: Iterable[Notice]) -> list[PersonId]:
    return [*(person for each in steps for person in each.after.people), *(each.to for each in told)]


def _without_overlap(step: Step, calendars: Mapping[PersonId, Calendar], now_ms: int) -> Step:
    """Who announces a session moves it for everybody: those who can't come then lose their seat."""
    before, after = step.before, step.after
    if before is None or not after.announced or after.starts_ms == before.starts_ms:
        return step
    gone = []
    for person in after.coming:
        try:
            settled(calendars[person], after, now_ms)
        except OverlapError:
            if person == after.organiser:
                raise
            gone.append(person)
    return Step(before, dropped(after, gone))


def _calendar_changes(
    calendars: Mapping[PersonId, Calendar], steps: Sequence[Step], now_ms: int
) -> list[Change]:
    changed: dict[PersonId, Calendar] = {}
    # What gives time back comes first: one session can take the place of another.
    for step in sorted(steps, key=lambda each: each.after.stands):
        for person in dict.fromkeys(_concerned(step)):
            known = changed.get(person, calendars[person])
            after = settled(known, step.after, now_ms)
            if after is not known:
                changed[person] = after
    return [
        change
        for person, each in changed.items()
        for change in saved_calendar(replace(each, version=calendars[person].version + 1))
    ]


def _grouped(told: Iterable[Notice]) -> list[list[Notice]]:
    """One letter for what is told to one person of several dates of a series."""
    groups: dict[tuple[str, ...], list[Notice]] = {}
    for each in told:
        about = each.about.series or each.about.id
        groups.setdefault((each.kind, each.to, each.method, about), []).append(each)
    return list(groups.values())


def _due(session: Session, now_ms: int) -> list[Change]:
    looks = Due(LOOK, session.id)
    if not session.stands:
        marks = (Due(REMINDER, session.id, mark) for mark in LEADS_MS)
        return [not_due(each) for each in (looks, *marks)]
    changes: list[Change] = []
    for mark, lead in LEADS_MS.items():
        at, task = session.starts_ms - lead, Due(REMINDER, session.id, mark)
        changes.append(falls_due(task, at) if at > now_ms else not_due(task))
    if session.state == "confirmed":
        changes.append(falls_due(looks, max(session.starts_ms, now_ms)))
    return changes


def _answer_due(step: Step, now_ms: int) -> list[Change]:
    """A proposal waits until it would begin; a change that asks nothing new leaves its reminder as it is."""
    before, after = step.before, step.after
    remind, end = Due(ANSWER, after.id, "remind"), Due(ANSWER, after.id)
    if not after.waits:
        return [not_due(remind), not_due(end)]
    if before is not None and (before.by, before.starts_ms) == (after.by, after.starts_ms):
        return []
    at = remind_at_ms(after.starts_ms, now_ms)
    return [falls_due(remind, at), falls_due(end, after.starts_ms)]


def _audit(step: Step, by: PersonId | None, now_ms: int) -> list[Change]:
    before, after = step.before, step.after
    if before is None or before.state != after.state:
        state = "unanswered" if after.ended_as == "unanswered" else after.state
        what = f"session.{state.replace('_', '-')}"
    elif before.starts_ms != after.starts_ms:
        what = "session.moved"
    elif len(after.appeals) > len(before.appeals):
        what = "session.appealed"
    else:
        return []
    event = AuditEvent(at_ms=now_ms, programme=after.programme, who=by, what=what, about=after.id)
    return [noted(event)]


def new_id() -> str:
    """An id that nobody can guess, for a session, a series or a letter."""
    return secrets.token_urlsafe(12)


def shown(person: Person | None) -> str:
    """What to call somebody, also one whose account is gone."""
    return "?" if person is None else person.shown
