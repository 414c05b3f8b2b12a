"""A whole run: filters, scores, shortlists, the solver, and what there is to say about what came out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import structs

from server.mentoring.matching.alone import mentees_alone, mentors_alone
from server.mentoring.matching.assignment import Matched, assignment
from server.mentoring.matching.candidates import Gathering, Pair, Settings, ordered
from server.mentoring.matching.candidates import input_hash as hash_of
from server.mentoring.matching.fit import Fit, fit
from server.mentoring.matching.lists import mentee_lists, mentor_lists, shortlists, spread
from server.mentoring.matching.outcome import Outcome, Proposal, Shortlist, report_of
from server.mentoring.matching.reasons import reasons, total
from server.mentoring.matching.stable import Lists, blocking, stable

Step = Literal["scores", "lists", "solving", "report"]

LISTED = 30
"""How many mentors the solver begins with for each mentee, and a mentee's list is long in a stable run."""


def _silent(_: Step) -> None:
    return


def run(gathering: Gathering, settings: Settings, tell: Callable[[Step], None] = _silent) -> Outcome:
    """Does it all; ``tell`` hears which step begins."""
    tell("scores")
    people = shuffled(gathering, settings.seed)
    found = fit(people, settings)
    tell("lists")
    wide = shortlists(found, max(settings.consider, settings.shortlist))
    short = spread(wide, [each.places for each in people.mentors], settings.shortlist)
    mine = mentee_lists(found, people.mentees, people.mentors, wide if settings.method == "stable" else short)
    theirs = mentor_lists(found, people.mentees, people.mentors, mine)
    tell("solving")
    pins, dropped = _pins(people, settings)
    matched = _solved(people, settings, found, (mine, theirs), wide, pins)
    tell("report")
    pairs = _blocking(people, (mine, theirs), pins, matched)
    proposals = _proposals(people, settings, matched, (mine, theirs), pins)
    return Outcome(
        input_hash=hash_of(gathering),
        settings=settings,
        proposals=proposals,
        mentees_alone=mentees_alone(people, settings, found, matched),
        mentors_alone=mentors_alone(people, settings, found, matched),
        shortlists=tuple(
            Shortlist(mentee=each.person, mentors=tuple(people.mentors[at].person for at in row))
            for each, row in zip(people.mentees, short, strict=True)
        ),
        dropped_pins=dropped,
        report=report_of(proposals, pairs),
    )


def shuffled(gathering: Gathering, seed: int) -> Gathering:
    """The people in an order that the seed decides: between equals, it is not always the same who win."""
    straight = ordered(gathering)
    chance = np.random.default_rng(seed)
    return structs.replace(
        straight,
        mentors=tuple(straight.mentors[at] for at in chance.permutation(len(straight.mentors))),
        mentees=tuple(straight.mentees[at] for at in chance.permutation(len(straight.mentees))),
    )


def _pins(people: Gathering, settings: Settings) -> tuple[dict[int, int], tuple[Pair, ...]]:
    """The pins that can be kept, row to column; the others."""
    rows = {each.person: at for at, each in enumerate(people.mentees)}
    columns = {each.person: at for at, each in enumerate(people.mentors)}
    left = [each.places for each in people.mentors]
    kept: dict[int, int] = {}
    dropped: list[Pair] = []
    for pair in settings.pins:
        row, column = rows.get(pair.mentee), columns.get(pair.mentor)
        if row is None or column is None or row in kept or left[column] < 1 or pair.mentor == pair.mentee:
            dropped.append(pair)
            continue
        kept[row] = column
        left[column] -= 1
    return kept, tuple(dropped)


def _solved(
    people: Gathering,
    settings: Settings,
    found: Fit,
    lists: tuple[Lists, Lists],
    wide: Lists,
    pins: dict[int, int],
) -> Matched:
    mine, places = _loose(people, lists[0], pins)
    if settings.method == "stable":
        matched = stable(mine, lists[1], places)
    else:
        possible = found.possible
        if pins:
            possible = possible.copy()
            possible[list(pins)] = False
        matched = assignment(found.score, possible, places, wide)
    for row, column in pins.items():
        matched[row] = column
    return matched


def _loose(people: Gathering, lists: Lists, pins: dict[int, int]) -> tuple[Lists, list[int]]:
    """The mentees' lists and the mentors' places that pins leave to be decided."""
    places = [each.places for each in people.mentors]
    for column in pins.values():
        places[column] -= 1
    return [[] if row in pins else each for row, each in enumerate(lists)], places


def _blocking(
    people: Gathering, lists: tuple[Lists, Lists], pins: dict[int, int], matched: Matched
) -> list[Pair]:
    mine, places = _loose(people, lists[0], pins)
    others = matched.copy()
    others[list(pins)] = -1
    return [
        Pair(people.mentors[column].person, people.mentees[row].person)
        for row, column in blocking(mine, lists[1], places, others)
    ]


def _proposals(
    people: Gathering,
    settings: Settings,
    matched: Matched,
    lists: tuple[Lists, Lists],
    pins: dict[int, int],
) -> tuple[Proposal, ...]:
    places = [{row: at + 1 for at, row in enumerate(each)} for each in lists[1]]
    made: list[Proposal] = []
    for row, column in enumerate(matched.tolist()):
        if column < 0:
            continue
        mentor, mentee = people.mentors[column], people.mentees[row]
        said = reasons(mentor, mentee, settings.weights, people.at_ms)
        own = lists[0][row]
        made.append(
            Proposal(
                mentor=mentor.person,
                mentee=mentee.person,
                score=total(said),
                reasons=said,
                mentee_place=own.index(column) + 1 if column in own else 0,
                mentor_place=places[column].get(row, 0),
                pinned=row in pins,
            )
        )
    return tuple(sorted(made, key=lambda each: (-each.score, each.mentor, each.mentee)))
