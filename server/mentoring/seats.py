"""Seats of groups, circles and office hours: joining, queueing, leaving.

A seat that frees is kept for the first in the queue until a deadline, then for the next.
"""

from __future__ import annotations

from msgspec import structs

from server.mentoring.kinds import POLICIES
from server.mentoring.mentorships import Mentorship, MentorshipState, Participation, Waiting
from server.mentoring.people import PersonId
from server.mentoring.tie_rules import TieError

MOST_WAITING = 200

JOINABLE: frozenset[MentorshipState] = frozenset({"accepted", "agreed", "active"})
"""States in which somebody can take a seat."""


def seats(mentorship: Mentorship) -> int:
    """How many people it takes beside its mentors."""
    most = POLICIES[mentorship.kind].mentees[1]
    return most if mentorship.seats is None else mentorship.seats


def leads(mentorship: Mentorship, person: PersonId) -> bool:
    """Whether somebody decides for the whole of it: both in a tie of two, all peers, a group's mentors."""
    part = mentorship.part_of(person)
    if part is None:
        return False
    return part.role == "mentor" or not mentorship.mentors or mentorship.seats is None


def free_seats(mentorship: Mentorship) -> int:
    """Seats that nobody has and that are kept for nobody."""
    kept = sum(each.offered_until_ms is not None for each in mentorship.waiting)
    return max(0, seats(mentorship) - len(mentorship.mentees) - kept)


def place_in_queue(mentorship: Mentorship, person: PersonId) -> int | None:
    """1 for the next one to have a seat; None for who doesn't wait."""
    return next((at for at, each in enumerate(mentorship.waiting, 1) if each.person == person), None)


def offer_of(mentorship: Mentorship, person: PersonId, now_ms: int) -> int | None:
    """Until when a seat is kept for this person; None when none is."""
    return next(
        (
            each.offered_until_ms
            for each in mentorship.waiting
            if each.person == person and each.offered_until_ms is not None and each.offered_until_ms > now_ms
        ),
        None,
    )


def joined(mentorship: Mentorship, person: PersonId, now_ms: int) -> Mentorship:
    """The person takes a seat: a free one, or the one that is kept for them. Raises ``TieError``."""
    _joinable(mentorship, person)
    if offer_of(mentorship, person, now_ms) is None and (
        free_seats(mentorship) == 0 or any(each.person != person for each in mentorship.waiting)
    ):
        raise TieError(code="seat-taken")
    return structs.replace(
        mentorship,
        participations=(
            *mentorship.participations,
            Participation(person=person, role="mentee", from_ms=now_ms),
        ),
        waiting=tuple(each for each in mentorship.waiting if each.person != person),
        changed_ms=now_ms,
    )


def queued(mentorship: Mentorship, person: PersonId, now_ms: int) -> Mentorship:
    """The person waits for a seat, after those who wait already. Raises ``TieError``."""
    _joinable(mentorship, person)
    if place_in_queue(mentorship, person) is not None:
        return mentorship
    if len(mentorship.waiting) >= MOST_WAITING:
        raise TieError(code="queue-full")
    return structs.replace(
        mentorship,
        waiting=(*mentorship.waiting, Waiting(person=person, since_ms=now_ms)),
        changed_ms=now_ms,
    )


def unqueued(mentorship: Mentorship, person: PersonId, now_ms: int) -> Mentorship:
    """The person waits no longer."""
    return structs.replace(
        mentorship,
        waiting=tuple(each for each in mentorship.waiting if each.person != person),
        changed_ms=now_ms,
    )


def left(mentorship: Mentorship, person: PersonId, now_ms: int) -> Mentorship:
    """Somebody who received leaves; a mentor closes the tie instead. Raises ``TieError``."""
    part = mentorship.part_of(person)
    if part is None or part.role != "mentee" or mentorship.seats is None:
        raise TieError(code="tie-people")
    if mentorship.state not in {*JOINABLE, "paused"}:
        raise TieError(code="tie-moved-on")
    return structs.replace(
        mentorship,
        participations=tuple(
            structs.replace(each, to_ms=now_ms) if each is part else each
            for each in mentorship.participations
        ),
        changed_ms=now_ms,
    )


def offered(mentorship: Mentorship, now_ms: int, *, answer_ms: int) -> Mentorship:
    """Takes back seats that were not taken in time, and keeps free ones for the next in the queue."""
    if mentorship.state not in JOINABLE:
        return mentorship
    waiting = [
        each for each in mentorship.waiting if each.offered_until_ms is None or each.offered_until_ms > now_ms
    ]
    kept = sum(each.offered_until_ms is not None for each in waiting)
    free = seats(mentorship) - len(mentorship.mentees) - kept
    for at, each in enumerate(waiting):
        if free <= 0:
            break
        if each.offered_until_ms is None:
            waiting[at] = structs.replace(each, offered_until_ms=now_ms + answer_ms)
            free -= 1
    if tuple(waiting) == mentorship.waiting:
        return mentorship
    return structs.replace(mentorship, waiting=tuple(waiting), changed_ms=now_ms)


def next_lapse_ms(mentorship: Mentorship) -> int | None:
    """When the first kept seat is given to the next one; None when none is kept."""
    kept = [each.offered_until_ms for each in mentorship.waiting if each.offered_until_ms is not None]
    return min(kept, default=None)


def _joinable(mentorship: Mentorship, person: PersonId) -> None:
    if mentorship.seats is None or mentorship.state not in JOINABLE:
        raise TieError(code="tie-moved-on")
    if mentorship.part_of(person) is not None:
        raise TieError(code="tie-self")
