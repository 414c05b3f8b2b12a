"""One media worker: rooms, relay and sockets of its own, behind the front process's pages.

``python -m server.worker`` is started by the front alone: its configuration is the first line of standard
input, and it ends when that input ends, so that no worker outlives its front. What it says on standard output
are lines of JSON: ``ready`` with its media port, then ``closed`` with each room that it has let go of.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from server import listen, logs
from server.addresses import candidates, host_addresses, resolve
from server.config import Config
from server.errors import OperatorError
from server.live import Limits, Live
from server.metrics import Metrics
from server.room.quality import QualityLine
from server.room.record import GuestRecord
from server.sockets.endpoint import WebSockets
from server.standards.doors import Doors
from server.storage.client import connect
from server.transport.relay import Relay
from signaling.errors import ProtocolError
from signaling.parts import Box

ASKER = "X-Compagnon-Asker"
"""Whom a request is counted for, as the front found out. Only the front reaches a worker's socket."""


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told when it starts; ``config`` has the worker's own media port.

    ``server`` is what the front's server is called in the store.
    """

    config: Config
    store: str
    socket: str
    server: str


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a worker's standard output."""

    ready: int = 0
    closed: str = ""
    error: str = ""


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a room's notes that is done, or not after all."""

    action: str
    done: bool


def write_orders(orders: Orders) -> bytes:
    """One line."""
    return msgspec.json.encode(orders, enc_hook=str) + b"\n"


def read_orders(line: bytes) -> Orders:
    """What ``write_orders`` wrote."""
    return msgspec.json.decode(line, type=Orders, dec_hook=lambda kind, value: kind(value))


def _say(said: Said) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(1, msgspec.json.encode(said) + b"\n")


def hear_front(ending: asyncio.Event) -> None:
    """Standard input can be read: where it has ended, so has the front, and ``ending`` is set."""
    if not os.read(0, 4_096):
        # What has ended can be read for ever: the loop did nothing else, and two workers that ended so kept
        # both cores from whoever else had work on them.
        asyncio.get_running_loop().remove_reader(0)
        ending.set()


async def work(orders: Orders) -> None:
    """Serves until standard input ends or SIGTERM. Raises ``OperatorError``."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Ctrl-C reaches the whole terminal: the front decides when its workers end.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    loop.add_reader(0, hear_front, ending)
    config = orders.config
    public = await asyncio.to_thread(resolve, config.public_addresses)
    here = host_addresses()
    async with contextlib.AsyncExitStack() as stack:
        relay = await listen.open_relay(config, shares=False)
        stack.push_async_callback(relay.stop)
        redis = connect(orders.store)
        stack.push_async_callback(redis.aclose)

        def joined(seconds: float) -> None:
            metrics.joins.observe(seconds)

        def left(line: QualityLine) -> None:
            if line.mos is not None:
                metrics.opinions.observe(line.mos)

        live = Live(
            redis,
            relay,
            Limits(members=config.room_members),
            on_join=joined,
            on_left=left,
            on_closed=lambda room: _say(Said(closed=room)),
            server=orders.server,
        )
        metrics = Metrics(relay.stats, live)
        runner = web.AppRunner(
            make_app(config, live, relay, metrics, lambda host: candidates(config, public, here, host)),
            access_log=None,
            shutdown_timeout=1.0,
        )
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await live.load()
        stack.push_async_callback(live.stop)
        await web.UnixSite(runner, orders.socket).start()
        _say(Said(ready=relay.port))
        await ending.wait()


def make_app(config: Config, live: Live, relay: Relay, metrics: Metrics, addresses: Any) -> web.Application:
    """What the front passes on, and what it asks for itself under ``/internal``."""
    app = web.Application()

    def asker(request: web.Request) -> str:
        return request.headers.get(ASKER, "")

    def base(request: web.Request) -> str:
        scheme = request.headers.get("X-Forwarded-Proto", "http")
        return config.base_url or f"{scheme}://{request.headers.get('Host', '')}"

    async def bring_back(request: web.Request) -> web.Response:
        await live.bring_back(request.match_info["room"])
        return web.Response(status=204)

    async def guest_changed(request: web.Request) -> web.Response:
        guest = msgspec.json.decode(await request.read(), type=GuestRecord)
        await live.guest_changed(request.match_info["room"], guest)
        return web.Response(status=204)

    async def replan(request: web.Request) -> web.Response:
        boxes = msgspec.json.decode(await request.read(), type=tuple[Box, ...])
        await live.replan(request.match_info["room"], boxes)
        return web.Response(status=204)

    async def notes(request: web.Request) -> web.Response:
        return web.Response(text=await live.notes_text(request.match_info["room"]))

    async def tick(request: web.Request) -> web.Response:
        said = msgspec.json.decode(await request.read(), type=Tick)
        try:
            await live.tick(request.match_info["room"], said.action, done=said.done)
        except ProtocolError as error:
            return web.Response(status=409, text=error.code)
        return web.Response(status=204)

    async def counted(request: web.Request) -> web.Response:
        return web.Response(body=metrics.text())

    app.router.add_get("/ws", WebSockets(live, addresses=addresses, asker=asker, turn=config.turn).serve)
    Doors(live, addresses=addresses, asker=asker, base=base, turn=config.turn).add_to(app)
    app.router.add_post("/internal/rooms/{room}", bring_back)
    app.router.add_post("/internal/rooms/{room}/guest", guest_changed)
    app.router.add_post("/internal/rooms/{room}/agenda", replan)
    app.router.add_get("/internal/rooms/{room}/notes", notes)
    app.router.add_post("/internal/rooms/{room}/tick", tick)
    app.router.add_get("/internal/metrics", counted)
    return app


def main(arguments: Sequence[str] = ()) -> int:
    """The entry point; the status of the process."""
    orders = read_orders(sys.stdin.buffer.readline())
    logs.begin(everything=orders.config.dev)
    with contextlib.suppress(FileNotFoundError):
        Path(orders.socket).unlink()
    try:
        asyncio.run(work(orders))
    except OperatorError as error:
        _say(Said(error=str(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
