"""Commits: all or nothing, under versions, once for each form."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import Struct, structs
from redis.asyncio import Redis

from server.storage.people import ChangedMeanwhileError
from server.storage.records import (
    DoneBeforeError,
    Drop,
    Once,
    Op,
    commit,
    deciding,
    load,
    load_many,
    members,
    put,
    ranked,
)


class Seat(Struct, frozen=True, kw_only=True):
    name: str
    taken: int = 0
    people: tuple[str, ...] = ()
    version: int = 1


def key(name: str) -> str:
    return f"test:{{people}}:{name}"


async def test_everything_of_a_commit_is_there_together(store: Redis) -> None:
    await commit(
        store,
        [
            put(key("a"), Seat(name="Zoë “a”")),
            put(key("b"), Seat(name="b")),
            Op("SADD", key("all"), ("a", "b")),
        ],
    )
    assert await load(store, key("a"), Seat) == Seat(name="Zoë “a”")
    assert await load_many(store, [key("b"), key("none")], Seat) == [Seat(name="b"), None]
    assert await members(store, key("all")) == ["a", "b"]


async def test_nothing_of_a_commit_is_there_when_one_record_changed_meanwhile(store: Redis) -> None:
    await commit(store, [put(key("a"), Seat(name="a"))])
    with pytest.raises(ChangedMeanwhileError):
        await commit(
            store,
            [
                put(key("b"), Seat(name="b")),
                put(key("a"), Seat(name="other", version=3)),
                Op("SADD", key("all"), ("b",)),
            ],
        )
    assert await load(store, key("b"), Seat) is None
    assert await members(store, key("all")) == []


async def test_a_new_record_does_not_replace_one_that_is_there(store: Redis) -> None:
    await commit(store, [put(key("a"), Seat(name="a"))])
    with pytest.raises(ChangedMeanwhileError):
        await commit(store, [put(key("a"), Seat(name="b"))])


async def test_the_same_commit_said_again_adds_nothing(store: Redis) -> None:
    changes = [put(key("a"), Seat(name="a")), Op("RPUSH", key("list"), ("x",))]
    await commit(store, changes)
    await commit(store, changes)
    assert await store.llen(key("list")) == 1


async def test_a_record_is_dropped_only_as_it_was_seen(store: Redis) -> None:
    await commit(store, [put(key("a"), Seat(name="a"))])
    with pytest.raises(ChangedMeanwhileError):
        await commit(store, [Drop(key("a"), 2)])
    await commit(store, [Drop(key("a"), 1)])
    assert await load(store, key("a"), Seat) is None


async def test_a_form_counts_once_and_says_where_it_led(store: Redis) -> None:
    once = Once(key("once"), "/where/it/led")
    await commit(store, [put(key("a"), Seat(name="a"))], once)
    with pytest.raises(DoneBeforeError) as told:
        await commit(store, [put(key("b"), Seat(name="b"))], once)
    assert told.value.location == "/where/it/led"
    assert await load(store, key("b"), Seat) is None


async def test_of_many_who_take_places_at_once_nobody_is_lost(store: Redis) -> None:
    await commit(store, [put(key("a"), Seat(name="a"))])

    async def take(person: str) -> None:
        async def decide() -> None:
            seat = await load(store, key("a"), Seat)
            assert seat is not None
            more = structs.replace(
                seat, taken=seat.taken + 1, people=(*seat.people, person), version=seat.version + 1
            )
            await commit(store, [put(key("a"), more)])

        await deciding(decide, tries=50)

    await asyncio.gather(*(take(f"p{number}") for number in range(12)))
    seat = await load(store, key("a"), Seat)
    assert seat is not None
    assert (seat.taken, len(set(seat.people))) == (12, 12)


async def test_members_are_ranked_by_score(store: Redis) -> None:
    await commit(store, [Op("ZADD", key("z"), (score, f"m{score}")) for score in (5, 1, 9)])
    assert await ranked(store, key("z")) == ["m1", "m5", "m9"]
    assert await ranked(store, key("z"), falling=True) == ["m9", "m5", "m1"]
    assert await ranked(store, key("z"), 2, 9, count=1) == ["m5"]


async def test_two_commits_that_make_the_same_change_to_a_shared_record_conflict(store: Redis) -> None:
    """Both take the last place of one record, each for somebody else: the second must be decided again."""
    await commit(store, [put(key("places"), Seat(name="places"))])
    taken = Seat(name="places", taken=1, version=2)
    await commit(store, [put(key("places"), taken), put(key("b"), Seat(name="b"))])
    with pytest.raises(ChangedMeanwhileError):
        await commit(store, [put(key("places"), taken), put(key("c"), Seat(name="c"))])
    assert await load(store, key("c"), Seat) is None
    # What was said twice, word for word, is still no conflict.
    await commit(store, [put(key("places"), taken), put(key("b"), Seat(name="b"))])
