"""Followers of a channel hear what is published, and are called when they may have missed something."""

from __future__ import annotations

from server.live_news import News
from server.storage.client import connect
from tests.support.eventually import eventually
from tests.support.store import Valkey


async def test_news_is_heard_and_a_store_that_comes_back_is_followed_again() -> None:
    calls: list[str] = []
    with Valkey() as valkey:
        store = connect(valkey.url)
        news = News(store)
        try:
            end = news.follow("one", lambda: calls.append("one"))
            news.follow("two", lambda: calls.append("two"))
            # Each looks for itself first: something may have come before it was heard.
            await eventually(lambda: sorted(calls) == ["one", "two"], "both look")
            assert await store.publish("one", "x") == 1
            await eventually(lambda: calls.count("one") == 2, "what is published is heard")
            end()
            assert calls.count("two") == 1
            valkey.kill()
            valkey.start()
            await eventually(lambda: calls.count("two") == 2, "looks again after the store was away")
            assert await store.publish("one", "x") == 0
            assert calls.count("one") == 2
        finally:
            await news.stop()
            await store.aclose()
