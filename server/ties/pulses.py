"""When questions are asked: after a session, once a month, half way. Each comes as a letter with a link."""

from __future__ import annotations

from datetime import UTC, datetime

from redis.asyncio import Redis

from server.jobs import Handler
from server.mentoring.mentorships import Mentorship
from server.mentoring.surveys import PULSE_DAYS
from server.mentoring.tie_rules import DAY_MS
from server.storage.due import Due
from server.storage.meetings import load_session
from server.storage.mentorships import load_mentorship
from server.storage.records import Change, commit
from server.storage.surveys import MID, MONTHLY, PULSE, load_response
from server.ties.letters import letter


def handlers(store: Redis) -> dict[str, Handler]:
    """The handlers of this area, by kind of task."""

    async def after_session(task: Due, now_ms: int) -> int | None:
        session = await load_session(store, task.about)
        tie = None if session is None else await load_mentorship(store, session.mentorship)
        if session is None or tie is None or session.state not in {"held", "recapped"}:
            return None
        path = f"/m/{tie.id}/survey/after-session?about={session.id}"
        changes: list[Change] = []
        for person in session.people:
            answered = await load_response(store, "after-session", tie.id, session.id, person)
            if tie.part_of(person) is not None and answered is None:
                changes += letter(person, kind="survey-session", now_ms=now_ms, path=path)
        await commit(store, changes)
        return None

    async def monthly(task: Due, now_ms: int) -> int | None:
        tie = await load_mentorship(store, task.about)
        if tie is None or tie.state not in {"active", "paused"}:
            return None
        if tie.state == "active":
            path = f"/m/{tie.id}/survey/monthly?about={month_of(now_ms)}"
            await _ask_all(store, tie, "survey-monthly", path, now_ms)
        return now_ms + PULSE_DAYS * DAY_MS

    async def mid(task: Due, now_ms: int) -> int | None:
        tie = await load_mentorship(store, task.about)
        if tie is None or tie.state not in {"active", "paused"}:
            return None
        await _ask_all(store, tie, "survey-mid", f"/m/{tie.id}/survey/mid", now_ms)
        return None

    return {PULSE: after_session, MONTHLY: monthly, MID: mid}


def month_of(at_ms: int) -> str:
    """The month that a monthly question is about: "2026-10"."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m")


async def _ask_all(store: Redis, tie: Mentorship, kind: str, path: str, now_ms: int) -> None:
    changes: list[Change] = []
    for person in tie.people:
        changes += letter(person, kind, now_ms, path=path)
    await commit(store, changes)
