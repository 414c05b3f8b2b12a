"""The life of a mentorship: which state follows which, and what has to be true first.

``proposed → accepted → agreed → active ⇄ paused``; ``active | paused → closing → closed``;
``proposed → declined | expired | withdrawn``. A tie that was accepted and never begins is closed as
``no_start``. Every function gives the next record, or raises ``TieError``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import structs

from server.mentoring.kinds import POLICIES, Kind
from server.mentoring.mentorships import (
    OPEN_STATES,
    Closing,
    ClosingReason,
    ClosingWord,
    Mentorship,
    MentorshipState,
    Participation,
)
from server.mentoring.people import PersonId
from server.mentoring.programmes import Programme

DAY_MS = 86_400_000
START_DAYS = 21
"""How long an accepted tie may take to begin; then it is closed without anybody's fault."""

CLOSING_DAYS = 7
"""How long the others can add a word once the closing step has begun."""

LONGEST_PAUSE_DAYS = 120


class TieError(Exception):
    """A rule says no. ``code`` names the sentence (``fault.<code>``) for whoever asked."""

    def __init__(self, *, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A tie that is to be: who gives, who receives, and what for."""

    id: str
    kind: Kind
    mentors: tuple[PersonId, ...]
    mentees: tuple[PersonId, ...]
    purpose: str = ""
    title: str = ""
    seats: int | None = None
    request: str | None = None


def day_ms(day: str, zone: str) -> int:
    """The instant when a date (ISO) is over in a zone. Raises ``ValueError``."""
    after = date.fromisoformat(day) + timedelta(days=1)
    return round(datetime.combine(after, time(), ZoneInfo(zone)).timestamp() * 1000)


def day_of(at_ms: int, zone: str) -> str:
    """The date (ISO) of an instant in a zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def proposed(tie: Tie, programme: Programme, now_ms: int, *, until_ms: int) -> Mentorship:
    """A tie that somebody asked for and that waits for its answer until ``until_ms``."""
    return _new(tie, programme, now_ms, state="proposed", until_ms=until_ms)


def matched(tie: Tie, programme: Programme, now_ms: int) -> Mentorship:
    """A tie whose people have chosen each other already: a published match, an opened group."""
    return _new(tie, programme, now_ms, state="accepted", until_ms=now_ms + START_DAYS * DAY_MS)


def _new(tie: Tie, programme: Programme, now_ms: int, *, state: MentorshipState, until_ms: int) -> Mentorship:
    check_people(tie.kind, programme, tie.mentors, tie.mentees, opened=tie.seats is not None)
    policy = POLICIES[tie.kind]
    if tie.seats is not None and not max(1, policy.mentees[0]) <= tie.seats <= policy.mentees[1]:
        raise TieError(code="tie-seats")
    short = policy.most_days is not None or policy.cadence_days == 7
    return Mentorship(
        id=tie.id,
        programme=programme.id,
        kind=tie.kind,
        state=state,
        participations=(
            *(Participation(person=each, role="mentor", from_ms=now_ms) for each in tie.mentors),
            *(Participation(person=each, role="mentee", from_ms=now_ms) for each in tie.mentees),
        ),
        created_ms=now_ms,
        changed_ms=now_ms,
        title=tie.title,
        purpose=tie.purpose,
        cadence_days=policy.cadence_days if short else programme.cadence_days,
        ends=latest_end(tie.kind, programme, now_ms),
        seats=tie.seats,
        request=tie.request,
        until_ms=until_ms,
    )


def check_people(
    kind: Kind,
    programme: Programme,
    mentors: Sequence[PersonId],
    mentees: Sequence[PersonId],
    *,
    opened: bool = False,
) -> None:
    """Whether these can be the people of a tie of this kind; an ``opened`` one may fill up later."""
    policy = POLICIES[kind]
    if kind not in programme.kinds:
        raise TieError(code="tie-kind")
    if len({*mentors, *mentees}) != len(mentors) + len(mentees):
        raise TieError(code="tie-self")
    if not policy.mentors[0] <= len(mentors) <= policy.mentors[1]:
        raise TieError(code="tie-people")
    if len(mentees) > policy.mentees[1] or (not opened and len(mentees) < policy.mentees[0]):
        raise TieError(code="tie-people")


def latest_end(kind: Kind, programme: Programme, now_ms: int) -> str | None:
    """The last day that a tie of this kind can have: the programme's, or sooner for a short kind."""
    most = POLICIES[kind].most_days
    if most is None:
        return programme.ends
    short = day_of(now_ms + most * DAY_MS, programme.zone)
    return short if programme.ends is None else min(short, programme.ends)


def moved(
    mentorship: Mentorship, state: MentorshipState, now_ms: int, *, until_ms: int | None = None
) -> Mentorship:
    """The record in its next state. The version is the caller's: one commit counts one change."""
    return structs.replace(mentorship, state=state, changed_ms=now_ms, until_ms=until_ms)


def next_version(before: Mentorship, after: Mentorship) -> Mentorship:
    """``after`` as the one change that follows ``before``."""
    return structs.replace(after, version=before.version + 1)


def accept(mentorship: Mentorship, now_ms: int) -> Mentorship:
    """The person who was asked says yes, in time or late: while nobody else was asked it stays open."""
    _only(mentorship, "proposed")
    return moved(mentorship, "accepted", now_ms, until_ms=now_ms + START_DAYS * DAY_MS)


def decline(mentorship: Mentorship, now_ms: int) -> Mentorship:
    """The person who was asked says no."""
    _only(mentorship, "proposed")
    return moved(mentorship, "declined", now_ms)


def expire(mentorship: Mentorship, now_ms: int) -> Mentorship:
    """No answer came in time."""
    _only(mentorship, "proposed")
    return moved(mentorship, "expired", now_ms)


def withdraw(mentorship: Mentorship, now_ms: int) -> Mentorship:
    """Whoever asked takes it back."""
    _only(mentorship, "proposed")
    return moved(mentorship, "withdrawn", now_ms)


def advanced(
    mentorship: Mentorship, programme: Programme, trained: Collection[PersonId], now_ms: int
) -> Mentorship:
    """As far towards active as the rules let it go by itself.

    ``trained`` are those who have what training the programme asks for: all of its people where it asks for
    none.
    """
    after = mentorship
    enough = len(after.mentees) >= POLICIES[after.kind].mentees[0]
    if not enough or not is_agreed(after, programme):
        return after
    if after.state == "accepted":
        after = moved(after, "agreed", now_ms, until_ms=after.until_ms)
    if after.state == "agreed" and all(person in trained for person in after.people):
        after = structs.replace(moved(after, "active", now_ms), started_ms=now_ms)
    return after


def is_agreed(mentorship: Mentorship, programme: Programme) -> bool:
    """Whether everybody signed the newest agreement, where the programme and the kind ask for that."""
    if not programme.signatures or not POLICIES[mentorship.kind].agreement:
        return True
    newest = mentorship.agreement
    return newest is not None and all(newest.signed_by(person) for person in mentorship.people)


def pause(mentorship: Mentorship, now_ms: int, *, until_ms: int) -> Mentorship:
    """Rests until a day that is named: it goes on by itself then."""
    _only(mentorship, "active")
    if not now_ms < until_ms <= now_ms + LONGEST_PAUSE_DAYS * DAY_MS:
        raise TieError(code="tie-pause-date")
    return moved(mentorship, "paused", now_ms, until_ms=until_ms)


def resume(mentorship: Mentorship, now_ms: int) -> Mentorship:
    """Goes on."""
    _only(mentorship, "paused")
    return moved(mentorship, "active", now_ms)


def begin_closing(
    mentorship: Mentorship,
    now_ms: int,
    *,
    by: PersonId | None,
    reason: ClosingReason = "no_fault",
    word: ClosingWord | None = None,
) -> Mentorship:
    """Begins the last step: everybody can say what was good until ``CLOSING_DAYS`` later, or all have."""
    _only(mentorship, "active", "paused")
    until = now_ms + CLOSING_DAYS * DAY_MS
    closing = Closing(
        by=by, at_ms=now_ms, reason=reason, until_ms=until, words=() if word is None else (word,)
    )
    return structs.replace(moved(mentorship, "closing", now_ms, until_ms=until), closing=closing, waiting=())


def add_word(mentorship: Mentorship, word: ClosingWord) -> Mentorship:
    """Adds, or replaces, what one person says at the end."""
    _only(mentorship, "closing")
    assert mentorship.closing is not None
    words = tuple(each for each in mentorship.closing.words if each.person != word.person)
    closing = structs.replace(mentorship.closing, words=(*words, word))
    return structs.replace(mentorship, closing=closing, changed_ms=word.at_ms)


def all_said(mentorship: Mentorship) -> bool:
    """Whether everybody has added their word to the closing."""
    said = {each.person for each in mentorship.closing.words} if mentorship.closing else set()
    return all(person in said for person in mentorship.people)


def close(mentorship: Mentorship, now_ms: int) -> Mentorship:
    """Ends it, for the reason that the closing step began with."""
    _only(mentorship, "closing")
    assert mentorship.closing is not None
    return structs.replace(moved(mentorship, "closed", now_ms), closed_as=mentorship.closing.reason)


def never_began(mentorship: Mentorship, now_ms: int) -> Mentorship:
    """Ends a tie that was accepted and never became active."""
    _only(mentorship, "accepted", "agreed")
    return structs.replace(moved(mentorship, "closed", now_ms), closed_as="no_start", waiting=())


def takes_place(mentorship: Mentorship) -> bool:
    """Whether it counts against its mentors' capacity."""
    return mentorship.state in OPEN_STATES


def _only(mentorship: Mentorship, *states: MentorshipState) -> None:
    if mentorship.state not in states:
        raise TieError(code="tie-moved-on")
