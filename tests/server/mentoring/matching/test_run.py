"""Whole runs: they can be repeated, keep pins, vetoes and capacity, and say why somebody stays alone."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json, structs

from bench.gatherings import AT_MS, gathering
from server.mentoring.availability import Window
from server.mentoring.matching.candidates import Candidate, Gathering, Method, Pair, Settings, input_hash
from server.mentoring.matching.compare import compare
from server.mentoring.matching.outcome import Outcome
from server.mentoring.matching.run import run

EVENING = tuple(Window(day, 18 * 60, 21 * 60) for day in range(5))
MORNING = tuple(Window(day, 8 * 60, 9 * 60) for day in range(5))


def person(name: str, **said: object) -> Candidate:
    basis = {"person": name, "zone": "Europe/Paris", "languages": ("fr",), "windows": EVENING}
    return Candidate(**{**basis, **said})  # type: ignore[arg-type]


def people(mentors: list[Candidate], mentees: list[Candidate], *apart: Pair) -> Gathering:
    return Gathering(at_ms=AT_MS, mentors=tuple(mentors), mentees=tuple(mentees), apart=apart)


def pairs(outcome: Outcome) -> set[Pair]:
    return {Pair(each.mentor, each.mentee) for each in outcome.proposals}


@pytest.mark.parametrize("method", ["assignment", "stable"])
def test_the_same_seed_and_input_give_the_same_run(method: Method) -> None:
    whole = gathering(60, 30, seed=5, places=2)
    asked = Settings(method=method, seed=7)
    mixed = structs.replace(
        whole,
        mentors=tuple(random.Random(1).sample(whole.mentors, len(whole.mentors))),
        mentees=tuple(random.Random(2).sample(whole.mentees, len(whole.mentees))),
    )
    assert json.encode(run(whole, asked)) == json.encode(run(mixed, asked))


def test_the_input_hash_tells_other_input() -> None:
    whole = gathering(5, 5, seed=5)
    changed = structs.replace(
        whole, mentees=(structs.replace(whole.mentees[0], skills=("x",)), *whole.mentees[1:])
    )
    assert input_hash(whole) != input_hash(changed)


def test_between_equals_the_seed_decides() -> None:
    equal = people([person("a")], [person(f"b{at}") for at in range(8)])
    won = {run(equal, Settings(seed=seed)).proposals[0].mentee for seed in range(30)}
    assert len(won) > 3


@given(
    seed=st.integers(0, 10**6),
    method=st.sampled_from(["assignment", "stable"]),
    places=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_nobody_gets_more_than_they_have_places_for(seed: int, method: Method, places: int) -> None:
    whole = gathering(12, 6, seed=seed, places=places, skills=10)
    chance = random.Random(seed)
    pins = tuple(Pair(f"mentor-{chance.randrange(6)}", f"mentee-{at}") for at in range(3))
    vetoes = tuple(Pair(f"mentor-{at}", f"mentee-{chance.randrange(12)}") for at in range(6))
    outcome = run(whole, Settings(method=method, seed=seed, pins=pins, vetoes=vetoes))
    taken = Counter(each.mentor for each in outcome.proposals)
    assert max(taken.values(), default=0) <= places
    assert max(Counter(each.mentee for each in outcome.proposals).values(), default=0) <= 1
    kept = set(pins) - set(outcome.dropped_pins)
    assert kept <= pairs(outcome)
    assert not (set(vetoes) - kept) & pairs(outcome)
    assert {each.person for each in outcome.mentees_alone} == {each.person for each in whole.mentees} - {
        each.mentee for each in outcome.proposals
    }
    if method == "stable":
        assert outcome.report.blocking == 0
    assert outcome.report.pairs == len(outcome.proposals)
    assert sum(outcome.report.profile) + outcome.report.off_list == outcome.report.pairs


def test_a_pin_holds_whatever_the_score_but_not_beyond_capacity() -> None:
    mentor = person("a", languages=("en",))
    pins = (Pair("a", "b"), Pair("a", "c"), Pair("z", "c"))
    outcome = run(people([mentor], [person("b"), person("c")]), Settings(pins=pins))
    assert pairs(outcome) == {Pair("a", "b")}
    assert outcome.proposals[0].pinned
    assert outcome.dropped_pins == pins[1:]


def test_a_veto_gives_way_to_the_next_best() -> None:
    mentors = [person("a", skills=("x",)), person("b")]
    mentee = person("c", skills=("x",))
    assert pairs(run(people(mentors, [mentee]), Settings())) == {Pair("a", "c")}
    again = run(people(mentors, [mentee]), Settings(vetoes=(Pair("a", "c"),)))
    assert pairs(again) == {Pair("b", "c")}


def test_what_people_rank_decides_a_stable_run() -> None:
    mentors = [person("a", ranking=("d", "c")), person("b", ranking=("c", "d"))]
    mentees = [person("c", ranking=("a", "b")), person("d", ranking=("b", "a"))]
    outcome = run(people(mentors, mentees), Settings(method="stable"))
    assert pairs(outcome) == {Pair("a", "c"), Pair("b", "d")}
    assert outcome.report.profile == (2,)
    assert outcome.report.mentor_profile == (0, 2)


def test_why_somebody_stays_alone() -> None:
    mentors = [person("a"), person("english", languages=("en",), windows=MORNING)]
    mentees = [
        person("first", skills=("x",)),
        person("second", paused=True),
        person("arabic", languages=("ar",)),
        person("mornings", windows=((Window(6, 60, 120)),)),
        person("divided", windows=MORNING),
        person("before"),
    ]
    mentors[0] = structs.replace(mentors[0], ranking=("first",))
    outcome = run(people(mentors, mentees, Pair("a", "before")), Settings())
    assert {each.person: each.why for each in outcome.mentees_alone} == {
        "second": "paused",
        "arabic": "language",
        "mornings": "time",
        "divided": "both",
        "before": "apart",
    }
    assert {each.person: each.why for each in outcome.mentors_alone} == {"english": "language"}
    full = run(people([person("a")], [person("b"), person("c")]), Settings())
    assert [each.why for each in full.mentees_alone] == ["places"]
    nobody = run(people([], [person("b")]), Settings())
    assert [each.why for each in nobody.mentees_alone] == ["nobody"]


def test_a_shortlist_is_the_best_few_whom_nothing_forbids() -> None:
    whole = gathering(40, 30, seed=11)
    outcome = run(whole, Settings(shortlist=5))
    assert max(len(each.mentors) for each in outcome.shortlists) == 5
    assert {each.mentee for each in outcome.shortlists} == {each.person for each in whole.mentees}


def test_a_mentor_whom_everybody_would_like_is_not_on_every_list() -> None:
    star = person("star", skills=("x", "y"), places=1)
    others = [person(f"a{at}", skills=("x",), places=1) for at in range(19)]
    mentees = [person(f"b{at:02}", skills=("x", "y")) for at in range(60)]
    outcome = run(people([star, *others], mentees), Settings(shortlist=5))
    lists = [each.mentors for each in outcome.shortlists]
    assert {len(each) for each in lists} == {5}
    assert sum("star" in each for each in lists) == 30
    # Twice 60 lists of 5 shared by 20 places.
    alone = run(people([star, *others[:3]], mentees[:2]), Settings(shortlist=5))
    assert all(each.mentors[0] == "star" for each in alone.shortlists)


def test_nobody_at_all_is_an_empty_run() -> None:
    outcome = run(people([], []), Settings(method="stable"))
    assert (outcome.proposals, outcome.report.pairs, outcome.report.mean) == ((), 0, 0.0)


def test_steps_are_told_as_they_begin() -> None:
    told: list[str] = []
    run(gathering(3, 3, seed=1), Settings(), told.append)
    assert told == ["scores", "lists", "solving", "report"]


def test_two_runs_side_by_side() -> None:
    mentors = [person("a", skills=("x",)), person("b")]
    mentees = [person("c", skills=("x",)), person("d")]
    one = run(people(mentors, mentees), Settings())
    other = run(people(mentors, mentees), Settings(vetoes=(Pair("a", "c"),)))
    found = compare(one, other)
    assert {(each.mentee, each.before, each.after) for each in found.moved} == {
        ("c", "a", "b"),
        ("d", "b", "a"),
    }
    assert found.same == 0
    assert compare(one, one).moved == ()
    assert compare(one, one).same == 2
    assert compare(run(people([], mentees), Settings()), one).moved[0].before is None
