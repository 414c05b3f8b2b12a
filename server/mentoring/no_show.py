"""When somebody didn't come: who may say so, what it counts for, and how it is undone.

Anybody who was to come can say that another one didn't, or that they themselves didn't, from a quarter of an
hour after the beginning and for a week; not of somebody whom the room has seen. It counts as one missed
session among the facts of the tie. Whoever is said to have missed it can appeal with a sentence: while that
waits it counts for nothing. Who said it can take it back, and so can a coordinator.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from server.mentoring.meeting_rules import MeetingError
from server.mentoring.meetings import Appeal, Session, SessionState
from server.mentoring.people import PersonId
from server.mentoring.zones import DAY_MS, MINUTE_MS

PATIENCE_MS = 15 * MINUTE_MS
WITHIN_MS = 7 * DAY_MS


def may_say(session: Session, now_ms: int) -> bool:
    """Whether it can be said now that somebody didn't come."""
    waited = session.starts_ms + min(PATIENCE_MS, session.minutes * MINUTE_MS // 2)
    return session.state in {"confirmed", "live", "held"} and waited <= now_ms <= session.ends_ms + WITHIN_MS


def missed(session: Session, by: PersonId, missing: tuple[PersonId, ...], now_ms: int) -> Session:
    """These people didn't come, says ``by``."""
    if by not in session.people or not missing or not set(missing) <= set(session.coming):
        raise MeetingError(code="choose", field="missing")
    if session.starts_ms > now_ms:
        raise MeetingError(code="not-yet")
    if not may_say(session, now_ms):
        raise MeetingError(code="changed-meanwhile")
    if any(each.person in missing for each in session.attendance):
        raise MeetingError(code="was-there", field="missing")
    return replace(
        session,
        state="no_show",
        missing=missing,
        said_by=by,
        moving=None,
        version=session.version + 1,
    )


def appealed(session: Session, by: PersonId, words: str, now_ms: int) -> Session:
    """Somebody who is said to have missed it says how it was; once each."""
    if session.state != "no_show" or by not in session.missing:
        raise MeetingError(code="changed-meanwhile")
    if any(each.person == by for each in session.appeals):
        return session
    if not words:
        raise MeetingError(code="missing", field="words")
    appeal = Appeal(person=by, words=words, at_ms=now_ms)
    return replace(session, appeals=(*session.appeals, appeal), version=session.version + 1)


def undone(session: Session, by: PersonId, *, coordinator: bool) -> Session:
    """Nobody missed it: they met after all if the room saw two of them, else it is as called off.

    By whoever said it, or a coordinator.
    """
    if session.state != "no_show":
        raise MeetingError(code="changed-meanwhile")
    if not (coordinator or by == session.said_by):
        raise MeetingError(code="not-yours")
    state: SessionState = "held" if len(session.attendance) > 1 else "cancelled"
    return replace(
        session,
        state=state,
        missing=(),
        ended_as=None if state == "held" else "not-missed",
        version=session.version + 1,
    )


def counts(session: Session) -> bool:
    """Whether it counts as a missed session: not while everybody who is said to have missed it appeals."""
    return session.state == "no_show" and not set(session.missing) <= {
        each.person for each in session.appeals
    }


def missed_sessions(sessions: Iterable[Session]) -> int:
    """How many of a tie's sessions somebody missed: a fact of its health."""
    return sum(counts(each) for each in sessions)
