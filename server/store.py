"""Which store: an operator's own Redis by URL, else the embedded Valkey."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.config import Config
from server.embedded import EmbeddedStore, no_retry
from server.errors import OperatorError
from server.folder import DataFolder


def shown(url: str) -> str:
    """A store's URL without the password in it, for people to read."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return url.partition("?")[0]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def check(url: str) -> None:
    """Asks the store for a sign of life. Raises ``OperatorError``."""
    client = Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3, retry=no_retry())
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        reason = str(error).rstrip(".")
        raise OperatorError(f"The store at {shown(url)} can't be used ({reason}): check --redis.") from None
    finally:
        await client.aclose()


@contextlib.asynccontextmanager
async def opened(config: Config) -> AsyncIterator[str]:
    """The URL of a store that answers; one is started if need be, so the data folder must be held."""
    if config.redis_url is not None:
        await check(config.redis_url)
        yield config.redis_url
        return
    store = EmbeddedStore(config.data)
    await store.start()
    try:
        yield store.url
    finally:
        await store.stop()


@contextlib.asynccontextmanager
async def beside(config: Config) -> AsyncIterator[tuple[str, str]]:
    """The store's URL and the site's, beside a running server or alone: for commands that come and go."""
    folder = DataFolder(config.data)
    running = folder.running()
    if running is not None and running.store:
        yield config.redis_url or running.store, config.base_url or running.url
        return
    folder.hold()
    try:
        async with opened(config) as url:
            yield url, config.start_url
    finally:
        folder.release()
