"""Who was in a session's room, and for how long, from when people came and went."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from server.mentoring.availability import merged
from server.mentoring.meetings import Attendance
from server.mentoring.people import PersonId
from server.mentoring.zones import MINUTE_MS


class Stay(Struct, frozen=True):
    """One time that somebody was in the room; ``left_ms`` is None while they are."""

    person: PersonId
    joined_ms: int
    left_ms: int | None = None


def attendance(stays: Iterable[Stay], now_ms: int) -> tuple[Attendance, ...]:
    """Each person's attendance, who came first at the front; half a minute and more counts as one."""
    times: dict[PersonId, list[tuple[int, int]]] = {}
    for each in stays:
        left = each.left_ms if each.left_ms is not None else now_ms
        times.setdefault(each.person, []).append((each.joined_ms, max(left, each.joined_ms + 1)))
    found = []
    for person, spans in times.items():
        whole = merged(spans)
        length = sum(end - start for start, end in whole)
        found.append(
            Attendance(
                person=person,
                joined_ms=whole[0][0],
                left_ms=whole[-1][1],
                minutes=(length + MINUTE_MS // 2) // MINUTE_MS,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.joined_ms, each.person)))


def present(stays: Iterable[Stay]) -> frozenset[PersonId]:
    """Who is in the room now."""
    return frozenset(each.person for each in stays if each.left_ms is None)


def empty_since_ms(stays: Iterable[Stay]) -> int | None:
    """Since when nobody is in the room; None while somebody is, or before anybody came."""
    left = [each.left_ms for each in stays]
    if not left or None in left:
        return None
    return max(each for each in left if each is not None)
