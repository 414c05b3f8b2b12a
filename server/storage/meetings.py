"""Sessions as appointments: loading them, and the changes that store and index them."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.meetings import Session, SessionId
from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.storage import keys
from server.storage.records import Change, Op, load, load_many, put, ranked


def saved_session(session: Session) -> list[Change]:
    """What stores a session, new or changed."""
    scored = (session.starts_ms, session.id)
    return [
        put(keys.session(session.id), session),
        Op("ZADD", keys.sessions_in(session.mentorship), scored),
        *(Op("ZADD", keys.sessions_of(person), scored) for person in session.people),
    ]


async def load_session(store: Redis, session: SessionId) -> Session | None:
    """The session, or None."""
    return await load(store, keys.session(session), Session)


async def sessions_of(
    store: Redis, person: PersonId, from_ms: int | None = None, to_ms: int | None = None
) -> list[Session]:
    """A person's sessions that start within [from, to], earliest first, all states."""
    return await _listed(store, keys.sessions_of(person), from_ms, to_ms)


async def sessions_in(
    store: Redis, mentorship: MentorshipId, from_ms: int | None = None, to_ms: int | None = None
) -> list[Session]:
    """The sessions of a mentorship that start within [from, to], earliest first, all states."""
    return await _listed(store, keys.sessions_in(mentorship), from_ms, to_ms)


async def _listed(store: Redis, key: str, from_ms: int | None, to_ms: int | None) -> list[Session]:
    ids = await ranked(store, key, from_ms, to_ms)
    found = await load_many(store, [keys.session(each) for each in ids], Session)
    return [each for each in found if each is not None]
