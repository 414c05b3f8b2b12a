"""The pages over a real store, a real relay and the built front end; live rooms are only noted down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from redis.asyncio import Redis

from server import sessions
from server.clock import now_ms
from server.config import read
from server.mentoring.people import Person
from server.mentoring.ticks import ticked
from server.metrics import Metrics
from server.pages.routes import make_app
from server.pages.site import Site
from server.pages.static import StaticFiles
from server.room.formats import formats
from server.room.record import GuestRecord
from server.sessions import Session
from server.storage.secret import load_secret
from server.transport.relay import Relay, RelayConfig
from signaling.parts import Box
from tests.support.accounts import cookies, sign_in
from tests.support.pages import renderer
from web.assets import static_folder

Client = TestClient[web.Request, web.Application]


@dataclass
class NotedRooms:
    """Stands for the live rooms: what pages tell them is noted, what they ask is answered from here."""

    changed: list[tuple[str, GuestRecord]] = field(default_factory=list)
    replanned: list[tuple[str, tuple[Box, ...]]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ticked: list[tuple[str, str, bool]] = field(default_factory=list)
    room_count: int = 0
    member_count: int = 0

    async def guest_changed(self, room: str, guest: GuestRecord) -> None:
        self.changed.append((room, guest))

    async def replan(self, room: str, boxes: tuple[Box, ...]) -> None:
        self.replanned.append((room, boxes))

    async def tick(self, room: str, action: str, *, done: bool) -> None:
        self.ticked.append((room, action, done))
        self.notes[room] = ticked(self.notes.get(room, ""), action, self.names, done=done)

    async def notes_text(self, room: str) -> str:
        return self.notes.get(room, "")


@pytest.fixture
def rooms() -> NotedRooms:
    return NotedRooms()


@pytest.fixture
async def site(store: Redis, rooms: NotedRooms) -> AsyncIterator[Site]:
    relay = Relay(RelayConfig(port=0))
    await relay.start()
    try:
        yield Site(
            config=read({"data": "/nowhere"}, {}),
            store=store,
            secret=await load_secret(store),
            renderer=renderer(),
            rooms=rooms,
            relay=relay,
            metrics=Metrics(relay.stats, rooms),
        )
    finally:
        await relay.stop()


@pytest.fixture
async def client(site: Site, aiohttp_client: Callable[..., Awaitable[Client]]) -> Client:
    return await aiohttp_client(make_app(site, StaticFiles(static_folder())))


@pytest.fixture
def client_as(
    site: Site, aiohttp_client: Callable[..., Awaitable[Client]]
) -> Callable[[Person], Awaitable[Client]]:
    """A client that a person is signed in with: ``await client_as(await make_person(store))``."""

    async def made(person: Person) -> Client:
        secret = await sign_in(site.store, person, at_ms=site.clock())
        app = make_app(site, StaticFiles(static_folder()))
        return await aiohttp_client(app, cookies=cookies(secret))

    return made


@pytest.fixture
def client_of(
    site: Site, aiohttp_client: Callable[..., Awaitable[Client]]
) -> Callable[..., Awaitable[Client]]:
    """A client of a site configured otherwise: ``await client_of(base_url="…")``."""

    async def made(environment: dict[str, str] | None = None, **said: str) -> Client:
        other = replace(site, config=read({"data": "/nowhere", **said}, environment or {}))
        return await aiohttp_client(make_app(other, StaticFiles(static_folder())))

    return made


@pytest.fixture
async def session(site: Site) -> Session:
    return await sessions.make(
        site.store,
        site.secret,
        formats()["grow-45"],
        45,
        [("Zoë", "mentor"), ("Bao <b>", "mentee")],
        now_ms(),
        title='Élan "one" / two',
    )
