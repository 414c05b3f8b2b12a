"""Who goes with whom so that as many as can be have somebody, and the total score is the greatest.

A dense solver looks at every pair of a mentee and a place, of which nearly all are hopeless. Here the solver
is given each mentee's best mentors alone; then prices prove that no other pair could have done better, or
say which ones might, and those are added. The optimum is the same; 2,000 by 2,000 take a third of the time,
and a programme of thousands fits in memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from server.mentoring.matching.fit import Mask, Matrix

Matched = NDArray[np.intp]
"""The column of each row; -1 for nobody."""

_Indices = NDArray[np.intp]

SMALL = 40_000
"""So many pairs of a mentee and a place are solved whole: that takes less than to begin otherwise."""

_rounds = 12
_tolerance = 1e-8
_together = 256


def assignment(
    score: Matrix, possible: Mask, places: Sequence[int], lists: Sequence[Sequence[int]]
) -> Matched:
    """The optimum. Rows are mentees, columns mentors with places; scores are between 0 and 1.

    ``lists`` are the columns to begin with, the best of each row: they change how long it takes, not what
    comes out.
    """
    if score.shape[0] * sum(min(each, score.shape[0]) for each in places) <= SMALL:
        return whole(score, possible, places)
    rows = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    columns = np.fromiter((column for each in lists for column in each), np.intp, len(rows))
    kept = possible[rows, columns]
    rows, columns = rows[kept], columns[kept]
    for _ in range(_rounds):
        matched = _among(score, places, rows, columns)
        prices = _prices(score, places, rows, columns, matched)
        if prices is None:
            break
        more_rows, more_columns = _missed(score, possible, places, matched, prices)
        if len(more_rows) == 0:
            return matched
        both = np.unique(
            np.concatenate([rows * score.shape[1] + columns, more_rows * score.shape[1] + more_columns])
        )
        rows, columns = both // score.shape[1], both % score.shape[1]
    return whole(score, possible, places)


def whole(score: Matrix, possible: Mask, places: Sequence[int]) -> Matched:
    """The optimum by the dense solver: a mentor with several places is a column several times."""
    rows = score.shape[0]
    seats = np.minimum(np.asarray(places, np.intp), rows)
    columns = np.repeat(np.arange(score.shape[1]), seats)
    costs = score.astype(np.float64)
    costs += _worth(rows, len(columns))
    np.negative(costs, out=costs)
    costs[~possible] = 0.0
    mine, theirs = linear_sum_assignment(costs if (seats == 1).all() else costs[:, columns])
    matched = np.full(rows, -1, np.intp)
    chosen = columns[theirs]
    kept = possible[mine, chosen]
    matched[mine[kept]] = chosen[kept]
    return matched


def _worth(rows: int, seats: int) -> float:
    """What one more pair is worth: more than all scores together can differ."""
    return 1.0 + min(rows, seats)


def _among(score: Matrix, places: Sequence[int], rows: _Indices, columns: _Indices) -> Matched:
    """The optimum of these pairs alone.

    Each row has a column of its own as well, where it stays without anybody: so there is always a full
    matching, which LAPJVsp needs.
    """
    count, width = score.shape
    wanted = np.bincount(columns, minlength=width)
    seats = np.minimum(np.asarray(places, np.intp), wanted)
    first = np.concatenate([[0], np.cumsum(seats)])
    total = int(first[-1])
    times = seats[columns]
    spread_rows = np.repeat(rows, times)
    within = np.arange(len(spread_rows)) - np.repeat(np.cumsum(times) - times, times)
    spread_columns = np.repeat(first[columns], times) + within
    costs = np.repeat(2.0 - score[rows, columns].astype(np.float64), times)
    alone = 2.0 * _worth(count, total)
    graph = csr_array(
        (
            np.concatenate([costs, np.full(count, alone)]),
            (
                np.concatenate([spread_rows, np.arange(count)]),
                np.concatenate([spread_columns, total + np.arange(count)]),
            ),
        ),
        shape=(count, total + count),
    )
    mine, theirs = min_weight_full_bipartite_matching(graph)
    owner = np.repeat(np.arange(width), seats)
    matched = np.full(count, -1, np.intp)
    real = theirs < total
    matched[mine[real]] = owner[theirs[real]]
    return matched


def _prices(
    score: Matrix, places: Sequence[int], rows: _Indices, columns: _Indices, matched: Matched
) -> NDArray[np.float64] | None:
    """The least price of a place with each mentor at which every row likes best what it has.

    The dual of the assignment (Shapley and Shubik 1971), by relaxation; None when it does not settle, which
    an optimum always does but for rounding.
    """
    count, width = score.shape
    worth = _worth(count, int(np.minimum(np.asarray(places), count).sum()))
    gains = score[rows, columns].astype(np.float64) + worth
    has = matched >= 0
    own = np.zeros(count)
    own[has] = score[np.flatnonzero(has), matched[has]].astype(np.float64) + worth
    order = np.argsort(columns, kind="stable")
    rows, columns, gains = rows[order], columns[order], gains[order]
    heads, begins = np.unique(columns, return_index=True)
    partner = np.where(has, matched, width)[rows]
    excess = gains - own[rows]
    prices = np.zeros(width + 1)
    if len(heads) == 0:
        return prices[:width]
    for _ in range(4 * width + 8):
        asked = np.maximum.reduceat(excess + prices[partner], begins)
        settled = asked <= prices[heads] + _tolerance
        if settled.all():
            return prices[:width]
        prices[heads] = np.maximum(prices[heads], asked)
        if prices.max() > 4 * worth * (1 + width):
            return None
    return None


def _missed(
    score: Matrix, possible: Mask, places: Sequence[int], matched: Matched, prices: NDArray[np.float64]
) -> tuple[_Indices, _Indices]:
    """The pairs that at these prices a row would rather have than its own."""
    count = len(score)
    worth = _worth(count, int(np.minimum(np.asarray(places), count).sum()))
    has = matched >= 0
    own = np.zeros(count)
    own[has] = score[np.flatnonzero(has), matched[has]].astype(np.float64) + worth - prices[matched[has]]
    open_ = np.asarray(places) > 0
    # Compared in single precision first, which is quick and lets nothing through that the exact sum finds.
    ask = (prices - worth).astype(np.float32)
    slack = np.float32(np.abs(prices).max(initial=0.0) * 4e-7 + worth * 4e-7 + 1e-6)
    found_rows: list[_Indices] = []
    found_columns: list[_Indices] = []
    for start in range(0, count, _together):
        part = score[start : start + _together] - ask[None, :]
        near = part > own[start : start + _together].astype(np.float32)[:, None] - slack
        near &= possible[start : start + _together]
        at, column = np.nonzero(near)
        row = at + start
        gain = score[row, column].astype(np.float64) + worth - prices[column]
        more = (gain > own[row] + _tolerance) & open_[column]
        found_rows.append(row[more])
        found_columns.append(column[more])
    return np.concatenate(found_rows), np.concatenate(found_columns)
