"""Our own server under load: ``compagnon serve`` as an operator starts it, with its embedded store."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import aiohttp

from bench.environment import ROOT
from bench.load.compagnon import CompagnonRooms
from bench.load.people import Rooms
from bench.load.pump import Pump
from bench.servers import Child
from bench.usage import Usage, usage
from server.embedded import socket_path
from server.room.formats import formats, scale
from server.room.links import sign_personal
from server.room.record import GuestRecord, RoomRecord
from server.storage.client import connect
from server.storage.rooms import create
from server.storage.secret import load_secret
from signaling.parts import Timer

_READY_TIMEOUT: Final = 20.0
_HOUR_MS: Final = 3_600_000
_BUCKET = re.compile(r'^compagnon_forwarding_delay_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)


class CompagnonServer:
    """The whole of ``compagnon serve``; what it and its store use counts as its CPU.

    ``members`` is the operator's limit of people in a room (``COMPAGNON_ROOM_MEMBERS``).
    """

    def __init__(self, directory: Path, address: str, port: int = 8080, members: int = 32) -> None:
        self.name = "compagnon"
        self._directory = directory
        self._address = address
        self._port = port
        self._members = members
        self._token = secrets.token_hex(16)
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://{self._address}:{self._port}"

    async def start(self) -> None:
        """Starts it and waits until it is ready."""
        self._directory.mkdir()
        settings = {name: value for name, value in os.environ.items() if not name.startswith("COMPAGNON_")}
        settings["COMPAGNON_ROOM_MEMBERS"] = str(self._members)
        settings["COMPAGNON_METRICS_TOKEN"] = self._token
        command = [sys.executable, "-m", "server", "serve", "--data", str(self._data)]
        command += ["--host", self._address, "--port", str(self._port)]
        self._child = Child(command, self._directory / "log", ROOT, settings)
        await self._ready(self._child)

    def rooms(self, pump: Pump) -> Rooms:
        """Rooms by the WebSocket that browsers use."""
        return CompagnonRooms(self.url, pump, self.make_room)

    async def make_room(self, people: int) -> list[str]:
        """A session for so many, straight into the store; gives each one's link token.

        The start page and the command line make rooms for small groups only; a benchmark needs more.
        """
        agenda = formats()["open"]
        now_ms = time.time_ns() // 1_000_000
        guests = tuple(
            GuestRecord(
                id=secrets.token_urlsafe(6),
                name=f"Person {index}",
                role="mentee" if index else "mentor",
                place=index,
            )
            for index in range(people)
        )
        record = RoomRecord(
            id=secrets.token_urlsafe(12),
            title="",
            format=agenda.key,
            minutes=agenda.minutes,
            created_ms=now_ms,
            expires_ms=now_ms + _HOUR_MS,
            guests=guests,
        )
        timer = Timer(status="ready", index=0, boxes=scale(agenda, agenda.minutes), since_ms=None, turn=None)
        store = connect(self.store_url)
        try:
            await create(store, record, timer)
            secret = await load_secret(store)
        finally:
            await store.aclose()
        return [sign_personal(secret, record.id, guest) for guest in guests]

    @property
    def store_url(self) -> str:
        """Where its store listens."""
        return f"unix://{socket_path(self._data)}"

    async def delays(self) -> Delays:
        """The forwarding delay histogram as it is now."""
        return Delays.read(await self._metrics())

    async def _metrics(self) -> str:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{self.url}/metrics", headers=headers) as answer,
        ):
            answer.raise_for_status()
            return await answer.text()

    async def gauge(self, name: str) -> float:
        """What ``/metrics`` has under ``compagnon_<name>`` now; raises ValueError when it has nothing."""
        found = re.search(rf"^compagnon_{name} (\S+)$", await self._metrics(), re.MULTILINE)
        if found is None:
            raise ValueError(f"/metrics has no {name}")
        return float(found[1])

    def cpu(self) -> float:
        """CPU seconds of the server and its store, all threads."""
        return self._child.cpu() if self._child else 0.0

    def usage(self) -> Usage:
        """What it uses now, part by part."""
        return usage(self._child.pid) if self._child else Usage()

    def stop(self) -> None:
        """Ends it and its store."""
        if self._child:
            self._child.stop()

    @property
    def _data(self) -> Path:
        return self._directory / "data"

    async def _ready(self, child: Child) -> None:
        deadline = time.monotonic() + _READY_TIMEOUT
        async with aiohttp.ClientSession() as http:
            while child.running and time.monotonic() < deadline:
                try:
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)
        raise RuntimeError(f"compagnon serve is not ready\n{child.tail()}")


class Delays:
    """A histogram of delays: ``counts`` per bucket, ``bounds`` their upper ends in s, the last infinite."""

    def __init__(self, bounds: Sequence[float], counts: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = tuple(counts)

    @classmethod
    def read(cls, text: str) -> Delays:
        """Out of Prometheus' text; raises ValueError when the histogram is not in it."""
        found = [(float(bound), float(count)) for bound, count in _BUCKET.findall(text)]
        if not found:
            raise ValueError("/metrics has no forwarding delay histogram")
        reached = [count for _, count in found]
        counts = [after - before for before, after in itertools.pairwise([0.0, *reached])]
        return cls([bound for bound, _ in found], counts)

    def since(self, earlier: Delays) -> Delays:
        """What came after ``earlier``."""
        counts = [now - then for now, then in zip(self.counts, earlier.counts, strict=True)]
        return Delays(self.bounds, counts)

    @property
    def total(self) -> float:
        """How many packets were timed."""
        return sum(self.counts)

    def percentile(self, share: float) -> float:
        """The upper bound of the bucket in which ``share`` (0 to 1) of all is reached: never too low."""
        wanted = share * self.total
        reached = 0.0
        for bound, count in zip(self.bounds, self.counts, strict=True):
            reached += count
            if reached >= wanted:
                return bound
        return float("inf")
