"""The bank's own arithmetic: folding, whole hours of a week, and the order of many who fit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mentoring.availability import Availability, Window
from server.mentoring.bank import NEVER, Ask, hour_starts, in_order, positions, reasons, shared_hours
from server.mentoring.folding import folded, telling, words
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Enrolment

AT_MS = 1_793_278_800_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Éducation à la Santé", ("education", "sante")),
        ("l\u2019enseignement d'ici", ("enseignement", "ici")),
        ("Mentors, mentor", ("mentor",)),
        ("Cœur et métaux", ("coeur", "metau")),
        ("C++ C# R Go IA", ("c++", "c#", "r", "go", "ia")),
        ("the art of asking for help", ("art", "asking", "help")),
        ("  ", ()),
    ],
)
def test_words_are_found_however_they_are_written(text: str, expected: tuple[str, ...]) -> None:
    assert words(text, short=True) == expected


def test_what_one_does_with_a_subject_is_not_the_subject() -> None:
    assert telling(["Gérer le stress", "Écrire", "Manage a budget"]) == ("stress", "ecrire", "budget")


def test_a_text_is_not_found_by_its_short_words() -> None:
    assert words("Go to R") == ()


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def free(zone: str, *windows: tuple[int, int, int]) -> Availability:
    return Availability(person="p", zone=zone, windows=tuple(Window(*each) for each in windows))


def test_an_hour_is_whole_and_in_utc_of_both_halves_of_the_year() -> None:
    winter, summer = hour_starts(free("Europe/Paris", (0, 9 * 60, 10 * 60 + 30)), AT_MS)
    assert list(positions(winter)) == [16, 17]  # 9:00 and 9:30 in Paris are 8:00 and 8:30 UTC
    assert list(positions(summer)) == [14, 15]
    assert hour_starts(free("UTC", (2, 600, 645)), AT_MS) == NEVER


def test_the_week_goes_round() -> None:
    winter, _ = hour_starts(free("Pacific/Auckland", (0, 12 * 60, 14 * 60)), AT_MS)
    assert list(positions(winter)) == [0, 334, 335]  # Monday 13:00 in Auckland is midnight UTC


def test_what_is_shared_is_so_in_both_halves_of_the_year() -> None:
    paris = hour_starts(free("Europe/Paris", (0, 16 * 60, 18 * 60)), AT_MS)
    montreal = hour_starts(free("America/Montreal", (0, 10 * 60, 11 * 60)), AT_MS)
    assert shared_hours(paris, montreal) == 1
    phoenix = hour_starts(free("America/Phoenix", (0, 9 * 60, 10 * 60)), AT_MS)  # no summer time there
    assert shared_hours(paris, phoenix) == 0


@pytest.mark.parametrize("seed", range(20))
def test_the_order_is_that_of_the_sums(seed: int) -> None:
    chance = random.Random(seed)
    candidates = chance.getrandbits(300)
    merits = [(chance.getrandbits(300), chance.randrange(1, 6)) for _ in range(9)]
    first = chance.randrange(300)

    def worth(number: int) -> int:
        return sum(each for members, each in merits if members >> number & 1)

    expected = sorted(positions(candidates), key=lambda each: (-worth(each), each < first, each))
    assert list(in_order(candidates, merits, first)) == expected


def test_a_card_says_why() -> None:
    offers = ("Préparer l\u2019internat", "Prise de parole")
    profile = Profile(person="m", headline="Chirurgienne", offers=offers, languages=("fr",))
    enrolment = Enrolment(programme="p", person="m", role="mentor", joined_ms=0, capacity=3, active=1)
    seeks = words("parole en public", short=True)
    ask = Ask(words=words("chirurgie"), seeks=seeks, speaks=("fr",), weeks=(0b111, 0b111))
    found = reasons(ask, profile, enrolment, (0b011, 0b110))
    assert [(each.code, each.values) for each in found] == [
        ("seeks", {"skills": "Prise de parole"}),
        ("free", {"count": 2}),
        ("speaks", {"language": "fr"}),
        ("room", {"count": 2}),
    ]
