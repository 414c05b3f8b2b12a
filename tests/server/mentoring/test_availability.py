"""When people are free: against python-dateutil's rules, and against clocks read minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.mentoring.availability import (
    Availability,
    DayOff,
    Extra,
    Window,
    both,
    common,
    free,
    merged,
    slots,
    weekly_overlap_minutes,
    without,
)
from server.mentoring.zones import DAY_MS, HOUR_MS, MINUTE_MS, ZoneError, instant, stretches

ZONES = (
    "Europe/Paris",
    "America/Montreal",
    "America/Toronto",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Los_Angeles",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Africa/Dakar",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "UTC",
)
WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)

zones = st.sampled_from(ZONES)
quarters = st.integers(0, 95)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(quarters)
    return Window(draw(st.integers(0, 6)), start * 15, draw(st.integers(start + 1, 96)) * 15)


def utc(*when: int) -> int:
    return round(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc]


def wall(*when: int) -> datetime:
    return datetime(*when)  # type: ignore[misc] # noqa: DTZ001 - what a clock shows, wherever it hangs


def available(zone: str, *week: Window, exceptions: tuple[DayOff | Extra, ...] = ()) -> Availability:
    return Availability(person="p", zone=zone, windows=week, exceptions=exceptions)


def shown(zone: str, at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))


def test_there_are_twenty_zones() -> None:
    assert len(set(ZONES)) == 20


@settings(max_examples=40, deadline=None)
@given(zone=zones, window=windows())
def test_ten_years_of_windows_begin_and_end_as_the_rule_says(zone: str, window: Window) -> None:
    """Every week of ten years, but for days on which clocks change: those are the next test's."""
    begins, ends = utc(2024, 1, 1), utc(2034, 1, 1)
    rule = rrule.rrule(
        rrule.WEEKLY,
        dtstart=wall(2023, 12, 25) + timedelta(minutes=window.start),
        byweekday=WEEKDAYS[window.day],
        until=wall(2034, 1, 8),
    )
    tz = ZoneInfo(zone)
    expected = []
    for each in rule:
        first = each.replace(tzinfo=tz)
        last = (each + timedelta(minutes=window.end - window.start)).replace(tzinfo=tz)
        around = [(each + timedelta(hours=hours)).replace(tzinfo=tz).utcoffset() for hours in (-26, 26)]
        if around[0] == around[1] and begins <= first.timestamp() * 1000 and last.timestamp() * 1000 <= ends:
            expected.append((round(first.timestamp() * 1000), round(last.timestamp() * 1000)))
    assert len(expected) > 480
    found = set(free(available(zone, window), begins, ends))
    assert [each for each in expected if each not in found] == []
    # Nothing beside what the rule gives, but around changes: at most twelve of those a year.
    assert len(found) - len(expected) <= 10 * 12


@settings(max_examples=60, deadline=None)
@given(zone=zones, week=st.lists(windows(), max_size=6), data=st.data())
def test_on_days_of_change_free_is_what_clocks_show(
    zone: str, week: list[Window], data: st.DataObject
) -> None:
    changes = [each.start_ms for each in stretches(zone, utc(2024, 1, 1), utc(2034, 1, 1))[1:]]
    assume(changes)
    change = data.draw(st.sampled_from(changes))
    from_ms = change - change % (15 * MINUTE_MS) - DAY_MS
    found = free(available(zone, *week), from_ms, from_ms + 2 * DAY_MS)
    assert merged(found) == found
    for at in range(from_ms, from_ms + 2 * DAY_MS, 15 * MINUTE_MS):
        clock = shown(zone, at)
        minute = clock.hour * 60 + clock.minute
        expected = any(each.day == clock.weekday() and each.start <= minute < each.end for each in week)
        assert any(start <= at < end for start, end in found) == expected, clock


def test_an_hour_that_is_left_out_is_nobodys_and_one_that_comes_twice_is_free_twice() -> None:
    spring = available("Europe/Paris", Window(6, 90, 240))  # 01:30 to 04:00
    assert free(spring, utc(2026, 3, 29), utc(2026, 3, 30)) == [
        (utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 2))
    ]
    only_the_gap = available("Europe/Paris", Window(6, 120, 180))
    assert free(only_the_gap, utc(2026, 3, 29), utc(2026, 3, 30)) == []
    assert free(only_the_gap, utc(2026, 10, 25), utc(2026, 10, 26)) == [
        (utc(2026, 10, 25, 0), utc(2026, 10, 25, 2))
    ]


