"""What people agreed to do, and the notes of their sessions: loading and storing them."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct
from redis.asyncio import Redis

from server.mentoring.actions import ActionItem
from server.mentoring.meetings import SessionId
from server.mentoring.mentorships import MentorshipId
from server.room.recap import BoxTime
from server.storage import keys
from server.storage.due import Due, falls_due
from server.storage.records import Change, Drop, Op, load, load_many, put, ranked

ACTION_DUE = "action-due"
"""The kind of task that reminds: about a person, its mark the day (ISO) by which something is to be done."""

_day_ms = 24 * 3_600_000


class SessionNotes(Struct, frozen=True, kw_only=True):
    """What a session's notes say, as Markdown: as last seen in its room, edited when it is over.

    ``settled`` are actions (their folded texts) that people took out or put otherwise at the wrap-up: their
    lines ask for nothing more. ``boxes`` are the minutes by box, once it is over.
    """

    session: SessionId
    text: str
    settled: tuple[str, ...] = ()
    boxes: tuple[BoxTime, ...] = ()
    version: int = 1


def saved_action(action: ActionItem) -> list[Change]:
    """What stores an action, new or changed."""
    day = int(action.due.replace("-", ""))
    changes: list[Change] = [
        put(keys.action(action.id), action),
        Op("ZADD", keys.actions_in(action.mentorship), (day, action.id)),
    ]
    if action.done_ms is None:
        # The day before as UTC counts it at its earliest: the handler knows the owner's clock.
        begins = datetime.fromisoformat(action.due).replace(tzinfo=UTC).timestamp() * 1000
        changes.append(falls_due(Due(ACTION_DUE, action.owner, action.due), int(begins) - 2 * _day_ms))
    return changes


def dropped_action(action: ActionItem) -> list[Change]:
    """What takes an action away."""
    return [
        Drop(keys.action(action.id), action.version),
        Op("ZREM", keys.actions_in(action.mentorship), (action.id,)),
    ]


async def load_action(store: Redis, action: str) -> ActionItem | None:
    """The action, or None."""
    return await load(store, keys.action(action), ActionItem)


async def load_actions(store: Redis, mentorship: MentorshipId) -> list[ActionItem]:
    """All actions of a mentorship, done ones too, those that are due first at the front."""
    ids = await ranked(store, keys.actions_in(mentorship))
    found = await load_many(store, [keys.action(each) for each in ids], ActionItem)
    return [each for each in found if each is not None]


def saved_notes(notes: SessionNotes) -> list[Change]:
    """What stores the notes of a session, new or changed."""
    return [put(keys.session_notes(notes.session), notes)]


async def load_notes(store: Redis, session: SessionId) -> SessionNotes | None:
    """The notes of a session that is over, None before they were taken from its room."""
    return await load(store, keys.session_notes(session), SessionNotes)
