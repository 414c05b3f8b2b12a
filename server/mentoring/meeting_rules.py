"""What people can do with a session: propose, counter, agree, move, cancel, say who missed it, appeal.

``proposed ⇄ countered → confirmed → live → held → recapped``; ``confirmed → cancelled | rescheduled |
no_show``; ``proposed | countered → cancelled`` when declined, taken back, or still unanswered as it would
begin. Each rule gives the session as it becomes and leaves ``version`` one higher.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from server.mentoring.kinds import POLICIES
from server.mentoring.meetings import AgendaItem, Attendance, EndedAs, Move, Session, SessionState
from server.mentoring.mentorships import Mentorship, MentorshipState
from server.mentoring.people import PersonId
from server.mentoring.zones import DAY_MS, MINUTE_MS, local

LEAST_MINUTES = 10
MOST_MINUTES = 240
FARTHEST_MS = 400 * DAY_MS
MEETING_STATES: frozenset[MentorshipState] = frozenset({"accepted", "agreed", "active", "closing"})
"""People get to know each other before they sign, and meet once more to close."""

COUNTED: frozenset[SessionState] = frozenset(
    {"proposed", "countered", "confirmed", "live", "held", "recapped", "no_show"}
)
"""States in which a session counts against the most that a kind allows."""


class MeetingError(Exception):
    """Why something can't be done with a session; ``code`` names a sentence (``fault.<code>``).

    ``field`` is the part of a form that is at fault, "" for none.
    """

    def __init__(self, *, code: str, field: str = "", **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = values


def may_meet(
    mentorship: Mentorship, sessions: Iterable[Session], starts_ms: Sequence[int], zone: str
) -> None:
    """Raises ``MeetingError`` when the mentorship doesn't allow (further) sessions at these times.

    ``sessions`` are all it has; ``starts_ms`` those to be added.
    """
    if mentorship.state not in MEETING_STATES:
        raise MeetingError(code="not-active")
    most = POLICIES[mentorship.kind].most_sessions
    if most is not None:
        count = sum(each.state in COUNTED for each in sessions)
        if count + len(starts_ms) > most:
            raise MeetingError(code="sessions-spent", field="times", most=most)
    if mentorship.ends is not None and local(zone, max(starts_ms)).date().isoformat() > mentorship.ends:
        raise MeetingError(code="after-the-end", field="starts", ends=mentorship.ends)


def proposed(session: Session, now_ms: int) -> Session:
    """A new session, its times looked at; an announced one stands at once."""
    _in_time(session.starts_ms, session.minutes, now_ms)
    agenda_fits(session.agenda, session.minutes)
    if session.organiser not in session.people:
        raise MeetingError(code="not-invited")
    if session.announced:
        return replace(
            session, state="confirmed", by=session.organiser, coming=(session.organiser,), version=1
        )
    if len(session.people) < 2:
        raise MeetingError(code="nobody-to-meet")
    return replace(session, state="proposed", by=session.organiser, coming=(session.organiser,), version=1)


def countered(session: Session, by: PersonId, starts_ms: int, minutes: int, now_ms: int) -> Session:
    """Another time in place of the one that was proposed; who proposes can say it anew, too.

    One of a series goes its own way from then on.
    """
    _one_of(session, by)
    _state(session, "proposed", "countered")
    _in_time(starts_ms, minutes, now_ms)
    agenda_fits(session.agenda, minutes)
    state: SessionState = "proposed" if by == session.organiser else "countered"
    return _next(
        session,
        state=state,
        by=by,
        starts_ms=starts_ms,
        minutes=minutes,
        coming=(by,),
        series=None,
        every_weeks=0,
        times=1,
    )


def agreed(session: Session, by: PersonId, now_ms: int) -> Session:
    """Says yes to the proposal that stands. It is confirmed once everybody has."""
    _one_of(session, by)
    _state(session, "proposed", "countered")
    if by == session.by:
        raise MeetingError(code="your-own-proposal")
    if session.starts_ms <= now_ms:
        raise MeetingError(code="time-past", field="starts")
    if by in session.coming:
        return session
    coming = (*session.coming, by)
    if set(coming) >= set(session.people):
        return _next(session, state="confirmed", coming=coming)
    return _next(session, coming=coming)


def confirmed_with(session: Session, by: PersonId, now_ms: int) -> Session:
    """Of more than two people, who proposed it can go ahead with those who said yes."""
    _state(session, "proposed", "countered")
    if by != session.by or len(session.coming) < 2:
        raise MeetingError(code="not-yours")
    if session.starts_ms <= now_ms:
        raise MeetingError(code="time-past", field="starts")
    return _next(session, state="confirmed")


def declined(session: Session, by: PersonId, why: str) -> Session:
    """Says no. Between two nothing is left of it; of more, the others can still meet."""
    _one_of(session, by)
    _state(session, "proposed", "countered")
    if by == session.by:
        return _ended(session, "withdrawn", why)
    if len(session.people) == 2:
        return _ended(session, "declined", why)
    people = tuple(each for each in session.people if each != by)
    coming = tuple(each for each in session.coming if each != by)
    if len(people) < 2:
        return _ended(session, "declined", why)
    state: SessionState = "confirmed" if set(coming) >= set(people) else session.state
    return _next(session, state=state, people=people, coming=coming)


def unanswered(session: Session, until_ms: int, now_ms: int) -> Session:
    """Nobody answered until ``until_ms`` (``answers.answer_until_ms``): the proposal ends by itself."""
    _state(session, "proposed", "countered")
    if until_ms > now_ms:
        raise MeetingError(code="not-yet")
    return _ended(session, "unanswered", "")


def cancelled(session: Session, by: PersonId, why: str, now_ms: int) -> Session:
    """Calls a confirmed session off; an announced one, only who announced it."""
    _one_of(session, by)
    _state(session, "confirmed")
    if session.announced and by != session.organiser:
        raise MeetingError(code="not-yours")
    if session.ends_ms <= now_ms:
        raise MeetingError(code="time-past")
    return _ended(session, "cancelled", why)


def rescheduled(session: Session, by: PersonId, why: str, now_ms: int) -> Session:
    """Gives the time up for another session that is then proposed; nobody has missed it."""
    called_off = cancelled(session, by, why, now_ms)
    return replace(called_off, state="rescheduled", ended_as=None)


def called_off(session: Session) -> Session:
    """The tie has ended: nobody does it, and nothing is left of what was to come."""
    if session.waits:
        return _ended(session, "withdrawn", "")
    _state(session, "confirmed")
    return _ended(session, "cancelled", "")


def without(session: Session, person: PersonId) -> Session:
    """Somebody is no longer in the tie: the others meet all the same if there are two of them, and somebody
    to lead an announced session.
    """
    if person not in session.people:
        return session
    people = tuple(each for each in session.people if each != person)
    if len(people) < 2 or person == session.organiser:
        return called_off(session)
    return _next(
        session,
        people=people,
        coming=tuple(each for each in session.coming if each != person),
        waiting=tuple(each for each in session.waiting if each != person),
    )


def move_asked(session: Session, by: PersonId, starts_ms: int, minutes: int, now_ms: int) -> Session:
    """Asks for another time: the session stays where it is until everybody agreed.

    Whoever announced a session moves it at once.
    """
    _one_of(session, by)
    _state(session, "confirmed")
    _in_time(starts_ms, minutes, now_ms)
    agenda_fits(session.agenda, minutes)
    if session.ends_ms <= now_ms:
        raise MeetingError(code="time-past")
    if (starts_ms, minutes) == (session.starts_ms, session.minutes):
        raise MeetingError(code="same-time", field="starts")
    if session.announced:
        if by != session.organiser:
            raise MeetingError(code="not-yours")
        return _moved(session, starts_ms, minutes)
    return _next(session, moving=Move(by=by, starts_ms=starts_ms, minutes=minutes, agreed=(by,)))


def move_agreed(session: Session, by: PersonId, now_ms: int) -> Session:
    """Says yes to the move that is asked for; the last yes moves the session."""
    move = _moving(session, by)
    if move.starts_ms <= now_ms:
        raise MeetingError(code="time-past", field="starts")
    said = (*move.agreed, by)
    if set(said) >= set(session.coming):
        return _moved(session, move.starts_ms, move.minutes)
    return _next(session, moving=replace(move, agreed=said))


def move_declined(session: Session, by: PersonId) -> Session:
    """Says no to the move, or takes it back: the session stays as it is."""
    _one_of(session, by)
    if session.moving is None:
        raise MeetingError(code="changed-meanwhile")
    return _next(session, moving=None)


def seat_taken(session: Session, by: PersonId, now_ms: int) -> Session:
    """A seat in an announced session, or a place in its queue when all are taken."""
    _state(session, "confirmed", "live")
    if not session.announced:
        raise MeetingError(code="not-yours")
    if session.ends_ms <= now_ms:
        raise MeetingError(code="time-past")
    if by in session.coming or by in session.waiting:
        return session
    people = session.people if by in session.people else (*session.people, by)
    if session.seats_left == 0:
        return _next(session, people=people, waiting=(*session.waiting, by))
    return _next(session, people=people, coming=(*session.coming, by))


def seat_given_up(session: Session, by: PersonId, *, busy: Sequence[PersonId] = ()) -> Session:
    """Lets go of a seat or a place in the queue: the first who waits and isn't ``busy`` then gets it."""
    _state(session, "confirmed", "live")
    if not session.announced or by == session.organiser:
        raise MeetingError(code="not-yours")
    coming = tuple(each for each in session.coming if each != by)
    waiting = tuple(each for each in session.waiting if each != by)
    if (coming, waiting) == (session.coming, session.waiting):
        return session
    after = replace(session, coming=coming, waiting=waiting)
    if coming != session.coming and after.seats_left != 0:
        follower = next((each for each in waiting if each not in busy), None)
        if follower is not None:
            coming, waiting = (*coming, follower), tuple(each for each in waiting if each != follower)
    return _next(session, coming=coming, waiting=waiting)


