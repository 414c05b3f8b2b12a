"""A live room has one home: nobody else can take it before its lease has run out or was given up."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from server.storage import keys
from server.storage.homes import LEASE_MS, Owner, TakenError

ONE, OTHER = Owner("one", "a"), Owner("other", "a")


async def test_only_one_server_can_have_a_room(store: Redis) -> None:
    assert await ONE.take(store, "room") is None
    left = await OTHER.take(store, "room")
    assert left is not None
    assert 0 < left <= LEASE_MS
    assert await ONE.keep(store, ["room"]) == []
    assert await OTHER.keep(store, ["room"]) == ["room"]


async def test_given_up_it_is_free_at_once(store: Redis) -> None:
    await ONE.take(store, "room")
    await OTHER.leave(store, ["room"])
    assert await OTHER.take(store, "room") is not None
    await ONE.leave(store, ["room"])
    assert await OTHER.take(store, "room") is None


async def test_of_one_server_the_newest_process_has_it(store: Redis) -> None:
    newer = Owner("one", "b")
    await ONE.take(store, "room")
    assert await newer.take(store, "room") is None
    assert await ONE.keep(store, ["room"]) == ["room"]
    assert await newer.keep(store, ["room"]) == []


async def test_names_that_begin_alike_are_different_servers(store: Redis) -> None:
    await Owner("one", "a").take(store, "room")
    assert await Owner("on", "a").take(store, "room") is not None


async def test_what_ran_out_unnoticed_is_kept_unless_somebody_took_it(store: Redis) -> None:
    await ONE.take(store, "room")
    await store.delete(keys.home("room"))
    assert await ONE.keep(store, ["room"]) == []
    assert await OTHER.take(store, "room") is not None
    assert 0 < await store.pttl(keys.home("room")) <= LEASE_MS


async def test_a_transaction_of_somebody_elses_room_is_not_begun(store: Redis) -> None:
    await OTHER.take(store, "room")
    async with store.pipeline(transaction=True) as pipe:
        with pytest.raises(TakenError):
            await ONE.guard(pipe, "room")
