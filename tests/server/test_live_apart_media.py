"""People with real media, parted and mixed again: each hears and sees whom they are with, and nobody else."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from bench.parting import WITHIN_S, gathered, good, story
from server.live import Limits
from signaling.parts import Role
from tests.support.robots_server import make_room, serving

PEOPLE = 14


@pytest.mark.alone
async def test_a_move_is_quick_and_nothing_crosses_whoever_leaves(store: Redis) -> None:
    """The same with a hundred: ``bench/apart``."""
    roles: list[tuple[str, Role]] = [("Mo", "mentor"), *((f"P{i}", "mentee") for i in range(PEOPLE - 1))]  # type: ignore[list-item]
    _, tokens = await make_room(store, roles)
    async with serving(store, Limits(joins=1_000)) as server, gathered(server.url, tokens) as gathering:
        told = await story(gathering, rounds=4, leavers=(1,))
    assert told.rooms == PEOPLE // 2
    assert len(told.split.heard) == PEOPLE
    assert told.met_twice == 0
    assert told.left_out == []
    assert told.rounds == 4
    assert max(told.split.slowest, told.rotation.slowest, told.back) < WITHIN_S
    assert max(told.split.stray, told.rotation.stray) < WITHIN_S
    assert good(told)
