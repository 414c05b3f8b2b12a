"""Who leads a live room, and two who press at once: real sockets, a real store, ``kill -9``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from server import live_places
from server.room.timer import place
from server.storage import rooms
from server.storage.client import connect
from signaling.messages import Error, FloorChanged, Leave, Moderate, TimerChanged, TimerCommand
from tests.support.robots import Robot
from tests.support.robots_server import RobotProcess, make_room, serving
from tests.support.store import Valkey

THREE = (("Mo", "mentor"), ("Kim", "mentor"), ("Ana", "mentee"))
PAIR_AND_ONE = (("Mo", "mentor"), ("Ana", "mentee"), ("Bo", "mentee"))


async def test_two_who_press_next_at_once_move_one_box_and_see_the_same(store: Redis) -> None:
    _, (mentor, other, _) = await make_room(store, THREE)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, other) as kim:
        await mo.come("Mo")
        await kim.come("Kim")
        await mo.send(TimerCommand(action="start"))
        for each in (mo, kim):
            await each.hears(TimerChanged)
        seen = place(mo.room().timer)
        assert seen == place(kim.room().timer)
        step = TimerCommand(action="next", seen=seen)
        await asyncio.gather(mo.send(step), kim.send(step))
        for each in (mo, kim):
            await each.hears(TimerChanged, count=2)
        await mo.until(lambda: bool(_late(mo)) or bool(_late(kim)), "word that somebody was faster")
        assert (mo.room().timer, mo.room().timer.index) == (kim.room().timer, 1)
        assert len(_late(mo)) + len(_late(kim)) == 1
        # Whoever did not mean it takes it back from where it led.
        await kim.send(TimerCommand(action="back", seen=place(kim.room().timer)))
        await mo.hears(TimerChanged, count=3)
        assert place(mo.room().timer) == seen


def _late(robot: Robot) -> list[Error]:
    return [each for each in robot.told if isinstance(each, Error) and each.code == "timer-moved"]


async def test_a_facilitator_who_is_lost_is_stood_in_for_until_they_are_back(
    store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_places, "PLACE_KEPT_S", 0.3)
    record, (mentor, mentee, third) = await make_room(store, PAIR_AND_ONE)
    async with (
        serving(store) as server,
        Robot(server.url, mentor) as mo,
        Robot(server.url, mentee) as ana,
        Robot(server.url, third) as bo,
    ):
        await mo.come("Mo")
        await bo.come("Bo")
        await ana.come("Ana")
        await mo.drop()
        await ana.sees(lambda member: member.name == "Mo" and not member.connected)
        assert ana.room().floor.stand_in is None
        told = await ana.hears(FloorChanged)
        assert told.floor.stand_in == bo.id
        found = await rooms.load(store, record.id)
        assert found is not None
        assert found.floor.stand_in == bo.id
        await ana.send(TimerCommand(action="start"))
        assert (await ana.refused()).code == "not-facilitator"
        await bo.send(TimerCommand(action="start"))
        await ana.hears(TimerChanged)
        await bo.send(Moderate(action="promote", member=ana.id))
        assert (await bo.refused()).code == "not-facilitator"
        await mo.come("Mo")
        assert (await ana.hears(FloorChanged, count=2)).floor.stand_in is None
        await bo.send(TimerCommand(action="pause"))
        assert (await bo.refused()).code == "not-facilitator"
        await mo.send(TimerCommand(action="pause"))
        await ana.hears(TimerChanged, count=2)


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    with Valkey() as valkey:
        yield valkey


@pytest.fixture
async def process(own_valkey: Valkey) -> AsyncIterator[RobotProcess]:
    process = RobotProcess(own_valkey.url)
    try:
        await process.start()
        yield process
    finally:
        await process.kill()


async def test_whoever_stands_in_does_so_after_kill_9(own_valkey: Valkey, process: RobotProcess) -> None:
    own_store = connect(own_valkey.url)
    _, (mentor, mentee, third) = await make_room(own_store, PAIR_AND_ONE)
    await own_store.aclose()
    async with (
        Robot(process.url, mentor) as mo,
        Robot(process.url, mentee) as ana,
        Robot(process.url, third) as bo,
    ):
        await mo.come("Mo")
        await ana.come("Ana")
        await bo.come("Bo")
        await mo.send(Leave())
        assert (await bo.hears(FloorChanged)).floor.stand_in == ana.id
        sessions = [robot.joined.session for robot in (ana, bo) if robot.joined is not None]
        await process.kill()
        await process.start()
        for robot, session in zip((bo, ana), reversed(sessions), strict=True):
            joined = await robot.join(resume=session)
            assert joined.entered
            assert joined.room.floor.stand_in == ana.id
        await ana.send(TimerCommand(action="start"))
        await bo.hears(TimerChanged)
        await mo.come("Mo")
        assert (await bo.hears(FloorChanged)).floor.stand_in is None
