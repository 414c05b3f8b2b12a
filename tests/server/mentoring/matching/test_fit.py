"""What can't be, and the parts of a score: of all pairs at once and of one pair in words, the same."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from bench.gatherings import AT_MS, DAY_MS, gathering
from server.mentoring.availability import Availability, Window, weekly_overlap_minutes
from server.mentoring.matching.candidates import Candidate, Gathering, Pair, Settings, Weights
from server.mentoring.matching.fit import fit
from server.mentoring.matching.reasons import reasons, total
from server.mentoring.matching.weeks import overlaps

EVENING = tuple(Window(day, 18 * 60, 21 * 60) for day in range(5))


def person(name: str, **said: object) -> Candidate:
    return Candidate(
        **{  # type: ignore[arg-type]
            "person": name,
            "zone": "Europe/Paris",
            "languages": ("fr",),
            "meets": ("video",),
            "windows": EVENING,
            **said,
        }
    )


def possible(mentor: Candidate, mentee: Candidate, **said: object) -> bool:
    people = Gathering(at_ms=AT_MS, mentors=(mentor,), mentees=(mentee,))
    return bool(fit(people, Settings(**said)).possible[0, 0])  # type: ignore[arg-type]


@given(seed=st.integers(0, 10**6), weights=st.lists(st.integers(0, 10), min_size=8, max_size=8))
@settings(max_examples=40, deadline=None)
def test_a_pairs_reasons_make_its_score(seed: int, weights: list[int]) -> None:
    people = gathering(6, 5, seed=seed, skills=12)
    names = [each.person for each in people.mentors]
    people = structs.replace(
        people,
        mentees=tuple(
            structs.replace(each, ranking=tuple(names[at : at + 3])) for at, each in enumerate(people.mentees)
        ),
        mentors=tuple(
            structs.replace(each, taken=at, ranking=("mentee-2",)) for at, each in enumerate(people.mentors)
        ),
    )
    asked = Settings(weights=Weights(**dict(zip(Weights.__struct_fields__, weights, strict=True))))
    found = fit(people, asked)
    for row, mentee in enumerate(people.mentees):
        for column, mentor in enumerate(people.mentors):
            said = reasons(mentor, mentee, asked.weights, people.at_ms)
            assert total(said) == pytest.approx(float(found.score[row, column]), abs=1e-5)
            assert all(0 <= each.value <= 1 for each in said)


def test_minutes_in_common_are_availabilitys_own() -> None:
    people = gathering(20, 20, seed=3)
    minutes = overlaps(people.mentees, people.mentors, people.at_ms)
    for row, mentee in enumerate(people.mentees):
        for column, mentor in enumerate(people.mentors):
            one, other = (
                Availability(person=each.person, zone=each.zone, windows=each.windows)
                for each in (mentee, mentor)
            )
            assert minutes[row, column] == weekly_overlap_minutes(one, other, people.at_ms)
    assert minutes.any()


def test_an_hour_that_is_common_only_in_summer_is_none() -> None:
    # Dakar keeps its clocks: 18 h there is 20 h in Paris in summer, 19 h in winter.
    mentor = person("a", zone="Africa/Dakar", windows=(Window(0, 18 * 60, 19 * 60),))
    summer = person("b", windows=(Window(0, 20 * 60, 21 * 60),))
    both = person("c", windows=(Window(0, 19 * 60, 21 * 60),))
    july = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp() * 1000)
    people = Gathering(at_ms=july, mentors=(mentor,), mentees=(summer, both))
    assert fit(people, Settings()).possible[:, 0].tolist() == [False, True]


def test_languages_are_the_same_whatever_the_region() -> None:
    assert possible(person("a", languages=("en", "fr-CA")), person("b", languages=("fr",)))
    assert not possible(person("a", languages=("en",)), person("b", languages=("fr",)))
    assert not possible(person("a", languages=()), person("b", languages=("fr",)))


def test_who_is_paused_full_or_oneself_is_never_possible() -> None:
    assert not possible(person("a", paused=True), person("b"))
    assert not possible(person("a"), person("b", paused=True))
    assert not possible(person("a", places=0), person("b"))
    assert not possible(person("a"), person("a"))


def test_a_conflict_and_a_veto_forbid_a_pair() -> None:
    pair = Pair("a", "b")
    people = Gathering(at_ms=AT_MS, mentors=(person("a"),), mentees=(person("b"),), apart=(pair,))
    assert not fit(people, Settings()).possible.any()
    assert not possible(person("a"), person("b"), vetoes=(pair,))
    assert possible(person("a"), person("b"), vetoes=(Pair("b", "a"),))


def test_less_than_the_least_time_is_not_enough() -> None:
    mentor = person("a", windows=(Window(0, 18 * 60, 19 * 60),))
    assert possible(mentor, person("b"), least_minutes=60)
    assert not possible(mentor, person("b"), least_minutes=75)


def test_the_facts_of_a_pair() -> None:
    mentor = person("a", skills=("Écriture", "python", "SQL"), places=2, taken=2, languages=("en", "fr"))
    mentee = person(
        "b",
        skills=("Python", "ecriture", "Cooking"),
        since_ms=AT_MS - 15 * DAY_MS,
        ranking=("x", "a"),
    )
    said = {each.part: each for each in reasons(mentor, mentee, Weights(), AT_MS)}
    assert said["skills"].names == ("Python", "ecriture")
    assert said["skills"].value == pytest.approx(2 / 3)
    assert said["time"].count == 15 * 60
    assert said["language"].names == ("fr",)
    assert (said["spread"].value, said["spread"].count) == (0.5, 2)
    assert (said["waiting"].value, said["waiting"].count) == (0.5, 15)
    assert (said["wish"].value, said["wish"].count) == (pytest.approx(0.8), 2)
    assert said["willing"].count == 0


def test_weights_of_nothing_count_every_part_alike() -> None:
    zeros = Weights(skills=0, time=0, language=0, meeting=0, spread=0, waiting=0, wish=0, willing=0)
    said = reasons(person("a"), person("b"), zeros, AT_MS)
    assert np.isclose(sum(each.share for each in said), 1)
    people = Gathering(at_ms=AT_MS, mentors=(person("a"),), mentees=(person("b"),))
    score = fit(people, Settings(weights=zeros)).score[0, 0]
    assert total(said) == pytest.approx(float(score), abs=1e-6)
