"""How a tie is doing: healthy, watch or at risk, always with the facts that say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from msgspec import Struct

from server.mentoring.mentorships import Goal, Mentorship, MentorshipState
from server.mentoring.tie_rules import DAY_MS

Level = Literal["healthy", "watch", "at-risk", "resting", "over"]
FactCode = Literal[
    "not-begun",
    "resting",
    "over",
    "in-touch",
    "quiet",
    "silent",
    "no-session",
    "next-session",
    "missed-one",
    "missed-more",
    "mood-low",
    "mood-fair",
    "mood-good",
    "actions-late",
    "goals-behind",
]
FACT_CODES: tuple[FactCode, ...] = get_args(FactCode)

START_DAYS = 14
"""How long a tie that was accepted may take to begin before somebody looks."""

TIGHT_DAYS = 7
"""Western Governors University's protocol: weekly until progress is on time, and again at risk."""

RELAXED_DAYS = 14
"""The same protocol: at least fortnightly while progress is on time."""


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a tie at ``now_ms``. Instants are ms, None where there is none.

    ``missed`` counts sessions that somebody missed in the last 60 days, ``mood`` is the last pulse from 1
    (low) to 5, ``late_actions`` counts open actions past their day, ``behind`` says that goals are behind
    their time.
    """

    now_ms: int
    state: MentorshipState
    created_ms: int
    cadence_days: int
    last_contact_ms: int | None = None
    next_session_ms: int | None = None
    missed: int = 0
    mood: int | None = None
    late_actions: int = 0
    behind: bool = False


class Fact(Struct, frozen=True, kw_only=True):
    """One reason. ``code`` names a sentence (``health.fact.<code>``), ``values`` fill it."""

    code: FactCode
    level: Level
    values: dict[str, int] = {}


class Health(Struct, frozen=True, kw_only=True):
    """The level, which is the worst of the facts', and the facts, the worst first."""

    level: Level
    facts: tuple[Fact, ...]


_weight: dict[Level, int] = {"over": 0, "resting": 0, "healthy": 1, "watch": 2, "at-risk": 3}


def health(facts: Facts) -> Health:
    """How the tie is doing."""
    found = sorted(_facts(facts), key=lambda fact: -_weight[fact.level])
    level = found[0].level
    # Two things to watch are one risk: quiet and in low spirits is how ties end unspoken. That no session is
    # planned says again that it is quiet.
    watched = [fact for fact in found if fact.level == "watch" and fact.code != "no-session"]
    if level == "watch" and len(watched) >= 2:
        level = "at-risk"
    return Health(level=level, facts=tuple(found))


def _facts(facts: Facts) -> list[Fact]:
    if facts.state in {"closed", "closing", "declined", "expired", "withdrawn"}:
        return [Fact(code="over", level="over")]
    if facts.state == "paused":
        return [Fact(code="resting", level="resting")]
    if facts.state in {"proposed", "accepted", "agreed"}:
        days = (facts.now_ms - facts.created_ms) // DAY_MS
        level: Level = "watch" if days >= START_DAYS else "healthy"
        return [Fact(code="not-begun", level=level, values={"count": days})]
    return [_contact(facts), *_sessions(facts), *_mood(facts), *_progress(facts)]


def _contact(facts: Facts) -> Fact:
    since = facts.last_contact_ms if facts.last_contact_ms is not None else facts.created_ms
    days = max(0, (facts.now_ms - since) // DAY_MS)
    values = {"count": days, "cadence": facts.cadence_days}
    if days <= facts.cadence_days:
        return Fact(code="in-touch", level="healthy", values=values)
    if days <= 2 * facts.cadence_days:
        return Fact(code="quiet", level="watch", values=values)
    return Fact(code="silent", level="at-risk", values=values)


def _sessions(facts: Facts) -> list[Fact]:
    found = []
    if facts.next_session_ms is None:
        # A tie within its rhythm doesn't have to have the next session planned yet.
        since = facts.last_contact_ms if facts.last_contact_ms is not None else facts.created_ms
        late = facts.now_ms - since > facts.cadence_days * DAY_MS
        found.append(Fact(code="no-session", level="watch" if late else "healthy"))
    else:
        days = max(0, (facts.next_session_ms - facts.now_ms) // DAY_MS)
        found.append(Fact(code="next-session", level="healthy", values={"count": days}))
    if facts.missed == 1:
        found.append(Fact(code="missed-one", level="watch"))
    elif facts.missed > 1:
        found.append(Fact(code="missed-more", level="at-risk", values={"count": facts.missed}))
    return found


def _mood(facts: Facts) -> list[Fact]:
    if facts.mood is None:
        return []
    if facts.mood <= 1:
        return [Fact(code="mood-low", level="at-risk")]
    if facts.mood == 2:
        return [Fact(code="mood-fair", level="watch")]
    return [Fact(code="mood-good", level="healthy")]


def _progress(facts: Facts) -> list[Fact]:
    found = []
    if facts.late_actions:
        level: Level = "watch" if facts.late_actions > 2 else "healthy"
        found.append(Fact(code="actions-late", level=level, values={"count": facts.late_actions}))
    if facts.behind:
        found.append(Fact(code="goals-behind", level="watch"))
    return found


def behind(goals: Sequence[Goal], started_ms: int | None, ends_ms: int | None, now_ms: int) -> bool:
    """Whether the goals are further behind than a quarter of the time that the tie has.

    Never without goals, without an end, or in the first third.
    """
    if not goals or started_ms is None or ends_ms is None or ends_ms <= started_ms:
        return False
    elapsed = min(1.0, (now_ms - started_ms) / (ends_ms - started_ms))
    reached = sum(goal.progress for goal in goals) / (100 * len(goals))
    return elapsed > 1 / 3 and reached < elapsed - 0.25


def expected_days(mentorship: Mentorship, level: Level, *, behind: bool, adapts: bool) -> int:
    """How often its people are expected to be in touch: as agreed, or, where the programme ``adapts``,
    weekly until goals are on time and whenever the tie is at risk, at least fortnightly otherwise.
    """
    if not adapts:
        return mentorship.cadence_days
    if behind or level == "at-risk":
        return min(TIGHT_DAYS, mentorship.cadence_days)
    return max(RELAXED_DAYS, mentorship.cadence_days)
