"""Who goes with whom by what both sides would rather have: stable matching, and what makes one unstable.

Mentees are rows, mentors columns with places; the answer is the column of each row, -1 for none.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappush, heapreplace

import numpy as np

from server.mentoring.matching.assignment import Matched

Lists = Sequence[Sequence[int]]
"""For each on one side, those of the other side whom they would take, the dearest first."""


def stable(mentees: Lists, mentors: Lists, places: Sequence[int]) -> Matched:
    """Hospital/residents (Gale and Shapley 1962), mentees proposing: each gets the best mentor of any stable
    matching. Only pairs who are on each other's list are made.
    """
    ranks = [{row: place for place, row in enumerate(each)} for each in mentors]
    matched = np.full(len(mentees), -1, np.intp)
    asked = [0] * len(mentees)
    # Of each mentor's mentees the one whom they like least is at the top.
    held: list[list[tuple[int, int]]] = [[] for _ in mentors]
    waiting = list(range(len(mentees) - 1, -1, -1))
    while waiting:
        row = waiting.pop()
        wishes = mentees[row]
        while asked[row] < len(wishes):
            column = wishes[asked[row]]
            asked[row] += 1
            rank = ranks[column].get(row)
            if rank is None or places[column] < 1:
                continue
            if len(held[column]) < places[column]:
                heappush(held[column], (-rank, row))
                matched[row] = column
                break
            if -held[column][0][0] > rank:
                _, refused = heapreplace(held[column], (-rank, row))
                matched[row] = column
                matched[refused] = -1
                waiting.append(refused)
                break
    return matched


def blocking(
    mentees: Lists, mentors: Lists, places: Sequence[int], matched: Matched
) -> list[tuple[int, int]]:
    """The pairs (row, column) who would both rather have each other than what they were given."""
    ranks = [{row: place for place, row in enumerate(each)} for each in mentors]
    worst = [-1] * len(mentors)
    taken = [0] * len(mentors)
    for row, column in enumerate(matched.tolist()):
        if column >= 0:
            taken[column] += 1
            worst[column] = max(worst[column], ranks[column].get(row, len(ranks[column])))
    found: list[tuple[int, int]] = []
    for row, wishes in enumerate(mentees):
        for column in wishes:
            if column == matched[row]:
                break
            rank = ranks[column].get(row)
            if rank is not None and (
                taken[column] < places[column] or (taken[column] and rank < worst[column])
            ):
                found.append((row, column))
    return found
