"""How a tie is doing, and which facts say so."""

from __future__ import annotations

import pytest

from server.mentoring.health import Facts, Level, behind, expected_days, health
from server.mentoring.mentorships import Goal, Mentorship
from server.mentoring.tie_rules import DAY_MS

NOW = 1_790_000_000_000


def facts(
    *,
    contact: int | None = 3,
    session: int | None = 5,
    missed: int = 0,
    mood: int | None = None,
    late: int = 0,
    behind: bool = False,
) -> Facts:
    return Facts(
        now_ms=NOW,
        state="active",
        created_ms=NOW - 60 * DAY_MS,
        cadence_days=14,
        last_contact_ms=None if contact is None else NOW - contact * DAY_MS,
        next_session_ms=None if session is None else NOW + session * DAY_MS,
        missed=missed,
        mood=mood,
        late_actions=late,
        behind=behind,
    )


@pytest.mark.parametrize(
    ("given", "level", "first"),
    [
        (facts(), "healthy", "in-touch"),
        (facts(contact=14), "healthy", "in-touch"),
        (facts(contact=15), "watch", "quiet"),
        (facts(contact=15, session=None), "watch", "quiet"),
        (facts(contact=29), "at-risk", "silent"),
        (facts(contact=None), "at-risk", "silent"),
        (facts(session=None), "healthy", "in-touch"),
        (facts(missed=1), "watch", "missed-one"),
        (facts(missed=2), "at-risk", "missed-more"),
        (facts(missed=1, contact=15), "at-risk", "quiet"),
        (facts(mood=1), "at-risk", "mood-low"),
        (facts(mood=2), "watch", "mood-fair"),
        (facts(mood=4), "healthy", "in-touch"),
        (facts(late=1), "healthy", "in-touch"),
        (facts(late=3), "watch", "actions-late"),
        (facts(behind=True), "watch", "goals-behind"),
    ],
)
def test_the_level_is_that_of_the_worst_fact_and_the_fact_is_named(
    given: Facts, level: Level, first: str
) -> None:
    found = health(given)
    assert (found.level, found.facts[0].code) == (level, first)


def test_days_are_said_in_figures() -> None:
    assert health(facts(contact=20)).facts[0].values == {"count": 20, "cadence": 14}


@pytest.mark.parametrize(
    ("state", "days", "level"),
    [
        ("accepted", 3, "healthy"),
        ("accepted", 14, "watch"),
        ("paused", 90, "resting"),
        ("closed", 90, "over"),
    ],
)
def test_a_tie_that_is_not_under_way_is_judged_otherwise(state: str, days: int, level: str) -> None:
    found = health(
        Facts(now_ms=NOW, state=state, created_ms=NOW - days * DAY_MS, cadence_days=7)  # type: ignore[arg-type]
    )
    assert found.level == level


def goal(progress: int) -> Goal:
    return Goal(id="g", text="x", by="a", added_ms=NOW, progress=progress)


def test_goals_are_behind_when_a_quarter_of_the_time_is_lost() -> None:
    start, end = NOW - 50 * DAY_MS, NOW + 50 * DAY_MS
    assert behind([goal(0), goal(40)], start, end, NOW)
    assert not behind([goal(0), goal(60)], start, end, NOW)
    assert not behind([goal(0)], NOW - 10 * DAY_MS, end, NOW)
    assert not behind([], start, end, NOW)
    assert not behind([goal(0)], start, None, NOW)


def test_the_rhythm_tightens_at_risk_and_relaxes_on_time() -> None:
    tie = Mentorship(
        id="m",
        programme="p",
        kind="one-to-one",
        state="active",
        participations=(),
        created_ms=NOW,
        changed_ms=NOW,
        cadence_days=7,
    )
    assert expected_days(tie, "healthy", behind=True, adapts=True) == 7
    assert expected_days(tie, "healthy", behind=False, adapts=True) == 14
    assert expected_days(tie, "at-risk", behind=False, adapts=True) == 7
    assert expected_days(tie, "at-risk", behind=True, adapts=False) == 7
