"""The robot example: independent clients (aiortc, FFmpeg by PyAV) meet through the documented protocol."""

from __future__ import annotations

import sys
from asyncio.subprocess import PIPE, STDOUT, create_subprocess_exec
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from examples.robot import Robot
from signaling.messages import Bye
from tests.support.browsers import eventually
from tests.support.media import PALETTE, nearest_colour
from tests.support.server import Server

ROOT = Path(__file__).parents[1]
GUESTS = ("Ada:mentor", "Bao:mentee", "Cleo:mentee")


def plain(colour: str, size: str = "320x180") -> str:
    """FFmpeg's source of one colour of the palette."""
    red, green, blue = PALETTE[colour]
    return f"color=c=0x{red:02x}{green:02x}{blue:02x}:size={size}:rate=15"


def colour_seen(robot: Robot, other: Robot) -> str | None:
    picture = robot.pictures.get(other.member)
    if picture is None:
        return None
    red, green, blue = np.median(picture.pixels, axis=(0, 1))
    return nearest_colour((float(red), float(green), float(blue)))


async def meet(robot: Robot, other: Robot, colour: str, tone: int) -> None:
    """Waits until ``robot`` gets the other's colour in frame after frame and hears the other's tone."""

    async def met() -> bool:
        picture, heard = robot.pictures.get(other.member), robot.tone_of(other.member)
        return (
            colour_seen(robot, other) == colour
            and picture is not None
            and picture.count > 5
            and heard is not None
            and abs(heard - tone) < 5
        )

    async def seen() -> object:
        return robot.members, colour_seen(robot, other), robot.tone_of(other.member), robot.refused

    await eventually(met, f"{colour} and {tone} Hz arrive", seen=seen)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with Server.running(tmp_path) as started:
        yield started


async def test_robots_see_and_hear_each_other_and_notice_who_leaves(server: Server) -> None:
    links = (await server.new_room("open", GUESTS)).personal
    async with Robot(links[0], "Ada", pattern=plain("red"), tone=440) as ada:
        async with Robot(links[1], "Bao", pattern=plain("blue", "480x270"), tone=610) as bao:
            assert ada.member != bao.member
            await meet(ada, bao, "blue", 610)
            await meet(bao, ada, "red", 440)
            assert ada.pictures[bao.member].pixels.shape == (270, 480, 3)
            assert str(bao.pictures[ada.member]).startswith("320x180, mostly #")
            # A third has to be offered another line for its picture.
            async with Robot(links[2], "Cleo", pattern=plain("yellow"), tone=1030) as cleo:
                await meet(ada, cleo, "yellow", 1030)
                await meet(cleo, ada, "red", 440)
                await meet(cleo, bao, "blue", 610)
                await meet(bao, cleo, "yellow", 1030)
                assert {member.name for member in ada.members.values()} == {"Bao", "Cleo"}

            async def alone_again() -> bool:
                return {member.name for member in ada.members.values()} == {"Bao"}

            await eventually(alone_again, "Ada notices that Cleo has left")
        assert bao.refused == Bye(reason="left")


async def test_a_link_that_opens_nothing_is_refused(server: Server) -> None:
    link = (await server.new_room("open", GUESTS)).personal[0]
    with pytest.raises(ConnectionError, match="link-invalid"):
        async with Robot(link[:-3] + "AAA", "Eve"):
            pass


async def test_the_command_tells_what_it_sees_and_hears(server: Server) -> None:
    links = (await server.new_room("open", GUESTS)).personal
    async with Robot(links[0], "Ada", pattern=plain("green"), tone=880) as ada:
        process = await create_subprocess_exec(
            *(sys.executable, "-u", "examples/robot.py", links[1], "--name", "Bao", "--seconds", "12"),
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},
            stdout=PIPE,
            stderr=STDOUT,
        )
        try:
            assert process.stdout is not None
            said = b""
            while b"; 880 Hz" not in said:
                line = await process.stdout.readline()
                assert line, said
                said += line
            assert said.startswith(b"In the room as Bao.\n")
            assert b"Ada: 320x180, mostly #" in said
            assert "Bao" in {member.name for member in ada.members.values()}
            rest, _ = await process.communicate()
            assert process.returncode == 0, rest
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
