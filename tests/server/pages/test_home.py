"""The first page after signing in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from redis.asyncio import Redis

from server.mentoring.people import Person
from tests.server.pages.conftest import Client
from tests.support.accounts import make_person


async def test_whoever_is_signed_in_is_greeted(
    store: Redis, client_as: Callable[[Person], Awaitable[Client]]
) -> None:
    client = await client_as(await make_person(store, "Zoë Ngô"))
    async with client.get("/home") as answer:
        assert answer.status == 200
        assert "Zoë Ngô" in await answer.text()


async def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    async with client.get("/home", allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "/sign-in?next=/home"
