"""What people agreed to do, and the notes of their sessions: loading and storing them."""

from __future__ import annotations

from msgspec import Struct
from redis.asyncio import Redis

from server.mentoring.actions import ActionItem
from server.mentoring.meetings import SessionId
from server.mentoring.mentorships import MentorshipId
from server.storage import keys
from server.storage.records import Change, Op, load, load_many, put, ranked


class SessionNotes(Struct, frozen=True, kw_only=True):
    """What a session's notes say, as Markdown: taken from its room when it is over, edited afterwards."""

    session: SessionId
    text: str
    version: int = 1


def saved_action(action: ActionItem) -> list[Change]:
    """What stores an action, new or changed."""
    day = int(action.due.replace("-", ""))
    return [
        put(keys.action(action.id), action),
        Op("ZADD", keys.actions_in(action.mentorship), (day, action.id)),
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
