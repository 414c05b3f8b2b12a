from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from server.live import Limits
from tests.support.doors import PEOPLE, Stage
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving


@pytest.fixture
async def stage(store: Redis) -> AsyncIterator[Stage]:
    record, tokens = await make_room(store, PEOPLE)
    async with serving(store, Limits(joins=1_000)) as server, Robot(server.url, tokens[0]) as robot:
        await robot.come("Mo")
        yield Stage(server, robot, tokens, record.id)