def test_days_off_and_extra_windows() -> None:
    week = [Window(day, 540, 720) for day in range(5)]
    away = DayOff("2026-10-20", "2026-10-22")
    extra = (Extra("2026-10-21", 1080, 1140), Extra("2026-10-24", 600, 660))
    found = free(
        available("Europe/Paris", *week, exceptions=(away, *extra)), utc(2026, 10, 19), utc(2026, 10, 26)
    )
    assert [(shown("Europe/Paris", a).strftime("%a %H:%M"), (b - a) // MINUTE_MS) for a, b in found] == [
        ("Mon 09:00", 180),
        ("Wed 18:00", 60),
        ("Fri 09:00", 180),
        ("Sat 10:00", 60),
    ]


def test_windows_over_midnight_are_one() -> None:
    late = available("America/Montreal", Window(0, 1320, 1440), Window(1, 0, 60))
    [found] = free(late, utc(2026, 10, 13), utc(2026, 10, 14))
    assert found == (utc(2026, 10, 13, 2), utc(2026, 10, 13, 5))


def test_the_lesser_side_of_a_change_counts() -> None:
    """Sydney is ten hours ahead of Paris in one half of the year and eight in the other."""
    paris = available("Europe/Paris", Window(0, 480, 600))  # 08:00 to 10:00
    sydney = available("Australia/Sydney", Window(0, 1080, 1200))  # 18:00 to 20:00
    assert weekly_overlap_minutes(paris, sydney, utc(2026, 1, 1)) == 0
    late = available("Australia/Sydney", Window(0, 960, 1200))
    assert weekly_overlap_minutes(paris, late, utc(2026, 1, 1)) == 120
    montreal = available("America/Montreal", Window(0, 120, 240))
    # One hour less for a few weeks a year does not count.
    assert weekly_overlap_minutes(paris, montreal, utc(2026, 10, 20)) == 120
    assert weekly_overlap_minutes(available("UTC"), paris, utc(2026, 1, 1)) == 0


@settings(max_examples=60, deadline=None)
@given(
    zone=zones,
    other=zones,
    mine=st.lists(windows(), max_size=5),
    theirs=st.lists(windows(), max_size=5),
)
def test_a_weeks_overlap_is_never_more_than_what_weeks_have(
    zone: str, other: str, mine: list[Window], theirs: list[Window]
) -> None:
    one, two = available(zone, *mine), available(other, *theirs)
    start = utc(2026, 1, 5)
    promised = weekly_overlap_minutes(one, two, start)
    assert promised == weekly_overlap_minutes(two, one, start)
    begun = free(one, start, start + 371 * DAY_MS), free(two, start, start + 371 * DAY_MS)
    shared = both(*begun)
    weeks = [
        sum(b - a for a, b in both(shared, [(start + n * 7 * DAY_MS, start + (n + 1) * 7 * DAY_MS)]))
        for n in range(52)
    ]
    least = sorted(each // MINUTE_MS for each in weeks)
    # It is one of the weeks', and no more than four in five of them.
    assert promised in least
    assert sum(each < promised for each in least) <= 10


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@given(one=spans, other=spans)
def test_sets_of_instants(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    def points(intervals: list[tuple[int, int]]) -> set[int]:
        return {at for start, end in intervals for at in range(start, end)}

    a, b = merged(one), merged(other)
    assert points(a) == points(one)
    assert all(before[1] < after[0] for before, after in pairwise(a))
    assert points(both(a, b)) == points(a) & points(b)
    assert points(without(a, other)) == points(a) - points(other)


def test_slots_begin_on_whole_and_half_hours_of_somebodys_clock() -> None:
    at = utc(2026, 10, 20, 8, 10)
    found = slots([(at, at + 2 * HOUR_MS)], 60)
    assert found == [utc(2026, 10, 20, 8, 30), utc(2026, 10, 20, 9)]
    nepal = slots([(at, at + 2 * HOUR_MS)], 60, offset_ms=345 * MINUTE_MS)
    assert [shown("Asia/Kathmandu", each).minute for each in nepal] == [0, 30]
    assert slots([(at, at + HOUR_MS)], 60) == []


def test_common_time_of_several() -> None:
    people = [
        available("Europe/Paris", Window(1, 840, 1200)),
        available("America/Montreal", Window(1, 480, 720)),
        available("Africa/Dakar", Window(1, 0, 1440)),
    ]
    # On 20 October Montreal is six hours behind Paris, on the 27th five.
    [before, after] = common(people, utc(2026, 10, 19), utc(2026, 11, 1))
    assert before == (utc(2026, 10, 20, 12), utc(2026, 10, 20, 16))
    assert after == (utc(2026, 10, 27, 13), utc(2026, 10, 27, 16))
    assert common([], utc(2026, 10, 19), utc(2026, 11, 1)) == []


@settings(max_examples=60, deadline=None)
@given(zone=zones, day=st.dates(date(2024, 1, 1), date(2033, 12, 31)), minute=st.integers(0, 1439))
def test_a_time_on_the_clock_is_an_instant(zone: str, day: date, minute: int) -> None:
    clock_shows = wall(day.year, day.month, day.day) + timedelta(minutes=minute)
    at = instant(zone, clock_shows)
    clock = shown(zone, at).replace(tzinfo=None)
    if clock != clock_shows:  # left out: as much later as the gap is long (RFC 5545, 3.3.5)
        assert not any(
            shown(zone, at + n * MINUTE_MS).replace(tzinfo=None) == wall for n in range(-1500, 1500)
        )
        assert timedelta(0) < clock - clock_shows <= timedelta(hours=24)


def test_no_such_zone() -> None:
    with pytest.raises(ZoneError):
        instant("Europe/Lutece", wall(2026, 1, 1))
