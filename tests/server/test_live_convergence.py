"""Robots that all write at once, over lines that break and a server that is killed: one text in the end."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random

import pytest

from server.live_document import Document
from server.storage import notes
from server.storage.client import connect
from signaling.parts import Role
from tests.support.eventually import eventually
from tests.support.notes_line import Line
from tests.support.notes_robot import Robot
from tests.support.robots_server import RobotProcess, make_room
from tests.support.store import Valkey

EDITS = 150
PEOPLE: tuple[tuple[str, Role], ...] = (("Mo", "mentor"), ("Ana", "mentee"), ("Bo", "mentee"))


async def write(robot: Robot, line: Line, random: Random) -> None:
    """Edits with breaks; sometimes the line is cut for a few edits, or swallows them."""
    for _ in range(EDITS):
        chance = random.random()
        if chance < 0.02:
            line.cut()
        elif chance < 0.03:
            line.hush()
        elif chance < 0.10:
            line.mend()
        robot.edit(random)
        await asyncio.sleep(random.random() * 0.01)
    line.mend()


@pytest.mark.parametrize("seed", range(3))
async def test_all_replicas_are_the_same_in_the_end(seed: int) -> None:
    random = Random(seed)
    async with contextlib.AsyncExitStack() as stack:
        valkey = stack.enter_context(Valkey())
        store = connect(valkey.url)
        stack.push_async_callback(store.aclose)
        record, tokens = await make_room(store, PEOPLE)
        process = RobotProcess(valkey.url)
        stack.push_async_callback(process.kill)
        await process.start()
        lines, robots = [], []
        for (name, _), token in zip(PEOPLE, tokens, strict=True):
            line = await stack.enter_async_context(Line.to(process.port))
            link = line.through(f"http://127.0.0.1:{process.port}/j/{token}")
            lines.append(line)
            robots.append(await stack.enter_async_context(Robot.at(link, name)))
        writing = [
            asyncio.create_task(write(robot, line, Random(f"{seed} {index}")))
            for index, (robot, line) in enumerate(zip(robots, lines, strict=True))
        ]
        for _ in range(2):
            await asyncio.sleep(random.random() * 0.5)
            await process.kill()
            if random.random() < 0.5:
                valkey.kill()
                valkey.start()
            await process.start()
        await asyncio.gather(*writing)
        await eventually(lambda: all(robot.saved for robot in robots), "the last save", 30)
        await eventually(lambda: len({robot.text for robot in robots}) == 1, "one text", 30)
        stored = Document()
        async for _, update in notes.load(store, record.id):
            stored.load(update)
        assert stored.text() == robots[0].text
        assert len(stored.text()) > EDITS
        assert not any(robot.refusals for robot in robots)
