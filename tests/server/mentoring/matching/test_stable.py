"""Stable matching: nobody would rather swap, and every mentee has the best that any stable matching gives."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
from algmatch import HospitalResidentsProblem
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mentoring.matching.stable import blocking, stable

Case = tuple[list[list[int]], list[list[int]], list[int]]


def instance(seed: int) -> Case:
    """Both list each other, in an order of their own; some have nobody."""
    chance = random.Random(seed)
    mentees, mentors = chance.randint(1, 9), chance.randint(1, 6)
    pairs = [each for each in product(range(mentees), range(mentors)) if chance.random() < 0.6]
    mine = [[column for row, column in pairs if row == at] for at in range(mentees)]
    theirs = [[row for row, column in pairs if column == at] for at in range(mentors)]
    for each in (*mine, *theirs):
        chance.shuffle(each)
    return mine, theirs, [chance.randint(1, 3) for _ in range(mentors)]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return instance(draw(st.integers(0, 10**6)))


def test_two_hundred_instances_agree_with_algmatch() -> None:
    for seed in range(200):
        mine, theirs, places = instance(seed)
        problem = HospitalResidentsProblem(
            dictionary={
                "residents": {row + 1: [column + 1 for column in each] for row, each in enumerate(mine)},
                "hospitals": {
                    column + 1: {
                        "capacity": places[column],
                        "preferences": [row + 1 for row in each],
                    }
                    for column, each in enumerate(theirs)
                },
            }
        )
        oracle = problem.get_stable_matching()
        assert oracle is not None
        expected = {
            int(row[1:]) - 1: int(column[1:]) - 1
            for row, column in oracle["resident_sided"].items()
            if column
        }
        matched = stable(mine, theirs, places)
        assert {row: column for row, column in enumerate(matched.tolist()) if column >= 0} == expected, seed


@given(cases())
@settings(max_examples=300, deadline=None)
def test_nobody_would_rather_swap(case: Case) -> None:
    mine, theirs, places = case
    matched = stable(mine, theirs, places)
    assert blocking(mine, theirs, places, matched) == []
    taken = np.bincount(matched[matched >= 0], minlength=len(places))
    assert (taken <= places).all()
    assert all(column < 0 or row in theirs[column] for row, column in enumerate(matched.tolist()))


@given(cases())
@settings(max_examples=60, deadline=None)
def test_no_stable_matching_gives_a_mentee_better(case: Case) -> None:
    mine, theirs, places = case
    mine = mine[:5]
    theirs = [[row for row in each if row < 5] for each in theirs]
    best = stable(mine, theirs, places)
    for way in product(*[[-1, *each] for each in mine]):
        if any(way.count(column) > most for column, most in enumerate(places)):
            continue
        if blocking(mine, theirs, places, np.array(way, np.intp)):
            continue
        for row, column in enumerate(way):
            if column >= 0:
                assert mine[row].index(int(best[row])) <= mine[row].index(column)


def test_who_would_both_rather_have_each_other_block() -> None:
    mine, theirs = [[0, 1], [0, 1]], [[0, 1], [0, 1]]
    assert blocking(mine, theirs, [1, 1], np.array([1, 0])) == [(0, 0)]
    assert blocking(mine, theirs, [1, 1], np.array([0, -1])) == [(1, 1)]
    assert blocking(mine, theirs, [0, 1], np.array([-1, 1])) == [(0, 1)]
