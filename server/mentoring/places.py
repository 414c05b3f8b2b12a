"""Places: whose enrolment a tie counts against, and that nobody promises more than they can give."""

from __future__ import annotations

from msgspec import structs

from server.mentoring.kinds import Kind
from server.mentoring.mentorships import Mentorship, MentorshipRole
from server.mentoring.people import PersonId
from server.mentoring.programmes import Enrolment, ProgrammeRole
from server.mentoring.taking_part import MOST_UNANSWERED, is_paused
from server.mentoring.tie_rules import TieError, takes_place


def enrolled_as(kind: Kind, role: MentorshipRole) -> ProgrammeRole:
    """The enrolment that a part in a tie counts against: in reverse mentoring a programme's mentees give."""
    if kind == "reverse":
        return "mentee" if role == "mentor" else "mentor"
    return role


def places(mentorship: Mentorship) -> frozenset[tuple[PersonId, ProgrammeRole]]:
    """The enrolments in which the tie takes a place as it stands."""
    if not takes_place(mentorship):
        return frozenset()
    return frozenset(
        (part.person, enrolled_as(mentorship.kind, part.role))
        for part in mentorship.participations
        if part.to_ms is None
    )


def moved_places(
    before: Mentorship | None, after: Mentorship
) -> tuple[frozenset[tuple[PersonId, ProgrammeRole]], frozenset[tuple[PersonId, ProgrammeRole]]]:
    """Which places a change takes and which it gives back."""
    held = frozenset() if before is None else places(before)
    wanted = places(after)
    return wanted - held, held - wanted


def taken(enrolment: Enrolment) -> Enrolment:
    """One more place. Raises ``TieError`` when a mentor has no more to give, or when somebody has left."""
    if enrolment.left_ms is not None:
        raise TieError(code="tie-left")
    if enrolment.role == "mentor" and enrolment.active >= enrolment.capacity:
        raise TieError(code="tie-full")
    return structs.replace(enrolment, active=enrolment.active + 1, version=enrolment.version + 1)


def given_back(enrolment: Enrolment) -> Enrolment:
    """One place less."""
    return structs.replace(enrolment, active=max(0, enrolment.active - 1), version=enrolment.version + 1)


def can_be_asked(enrolment: Enrolment, now_ms: int, kind: Kind | None = None) -> bool:
    """Whether a mentor is offered to mentees: here, not resting, with a place, answering lately.

    And for a ``kind`` that they take part in.
    """
    return (
        enrolment.left_ms is None
        and not is_paused(enrolment, now_ms)
        and enrolment.active < enrolment.capacity
        and enrolment.unanswered < MOST_UNANSWERED
        and (kind is None or not enrolment.kinds or kind in enrolment.kinds)
    )


def answered(enrolment: Enrolment) -> Enrolment:
    """A mentor who answered is offered again. The version counts one change, whatever else is in it."""
    return structs.replace(enrolment, unanswered=0, version=enrolment.version + 1)


def let_run_out(enrolment: Enrolment) -> Enrolment:
    """A mentor who let a request run out."""
    return structs.replace(enrolment, unanswered=enrolment.unanswered + 1, version=enrolment.version + 1)


def rested(enrolment: Enrolment, until_ms: int | None) -> Enrolment:
    """A mentor who pauses until an instant, or goes on (None)."""
    return structs.replace(enrolment, paused_until_ms=until_ms, version=enrolment.version + 1)