def dropped(session: Session, people: Iterable[PersonId]) -> Session:
    """The same session without the seats of those who have another one at that time; no change of its own."""
    gone = set(people)
    return replace(session, coming=tuple(each for each in session.coming if each not in gone))


def begun(session: Session) -> Session:
    """The first two are in its room."""
    _state(session, "confirmed")
    return _next(session, state="live", moving=None)


def held(session: Session, attendance: tuple[Attendance, ...]) -> Session:
    """It is over: who was there, as the room saw it, or nobody where they met elsewhere."""
    _state(session, "confirmed", "live")
    return _next(session, state="held", attendance=attendance, moving=None)


def seen(session: Session, attendance: tuple[Attendance, ...]) -> Session:
    """With what the room knows of who was there; no change of its own."""
    return replace(session, attendance=attendance)


def met_elsewhere(session: Session, by: PersonId, now_ms: int) -> Session:
    """Somebody says that they met without the room."""
    _one_of(session, by)
    if session.starts_ms > now_ms:
        raise MeetingError(code="not-yet")
    return held(session, ())


def recapped(session: Session, by: PersonId) -> Session:
    """What was said is written down; again, when somebody adds to it."""
    _one_of(session, by)
    _state(session, "held", "recapped")
    return _next(session, state="recapped")


