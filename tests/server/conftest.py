"""What server tests share: one real store for the session, emptied before each test that asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from server.storage.client import connect
from tests.support.store import Valkey


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    with Valkey() as running:
        yield running


@pytest.fixture
async def store(valkey: Valkey) -> AsyncIterator[Redis]:
    client = connect(valkey.url)
    await client.flushdb()
    yield client
    await client.aclose()
