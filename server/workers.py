"""The media workers of one server: started, watched, started again; each room has one of them as its home."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import msgspec
from redis.asyncio import Redis

from server.config import Config
from server.errors import OperatorError
from server.live_notes import stored_text
from server.metrics import merged
from server.room.record import GuestRecord
from server.storage import rooms
from server.worker import Orders, Said, Tick, write_orders
from signaling.errors import ProtocolError
from signaling.parts import Box

log = logging.getLogger(__name__)

READY_S = 20.0
STOP_S = 2.5
REACHED_S = 5.0
"""For so long a request waits for a worker that is being started again."""

_first_pause_s, _longest_pause_s, _steady_s = 0.05, 5.0, 30.0


class GoneError(Exception):
    """No worker could be reached in time."""


class Worker:
    """One process and the way to it. ``media_port`` is 0 while it does not run."""

    def __init__(self, index: int, orders: Orders) -> None:
        self.index = index
        self.orders = orders
        self.media_port = 0
        self.load = 0
        self.ready = asyncio.Event()
        self.process: asyncio.subprocess.Process | None = None
        self.http: aiohttp.ClientSession

    async def start(self) -> None:
        """Returns when it serves. Raises ``OperatorError`` with its own reason."""
        process = self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(write_orders(self.orders))
        await process.stdin.drain()
        try:
            line = await asyncio.wait_for(process.stdout.readline(), READY_S)
        except TimeoutError:
            line = b""
        said = msgspec.json.decode(line, type=Said) if line else Said(error="A worker did not start.")
        if not said.ready:
            await self.stop()
            raise OperatorError(said.error or "A worker did not start.")
        self.http = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=self.orders.socket, limit=0), auto_decompress=False
        )
        self.media_port = said.ready
        self.ready.set()
        log.info("worker-started", extra={"worker": self.index, "pid": process.pid})

    async def said(self) -> AsyncIterator[Said]:
        """What it says until it ends."""
        assert self.process is not None
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            yield msgspec.json.decode(line, type=Said)
        await self.process.wait()

    async def gone(self) -> None:
        """It runs no more."""
        self.ready.clear()
        self.media_port = 0
        await self.http.close()

    async def stop(self) -> None:
        """Ends it: its rooms say goodbye; one that takes too long is killed."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


