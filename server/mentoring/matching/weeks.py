"""How many minutes a week each mentee and each mentor are both free, for all pairs at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from server.mentoring.availability import STEP, seasons, week
from server.mentoring.matching.candidates import Candidate
from server.mentoring.zones import DAY_MS

_words = -(-7 * 24 * 60 // STEP // 64)

# Rows at a time: what is compared of a thousand mentors stays within a core's cache.
_together = 128


def overlaps(mentees: Sequence[Candidate], mentors: Sequence[Candidate], at_ms: int) -> NDArray[np.uint16]:
    """Minutes, a row for each mentee and a column for each mentor.

    The same as ``weekly_overlap_minutes``: of the ways in which the clocks of both zones stand to each other
    for long, the one with the least, so both sides of a daylight-saving change.
    """
    minutes = np.zeros((len(mentees), len(mentors)), np.uint16)
    for zone, rows in _by_zone(mentees):
        for other, columns in _by_zone(mentors):
            least: NDArray[np.uint16] | None = None
            for mine, theirs in seasons(zone, other, at_ms // DAY_MS):
                common = _common(_bits(mentees, rows, mine), _bits(mentors, columns, theirs))
                least = common if least is None else np.minimum(least, common)
            assert least is not None
            minutes[np.ix_(rows, columns)] = least * np.uint16(STEP)
    return minutes


def _by_zone(people: Sequence[Candidate]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    places: dict[str, list[int]] = {}
    for at, each in enumerate(people):
        places.setdefault(each.zone, []).append(at)
    for zone, found in places.items():
        yield zone, np.asarray(found, np.intp)


def _bits(people: Sequence[Candidate], chosen: NDArray[np.intp], offset: int) -> NDArray[np.uint64]:
    raw = b"".join(week(people[at].windows, offset).to_bytes(_words * 8, "little") for at in chosen)
    return np.frombuffer(raw, "<u8").reshape(len(chosen), _words).astype(np.uint64)


def _common(rows: NDArray[np.uint64], columns: NDArray[np.uint64]) -> NDArray[np.uint16]:
    count = np.empty((len(rows), len(columns)), np.uint16)
    for start in range(0, len(rows), _together):
        part = rows[start : start + _together]
        total = np.zeros((len(part), len(columns)), np.uint16)
        for word in range(_words):
            total += np.bitwise_count(part[:, word, None] & columns[None, :, word])
        count[start : start + _together] = total
    return count
