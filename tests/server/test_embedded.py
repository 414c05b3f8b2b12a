"""The embedded store keeps every acknowledged write through kills, restarts, and the death of its server."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.embedded import EmbeddedStore, socket_path
from server.errors import OperatorError
from tests.support.eventually import eventually


async def answered(call: Callable[[], Awaitable[object]], seconds: float = 10) -> object:
    """The call's first answer that is no Redis or socket error."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await call()
            except (RedisError, OSError):
                await asyncio.sleep(0.02)


def client_of(store: EmbeddedStore) -> Redis:
    return Redis.from_url(store.url, decode_responses=True)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_writes_outlive_a_kill_of_the_store(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    await store.start()
    client = client_of(store)
    try:
        first = store.pid
        assert first is not None
        await client.set("shown", "1")
        os.kill(first, signal.SIGKILL)
        # A killed process may still answer for a moment.
        await eventually(lambda: store.pid not in (None, first), "another process")
        assert await answered(lambda: client.get("shown")) == "1"
    finally:
        await client.aclose()
        await store.stop()


async def test_the_store_of_a_killed_server_is_adopted(tmp_path: Path) -> None:
    orphaned, heir = EmbeddedStore(tmp_path), EmbeddedStore(tmp_path)
    await orphaned.start()
    try:
        await heir.start()
        assert heir.pid == orphaned.pid
    finally:
        await heir.stop()
        await orphaned.stop()
    assert heir.pid is not None
    assert not alive(heir.pid)


async def test_it_is_durable_private_and_gone_at_the_end(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    await store.start()
    client = client_of(store)
    try:
        assert (await client.config_get("append*"))["appendfsync"] == "always"
        assert (await client.config_get("appendonly"))["appendonly"] == "yes"
        assert (await client.config_get("port"))["port"] == "0"
        assert store.socket.stat().st_mode & 0o777 == 0o600
        await client.set("kept", "yes")
    finally:
        await client.aclose()
        await store.stop()
    assert store.pid is not None
    assert not alive(store.pid)
    again = EmbeddedStore(tmp_path)
    await again.start()
    client = client_of(again)
    try:
        assert await client.get("kept") == "yes"
    finally:
        await client.aclose()
        await again.stop()


async def test_a_folder_with_a_long_name_gets_a_short_private_socket(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30)
    data.mkdir()
    store = EmbeddedStore(data)
    await store.start()
    try:
        assert len(os.fsencode(store.socket)) <= 103
        assert store.socket.parent.stat().st_mode & 0o777 == 0o700
        assert store.socket == socket_path(data)
    finally:
        await store.stop()
        store.socket.parent.rmdir()


async def test_what_the_store_complains_of_is_told_in_one_sentence(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    await store.start()
    await store.stop()
    manifest = next((tmp_path / "store").rglob("*.manifest"))
    manifest.write_text("nonsense\n")
    with pytest.raises(OperatorError, match=r"The store did not start: .*\.$") as caught:
        await EmbeddedStore(tmp_path).start()
    assert "\n" not in str(caught.value)


async def test_a_store_that_listens_and_is_silent_is_not_doubled(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, patience_s=0.2)
    store.socket.parent.mkdir(parents=True)
    hold = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hold.wait()
        writer.close()

    server = await asyncio.start_unix_server(silent, store.socket)
    try:
        with pytest.raises(OperatorError, match="does not answer"):
            await store.start()
    finally:
        hold.set()
        server.close()
        await server.wait_closed()
