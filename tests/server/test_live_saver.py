from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from redis.asyncio import Redis

from server import live_saver
from server.live_saver import MOST_WAITING, MOST_WAITING_BYTES, Saver, Write
from server.storage.client import connect
from server.storage.homes import Owner
from tests.support.eventually import eventually
from tests.support.store import Valkey


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    with Valkey() as valkey:
        yield valkey


@pytest.fixture
async def own_store(own_valkey: Valkey) -> AsyncIterator[Redis]:
    client = connect(own_valkey.url)
    yield client
    await client.aclose()


class Kept:
    """A saver, and all that it calls back."""

    def __init__(self, store: Redis) -> None:
        self.held: list[bool] = []
        self.idle: list[bool] = []
        self.done: list[Any] = []
        self.taken: list[bool] = []
        self.saver = Saver(
            store,
            self.held.append,
            lambda: self.idle.append(True),
            lambda pipe: Owner("here", "1").guard(pipe, "room"),
            lambda: self.taken.append(True),
        )

    def append(self, value: str) -> None:
        self.saver.put(
            Write(lambda pipe: pipe.rpush("list", value), lambda answers: self.done.append((value, answers)))
        )


@pytest.fixture
async def kept(own_store: Redis) -> AsyncIterator[Kept]:
    kept = Kept(own_store)
    kept.saver.start()
    yield kept
    await kept.saver.stop()


async def test_writes_are_done_in_order_each_with_its_own_answers(kept: Kept, own_store: Redis) -> None:
    seen: list[list[Any]] = []
    kept.append("a")
    kept.saver.put(Write(lambda pipe: None, seen.append))
    kept.saver.put(Write(lambda pipe: (pipe.incr("n"), pipe.incr("n")), seen.append))
    kept.append("b")
    assert await kept.saver.flush(5)
    assert kept.done == [("a", [1]), ("b", [2])]
    assert seen == [[], [1, 2]]
    assert await own_store.lrange("list", 0, -1) == [b"a", b"b"]
    assert (kept.held, kept.idle) == ([], [True])


async def test_nothing_takes_effect_before_it_is_stored(kept: Kept) -> None:
    stored: list[bool] = []
    for number in range(20):
        kept.append(str(number))

        def look(answers: list[Any], number: int = number) -> None:
            stored.append(answers[0] > number)

        kept.saver.put(Write(lambda pipe: pipe.llen("list"), look))
    assert await kept.saver.flush(5)
    assert stored == [True] * 20


async def test_a_store_that_is_away_holds_everything_back(
    kept: Kept, own_valkey: Valkey, own_store: Redis
) -> None:
    kept.append("before")
    assert await kept.saver.flush(5)
    own_valkey.kill()
    for number in range(100):
        kept.append(str(number))
    await eventually(lambda: kept.held == [True], "the news")
    assert kept.done == [("before", [1])]
    assert not await kept.saver.flush(0.05)
    own_valkey.start()
    assert await kept.saver.flush(5)
    assert kept.held == [True, False]
    assert [value for value, _ in kept.done] == ["before", *map(str, range(100))]
    assert await own_store.lrange("list", 0, -1) == [b"before", *(b"%d" % n for n in range(100))]


async def test_a_store_that_is_slow_is_told_of_too(
    kept: Kept, own_store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_saver, "_slow_s", 0.05)
    await own_store.client_pause(300)
    kept.append("x")
    await eventually(lambda: kept.held == [True], "the news")
    assert kept.done == []
    await eventually(lambda: kept.held == [True, False], "the end of it")
    assert kept.done == [("x", [1])]


async def test_what_can_be_refused_is_refused_at_a_bound(kept: Kept, own_valkey: Valkey) -> None:
    own_valkey.kill()
    for number in range(MOST_WAITING):
        assert not kept.saver.full
        kept.append(str(number))
    assert kept.saver.full
    own_valkey.start()
    assert await kept.saver.flush(5)
    assert not kept.saver.full
    kept.saver.put(Write(lambda pipe: None, lambda answers: None, MOST_WAITING_BYTES))
    assert kept.saver.full


async def test_who_fills_the_queue_is_slowed_down(kept: Kept) -> None:
    for number in range(200):
        kept.append(str(number))
    await asyncio.wait_for(kept.saver.ease(), 5)
    assert len(kept.done) == 200


async def test_nobody_waits_for_a_store_that_is_away(kept: Kept, own_valkey: Valkey) -> None:
    own_valkey.kill()
    for number in range(200):
        kept.append(str(number))
    await asyncio.wait_for(kept.saver.ease(), 5)
    assert kept.held == [True]
    await asyncio.wait_for(kept.saver.ease(), 0.1)


async def test_a_write_that_fails_afterwards_holds_nobody_up(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.saver.put(Write(lambda pipe: pipe.set("k", 1), lambda answers: answers[7]))
    kept.append("next")
    assert await kept.saver.flush(5)
    assert kept.done == [("next", [1])]
    assert "after a write was stored" in caplog.text


async def test_what_another_has_taken_is_written_no_more(kept: Kept, own_store: Redis) -> None:
    kept.append("before")
    assert await kept.saver.flush(5)
    assert await Owner("elsewhere", "1").take(own_store, "room") is None
    kept.append("after")
    await eventually(lambda: bool(kept.taken), "the saver finds out")
    assert await own_store.lrange("list", 0, -1) == [b"before"]
    assert kept.held == []
