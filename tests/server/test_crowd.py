"""A room that fills and empties again and again: nothing of anybody stays behind."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections import Counter
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bench.load.compagnon import CompagnonRooms
from bench.load.people import Person
from bench.load.pump import Pump
from bench.usage import resident
from server.live import Limits
from server.live_memory import give_back
from server.live_outbox import Outbox
from server.live_room import Connection, LiveRoom
from server.room.state import Present
from server.transport.dtls import Dtls
from server.transport.link import Link
from server.transport.peer import Peer
from server.transport.room import RelayRoom
from server.transport.streams import Leg, Stream
from tests.support.eventually import eventually
from tests.support.robots_server import RobotServer, make_room, serving

PEOPLE = 25
ROUNDS = 4
MOST_GROWN = 20_000_000
"""Bytes: what all rounds would leave behind if nothing of one in three people went away."""
KEPT_BY_SOMEBODY = (Connection, Dtls, Leg, Link, LiveRoom, Outbox, Peer, Present, RelayRoom, Stream)


async def test_nothing_stays_of_those_who_came_and_left(
    store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # For so long a room is looked after that was opened for somebody who gave up.
    monkeypatch.setattr("server.live._empty_for_s", 0.2)
    async with serving(store, Limits(joins=10_000)) as server:
        await fill_and_empty(store, server)
        before, memory = held(), rested()
        for _ in range(ROUNDS):
            await fill_and_empty(store, server)
        await eventually(lambda: no_more(before, held()), "no more tasks, threads and files than before")
        assert rested() < memory + MOST_GROWN
        await eventually(lambda: not left(), "an empty memory")


def no_more(before: tuple[int, int, int], now: tuple[int, int, int]) -> bool:
    """Whether nothing was added by rounds that each open 25 times as much.

    The store's pool may have opened another connection or two since the first.
    """
    return all(found <= known + slack for known, found, slack in zip(before, now, (0, 0, 2), strict=True))


def left() -> Counter[str]:
    """What is still there of rooms and people."""
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects() if type(each) in KEPT_BY_SOMEBODY)


def rested() -> int:
    """Bytes of memory of this process when all garbage is gone, as the server does it when nobody is here."""
    give_back()
    return resident(os.getpid())


def held() -> tuple[int, int, int]:
    """Tasks, threads and open files of this process, which is the server's and the robots'."""
    return len(asyncio.all_tasks()), threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


async def fill_and_empty(store: Redis, server: RobotServer) -> None:
    """A room of ``PEOPLE`` with real DTLS and SRTP; everybody hears and sees four, then leaves."""
    _, tokens = await make_room(store, [(f"Person {index}", "mentor") for index in range(PEOPLE)])

    async def no_others(people: int) -> list[str]:
        raise NotImplementedError

    pump = Pump()
    pump.start()
    rooms = CompagnonRooms(server.url.removesuffix("/ws"), pump, no_others)
    await rooms.open()
    try:
        async with asyncio.TaskGroup() as group:
            coming = [
                group.create_task(rooms.join(Person(f"Person {index}", index < 4), token, 4))
                for index, token in enumerate(tokens)
            ]
        seats = [each.result() for each in coming]
        for seat in seats[:4]:
            seat.peer.play(100)
        await eventually(
            lambda: all(seat.peer.sees(4, 3) for seat in seats[4:]), "four pictures and three voices"
        )
        for seat in seats:
            seat.peer.pause()
            seat.peer.close()
    finally:
        await rooms.close()
        pump.stop()
    await eventually(lambda: server.live.room_count == 0 and server.relay.stats.peers == 0, "an empty server")
