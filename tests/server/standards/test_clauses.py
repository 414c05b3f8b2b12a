"""Clauses of WHIP and WHEP about what descriptions keep; the table of all clauses names real tests."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.support.doors import Caller, caller
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving


@pytest.fixture(params=["whip", "whep"])
async def door(store: Redis, request: pytest.FixtureRequest) -> AsyncIterator[Caller]:
    _, tokens = await make_room(store)
    async with serving(store) as server, Robot(server.url, tokens[0]) as robot:
        await robot.come("Mo")
        async with caller(server.base, request.param, tokens[1]) as made:
            yield made


def ice_attributes(text: str) -> set[str]:
    return set(re.findall(r"a=(ice-options:.*|ice-pacing:.*|ice-lite)\r\n", text))


async def test_a_restart_keeps_the_answers_ice_attributes(door: Caller) -> None:
    await door.connect()
    door.client.restart_ice()
    async with door.patch(door.fragment(), "*") as answer:
        assert answer.status == 200
        assert ice_attributes(await answer.text()) == ice_attributes(door.answer) != set()


async def test_a_client_that_is_always_the_dtls_client_is_served(door: Caller) -> None:
    await door.open(re.sub(r"a=setup:\w+", "a=setup:active", door.offer()))
    assert set(re.findall(r"a=setup:(\w+)", door.answer)) == {"passive"}


async def test_an_unknown_link_or_header_changes_nothing(door: Caller) -> None:
    async with door.post(Link='<urn:x>; rel="urn:ietf:params:whip:ext:unknown"') as made:
        assert made.status == 201
        assert "urn:ietf:params" not in made.headers.get("Link", "")


def test_the_table_of_clauses_names_tests_that_exist() -> None:
    here = Path(__file__).parent
    text = (here.parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    there = {
        name
        for path in here.glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 15
    assert named <= there
