"""Time zones as stretches of one offset: what makes daylight-saving changes plain arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class ZoneError(ValueError):
    """A name that no time zone has."""


class Stretch(Struct, frozen=True):
    """From ``start_ms`` until ``end_ms`` (UTC) clocks are ``offset_ms`` ahead of UTC."""

    start_ms: int
    end_ms: int
    offset_ms: int


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ``ZoneError``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ZoneError(name) from None


def offset_ms(zone: str, at_ms: int) -> int:
    """How far clocks in the zone are ahead of UTC at an instant. Raises ``ZoneError``."""
    offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone_of(zone)).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() * 1000)


def local(zone: str, at_ms: int) -> datetime:
    """The instant as clocks in the zone show it. Raises ``ZoneError``."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone_of(zone))


def instant(zone: str, wall: datetime) -> int:
    """The ms at which clocks in the zone show ``wall`` (naive).

    A time that comes twice is its first; one that is left out is read with the offset before the gap
    (RFC 5545, 3.3.5). Raises ``ZoneError``.
    """
    return round(wall.replace(tzinfo=zone_of(zone), fold=0).timestamp() * 1000)


def stretches(zone: str, from_ms: int, to_ms: int) -> list[Stretch]:
    """The stretches of one offset between two instants, whole years cached. Raises ``ZoneError``."""
    first, last = (datetime.fromtimestamp(each / 1000, UTC).year for each in (from_ms, to_ms))
    found: list[Stretch] = []
    for year in range(first, last + 1):
        for each in _of_year(zone, year):
            start, end = max(each.start_ms, from_ms), min(each.end_ms, to_ms)
            if start >= end:
                continue
            if found and found[-1].offset_ms == each.offset_ms:
                found[-1] = Stretch(found[-1].start_ms, end, each.offset_ms)
            else:
                found.append(Stretch(start, end, each.offset_ms))
    return found


@lru_cache(maxsize=4096)
def _of_year(zone: str, year: int) -> tuple[Stretch, ...]:
    start, end = (round(datetime(each, 1, 1, tzinfo=UTC).timestamp() * 1000) for each in (year, year + 1))
    found: list[Stretch] = []
    begun, offset = start, offset_ms(zone, start)
    at = start
    while at < end:
        # Three days: no zone changes its clocks and changes them back within so few.
        until = min(at + 3 * DAY_MS, end)
        after = offset_ms(zone, until)
        if after != offset:
            changed = _change(zone, at, until, offset)
            found.append(Stretch(begun, changed, offset))
            begun, offset = changed, after
        at = until
    if begun < end:
        found.append(Stretch(begun, end, offset))
    return tuple(found)


def _change(zone: str, before: int, after: int, offset: int) -> int:
    """The first ms with another offset. Clocks change at whole seconds."""
    low, high = before // 1000, after // 1000
    while high - low > 1:
        middle = (low + high) // 2
        if offset_ms(zone, middle * 1000) == offset:
            low = middle
        else:
            high = middle
    return high * 1000
