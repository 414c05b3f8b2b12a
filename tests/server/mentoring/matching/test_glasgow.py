"""A published instance: students and projects of the University of Glasgow, 2007-08 (PrefLib 00038)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from algmatch import HospitalResidentsProblem
from scipy.optimize import linear_sum_assignment

from bench.gatherings import AT_MS
from server.mentoring.availability import Window
from server.mentoring.matching import assignment as solver
from server.mentoring.matching.assignment import assignment
from server.mentoring.matching.candidates import Candidate, Gathering, Method, Settings, Weights
from server.mentoring.matching.run import run
from server.mentoring.matching.stable import blocking, stable

TEXT = (Path(__file__).parent / "glasgow_2007.soi").read_text("utf-8")
STUDENTS = [
    [int(each) - 1 for each in line.partition(": ")[2].split(",")]
    for line in TEXT.splitlines()
    if not line.startswith("#")
]
PROJECTS = 61

# Supervisors' orders are not published: every project takes the student who comes first in the file.
BY_STUDENT = [[row for row, wishes in enumerate(STUDENTS) if at in wishes] for at in range(PROJECTS)]


def test_it_is_the_instance_as_published() -> None:
    assert (len(STUDENTS), {len(each) for each in STUDENTS}) == (35, {5})
    assert max(max(each) for each in STUDENTS) == PROJECTS - 1


@pytest.mark.parametrize("small", [0, 10**9], ids=["by prices", "whole"])
def test_the_assignment_is_scipys_optimum(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "SMALL", small)
    score = np.zeros((35, PROJECTS), np.float32)
    for row, wishes in enumerate(STUDENTS):
        for place, column in enumerate(wishes):
            score[row, column] = 1 - place / 5
    possible = score > 0
    matched = assignment(score, possible, [1] * PROJECTS, STUDENTS)
    values = np.where(possible, score.astype(np.float64) + 36, 0.0)
    rows, columns = linear_sum_assignment(values, maximize=True)
    has = np.flatnonzero(matched >= 0)
    assert len(has) == np.count_nonzero(possible[rows, columns]) == 35
    assert values[has, matched[has]].sum() == pytest.approx(values[rows, columns].sum(), abs=1e-5)


def test_the_stable_matching_is_algmatchs() -> None:
    matched = stable(STUDENTS, BY_STUDENT, [1] * PROJECTS)
    assert blocking(STUDENTS, BY_STUDENT, [1] * PROJECTS, matched) == []
    oracle = HospitalResidentsProblem(
        dictionary={
            "residents": {row + 1: [each + 1 for each in wishes] for row, wishes in enumerate(STUDENTS)},
            "hospitals": {
                at + 1: {"capacity": 1, "preferences": [row + 1 for row in takes]}
                for at, takes in enumerate(BY_STUDENT)
            },
        }
    ).get_stable_matching()
    assert oracle is not None
    expected = {
        int(row[1:]) - 1: int(column[1:]) - 1 for row, column in oracle["resident_sided"].items() if column
    }
    assert {row: column for row, column in enumerate(matched.tolist()) if column >= 0} == expected


@pytest.mark.parametrize(("method", "least"), [("assignment", 35), ("stable", 30)])
def test_a_whole_run_by_wishes_alone(method: Method, least: int) -> None:
    free = (Window(0, 600, 720),)

    def person(name: str, wishes: list[int]) -> Candidate:
        ranking = tuple(f"project-{each}" for each in wishes)
        return Candidate(person=name, zone="Europe/London", languages=("en",), windows=free, ranking=ranking)

    people = Gathering(
        at_ms=AT_MS,
        mentors=tuple(person(f"project-{at}", []) for at in range(PROJECTS)),
        mentees=tuple(person(f"student-{row:02}", wishes) for row, wishes in enumerate(STUDENTS)),
    )
    wishes = Weights(skills=0, time=0, language=0, meeting=0, spread=0, waiting=0, wish=1, willing=0)
    outcome = run(people, Settings(method=method, weights=wishes))
    assert outcome.report.pairs == 35
    on_their_list = sum(outcome.report.profile[:5])
    assert on_their_list >= least
    if method == "stable":
        assert outcome.report.blocking == 0
