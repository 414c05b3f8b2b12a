from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from server.storage import keys, signins
from server.storage.signins import BROWSER_MS, LINK_MS, Browser, SignInLink

LINK = SignInLink(person="ada", next="/account")


def browser(number: int, person: str = "ada", seen_ms: int = 1_000) -> Browser:
    return Browser(id=f"{person}-{number}", person=person, agent="Firefox", since_ms=seen_ms, seen_ms=seen_ms)


async def test_a_link_lets_one_in_once(store: Redis) -> None:
    await signins.offer(store, "token", LINK)
    assert await signins.look(store, "token") == LINK
    given = await asyncio.gather(*(signins.consume(store, "token") for _ in range(20)))
    assert [each for each in given if each is not None] == [LINK]
    assert await signins.look(store, "token") is None
    assert await signins.consume(store, "made-up") is None


async def test_a_link_ends_by_itself_and_its_token_is_not_stored(store: Redis) -> None:
    await signins.offer(store, "a-secret-token", LINK)
    left = await store.pttl(keys.sign_in(signins.digest("a-secret-token")))
    assert LINK_MS - 10_000 < left <= LINK_MS
    for key in await store.keys():
        assert b"a-secret-token" not in key + await store.get(key)


async def test_signing_in_again_ends_what_the_browser_was_before(store: Redis) -> None:
    await signins.open_browser(store, "old", browser(1), None)
    await signins.open_browser(store, "new", browser(2, "bao"), "old")
    assert await signins.find_browser(store, "old", 1_000) is None
    assert await signins.find_browser(store, "new", 1_000) == browser(2, "bao")
    assert await signins.browsers(store, "ada") == []
    assert await signins.browsers(store, "bao") == [browser(2, "bao")]


async def test_browsers_are_listed_and_ended_one_by_one_by_their_person_only(store: Redis) -> None:
    await signins.open_browser(store, "one", browser(1, seen_ms=1_000), None)
    await signins.open_browser(store, "two", browser(2, seen_ms=2_000), None)
    assert [each.id for each in await signins.browsers(store, "ada")] == ["ada-2", "ada-1"]
    await signins.end_browser(store, "bao", "ada-1")
    assert await signins.find_browser(store, "one", 1_000) is not None
    await signins.end_browser(store, "ada", "ada-1")
    await signins.end_browser(store, "ada", "ada-1")
    assert await signins.find_browser(store, "one", 1_000) is None
    assert [each.id for each in await signins.browsers(store, "ada")] == ["ada-2"]


@pytest.mark.parametrize(("later_ms", "noted"), [(3_599_999, False), (3_600_000, True)])
async def test_being_seen_is_noted_by_the_hour_without_lasting_longer(
    store: Redis, later_ms: int, noted: bool
) -> None:
    await signins.open_browser(store, "one", browser(1), None)
    key = keys.browser(signins.digest("one"))
    await store.pexpire(key, 50_000)
    found = await signins.find_browser(store, "one", 1_000 + later_ms)
    assert found is not None
    assert (found.seen_ms > 1_000) is noted
    assert await signins.browsers(store, "ada") == [found]
    assert 0 < await store.pttl(key) <= 50_000


async def test_a_browser_whose_time_is_over_leaves_the_list(store: Redis) -> None:
    await signins.open_browser(store, "one", browser(1), None)
    await signins.open_browser(store, "two", browser(2), None)
    assert BROWSER_MS - 10_000 < await store.pttl(keys.browser(signins.digest("one"))) <= BROWSER_MS
    await store.delete(keys.browser(signins.digest("one")))
    assert await signins.browsers(store, "ada") == [browser(2)]
    assert await store.hlen(keys.browsers("ada")) == 1
