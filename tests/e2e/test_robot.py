"""A robot (aiortc, FFmpeg) and a person with a Chromium meet: each shows and hears the other."""

from __future__ import annotations

import numpy as np
import pytest

from examples.robot import Robot
from tests.support.browsers import eventually
from tests.support.call import Person
from tests.support.call_company import Company
from tests.support.media import PALETTE, Face, nearest_colour

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ROBOT = Face("cyan", "red", 700)


def halves(face: Face) -> str:
    """FFmpeg's source of a face: its two colours side by side."""
    left, right = (
        f"color=c=0x{red:02x}{green:02x}{blue:02x}:size=160x180:rate=15"
        for red, green, blue in (PALETTE[face.left], PALETTE[face.right])
    )
    return f"{left}[left];{right}[right];[left][right]hstack"


async def test_a_robot_and_a_page_see_and_hear_each_other(company: Company) -> None:
    room = await company.room(2)
    ada = await company.person(room, 0)
    await ada.join()
    async with Robot(room.links[1], "Robot", pattern=halves(ROBOT), tone=ROBOT.tone) as robot:
        shown = Person(ada.tab, room.links[1], "Robot", ROBOT, ROBOT.tone, robot.member)
        await ada.sees(shown)
        await ada.frames_come(shown, more=10)
        await ada.hears(shown)

        async def seen() -> tuple[str, str] | None:
            picture = robot.pictures.get(ada.member)
            if picture is None or picture.count < 10:
                return None
            height, width, _ = picture.pixels.shape
            top = picture.pixels[height // 6 : height // 2]
            left, right = (
                np.median(top[:, start : start + width // 8], axis=(0, 1))
                for start in (width // 4 - width // 16, width * 3 // 4 - width // 16)
            )
            return nearest_colour(tuple(left)), nearest_colour(tuple(right))

        async def met() -> bool:
            heard = robot.tone_of(ada.member)
            return (
                await seen() == (ada.face.left, ada.face.right)
                and heard is not None
                and abs(heard - ada.tone) < 5
            )

        async def instead() -> object:
            return await seen(), robot.tone_of(ada.member), robot.members, robot.refused

        await eventually(met, "the robot sees and hears Ada", seen=instead)
    await ada.until("() => document.querySelectorAll('[data-tile]').length === 1", what="the robot is gone")
