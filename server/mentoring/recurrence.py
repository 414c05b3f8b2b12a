"""When a series of sessions takes place: every so many weeks at the same time on the organiser's clock."""

from __future__ import annotations

from datetime import timedelta

from server.mentoring.zones import instant, local

MOST_TIMES = 26


def occurrences(starts_ms: int, zone: str, every_weeks: int, times: int) -> list[int]:
    """The ms of each, the first one as given.

    A time that the clock leaves out one day comes as much later as the gap is long, one that comes twice is
    its first (RFC 5545, 3.3.5). Raises ``ZoneError``.
    """
    first = local(zone, starts_ms).replace(tzinfo=None)
    later = (instant(zone, first + timedelta(weeks=every_weeks * number)) for number in range(1, times))
    return [starts_ms, *later]
