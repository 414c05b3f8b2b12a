"""How well each mentee goes with each mentor: what can't be, and the weighted sum of eight named parts.

Each part is between 0 and 1, a row for each mentee and a column for each mentor (or broadcast to that).
``reasons.py`` says the same of one pair in facts; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from server.mentoring.matching.candidates import Candidate, Gathering, Settings, folded, tongue
from server.mentoring.matching.parts import ENOUGH_MINUTES, RANKS, rank_value, share_of, spare, waited
from server.mentoring.matching.weeks import overlaps

# Rows at a time: what is computed of a thousand mentors stays within a core's cache.
_together = 128

Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fit:
    """What is known of all pairs: rows are mentees, columns mentors, in the gathering's order.

    ``possible`` is what no hard filter forbids; ``speaks`` and ``minutes`` are two of the filters by
    themselves, to say why somebody stays alone. ``score`` is between 0 and 1.
    """

    possible: Mask
    speaks: Mask
    minutes: NDArray[np.uint16]
    score: Matrix


def fit(gathering: Gathering, settings: Settings) -> Fit:
    """The filters and the scores of all pairs."""
    mentees, mentors = gathering.mentees, gathering.mentors
    shares = share_of(settings.weights)
    minutes = overlaps(mentees, mentors, gathering.at_ms)
    tongues = [[tongue(tag) for tag in each.languages] for each in mentees]
    spoken = [[tongue(tag) for tag in each.languages] for each in mentors]
    any_of, best_of = _Tags.of(tongues, spoken), _Tags.of([each[:1] for each in tongues], spoken)
    meets = _Tags.of([each.meets for each in mentees], [each.meets for each in mentors])
    skills = _Skills.of(mentees, mentors)
    constant = np.array([shares["spread"] * spare(each) for each in mentors], np.float32)
    waiting = np.array([shares["waiting"] * waited(each, gathering.at_ms) for each in mentees], np.float32)
    ready = np.array([not each.paused for each in mentees], bool)
    open_ = np.array([not each.paused and each.places > 0 for each in mentors], bool)
    speaks = np.empty(minutes.shape, bool)
    possible = np.empty(minutes.shape, bool)
    score = np.empty(minutes.shape, np.float32)
    for start in range(0, len(mentees), _together):
        rows = slice(start, min(start + _together, len(mentees)))
        some = any_of.shared(rows)
        part = score[rows]
        np.multiply(minutes[rows], np.float32(1 / ENOUGH_MINUTES), out=part)
        np.minimum(part, 1, out=part)
        part *= np.float32(shares["time"])
        part += waiting[rows, None] + constant
        part += (best_of.shared(rows) + np.float32(1)) * np.float32(shares["language"] / 2)
        part += skills.shared(rows) * np.float32(shares["skills"])
        part += meets.shared(rows) * np.float32(shares["meeting"])
        speaks[rows] = some
        possible[rows] = some & (minutes[rows] >= max(settings.least_minutes, 1))
        possible[rows] &= ready[rows, None] & open_
    for row, column in _forbidden(gathering, settings):
        possible[row, column] = False
    _ranks(score, mentees, mentors, shares["wish"])
    _ranks(score.T, mentors, mentees, shares["willing"])
    return Fit(possible=possible, speaks=speaks, minutes=minutes, score=score)


@dataclass(frozen=True, slots=True)
class _Tags:
    """Small sets of tags on both sides as bits: products of matrices so small cost BLAS more in threads."""

    mentees: NDArray[np.uint64]
    mentors: NDArray[np.uint64]

    @staticmethod
    def of(mentees: Sequence[Sequence[str]], mentors: Sequence[Sequence[str]]) -> _Tags:
        said = sorted({tag for each in (*mentees, *mentors) for tag in each})
        names = {tag: at for at, tag in enumerate(said)}
        return _Tags(_bits(mentees, names), _bits(mentors, names))

    def shared(self, rows: slice) -> Mask:
        """Whether both have any of the tags."""
        some = np.zeros((len(self.mentees[rows]), len(self.mentors)), bool)
        for word in range(self.mentees.shape[1]):
            some |= (self.mentees[rows, word, None] & self.mentors[None, :, word]) != 0
        return some


def _bits(sets: Sequence[Sequence[str]], names: Mapping[str, int]) -> NDArray[np.uint64]:
    words = -(-max(len(names), 1) // 64)
    raw = b"".join(sum({1 << names[tag] for tag in each}).to_bytes(words * 8, "little") for each in sets)
    return np.frombuffer(raw, "<u8").reshape(len(sets), words).astype(np.uint64)


@dataclass(frozen=True, slots=True)
class _Skills:
    """What mentees seek, each skill as its share of what they seek, and what mentors offer."""

    wants: csr_array
    gives: csr_array
    none: Matrix

    @staticmethod
    def of(mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> _Skills:
        sought = [{folded(skill) for skill in each.skills} for each in mentees]
        names = {skill: at for at, skill in enumerate(sorted(set().union(*sought)))}
        offered = [{folded(skill) for skill in each.skills} & names.keys() for each in mentors]
        # Who seeks nothing finds half of it with anybody.
        none = np.array([0.0 if each else 0.5 for each in sought], np.float32)[:, None]
        gives = _incidence(offered, names, [1.0] * len(offered)).T.tocsr()
        return _Skills(_incidence(sought, names, [1 / max(len(each), 1) for each in sought]), gives, none)

    def shared(self, rows: slice) -> Matrix:
        """The share of what a mentee seeks that a mentor offers."""
        return np.asarray((self.wants[rows] @ self.gives).toarray(), np.float32) + self.none[rows]


def _incidence(sets: Sequence[set[str]], names: Mapping[str, int], values: Sequence[float]) -> csr_array:
    columns = np.array([names[name] for each in sets for name in sorted(each)], np.int32)
    lengths = [len(each) for each in sets]
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int32)]).astype(np.int32)
    weights = np.repeat(np.asarray(values, np.float32), lengths)
    return csr_array((weights, columns, ends), shape=(len(sets), len(names)))


def _ranks(score: Matrix, choosers: Sequence[Candidate], others: Sequence[Candidate], share: float) -> None:
    """Adds what rankings count; a row of ``score`` for each of the choosers."""
    at = {each.person: place for place, each in enumerate(others)}
    for row, each in enumerate(choosers):
        for place, person in enumerate(each.ranking[:RANKS]):
            if person in at:
                score[row, at[person]] += np.float32(share * rank_value(place))


def _forbidden(gathering: Gathering, settings: Settings) -> set[tuple[int, int]]:
    rows = {each.person: at for at, each in enumerate(gathering.mentees)}
    columns = {each.person: at for at, each in enumerate(gathering.mentors)}
    oneself = {(rows[person], columns[person]) for person in rows.keys() & columns.keys()}
    return oneself | {
        (rows[pair.mentee], columns[pair.mentor])
        for pair in (*gathering.apart, *settings.vetoes)
        if pair.mentee in rows and pair.mentor in columns
    }
