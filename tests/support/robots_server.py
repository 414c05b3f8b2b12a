"""Rooms, relay and WebSocket as in production, without the pages: in this process, or in one to be killed."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from aiohttp import web
from redis.asyncio import Redis

from server.clock import now_ms
from server.live import Limits, Live
from server.room.formats import formats
from server.room.links import sign_personal
from server.room.record import Invited, RoomRecord, plan
from server.sockets.endpoint import WebSockets
from server.standards.doors import Doors
from server.storage import rooms
from server.storage.client import connect
from server.storage.secret import load_secret
from server.transport.relay import Relay, RelayConfig
from signaling.parts import Role
from signaling.turn import Turn


class RobotServer:
    """A server for robots on a free port."""

    def __init__(
        self, store: Redis, limits: Limits, name: str | None, clock: Callable[[], int] = now_ms
    ) -> None:
        self.joins: list[float] = []
        self.relay = Relay(RelayConfig(host="127.0.0.1", port=0))
        self.live = Live(store, self.relay, limits, self.joins.append, server=name, clock=clock)
        self.port = 0
        self.doors: Doors

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ws"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.asynccontextmanager
async def serving(
    store: Redis,
    limits: Limits | None = None,
    port: int = 0,
    *,
    name: str | None = None,
    clock: Callable[[], int] = now_ms,
) -> AsyncIterator[RobotServer]:
    """A running server; stopped in good order at the end. ``name`` is what it is called after each start."""
    server = RobotServer(store, limits or Limits(), name, clock)
    await server.relay.start()
    try:
        await server.live.start()
        app = web.Application()
        endpoint = WebSockets(
            server.live, addresses=lambda host: ["127.0.0.1"], asker=lambda request: request.remote or ""
        )
        app.router.add_get("/ws", endpoint.serve)
        server.doors = Doors(
            server.live,
            addresses=lambda host: ["127.0.0.1"],
            asker=lambda request: request.remote or "",
            base=lambda request: server.base,
            turn=Turn(),
        )
        server.doors.add_to(app)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
            server.port = runner.addresses[0][1]
            yield server
        finally:
            await server.live.stop()
            await runner.cleanup()
    finally:
        await server.relay.stop()


async def make_room(
    store: Redis,
    people: Sequence[tuple[str, Role]] = (("Mo", "mentor"), ("Ana", "mentee")),
    *,
    format: str = "grow-45",  # noqa: A002 - as the record calls it
    minutes: int = 45,
    expires_ms: int | None = None,
) -> tuple[RoomRecord, list[str]]:
    """A room in the store, and the personal tokens of its guests in their order."""
    now_ms = time.time_ns() // 1_000_000
    record, timer = plan(
        room_id=secrets.token_urlsafe(12),
        title="A meeting",
        agenda=formats()[format],
        minutes=minutes,
        invited=[Invited(secrets.token_urlsafe(6), name, role) for name, role in people],
        now_ms=now_ms,
        expires_ms=now_ms + 3_600_000 if expires_ms is None else expires_ms,
    )
    await rooms.create(store, record, timer)
    secret = await load_secret(store)
    return record, [sign_personal(secret, record.id, guest) for guest in record.guests]


class RobotProcess:
    """The same server in a process of its own, for ``kill -9``. The port stays the same over restarts."""

    def __init__(self, store_url: str, name: str = "robots") -> None:
        self._store_url = store_url
        self._name = name
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ws"

    async def start(self) -> None:
        """Returns when it serves."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.support.robots_server", self._store_url, str(self.port), self._name),
            cwd=Path(__file__).parents[2],
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line.strip().isdigit(), "the server did not start"
        self.port = int(line)

    def signal(self, number: signal.Signals) -> None:
        """As ``kill``."""
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        """As ``kill -9``."""
        if self._process is not None:
            self._process.kill()
            await self._process.communicate()
            self._process = None


async def _serve(store_url: str, port: int, name: str) -> None:
    store = connect(store_url)
    async with serving(store, port=port, name=name) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
