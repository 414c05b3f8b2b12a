"""Two servers on one store: a room is live on one of them, and on the other soon after that one is gone."""

from __future__ import annotations

import signal
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from server.storage import keys, rooms
from server.storage.client import connect
from signaling.messages import Leave, TimerChanged, TimerCommand
from tests.support.eventually import eventually
from tests.support.robots import Robot
from tests.support.robots_server import RobotProcess, make_room, serving
from tests.support.store import Valkey

BACK_S = 5.0
"""What is promised."""


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    with Valkey() as valkey:
        yield valkey


@pytest.fixture
async def own_store(own_valkey: Valkey) -> AsyncIterator[Redis]:
    client = connect(own_valkey.url)
    yield client
    await client.aclose()


@pytest.fixture
async def other(own_valkey: Valkey) -> AsyncIterator[RobotProcess]:
    """Another server, in a process of its own."""
    process = RobotProcess(own_valkey.url, "another")
    try:
        await process.start()
        yield process
    finally:
        await process.kill()


async def test_a_room_that_is_elsewhere_is_said_to_be(own_store: Redis, other: RobotProcess) -> None:
    record, tokens = await make_room(own_store)
    async with serving(own_store) as server, Robot(other.url, tokens[0]) as mo:
        await mo.come("Mo")
        for _ in range(2):
            async with Robot(server.url, tokens[1]) as ana:
                await ana.connect()
                began = time.monotonic()
                await ana.say(f'{{"type":"join","token":"{tokens[1]}"}}')
                assert (await ana.refused()).code == "elsewhere"
                # The owner's next renewal says that it lives.
                assert time.monotonic() - began < 2.5
        assert server.live.room_count == 0
        assert record.id in await rooms.occupied(own_store)
        async with Robot(other.url, tokens[1]) as ana:
            await ana.come("Ana")
            await mo.sees(lambda member: member.name == "Ana")


async def test_a_killed_servers_room_is_elsewhere_within_five_seconds(
    own_store: Redis, other: RobotProcess
) -> None:
    _, tokens = await make_room(own_store)
    async with serving(own_store) as server:
        async with Robot(other.url, tokens[0]) as mo:
            session = (await mo.join()).session
            await mo.enter("Mo")
            await mo.send(TimerCommand(action="start"))
            timer = (await mo.hears(TimerChanged)).timer
            await other.kill()
            killed = time.monotonic()
        async with Robot(server.url, tokens[0]) as mo:
            back = await mo.join(resume=session)
            assert time.monotonic() - killed < BACK_S
            assert back.entered
            assert back.room.timer == timer


async def test_a_restarted_server_knows_its_own(own_store: Redis, other: RobotProcess) -> None:
    _, tokens = await make_room(own_store)
    async with Robot(other.url, tokens[0]) as mo:
        session = (await mo.join()).session
        await mo.enter("Mo")
        await other.kill()
    await other.start()
    ready = time.monotonic()
    async with Robot(other.url, tokens[0]) as mo:
        assert (await mo.join(resume=session)).entered
    assert time.monotonic() - ready < 2


async def test_a_server_that_ends_hands_its_rooms_back(own_store: Redis) -> None:
    record, tokens = await make_room(own_store)
    async with serving(own_store) as first, Robot(first.url, tokens[0]) as mo:
        await mo.come("Mo")
        assert await own_store.exists(keys.home(record.id))
    assert not await own_store.exists(keys.home(record.id))
    async with serving(own_store) as second, Robot(second.url, tokens[0]) as mo:
        await mo.come("Mo")
        await mo.send(Leave())
        assert await mo.ended() == "left"
        await eventually(lambda: second.live.room_count == 0, "the empty room is let go of")
        async with serving(own_store) as third, Robot(third.url, tokens[0]) as mo:
            await mo.come("Mo")


async def test_a_server_that_stood_still_finds_its_room_taken_and_writes_nothing_more(
    own_store: Redis, other: RobotProcess
) -> None:
    _, tokens = await make_room(own_store)
    async with serving(own_store) as server, Robot(other.url, tokens[0]) as late:
        await late.come("Mo")
        other.signal(signal.SIGSTOP)
        try:
            # What is on its way when the server goes on was decided by nobody else yet.
            await late.send(TimerCommand(action="start"))
            async with Robot(server.url, tokens[1]) as ana:
                joined = await ana.join()
                await ana.enter("Ana")
                other.signal(signal.SIGCONT)
                assert await late.ended() == "stopping"
                async with Robot(server.url, tokens[0]) as mo:
                    now = await mo.join()
                    assert now.room.timer == joined.room.timer
                    assert {member.name for member in now.room.members} >= {"Ana"}
        finally:
            other.signal(signal.SIGCONT)
