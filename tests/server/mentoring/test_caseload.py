"""The roster: who needs their mentor first."""

from __future__ import annotations

from server.mentoring.caseload import Case, quiet, roster
from server.mentoring.health import Facts, health

DAY_MS = 86_400_000
NOW = 1_000 * DAY_MS


def case(name: str, days: int, *, unread: int | None = None, cadence: int = 14, **said: object) -> Case:
    facts = Facts(
        now_ms=NOW,
        state=said.pop("state", "active"),  # type: ignore[arg-type]
        created_ms=NOW - 200 * DAY_MS,
        cadence_days=cadence,
        last_contact_ms=NOW - days * DAY_MS,
        **said,  # type: ignore[arg-type]
    )
    return Case(mentorship=name, facts=facts, health=health(facts), unread_ms=unread)


def names(*cases: Case) -> list[str]:
    return [each.mentorship for each in roster(cases)]


def test_who_is_at_risk_comes_before_who_is_well_and_who_rests_comes_last() -> None:
    rests = case("rests", 90, state="paused")
    assert names(rests, case("well", 1), case("quiet", 20), case("silent", 40)) == [
        "silent",
        "quiet",
        "well",
        "rests",
    ]


def test_among_equals_who_waits_for_an_answer_comes_first_the_longest_waiting_before_others() -> None:
    found = names(case("a", 3), case("b", 2, unread=NOW - DAY_MS), case("c", 1, unread=NOW - 2 * DAY_MS))
    assert found == ["c", "b", "a"]


def test_quiet_is_measured_by_what_was_promised() -> None:
    assert names(case("monthly", 20, cadence=28), case("weekly", 6, cadence=7)) == ["weekly", "monthly"]
    assert quiet(case("x", 14).facts) == 1
