"""When a series takes place: against python-dateutil's rule, over ten years and twenty zones."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dateutil import rrule, tz
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mentoring.recurrence import MOST_TIMES, occurrences
from tests.server.mentoring.test_availability import ZONES, utc

HALF_HOUR_MS = 1_800_000

halves = st.integers(utc(2024, 1, 1) // HALF_HOUR_MS, utc(2034, 1, 1) // HALF_HOUR_MS)


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    half=halves,
    every=st.integers(1, 4),
    times=st.integers(1, MOST_TIMES),
)
def test_every_date_is_the_rules_on_the_clock_of_the_zone(
    zone: str, half: int, every: int, times: int
) -> None:
    starts_ms = half * HALF_HOUR_MS
    there = ZoneInfo(zone)
    first = datetime.fromtimestamp(starts_ms / 1000, UTC).astimezone(there)
    rule = rrule.rrule(rrule.WEEKLY, interval=every, count=times, dtstart=first.replace(tzinfo=None, fold=0))
    # What the clock leaves out comes later by as much as it leaps (RFC 5545, 3.3.5).
    dates = [tz.resolve_imaginary(each.replace(tzinfo=there)) for each in rule]
    expected = [round(each.timestamp() * 1000) for each in dates]
    assert occurrences(starts_ms, zone, every, times) == [starts_ms, *expected[1:]]


def test_some_of_these_dates_are_left_out_by_a_clock_or_come_twice() -> None:
    in_spring = occurrences(utc(2027, 3, 21, 1, 30), "Europe/Paris", 1, 3)
    assert in_spring == [utc(2027, 3, 21, 1, 30), utc(2027, 3, 28, 1, 30), utc(2027, 4, 4, 0, 30)]
    in_autumn = occurrences(utc(2027, 10, 24, 0, 30), "Europe/Paris", 1, 3)
    assert in_autumn == [utc(2027, 10, 24, 0, 30), utc(2027, 10, 31, 0, 30), utc(2027, 11, 7, 1, 30)]
