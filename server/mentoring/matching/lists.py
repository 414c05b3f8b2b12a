"""Whom each would take: the shortlist by score, then in the order in which people have ranked each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from server.mentoring.matching.candidates import Candidate
from server.mentoring.matching.fit import Fit

# Rows at a time: a copy of all scores of a large programme would take as much memory as the scores.
_together = 256


def shortlists(fit: Fit, most: int) -> list[list[int]]:
    """For each mentee the mentors of the best scores, at most so many, the best first."""
    found: list[list[int]] = []
    for start in range(0, len(fit.score), _together):
        possible = fit.possible[start : start + _together]
        scores = np.where(possible, fit.score[start : start + _together], np.float32(-1))
        best = _best(scores, most)
        kept = np.take_along_axis(possible, best, axis=1)
        found.extend(row[mask].tolist() for row, mask in zip(best, kept, strict=True))
    return found


def spread(wide: Sequence[Sequence[int]], places: Sequence[int], most: int) -> list[list[int]]:
    """Short lists out of long ones, so that nobody is on everybody's: there are only so many whom a mentor
    can read of and rank.

    Everybody gets their best first; a mentor is on twice as many lists as there would be if all were asked
    alike for their places. Who would have fewer than ``most`` gets their next best all the same.
    """
    total = sum(places)
    limit = [max(most, -(-2 * most * len(wide) * each // total)) if total else 0 for each in places]
    taken = [0] * len(places)
    found: list[list[int]] = [[] for _ in wide]
    for place in range(max((len(each) for each in wide), default=0)):
        for row, each in enumerate(wide):
            if place < len(each) and len(found[row]) < most and taken[each[place]] < limit[each[place]]:
                found[row].append(each[place])
                taken[each[place]] += 1
    for row, each in enumerate(wide):
        left = most - len(found[row])
        if left > 0 and len(found[row]) < len(each):
            there = set(found[row])
            chosen = there | set([column for column in each if column not in there][:left])
            found[row] = [column for column in each if column in chosen]
    return found


def _best(scores: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    if most < scores.shape[1]:
        chosen = np.argpartition(-scores, most, axis=1)[:, :most]
        chosen.sort(axis=1)
    else:
        chosen = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    order = np.argsort(-np.take_along_axis(scores, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1)


def mentee_lists(
    fit: Fit, mentees: Sequence[Candidate], mentors: Sequence[Candidate], short: Sequence[Sequence[int]]
) -> list[list[int]]:
    """Each mentee's list: whom they ranked, as far as it is possible, then the rest of their shortlist."""
    places = {each.person: at for at, each in enumerate(mentors)}
    lists = [list(each) for each in short]
    for row, each in enumerate(mentees):
        if each.ranking:
            ranked = [places[person] for person in dict.fromkeys(each.ranking) if person in places]
            own = [column for column in ranked if fit.possible[row, column]]
            lists[row] = own + [column for column in lists[row] if column not in own]
    return lists


def mentor_lists(
    fit: Fit, mentees: Sequence[Candidate], mentors: Sequence[Candidate], lists: Sequence[Sequence[int]]
) -> list[list[int]]:
    """Each mentor's list: of the mentees who would take them, those whom they ranked, then by score."""
    rows = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    columns = np.fromiter((column for each in lists for column in each), np.intp, len(rows))
    order = np.lexsort((rows, -fit.score[rows, columns], columns))
    ends = np.searchsorted(columns[order], np.arange(len(mentors) + 1))
    sorted_rows = rows[order].tolist()
    found = [sorted_rows[ends[at] : ends[at + 1]] for at in range(len(mentors))]
    places = {each.person: at for at, each in enumerate(mentees)}
    for column, each in enumerate(mentors):
        if each.ranking:
            there = set(found[column])
            ranked = [places[person] for person in dict.fromkeys(each.ranking) if person in places]
            own = [row for row in ranked if row in there]
            found[column] = own + [row for row in found[column] if row not in own]
    return found