class Workers:
    """All workers of a server; stands for the live rooms and for the media port towards pages."""

    def __init__(self, config: Config, store_url: str, store: Redis, server: str) -> None:
        # A short path: a Unix socket's has room for about 100 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="compagnon-"))
        self._store = store
        self._homes: dict[str, Worker] = {}
        self._guests: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.all = [
            Worker(
                index,
                Orders(
                    config=replace(config, media_port=config.media_port + index, workers=1),
                    store=store_url,
                    socket=str(self._folder / f"{index}.sock"),
                    server=server,
                ),
            )
            for index in range(config.workers)
        ]

    @property
    def port(self) -> int:
        """The first media port that is open, 0 when none is."""
        return next((worker.media_port for worker in self.all if worker.media_port), 0)

    async def start(self) -> None:
        """Returns when all serve and the rooms with somebody in them are back. Raises ``OperatorError``."""
        results = await asyncio.gather(*(worker.start() for worker in self.all), return_exceptions=True)
        for error in results:
            if isinstance(error, BaseException):
                raise error
        self._tasks = [asyncio.create_task(self._watch(worker)) for worker in self.all]
        await self._bring_back(await rooms.occupied(self._store))

    async def stop(self) -> None:
        """Ends all, their rooms first."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self.all))
        for worker in self.all:
            if worker.ready.is_set():
                await worker.gone()
        shutil.rmtree(self._folder, ignore_errors=True)

    # ---------------------------------------------------------------- where rooms are

    @contextlib.contextmanager
    def visiting(self, room: str | None) -> Iterator[Worker]:
        """The worker for a room while somebody is connected to it; any, when no room is named."""
        worker = self._home(room)
        worker.load += 1
        if room is not None:
            self._guests[room] = self._guests.get(room, 0) + 1
        try:
            yield worker
        finally:
            worker.load -= 1
            if room is not None:
                self._guests[room] -= 1
                if not self._guests[room]:
                    del self._guests[room]

    def _home(self, room: str | None) -> Worker:
        home = self._homes.get(room) if room is not None else None
        if home is None:
            running = [worker for worker in self.all if worker.ready.is_set()] or self.all
            homes = list(self._homes.values())
            home = min(running, key=lambda worker: (worker.load, homes.count(worker)))
            if room is not None:
                self._homes[room] = home
        return home

    @staticmethod
    async def reached(worker: Worker) -> aiohttp.ClientSession:
        """The way to a worker, once it runs. Raises ``GoneError``."""
        try:
            async with asyncio.timeout(REACHED_S):
                # It may have died again before this goes on: its session is closed then.
                while not worker.ready.is_set():
                    await worker.ready.wait()
        except TimeoutError:
            raise GoneError from None
        return worker.http

    async def guest_changed(self, room: str, guest: GuestRecord) -> None:
        """A guest's link was revoked, restored or renewed in the store."""
        home = self._homes.get(room)
        if home is not None:
            body = msgspec.json.encode(guest)
            await self._ask(home, self._post(home, f"/internal/rooms/{room}/guest", body))

    async def replan(self, room: str, boxes: tuple[Box, ...]) -> None:
        """A session's page has another agenda, in the store already: a live room takes it over."""
        home = self._homes.get(room)
        if home is not None:
            body = msgspec.json.encode(boxes)
            await self._ask(home, self._post(home, f"/internal/rooms/{room}/agenda", body))

    async def notes_text(self, room: str) -> str:
        """The notes of a room, live or not, as Markdown. Raises ``RedisError``."""
        home = self._homes.get(room)
        if home is not None:
            with contextlib.suppress(GoneError, aiohttp.ClientError, OSError):
                http = await self.reached(home)
                async with http.get(f"http://worker/internal/rooms/{room}/notes") as answer:
                    if answer.status == 200:
                        return await answer.text()
        return await stored_text(self._store, room)

    async def tick(self, room: str, action: str, *, done: bool) -> None:
        """Ticks an action in a room's notes, live or not, or opens it again. Raises ``ProtocolError``."""
        with self.visiting(room) as home:
            try:
                http = await self.reached(home)
                body = msgspec.json.encode(Tick(action=action, done=done))
                async with http.post(f"http://worker/internal/rooms/{room}/tick", data=body) as answer:
                    if answer.status == 204:
                        return
                    log.warning("worker-refused", extra={"worker": home.index, "status": answer.status})
            except (GoneError, aiohttp.ClientError, OSError) as error:
                log.warning("worker-unreached", extra={"worker": home.index, "reason": type(error).__name__})
        raise ProtocolError("store-unavailable")

    async def page(self) -> bytes:
        """All workers' metrics as one page: counters added up, processes told apart."""
        pages = {}
        for worker in self.all:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                if worker.ready.is_set():
                    async with worker.http.get("http://worker/internal/metrics") as answer:
                        pages[str(worker.index)] = await answer.text()
        return merged(pages)

    # ---------------------------------------------------------------- supervision

    async def _watch(self, worker: Worker) -> None:
        """Starts a worker again when it ends, after pauses that grow while it keeps ending."""
        loop = asyncio.get_running_loop()
        pause = _first_pause_s
        while True:
            born = loop.time()
            async for said in worker.said():
                if said.closed and said.closed not in self._guests:
                    self._homes.pop(said.closed, None)
            log.error("worker-died", extra={"worker": worker.index})
            await worker.gone()
            orphans = [room for room, home in self._homes.items() if home is worker]
            for room in orphans:
                del self._homes[room]
            # Elsewhere at once, when there is an elsewhere; who comes first finds the same new home.
            back = asyncio.create_task(self._bring_back(orphans))
            if loop.time() - born > _steady_s:
                pause = _first_pause_s
            while not worker.ready.is_set():
                await asyncio.sleep(pause)
                pause = min(2 * pause, _longest_pause_s)
                try:
                    await worker.start()
                except OperatorError as error:
                    log.error("worker-restart-failed", extra={"reason": str(error)})
            await back

    async def _bring_back(self, found: frozenset[str] | list[str]) -> None:
        async def one(room: str) -> None:
            home = self._home(room)
            await self._ask(home, self._post(home, f"/internal/rooms/{room}"))

        # Together: one whose last server may be dead waits until that is sure.
        await asyncio.gather(*map(one, found))

    async def _post(self, worker: Worker, path: str, body: bytes = b"") -> None:
        http = await self.reached(worker)
        async with http.post(f"http://worker{path}", data=body) as answer:
            if answer.status >= 400:
                log.warning("worker-refused", extra={"worker": worker.index, "status": answer.status})

    @staticmethod
    async def _ask(worker: Worker, request: Awaitable[None]) -> None:
        """A worker that dies meanwhile loads everything anew from the store: nothing has to be said twice."""
        try:
            await request
        except (GoneError, aiohttp.ClientError, OSError) as error:
            log.warning("worker-unreached", extra={"worker": worker.index, "reason": type(error).__name__})
