"""The life of a tie, rule by rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs

from server.mentoring import tie_rules as rules
from server.mentoring.agreements import drafted, signed, signed_on_joining, unsigned, with_goal, with_progress
from server.mentoring.kinds import POLICIES, Kind
from server.mentoring.mentorships import ClosingWord, Goal, Mentorship, MentorshipState
from server.mentoring.programmes import Programme
from server.mentoring.seats import joined
from server.mentoring.tie_rules import DAY_MS, Tie, TieError

NOW = 1_790_000_000_000


def programme(**changed: object) -> Programme:
    made = Programme(
        id="p",
        name="Élan",
        summary="",
        template="university",
        kinds=tuple(POLICIES),
        languages=("en", "fr"),
        zone="Europe/Paris",
        created_ms=NOW,
        training="Read this.",
        agreement="We keep what we hear to ourselves.",
        ends="2027-06-30",
    )
    return structs.replace(made, **changed)


def tie(
    kind: Kind = "one-to-one", mentors: tuple[str, ...] = ("paul",), mentees: tuple[str, ...] = ("ana",)
) -> Tie:
    return Tie(id="m", kind=kind, mentors=mentors, mentees=mentees, purpose="To find work.")


def accepted() -> Mentorship:
    return rules.matched(tie(), programme(), NOW)


def agreed() -> Mentorship:
    drawn = drafted(
        accepted(), programme(), NOW, by="ana", goals=["Find work"], cadence_days=7, ends="2027-03-01"
    )
    return rules.advanced(signed(drawn, NOW, person="paul", number=1), programme(), (), NOW)


def active() -> Mentorship:
    return rules.advanced(agreed(), programme(), {"paul", "ana"}, NOW)


def refusal(rule: Callable[[], object]) -> str:
    with pytest.raises(TieError) as said:
        rule()
    return said.value.code


@pytest.mark.parametrize("kind", POLICIES)
def test_nobody_mentors_themself(kind: Kind) -> None:
    people = ("ana", "ana")
    mentors, mentees = ((), people) if kind == "peer" else (("ana",), ("ana",))
    assert refusal(lambda: rules.matched(tie(kind, mentors, mentees), programme(), NOW)) == "tie-self"


@pytest.mark.parametrize(
    ("kind", "mentors", "mentees"),
    [
        ("one-to-one", ("a", "b"), ("c",)),
        ("one-to-one", (), ("c",)),
        ("peer", ("a",), ("b", "c")),
        ("peer", (), ("a",)),
        ("peer", (), tuple("abcdefghi")),
        ("group", ("a", "b", "c", "d"), ("e",)),
        ("reverse", ("a",), ("b", "c")),
        ("micro", ("a",), ()),
    ],
)
def test_a_kind_says_how_many_take_part(
    kind: Kind, mentors: tuple[str, ...], mentees: tuple[str, ...]
) -> None:
    assert refusal(lambda: rules.matched(tie(kind, mentors, mentees), programme(), NOW)) == "tie-people"


def test_a_programme_says_which_kinds_there_are() -> None:
    assert refusal(lambda: rules.matched(tie("micro"), programme(kinds=("one-to-one",)), NOW)) == "tie-kind"


def test_a_tie_is_active_with_every_signature_and_everybodys_training() -> None:
    drawn = drafted(
        accepted(), programme(), NOW, by="ana", goals=["Find work"], cadence_days=7, ends="2027-03-01"
    )
    assert unsigned(drawn) == ("paul",)
    assert rules.advanced(drawn, programme(), {"paul", "ana"}, NOW).state == "accepted"
    both = signed(drawn, NOW, person="paul", number=1)
    assert rules.advanced(both, programme(), {"ana"}, NOW).state == "agreed"
    began = rules.advanced(both, programme(), {"paul", "ana"}, NOW)
    assert (began.state, began.started_ms, began.until_ms) == ("active", NOW, None)
    assert (began.cadence_days, began.ends, [goal.text for goal in began.goals]) == (
        7,
        "2027-03-01",
        ["Find work"],
    )


def test_a_programme_that_asks_for_nothing_begins_at_once() -> None:
    easy = programme(training="", signatures=False)
    assert rules.advanced(accepted(), easy, {"paul", "ana"}, NOW).state == "active"


def test_a_signature_is_for_one_version() -> None:
    first = drafted(accepted(), programme(), NOW, by="ana", goals=["One"], cadence_days=7, ends="2027-01-01")
    second = drafted(first, programme(), NOW, by="ana", goals=["Two"], cadence_days=14, ends="2027-01-01")
    assert refusal(lambda: signed(second, NOW, person="paul", number=1)) == "agreement-changed"
    assert second.agreement is not None
    assert second.agreement.number == 2
    assert unsigned(second) == ("paul",)


def test_a_changed_agreement_leaves_the_old_one_in_force_until_all_have_signed() -> None:
    tie_ = active()
    drawn = drafted(tie_, programme(), NOW, by="paul", goals=["Stay"], cadence_days=28, ends="2027-04-01")
    assert (drawn.state, drawn.cadence_days) == ("active", 7)
    assert drawn.agreement_in_force is not None
    assert drawn.agreement_in_force.number == 1
    both = signed(drawn, NOW, person="ana", number=2)
    assert (both.cadence_days, both.ends) == (28, "2027-04-01")
    assert [goal.text for goal in both.goals] == ["Find work", "Stay"]


@pytest.mark.parametrize(
    ("goals", "cadence", "ends", "code"),
    [
        ((), 7, "2027-01-01", "agreement-goals"),
        (("x",) * 13, 7, "2027-01-01", "agreement-goals"),
        (("x",), 0, "2027-01-01", "agreement-cadence"),
        (("x",), 91, "2027-01-01", "agreement-cadence"),
        (("x",), 7, "2026-01-01", "agreement-past"),
        (("x",), 7, "2027-07-01", "agreement-too-late"),
        (("x",), 7, None, "agreement-too-late"),
    ],
)
def test_an_agreement_has_goals_a_rhythm_and_an_end_within_the_programme(
    goals: tuple[str, ...], cadence: int, ends: str | None, code: str
) -> None:
    assert (
        refusal(
            lambda: drafted(
                accepted(), programme(), NOW, by="ana", goals=goals, cadence_days=cadence, ends=ends
            )
        )
        == code
    )


def test_a_micro_tie_ends_within_six_weeks() -> None:
    short = rules.matched(tie("micro"), programme(ends=None), NOW)
    assert short.ends == "2026-11-02"
    late = (
        refusal(
            lambda: drafted(
                short, programme(ends=None), NOW, by="ana", goals=["x"], cadence_days=7, ends="2026-11-03"
            )
        ),
        refusal(
            lambda: drafted(
                short, programme(ends=None), NOW, by="ana", goals=["x"], cadence_days=7, ends=None
            )
        ),
    )
    assert late == ("agreement-too-late", "agreement-end-missing")


def test_a_pause_has_an_end() -> None:
    resting = rules.pause(active(), NOW, until_ms=NOW + 10 * DAY_MS)
    assert (resting.state, resting.until_ms) == ("paused", NOW + 10 * DAY_MS)
    assert rules.resume(resting, NOW + DAY_MS).state == "active"
    assert refusal(lambda: rules.pause(active(), NOW, until_ms=NOW)) == "tie-pause-date"
    assert refusal(lambda: rules.pause(active(), NOW, until_ms=NOW + 121 * DAY_MS)) == "tie-pause-date"


def test_a_closing_has_a_reason_and_nobodys_fault_by_default() -> None:
    ending = rules.begin_closing(active(), NOW, by="ana")
    assert ending.closing is not None
    assert ending.closing.reason == "no_fault"
    assert not rules.all_said(ending)
    for person in ("ana", "paul"):
        ending = rules.add_word(ending, ClosingWord(person=person, at_ms=NOW, good="The talks."))
    assert rules.all_said(ending)
    assert rules.close(ending, NOW).closed_as == "no_fault"
    done = rules.begin_closing(active(), NOW, by=None, reason="completed")
    assert rules.close(done, NOW).closed_as == "completed"


def test_what_never_began_is_closed_as_such() -> None:
    assert rules.never_began(accepted(), NOW).closed_as == "no_start"
    assert rules.never_began(agreed(), NOW).closed_as == "no_start"


AFTER: dict[str, Callable[[Mentorship], Mentorship]] = {
    "accept": lambda it: rules.accept(it, NOW),
    "decline": lambda it: rules.decline(it, NOW),
    "expire": lambda it: rules.expire(it, NOW),
    "withdraw": lambda it: rules.withdraw(it, NOW),
    "pause": lambda it: rules.pause(it, NOW, until_ms=NOW + 1),
    "resume": lambda it: rules.resume(it, NOW),
    "begin_closing": lambda it: rules.begin_closing(it, NOW, by="ana"),
    "close": lambda it: rules.close(it, NOW),
    "never_began": lambda it: rules.never_began(it, NOW),
}

ALLOWED: dict[MentorshipState, set[str]] = {
    "proposed": {"accept", "decline", "expire", "withdraw"},
    "accepted": {"never_began"},
    "agreed": {"never_began"},
    "active": {"pause", "begin_closing"},
    "paused": {"resume", "begin_closing"},
    "closing": {"close"},
    "closed": set(),
    "declined": set(),
    "expired": set(),
    "withdrawn": set(),
}


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("step", AFTER)
def test_only_the_steps_of_the_state_machine_are_there(state: MentorshipState, step: str) -> None:
    ending = rules.begin_closing(active(), NOW, by="ana")
    before = structs.replace(ending if state == "closing" else active(), state=state)
    if step in ALLOWED[state]:
        assert AFTER[step](before).state != state
    else:
        assert refusal(lambda: AFTER[step](before)) == "tie-moved-on"


def test_goals_are_added_and_reached() -> None:
    more = with_goal(active(), Goal(id="g", text="Write a letter", by="ana", added_ms=NOW))
    half = with_progress(more, "g", 50, NOW)
    assert [(goal.progress, goal.done_ms) for goal in half.goals] == [(0, None), (50, None)]
    assert with_progress(half, "g", 100, NOW + 1).goals[1].done_ms == NOW + 1
    assert refusal(lambda: with_progress(more, "none", 50, NOW)) == "goal-gone"
    assert refusal(lambda: with_progress(more, "g", 101, NOW)) == "goal-progress"


def test_who_joins_signs_what_holds_and_what_is_to_come() -> None:
    group = rules.matched(replace(tie("group", ("paul",), ()), seats=3), programme(), NOW)

    def write(it: Mentorship, goal: str) -> Mentorship:
        return drafted(it, programme(), NOW, by="paul", goals=[goal], cadence_days=7, ends="2027-01-01")

    first = signed_on_joining(joined(write(group, "One"), "ana", NOW), NOW, person="ana")
    began = rules.advanced(first, programme(), {"paul", "ana"}, NOW)
    assert began.state == "active"
    # Paul has changed the agreement, Ana has not signed that yet: Bo signs both, and the first one holds.
    both = signed_on_joining(joined(write(began, "Two"), "bo", NOW), NOW, person="bo")
    assert both.agreement_in_force is not None
    assert both.agreement_in_force.number == 1
    assert unsigned(both) == ("ana",)
    done = signed(both, NOW, person="ana", number=2)
    assert done.agreement_in_force is not None
    assert done.agreement_in_force.number == 2
