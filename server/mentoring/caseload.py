"""A mentor's roster: who needs them first, and why (Western Governors University's mentors begin with it)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from server.mentoring.health import Facts, Health, Level
from server.mentoring.mentorships import MentorshipId

_first: dict[Level, int] = {"at-risk": 0, "watch": 1, "healthy": 2, "resting": 3, "over": 4}


class Case(Struct, frozen=True, kw_only=True):
    """One tie on the roster. ``unread_ms`` is since when something of theirs waits to be read, if it does."""

    mentorship: MentorshipId
    facts: Facts
    health: Health
    unread_ms: int | None = None


def roster(cases: Iterable[Case]) -> list[Case]:
    """Who is at risk comes first, then who waits for an answer, then who has been quiet for longest,
    measured by what was promised; who rests comes last.
    """
    return sorted(cases, key=_urgency)


def quiet(facts: Facts) -> float:
    """How long there was no contact, in promised rhythms: 1 is just as promised."""
    since = facts.last_contact_ms if facts.last_contact_ms is not None else facts.created_ms
    return (facts.now_ms - since) / 86_400_000 / max(facts.cadence_days, 1)


def _urgency(case: Case) -> tuple[int, bool, float, float, str]:
    waits = case.unread_ms is not None
    return (
        _first[case.health.level],
        not waits,
        float(case.unread_ms or 0),
        -quiet(case.facts),
        case.mentorship,
    )
