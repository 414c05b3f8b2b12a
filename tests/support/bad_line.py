"""Calls in which some browsers stand behind an emulated line, and what people get. Needs root."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bench.emulate import Emulated
from bench.lines import FIGURES, GOOD, Heard
from tests.support.call import Person, open_room
from tests.support.call_company import NAMES
from tests.support.chromium import ChromiumPool
from tests.support.media import FACES
from tests.support.server import Server

HERE, THERE = "10.88.68.1", "10.88.68.2"
"""This machine as those behind the line see it, and they."""

PATIENCE_S = 40.0


class BadLine:
    """Made by ``bad_line``: a server and browsers here, browsers there, and the line between."""

    def __init__(self, line: Emulated, server: Server, here: ChromiumPool, there: ChromiumPool) -> None:
        self._line, self._server, self._here, self._there = line, server, here, there
        self._people: list[Person] = []

    def become(self, **bad: float) -> dict[str, dict[str, float]]:
        """Change the line both ways: ``Line``'s fields in place of those of a good one."""
        return self._line.change(up={**GOOD, **bad}, down={**GOOD, **bad})

    async def meet(
        self, here: int, there: int, size: tuple[int, int] = (640, 360), sends: int | None = None
    ) -> list[Person]:
        """So many people on this side and on the other meet on a good line; those on this side come first.

        Their pictures have this size at 15 frames a second, with grain: bits matter. Only the first ``sends``
        have their cameras on in the end, if not all.
        """
        self.become()
        count = here + there
        roles = ["mentor", *["mentee"] * (count - 1)]
        room = await open_room(self._server.url, list(zip(NAMES, roles, strict=False)))
        trusted = f"--unsafely-treat-insecure-origin-as-secure={self._server.url}"
        for index, link in enumerate(room.links):
            pool = self._here if index < here else self._there
            chromium = await pool.with_face(FACES[index], *size, 15, texture=True, flags=(trusted,))
            tab = await chromium.tab()
            self._people.append(Person(tab, link, NAMES[index], FACES[index], FACES[index].tone))
        for person in self._people:
            await person.join()
        senders = self._people[:sends]
        for person in self._people[len(senders) :]:
            await person.turn("camera", on=False)
        for person in self._people:
            for other in senders:
                if other is not person:
                    await person.sees(other)
        return list(self._people)

    async def go_home(self) -> None:
        """Close everybody's page."""
        for person in self._people:
            await person.tab.close()
        self._people.clear()


async def listens(people: Sequence[Person], seconds: float) -> list[Heard]:
    """What each gets of the others while their browsers play so many seconds of sound."""

    async def one(person: Person) -> Heard:
        before, began = await person.tab.run(FIGURES), time.monotonic()
        wanted = before["samples"] + seconds * 48_000 * before["voices"]
        while True:
            after = await person.tab.run(FIGURES)
            took = time.monotonic() - began
            if after["samples"] >= wanted or took > PATIENCE_S:
                return Heard.between(before, after, took)
            await asyncio.sleep(0.1)

    return list(await asyncio.gather(*(one(person) for person in people)))


@contextlib.asynccontextmanager
async def bad_line(here: ChromiumPool, folder: Path) -> AsyncIterator[BadLine]:
    """A server, and a line to a namespace with browsers; all gone at the end."""
    async with contextlib.AsyncExitStack() as stack:
        line = Emulated(f"bad{os.getpid() % 10_000}", HERE, THERE)
        stack.callback(line.close)
        server = Server(folder, "--host", HERE, host=HERE)
        stack.push_async_callback(server.close)
        await server.start()
        program = folder / "chromium-there"
        program.write_text(f'#!/bin/sh\nexec ip netns exec {line.name} {shutil.which("chromium")} "$@"\n')
        program.chmod(0o755)
        there = ChromiumPool(here.playwright, folder, program=str(program))
        stack.push_async_callback(there.close)
        yield BadLine(line, server, here, there)
