"""The assignment is the optimum: of every way on small cases, of scipy's dense solver on large ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from bench.gatherings import gathering
from server.mentoring.matching import assignment as solver
from server.mentoring.matching.assignment import assignment, whole
from server.mentoring.matching.candidates import Settings
from server.mentoring.matching.fit import Mask, Matrix, fit
from server.mentoring.matching.lists import shortlists


def worth(score: Matrix, matched: np.ndarray) -> tuple[int, float]:
    rows = np.flatnonzero(matched >= 0)
    return len(rows), float(score[rows, matched[rows]].astype(np.float64).sum())


def brute_force(score: Matrix, possible: Mask, places: list[int]) -> tuple[int, float]:
    """The best of all the ways there are."""
    best = (0, 0.0)
    options = [[-1, *np.flatnonzero(row).tolist()] for row in possible]
    for way in product(*options):
        if all(way.count(column) <= most for column, most in enumerate(places)):
            best = max(best, worth(score, np.array(way)))
    return best


def kept(score: Matrix, possible: Mask, places: list[int], matched: np.ndarray) -> None:
    rows = np.flatnonzero(matched >= 0)
    assert possible[rows, matched[rows]].all()
    taken = np.bincount(matched[rows], minlength=len(places))
    assert (taken <= places).all()


@st.composite
def small(draw: st.DrawFn) -> tuple[Matrix, Mask, list[int]]:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    cells = st.lists(st.integers(0, 20), min_size=rows * columns, max_size=rows * columns)
    score = (np.array(draw(cells), np.float32) / np.float32(20)).reshape(rows, columns)
    flags = st.lists(st.booleans(), min_size=rows * columns, max_size=rows * columns)
    possible = np.array(draw(flags), bool).reshape(rows, columns)
    return score, possible, draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns))


@pytest.mark.parametrize("most", [0, 10**9], ids=["by prices", "whole"])
@given(case=small(), length=st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_it_is_the_best_of_all_the_ways_there_are(
    most: int, case: tuple[Matrix, Mask, list[int]], length: int
) -> None:
    score, possible, places = case
    lists = [
        sorted(np.flatnonzero(row).tolist(), key=lambda at: -scores[at])[:length]
        for row, scores in zip(possible, score, strict=True)
    ]
    before, solver.SMALL = solver.SMALL, most
    try:
        matched = assignment(score, possible, places, lists)
    finally:
        solver.SMALL = before
    kept(score, possible, places, matched)
    best = brute_force(score, possible, places)
    found = worth(score, matched)
    assert found[0] == best[0]
    assert found[1] == pytest.approx(best[1], abs=1e-6)


@pytest.mark.parametrize(
    ("mentees", "mentors", "places", "listed"),
    [(600, 600, 1, 30), (600, 600, 1, 3), (900, 200, 3, 20), (500, 900, 1, 10), (800, 100, 20, 10)],
)
def test_it_is_the_dense_solvers_optimum_on_large_cases(
    mentees: int, mentors: int, places: int, listed: int
) -> None:
    people = gathering(mentees, mentors, seed=20261128, places=places)
    found = fit(people, Settings())
    seats = [places] * mentors
    matched = assignment(found.score, found.possible, seats, shortlists(found, listed))
    kept(found.score, found.possible, seats, matched)
    # Scipy's own, told nothing of ours: what can't be is worth nothing, a pair more than all scores.
    values = np.where(found.possible, found.score.astype(np.float64) + mentees + 1, 0.0)
    columns = np.repeat(np.arange(mentors), places)
    rows, chosen = linear_sum_assignment(values[:, columns], maximize=True)
    optimum = values[rows, columns[chosen]].sum()
    count, total = worth(found.score, matched)
    assert total + count * (mentees + 1) == pytest.approx(optimum, abs=1e-5)
    assert worth(found.score, whole(found.score, found.possible, seats)) == pytest.approx((count, total))


def test_long_lists_that_nobody_is_possible_on_match_nobody() -> None:
    score = np.ones((300, 200), np.float32)
    matched = assignment(score, np.zeros((300, 200), bool), [1] * 200, [[0, 1]] * 300)
    assert (matched == -1).all()