def with_agenda(session: Session, by: PersonId, agenda: tuple[AgendaItem, ...]) -> Session:
    """What they want to talk about, never for longer than the session."""
    _one_of(session, by)
    _state(session, "proposed", "countered", "confirmed")
    agenda_fits(agenda, session.minutes)
    return _next(session, agenda=agenda)


def agenda_fits(agenda: Iterable[AgendaItem], minutes: int) -> None:
    """Raises ``MeetingError`` when the items take longer than the session."""
    total = 0
    for each in agenda:
        if each.minutes < 1:
            raise MeetingError(code="agenda-minutes", field="agenda")
        total += each.minutes
    if total > minutes:
        raise MeetingError(code="agenda-too-long", field="agenda", total=total, most=minutes)


def _moved(session: Session, starts_ms: int, minutes: int) -> Session:
    return _next(session, starts_ms=starts_ms, minutes=minutes, moving=None, sequence=session.sequence + 1)


def _moving(session: Session, by: PersonId) -> Move:
    _state(session, "confirmed")
    move = session.moving
    if move is None:
        raise MeetingError(code="changed-meanwhile")
    if by not in session.coming or by in move.agreed:
        raise MeetingError(code="your-own-proposal")
    return move


def _ended(session: Session, how: EndedAs, why: str) -> Session:
    told = session.sequence + 1 if session.state == "confirmed" else session.sequence
    return _next(session, state="cancelled", ended_as=how, why=why, moving=None, waiting=(), sequence=told)


def _one_of(session: Session, person: PersonId) -> None:
    if person not in session.people:
        raise MeetingError(code="not-invited")


def _state(session: Session, *states: SessionState) -> None:
    if session.state not in states:
        raise MeetingError(code="changed-meanwhile")


def _in_time(starts_ms: int, minutes: int, now_ms: int) -> None:
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise MeetingError(code="minutes-wrong", field="minutes", least=LEAST_MINUTES, most=MOST_MINUTES)
    if starts_ms <= now_ms:
        raise MeetingError(code="time-past", field="starts")
    if starts_ms > now_ms + FARTHEST_MS:
        raise MeetingError(code="too-far", field="starts")
    if starts_ms % MINUTE_MS:
        raise MeetingError(code="time-wrong", field="starts")


def _next(session: Session, **changes: Any) -> Session:
    return replace(session, version=session.version + 1, **changes)
