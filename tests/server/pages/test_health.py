"""Health, readiness and metrics: for machines, and metrics for those who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from server.pages.site import Site
from tests.server.pages.conftest import Client, NotedRooms


async def test_alive_and_ready(client: Client, site: Site) -> None:
    for path in ("/healthz", "/readyz"):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"


async def test_metrics_of_this_computer_for_this_computer(client: Client, rooms: NotedRooms) -> None:
    rooms.room_count = 3
    async with client.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        assert "compagnon_rooms 3.0" in await answer.text()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
async def test_metrics_are_not_passed_on_by_a_proxy(client: Client, header: str) -> None:
    async with client.get("/metrics", headers={header: "127.0.0.1"}) as answer:
        assert answer.status == 404


async def test_metrics_for_whoever_has_the_token(client_of: Callable[..., Awaitable[Client]]) -> None:
    client = await client_of({"COMPAGNON_METRICS_TOKEN": "correct horse battery"})
    for given, status in (
        ("", 404),
        ("Bearer wrong horse battery", 404),
        ("Bearer correct horse battery", 200),
    ):
        headers = {"Authorization": given, "X-Forwarded-For": "203.0.113.9"} if given else {}
        async with client.get("/metrics", headers=headers) as answer:
            assert answer.status == status
