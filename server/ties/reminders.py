"""Reminding of what people promised: the day before, and once more the morning after while it is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

from redis.asyncio import Redis

from server.jobs import Handler
from server.mentoring.actions import ActionItem
from server.mentoring.letters import Letter
from server.mentoring.people import Person
from server.mentoring.zones import instant
from server.storage import keys
from server.storage.actions import ACTION_DUE, load_actions
from server.storage.due import Due
from server.storage.letters import posted
from server.storage.mentorships import mentorships_of
from server.storage.people import load_living
from server.storage.records import DoneBeforeError, Once, commit
from web.i18n import translator

MORNING = time(9)

LIVES = frozenset({"accepted", "agreed", "active", "closing"})
"""Ties whose actions are reminded of; a pause is a pause from letters, too."""

MOST_LINES = 12

Moment = Literal["due", "late"]


def handlers(store: Redis) -> dict[str, Handler]:
    """The handler of this area, by kind of task."""

    async def remind(task: Due, now_ms: int) -> int | None:
        return await _remind(store, task, now_ms)

    return {ACTION_DUE: remind}


def moments(zone: str, day: date) -> tuple[int, int]:
    """When to remind of what is due on a day: the morning before, and the morning after (ms)."""
    before = datetime.combine(day - timedelta(days=1), MORNING)
    return instant(zone, before), instant(zone, before + timedelta(days=2))


async def _remind(store: Redis, task: Due, now_ms: int) -> int | None:
    person = await load_living(store, task.about)
    if person is None or person.gone:
        return None
    due, late = moments(person.zone, date.fromisoformat(task.mark))
    if now_ms < due:
        return due
    ties = {each.id: each for each in await mentorships_of(store, person.id) if each.state in LIVES}
    still_open = [
        action
        for tie in ties
        for action in await load_actions(store, tie)
        if action.owner == person.id and action.due == task.mark and action.done_ms is None
    ]
    if not still_open:
        return None
    if now_ms < late:
        # What was promised after that morning needs no reminder of it.
        await _tell(store, person, "due", [each for each in still_open if each.created_ms < due], now_ms)
        return late
    if now_ms < late + 24 * 3_600_000:
        await _tell(store, person, "late", still_open, now_ms)
    return None


async def _tell(
    store: Redis, person: Person, moment: Moment, actions: Sequence[ActionItem], now_ms: int
) -> None:
    if not actions:
        return
    day = actions[0].due
    ties = {each.mentorship for each in actions}
    letter = Letter(
        id=f"action-{moment}-{person.id}-{day}",
        to=person.id,
        kind=f"action-{moment}",
        topic="sessions",
        at_ms=now_ms,
        values={"day": translator(person.language).date(day)},
        path=f"/m/{ties.pop()}#actions" if len(ties) == 1 else "/home",
        quote="\n".join(each.text for each in actions[:MOST_LINES]),
    )
    try:
        await commit(store, posted(letter), Once(keys.once(letter.id), ""))
    except DoneBeforeError:
        return
