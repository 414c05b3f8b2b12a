"""The mentor bank: who fits what somebody looks for, in which order, and why.

A set of people is an integer whose bit ``n`` stands for the person with number ``n``: to keep those whom two
things are true of is one ``&``, however many they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from server.mentoring.availability import DAY, STEP, Availability, week
from server.mentoring.folding import words
from server.mentoring.kinds import Kind
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Enrolment
from server.mentoring.zones import MINUTE_MS, stretches

HALF_HOURS = 7 * 48
"""Of a week in UTC, Monday midnight first."""

MOST_WORDS = 8
"""Words of a search that count."""

OFFERED, TEXT, SOUGHT, FREE, SPEAKS = 4, 1, 3, 2, 1
"""What it is worth that a word searched for is offered or stands in the text, that something sought is
offered, that there is an hour in common, and a language."""

Weeks = tuple[int, int]
"""The half hours at which somebody has an hour, in January and in July: bits of ``HALF_HOURS``."""

NEVER: Weeks = (0, 0)


class Ask(Struct, frozen=True, kw_only=True):
    """What somebody looks for. ``words`` and ``seeks`` are folded (``folding.words``).

    ``weeks`` are the asker's own; ``together`` keeps only those with an hour in common. ``speaks`` are the
    asker's languages, ``language`` one that is asked for. ``number`` is the asker's, who is never found.
    """

    words: tuple[str, ...] = ()
    seeks: tuple[str, ...] = ()
    language: str = ""
    speaks: tuple[str, ...] = ()
    kind: Kind | None = None
    weeks: Weeks = NEVER
    together: bool = False
    number: int = 0


class Reason(Struct, frozen=True, kw_only=True):
    """Why somebody fits: ``code`` names a sentence, ``values`` fill it."""

    code: str
    values: dict[str, str | int] = {}


def hour_starts(availability: Availability, at_ms: int) -> Weeks:
    """When somebody has a whole hour, by the week of both halves of the year of ``at_ms``."""
    year = datetime.fromtimestamp(at_ms / 1000, UTC).year
    found = []
    for month in (1, 7):
        start = int(datetime(year, month, 15, tzinfo=UTC).timestamp() * 1000)
        [first, *_] = stretches(availability.zone, start, start + 1)
        found.append(_hours(week(availability.windows, first.offset_ms // MINUTE_MS)))
    return (found[0], found[1])


def _hours(quarters: int) -> int:
    length = 7 * DAY // STEP
    for by in (1, 2):
        # A whole hour from here: this quarter and the three after it, around the end of the week too.
        quarters &= (quarters >> by) | ((quarters & ((1 << by) - 1)) << (length - by))
    return sum(1 << half for half in range(HALF_HOURS) if quarters >> (2 * half) & 1)


def shared_hours(one: Weeks, other: Weeks) -> int:
    """How many half hours of the week both could begin an hour at, in the worse half of the year."""
    return min((mine & theirs).bit_count() for mine, theirs in zip(one, other, strict=True))


def positions(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, rising."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def in_order(candidates: int, merits: Sequence[tuple[int, int]], first: int) -> Iterator[int]:
    """The candidates' numbers, best first. ``merits`` are sets and what being in each is worth.

    Among equals those from number ``first`` on come first, so that nobody always does.
    """
    planes: list[int] = []
    for members, worth in merits:
        for place in positions(worth):
            _add(planes, members & candidates, place)
    for equals in _tiers(candidates, planes, len(planes)):
        later = equals >> first << first
        yield from positions(later)
        yield from positions(equals ^ later)


def _add(planes: list[int], carry: int, place: int) -> None:
    """Adds one, at a binary place, to the sums of all in ``carry``: the sums' digits stand in planes."""
    while carry:
        planes.extend([0] * (place + 1 - len(planes)))
        planes[place], carry = planes[place] ^ carry, planes[place] & carry
        place += 1


def _tiers(among: int, planes: list[int], place: int) -> Iterator[int]:
    if not among:
        return
    if not place:
        yield among
        return
    yield from _tiers(among & planes[place - 1], planes, place - 1)
    yield from _tiers(among & ~planes[place - 1], planes, place - 1)


def reasons(ask: Ask, profile: Profile, enrolment: Enrolment, weeks: Weeks) -> tuple[Reason, ...]:
    """Why this mentor is shown, what matters most first."""
    found: list[Reason] = []
    matched, offered = [], []
    for skill in profile.offers:
        known = words(skill, short=True)
        if any(each in ask.seeks for each in known):
            matched.append(skill)
        elif _begins(known, ask.words):
            offered.append(skill)
    if matched:
        found.append(Reason(code="seeks", values={"skills": ", ".join(matched[:3])}))
    if offered:
        found.append(Reason(code="offers", values={"skills": ", ".join(offered[:3])}))
    elif ask.words and not matched and _begins(words(f"{profile.headline} {profile.about}"), ask.words):
        found.append(Reason(code="text"))
    common = shared_hours(ask.weeks, weeks)
    if common:
        found.append(Reason(code="free", values={"count": common}))
    spoken = [each for each in profile.languages if each in ask.speaks or each == ask.language]
    if spoken:
        found.append(Reason(code="speaks", values={"language": spoken[0]}))
    found.append(Reason(code="room", values={"count": enrolment.capacity - enrolment.active}))
    return tuple(found)


def _begins(known: Sequence[str], asked: Sequence[str]) -> bool:
    return any(word.startswith(begun) for word in known for begun in asked)
