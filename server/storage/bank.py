"""The index of the mentor bank: bitmaps by people's numbers, kept in the commits that change people.

What is true of somebody is a bit at their number, counted from the lowest bit of each byte (``_bit``), so
that Python reads a bitmap as one integer. Those of words are cut into parts: most words are few people's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from redis.asyncio import Redis

from server.mentoring.availability import Availability
from server.mentoring.bank import HALF_HOURS, NEVER, Weeks, hour_starts, positions
from server.mentoring.folding import words
from server.mentoring.kinds import Kind
from server.mentoring.people import PersonId
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Enrolment
from server.mentoring.taking_part import MOST_UNANSWERED
from server.storage import matching_keys
from server.storage.records import Change, Op

PART = 4096
"""Numbers in one part of a word's bitmap: 512 bytes at most."""


async def number_of(store: Redis, person: PersonId) -> int:
    """The person's number in the bank; given the first time it is asked for, from 1."""
    return int(
        await store.eval(
            _NUMBER,
            3,
            matching_keys.BANK_NUMBERS,
            matching_keys.BANK_PEOPLE,
            matching_keys.BANK_COUNT,
            person,
        )
    )


_NUMBER = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then return tonumber(known) end
local number = redis.call('INCR', KEYS[3])
redis.call('HSET', KEYS[1], ARGV[1], number)
redis.call('HSET', KEYS[2], number, ARGV[1])
return number
"""


def enrolment_changes(enrolment: Enrolment) -> list[Change]:
    """What offers a mentor in their programme's bank, or no longer; part of storing any enrolment."""
    if enrolment.role != "mentor" or not enrolment.number:
        return []
    number, programme = enrolment.number, enrolment.programme
    there = enrolment.left_ms is None
    offered = there and enrolment.active < enrolment.capacity and enrolment.unanswered < MOST_UNANSWERED
    kinds: tuple[Kind, ...] = enrolment.kinds or get_args(Kind)
    paused = matching_keys.bank_paused(programme)
    return [
        _set(f"offered:{programme}", number, there=offered),
        _set(f"trained:{programme}", number, there=there and enrolment.trained_ms is not None),
        *(_set(f"kind:{programme}:{kind}", number, there=there and kind in kinds) for kind in get_args(Kind)),
        Op("ZREM", paused, (number,))
        if enrolment.paused_until_ms is None or not there
        else Op("ZADD", paused, (enrolment.paused_until_ms, number)),
    ]


def profile_changes(before: Profile, after: Profile, number: int) -> list[Change]:
    """What finds a person by their profile as it is now; ``before`` is what stands in the index."""
    changes: list[Change] = []
    for field in ("offers", "text"):
        changes += _words_changed(field, _words_of(before, field), _words_of(after, field), number)
    gone, come = set(before.languages), set(after.languages)
    changes += [_set(f"speaks:{each}", number, there=False) for each in sorted(gone - come)]
    changes += [_set(f"speaks:{each}", number, there=True) for each in sorted(come - gone)]
    return changes


def name_changes(before: str, after: str, number: int) -> list[Change]:
    """What finds a person by their name; "" for none."""
    return _words_changed("name", words(before, short=True), words(after, short=True), number)


async def free_time_changes(store: Redis, availability: Availability, at_ms: int) -> list[Change]:
    """What finds a person by their week as it is now: part of storing an availability."""
    number = await number_of(store, availability.person)
    [before] = await weeks_of(store, [number])
    after = hour_starts(availability, at_ms)
    changes: list[Change] = []
    for side, (old, new) in enumerate(zip(before, after, strict=True)):
        changes += [
            _set(half_hour(side, half), number, there=bool(new >> half & 1)) for half in positions(old ^ new)
        ]
    return [*changes, Op("HSET", matching_keys.BANK_WEEKS, (number, f"{after[0]:x} {after[1]:x}"))]


async def weeks_of(store: Redis, numbers: Sequence[int]) -> list[Weeks]:
    """When these people have an hour, in their order; never for whoever hasn't said."""
    if not numbers:
        return []
    found = await store.hmget(matching_keys.BANK_WEEKS, [str(each) for each in numbers])
    return [read_weeks(each) for each in found]


def read_weeks(stored: object) -> Weeks:
    """What the index holds of a week; never for nothing."""
    if not isinstance(stored, bytes):
        return NEVER
    winter, summer = stored.split()
    return (int(winter, 16), int(summer, 16))


def half_hour(side: int, half: int) -> str:
    """The bitmap of those who have an hour at this half hour; ``side`` 0 is January, 1 July."""
    assert half < HALF_HOURS
    return f"free:{side}:{half}"


def _bit(number: int) -> int:
    return number ^ 7


def _set(name: str, number: int, *, there: bool) -> Op:
    return Op("SETBIT", matching_keys.bank_bits(name), (_bit(number), int(there)))


def _words_of(profile: Profile, field: str) -> tuple[str, ...]:
    if field == "offers":
        return words(" ".join(profile.offers), short=True)
    return words(f"{profile.headline} {profile.about}")


def _words_changed(field: str, before: Sequence[str], after: Sequence[str], number: int) -> list[Change]:
    part, at = divmod(number, PART)
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    changes: list[Change] = [_set(f"{field}:{word}:{part}", at, there=False) for word in gone]
    changes += [_set(f"{field}:{word}:{part}", at, there=True) for word in come]
    if come:
        changes.append(
            Op("ZADD", matching_keys.BANK_WORDS, tuple(each for word in come for each in (0, word)))
        )
    return changes
