"""Whole matching runs beside the bare solver on the very costs that they come to; each case in a process."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
from scipy.optimize import linear_sum_assignment

from bench.gatherings import gathering
from server.mentoring.availability import seasons, week
from server.mentoring.matching.candidates import Gathering, Method, Settings, folded
from server.mentoring.matching.fit import fit
from server.mentoring.matching.outcome import Outcome
from server.mentoring.matching.run import run, shuffled

SEED = 20_261_128
FULL = 2_000
MENTEES, MENTORS, PLACES, LISTED = 10_000, 1_000, 10, 30


def main(words: list[str]) -> int:
    """Runs the cases, each in a process of its own, so that its memory is its own."""
    asked = argparse.ArgumentParser(prog="bench/matching", description=__doc__)
    asked.add_argument("--rounds", type=int, default=5, help="runs of each, of which the median counts")
    asked.add_argument("--case", choices=sorted(CASES), help="this one alone, in this process")
    said = asked.parse_args(words)
    if said.case:
        print(CASES[said.case](said.rounds), flush=True)
        return 0
    for name in CASES:
        command = [sys.executable, str(Path(__file__).with_name("matching")), "--case", name]
        done = subprocess.run(
            [*command, "--rounds", str(said.rounds)], check=True, stdout=subprocess.PIPE, text=True
        )
        print(done.stdout, end="", flush=True)
    return 0


def large(rounds: int) -> str:
    """Ten thousand mentees, a thousand mentors, shortlists of thirty; both methods."""
    people = gathering(MENTEES, MENTORS, seed=SEED, places=PLACES)
    print(f"{MENTORS:,} mentors with {PLACES} places each, {MENTEES:,} mentees, shortlists of {LISTED}")
    methods: tuple[Method, ...] = ("assignment", "stable")
    for method in methods:
        asked = Settings(method=method, shortlist=LISTED, consider=LISTED, seed=SEED)
        took, steps, outcome = _run(people, asked, max(rounds // 2, 1))
        print(f"  {method}: {took:.2f} s ({steps}); {_found(outcome)}")
    return f"  memory at its greatest: {_memory()}"


def full(rounds: int) -> str:
    """Everybody with everybody, one place each: what the bare solver is made for."""
    people = gathering(FULL, FULL, seed=SEED)
    asked = Settings(seed=SEED)
    found = fit(shuffled(people, SEED), asked)
    values = np.where(found.possible, found.score.astype(np.float64) + FULL + 1, 0.0)
    whole: list[float] = []
    bare: list[float] = []
    steps, outcome = "", None
    for _ in range(rounds):
        took, steps, outcome = _run(people, asked, 1)
        whole.append(took)
        bare.append(_time(lambda: linear_sum_assignment(values, maximize=True)))
    assert outcome is not None
    rows, columns = linear_sum_assignment(values, maximize=True)
    optimum = values[rows, columns].sum() - np.count_nonzero(found.possible[rows, columns]) * (FULL + 1)
    total = sum(each.score for each in outcome.proposals)
    assert abs(total - optimum) < 1e-2, (total, optimum)
    print(f"{FULL:,} mentors, {FULL:,} mentees, everybody with everybody")
    print(f"  whole run: {median(whole):.3f} s ({min(whole):.3f} to {max(whole):.3f}; {steps})")
    print(f"  scipy's linear_sum_assignment on the same scores: {median(bare):.3f} s ", end="")
    print(f"({min(bare):.3f} to {max(bare):.3f}); the same total, {optimum:.3f}")
    print(f"  {_found(outcome)}; memory at its greatest, both: {_memory()}")
    return f"matching overhead over the bare solver: {median(whole) / median(bare):.2f}"


CASES: dict[str, Callable[[int], str]] = {"large": large, "full": full}


def _run(people: Gathering, asked: Settings, rounds: int) -> tuple[float, str, Outcome]:
    """The median time of whole runs with nothing remembered, the steps of the last, and what it found."""
    times: list[float] = []
    told: list[tuple[str, float]] = []
    outcome: Outcome | None = None
    for _ in range(rounds):
        for remembered in (folded, week, seasons):
            remembered.cache_clear()
        told = []
        began = time.perf_counter()
        outcome = run(people, asked, lambda step, told=told: told.append((step, time.perf_counter())))
        told.append(("", time.perf_counter()))
        times.append(told[-1][1] - began)
    assert outcome is not None
    steps = ", ".join(f"{step} {after - at:.2f}" for (step, at), (_, after) in pairwise(told))
    return median(times), steps, outcome


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _found(outcome: Outcome) -> str:
    report = outcome.report
    return (
        f"{report.pairs:,} pairs, mean {report.mean:.3f}, worst {report.worst:.3f}, "
        f"{report.blocking:,} blocking, first choice {report.profile[0]:,}"
    )


def _memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
