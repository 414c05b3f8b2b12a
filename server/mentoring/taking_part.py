"""What changes about somebody's part in a programme: joining, training, room for more, pausing, leaving."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import structs

from server.mentoring.kinds import Kind
from server.mentoring.people import PersonId
from server.mentoring.programmes import CohortId, Enrolment, Programme, ProgrammeId, ProgrammeRole

MOST_CAPACITY = 100
"""One mentor with a hundred mentees is what the founding text speaks of."""

MOST_UNANSWERED = 1
"""A mentor who let so many requests in a row run out is not offered until they answer."""


def joined(
    before: Enrolment | None,
    *,
    programme: ProgrammeId,
    person: PersonId,
    role: ProgrammeRole,
    now_ms: int,
    number: int = 0,
    cohort: CohortId | None = None,
    partner: str = "",
) -> Enrolment:
    """The part that somebody takes from now on. ``before`` is the one they had and left, if any.

    Whoever comes back keeps their training and what they had room for.
    """
    if before is not None:
        return structs.replace(
            before,
            joined_ms=now_ms,
            left_ms=None,
            cohort=cohort or before.cohort,
            partner=partner or before.partner,
            number=before.number or number,
            unanswered=0,
            version=before.version + 1,
        )
    return Enrolment(
        programme=programme,
        person=person,
        role=role,
        joined_ms=now_ms,
        number=number,
        cohort=cohort,
        partner=partner,
        capacity=2 if role == "mentor" else 1,
    )


def trained(enrolment: Enrolment, now_ms: int) -> Enrolment:
    """After the training was read and confirmed; the first time counts."""
    if enrolment.trained_ms is not None:
        return enrolment
    return structs.replace(enrolment, trained_ms=now_ms, version=enrolment.version + 1)


def with_room(enrolment: Enrolment, capacity: int, kinds: tuple[Kind, ...]) -> Enrolment:
    """With room for so many in all; ``kinds`` empty for every kind of the programme."""
    return structs.replace(enrolment, capacity=capacity, kinds=kinds, version=enrolment.version + 1)


def paused(enrolment: Enrolment, until_ms: int | None) -> Enrolment:
    """Out of the bank until an instant; None: back in it, unanswered requests forgiven."""
    unanswered = enrolment.unanswered if until_ms is not None else 0
    return structs.replace(
        enrolment, paused_until_ms=until_ms, unanswered=unanswered, version=enrolment.version + 1
    )


def left(enrolment: Enrolment, now_ms: int) -> Enrolment:
    """The part ended."""
    return structs.replace(enrolment, left_ms=now_ms, version=enrolment.version + 1)


def needs_training(programme: Programme, enrolments: Iterable[Enrolment]) -> bool:
    """Whether the training stands between the person and the rest of the programme."""
    return bool(programme.training.strip()) and any(
        each.trained_ms is None for each in enrolments if each.role != "coordinator"
    )


def is_paused(enrolment: Enrolment, now_ms: int) -> bool:
    """Whether the person asked not to be offered now."""
    return enrolment.paused_until_ms is not None and enrolment.paused_until_ms > now_ms


def months_later(start: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    index = start.year * 12 + start.month - 1 + months
    first_after = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    last = first_after - timedelta(days=1)
    return date(index // 12, index % 12 + 1, min(start.day, last.day))
