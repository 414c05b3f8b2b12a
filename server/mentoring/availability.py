"""When people are free: weekly windows on the clocks of their zone, and the days that are otherwise.

Somebody is free at every instant at which their clocks show a time within a window: an hour that is left out
in spring is nobody's, one that comes twice in autumn is free twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct

from server.mentoring.people import PersonId
from server.mentoring.zones import DAY_MS, MINUTE_MS, Stretch, local, stretches

DAY = 24 * 60
STEP = 15
"""Minutes: windows begin and end at quarters of an hour, as do all offsets in use."""

LASTING_MS = 28 * DAY_MS
"""Clocks of two zones stand differently for one to three weeks where they change on different days: a week
of such a time says little about a mentorship."""

Interval = tuple[int, int]
"""From the first ms until the second, which is outside."""


class Window(Struct, frozen=True, order=True):
    """A stretch of every week: ``day`` 0 is Monday.

    ``start`` and ``end`` are minutes of the day, multiples of ``STEP``; ``end`` is up to 1440.
    """

    day: int
    start: int
    end: int


class DayOff(Struct, frozen=True, tag="off"):
    """No weekly window counts from the ISO date ``first`` to ``last``, both included."""

    first: str
    last: str


class Extra(Struct, frozen=True, tag="extra"):
    """Free on this ISO date too, on a day off as well; minutes as in ``Window``."""

    day: str
    start: int
    end: int


class Availability(Struct, frozen=True, kw_only=True):
    """When a person can meet. ``zone`` is an IANA name; version 0 is somebody who hasn't said."""

    person: PersonId
    zone: str
    windows: tuple[Window, ...] = ()
    exceptions: tuple[DayOff | Extra, ...] = ()
    version: int = 1


def free(availability: Availability, from_ms: int, to_ms: int) -> list[Interval]:
    """When the person is free within [from, to): apart from each other, earliest first."""
    found: list[Interval] = []
    for stretch in stretches(availability.zone, from_ms, to_ms):
        found.extend(_free_in(availability, stretch))
    return merged(found)


def common(people: Sequence[Availability], from_ms: int, to_ms: int) -> list[Interval]:
    """When all of them are free; nobody is never."""
    if not people:
        return []
    found = free(people[0], from_ms, to_ms)
    for each in people[1:]:
        found = both(found, free(each, from_ms, to_ms))
    return found


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as intervals that don't touch."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def both(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """The instants in both; each is merged already."""
    found: list[Interval] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def without(intervals: Sequence[Interval], busy: Iterable[Interval]) -> list[Interval]:
    """The instants of merged intervals that are in none of ``busy``."""
    found = list(intervals)
    for from_ms, to_ms in merged(busy):
        found = [
            rest
            for start, end in found
            for rest in ((start, min(end, from_ms)), (max(start, to_ms), end))
            if rest[0] < rest[1]
        ]
    return found


def slots(intervals: Iterable[Interval], minutes: int, *, step: int = 30, offset_ms: int = 0) -> list[int]:
    """Where so many minutes fit: the ms of each start, on every ``step`` minutes of clocks ``offset_ms``
    ahead of UTC.
    """
    length, grid = minutes * MINUTE_MS, step * MINUTE_MS
    found: list[int] = []
    for start, end in intervals:
        at = -(-(start + offset_ms) // grid) * grid - offset_ms
        found.extend(range(at, end - length + 1, grid))
    return found


def weekly_overlap_minutes(one: Availability, other: Availability, at_ms: int) -> int:
    """Minutes a week that both are free, without their exceptions.

    The least of all the ways in which their clocks stand to each other for four weeks or longer in the year
    after ``at_ms``: of both sides of a daylight-saving change, that is.
    """
    return min(
        STEP * (week(one.windows, mine) & week(other.windows, theirs)).bit_count()
        for mine, theirs in seasons(one.zone, other.zone, at_ms // DAY_MS)
    )


@lru_cache(maxsize=4096)
def seasons(one: str, other: str, day: int) -> tuple[tuple[int, int], ...]:
    """The pairs of offsets, in minutes, of two zones that last in the year after a day since the epoch."""
    start = day * DAY_MS
    found = [
        (max(a.start_ms, b.start_ms), min(a.end_ms, b.end_ms), a.offset_ms, b.offset_ms)
        for a in stretches(one, start, start + 365 * DAY_MS)
        for b in stretches(other, start, start + 365 * DAY_MS)
    ]
    lasts: dict[tuple[int, int], int] = {}
    for begins, ends, mine, theirs in found:
        pair = (mine // MINUTE_MS, theirs // MINUTE_MS)
        lasts[pair] = max(lasts.get(pair, 0), ends - begins)
    longest = max(lasts.values())
    return tuple(pair for pair, length in lasts.items() if length >= min(LASTING_MS, longest))


@lru_cache(maxsize=65_536)
def week(windows: tuple[Window, ...], offset: int) -> int:
    """The quarters of an hour of a week in UTC that are in a window, as bits, Monday midnight first.

    ``offset`` is in minutes. Two people's common time is the ``&`` of theirs, 15 minutes a bit.
    """
    length = 7 * DAY // STEP
    local_bits = 0
    for each in windows:
        first, last = ((each.day * DAY + minutes) // STEP for minutes in (each.start, each.end))
        local_bits |= (1 << last) - (1 << first)
    by = (offset // STEP) % length
    return (local_bits >> by) | ((local_bits & ((1 << by) - 1)) << (length - by))


def _free_in(availability: Availability, stretch: Stretch) -> list[Interval]:
    """Within a stretch of one offset: clocks there are UTC and a constant."""
    first = local(availability.zone, stretch.start_ms).date()
    last = local(availability.zone, stretch.end_ms - 1).date()
    found: list[Interval] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        midnight = (day - _EPOCH).days * DAY_MS - stretch.offset_ms
        for start, end in _windows_on(availability, day):
            bounds = (
                max(midnight + start * MINUTE_MS, stretch.start_ms),
                min(midnight + end * MINUTE_MS, stretch.end_ms),
            )
            if bounds[0] < bounds[1]:
                found.append(bounds)
    return found


_EPOCH = date(1970, 1, 1)


def _windows_on(availability: Availability, day: date) -> list[tuple[int, int]]:
    said, weekday = day.isoformat(), day.weekday()
    exceptions = availability.exceptions
    off = any(isinstance(each, DayOff) and each.first <= said <= each.last for each in exceptions)
    extra = [(each.start, each.end) for each in exceptions if isinstance(each, Extra) and each.day == said]
    if off:
        return extra
    return extra + [(each.start, each.end) for each in availability.windows if each.day == weekday]
