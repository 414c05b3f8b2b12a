"""``kill -9`` while people are apart: everybody comes back to where they were, and what is due happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from signaling.messages import ApartChanged, ApartCommand, AskHelp, ChatLines, ChatOpen, Rotate, Said, Say
from signaling.notes import Update
from signaling.parts import Apart
from tests.support.editor import Editor
from tests.support.robots_server import RobotProcess, make_room
from tests.support.store import Valkey


@pytest.fixture
async def process(valkey: Valkey) -> AsyncIterator[RobotProcess]:
    process = RobotProcess(valkey.url)
    try:
        await process.start()
        yield process
    finally:
        await process.kill()


async def test_nothing_of_small_rooms_is_lost(store: Redis, process: RobotProcess) -> None:
    names = ("Ana", "Bo", "Cy", "Di", "Ed", "Flo")
    _, tokens = await make_room(store, [("Mo", "mentor"), *((name, "mentee") for name in names)])
    async with AsyncExitStack() as stack:
        robots = [await stack.enter_async_context(Editor(process.url, token)) for token in tokens]
        for robot in robots:
            await robot.come()
        mo, ana = robots[0], robots[1]
        await mo.send(Rotate(between="all", minutes=10, stay=(mo.id,)))
        await mo.send(ApartCommand(action="next"))
        for robot in robots:
            await robot.hears(ApartChanged, lambda told: _index(told.apart) == 1)
        await ana.turn_to(ana.small_room)
        await ana.frame(Update(ana.write("half a thought")))
        await ana.saved(2)
        await ana.send(Say(text="hello", key="k", room=ana.small_room))
        await ana.hears(Said)
        await ana.send(AskHelp(wanted=True))
        await mo.until(lambda: any(room.asks for room in mo.room().apart.rooms), "a call for help")  # type: ignore[union-attr]
        before, where = mo.room().apart, ana.small_room
        sessions = [robot.joined.session for robot in robots if robot.joined is not None]
        await process.kill()
        await asyncio.gather(*(robot.ended() for robot in robots))
        await process.start()
        for robot, session in zip(robots, sessions, strict=True):
            joined = await robot.join(resume=session)
            assert joined.entered
            assert joined.room.apart == before
        assert ana.small_room == where
        await ana.turn_to(where)
        assert str(ana.text) == "half a thought"
        await ana.send(ChatOpen())
        assert [line.text for line in (await ana.hears(ChatLines)).lines] == ["hello"]
        # The plan goes on: nobody meets who has met, until everybody has.
        met = _pairs(mo)
        await mo.send(ApartCommand(action="next"))
        await mo.hears(ApartChanged, lambda told: _index(told.apart) == 2)
        assert not met & _pairs(mo)
        await mo.send(ApartCommand(action="back", seconds=1))
        await ana.hears(ApartChanged, lambda told: told.apart is not None and told.apart.calling)
        await process.kill()
        await asyncio.gather(*(robot.ended() for robot in robots))
        await process.start()
        # The second that it was to take has passed, or does now, with nobody there to see it.
        await ana.join(resume=sessions[1])
        await ana.until(lambda: ana.room().apart is None, "everybody back")


def _index(apart: Apart | None) -> int | None:
    return None if apart is None or apart.rounds is None else apart.rounds.index


def _pairs(robot: Editor) -> set[frozenset[str]]:
    apart = robot.room().apart
    assert apart is not None
    return {frozenset(room.members) for room in apart.rooms}
