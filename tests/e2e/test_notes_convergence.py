"""Three pages and two robots write at once, through lost lines and killed servers: one text comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random

import pytest
import pytest_asyncio

from tests.support.browsers import eventually
from tests.support.call import open_room
from tests.support.call_company import Browsers
from tests.support.chromium import ChromiumTab
from tests.support.notes_line import Line
from tests.support.notes_page import HAND, MODES, NO_DEVICES, Mode, NotesPage
from tests.support.notes_robot import Robot
from tests.support.notes_writers import exported
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SEEDS = 20
PAGE_EDITS = 280
ROBOT_EDITS = 80
PHASES = 4
"""Three pages and two robots: 1,000 edits a seed, in four phases with other faults in each."""

NAMES = ("Ada", "Bao", "Chloé", "Robot 1", "Robot 2", "Fresh")


@dataclass
class Table:
    """What all seeds share: a server to be killed, three pages, a line to it for each who writes."""

    server: Server
    tabs: list[ChromiumTab]
    lines: list[Line]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def table(browsers: Browsers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Table]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server.running(tmp_path_factory.mktemp("convergence")))
        chromium = await browsers.chromiums.start(())
        tabs = [await chromium.tab(NO_DEVICES, HAND) for _ in range(3)]
        for tab in tabs:
            stack.push_async_callback(tab.close)
        lines = [await stack.enter_async_context(Line.to(server.port)) for _ in range(5)]
        yield Table(server, tabs, lines)


async def page_phase(page: NotesPage, line: Line, seed: int, count: int, fault: str) -> None:
    """Edits with a fault in their midst; the numbers of edits say when, so that a seed is a story."""
    quarter = count // 4
    await page.edit(seed, quarter)
    if fault == "stall":
        line.hush()
    await page.edit(seed + 1, quarter)
    if fault != "none":
        line.cut()
    await page.edit(seed + 2, count - 2 * quarter)
    line.mend()


async def robot_phase(robot: Robot, line: Line, random: Random, count: int, fault: str) -> None:
    for done in range(count):
        robot.edit(random)
        if done == count // 4 and fault == "stall":
            line.hush()
        if done == count // 2 and fault != "none":
            line.cut()
        await asyncio.sleep(0)
    line.mend()


async def restart(server: Server) -> None:
    await server.kill()
    await server.start()


def drawn(random: Random) -> str:
    return random.choices(("none", "cut", "stall"), (2, 1, 1))[0]


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_all_replicas_agree(table: Table, seed: int) -> None:
    random = Random(seed)
    server = table.server
    room = await open_room(server.url, [(name, "mentor" if name == "Ada" else "mentee") for name in NAMES])
    links = [line.through(link) for line, link in zip(table.lines, room.links, strict=False)]
    pages = [NotesPage(tab) for tab in table.tabs]
    for tab in table.tabs:
        tab.problems.clear()

    async with AsyncExitStack() as stack:
        await asyncio.gather(*(page.arrive(link) for page, link in zip(pages, links, strict=False)))
        modes: list[Mode] = ["rich", "plain", random.choice(MODES)]
        for page, mode in zip(pages, modes, strict=True):
            await page.switch(mode)
        robots = [
            await stack.enter_async_context(Robot.at(link, name))
            for link, name in zip(links[3:], NAMES[3:], strict=False)
        ]

        killed = random.randrange(PHASES)
        store_killed = random.choice([phase for phase in range(PHASES) if phase != killed])
        for phase in range(PHASES):
            work = [
                page_phase(
                    page, line, seed * 1000 + phase * 100 + index * 10, PAGE_EDITS // PHASES, drawn(random)
                )
                for index, (page, line) in enumerate(zip(pages, table.lines, strict=False))
            ]
            work += [
                robot_phase(robot, line, random, ROBOT_EDITS // PHASES, drawn(random))
                for robot, line in zip(robots, table.lines[3:], strict=True)
            ]
            if phase == killed:
                work.append(restart(server))
            if phase == store_killed and seed % 4 == 0:
                server.kill_store()
            await asyncio.gather(*work)
            if phase == 1:
                await pages[2].switch("plain" if modes[2] == "rich" else "rich")

        await asyncio.gather(*(page.saved(30) for page in pages))

        async def stored() -> bool:
            return all(robot.saved for robot in robots)

        async def texts() -> list[str]:
            return [*[await page.text() for page in pages], *[robot.text for robot in robots]]

        async def agree() -> bool:
            return len(set(await texts())) == 1

        await eventually(stored, "the robots' edits are saved")
        await eventually(agree, f"seed {seed}: all five agree", seen=texts)
        text = (await texts())[0]
        assert len(text) > 100
        assert "\ufffd" not in text
        assert await exported(room.links[5]) == text

        if seed % 4 == 1:
            await restart(server)
        async with Robot.at(room.links[5], "Fresh") as fresh:

            async def fetched() -> bool:
                return fresh.saved

            await eventually(fetched, "a newcomer has fetched the notes")
            assert fresh.text == text
            assert fresh.refusals == []
        assert [robot.refusals for robot in robots] == [[], []]
        uncaught = [problem for tab in table.tabs for problem in tab.problems if "uncaught" in problem]
        assert uncaught == []
