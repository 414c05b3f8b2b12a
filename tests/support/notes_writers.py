"""People who write notes together, each in a light page of their own: no camera, no microphone."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.support.browsers import Kind, Tab
from tests.support.call import OpenRoom, open_room
from tests.support.call_company import Browsers
from tests.support.notes_page import HAND, NO_DEVICES, NotesPage
from tests.support.server import Server

NAMES = ("Ada", "Bao", "Chloé")


class Writers:
    """The people of one test at one server."""

    def __init__(self, browsers: Browsers, server: Server) -> None:
        self.server = server
        self.tabs: list[Tab] = []
        self._browsers = browsers

    async def room(self) -> OpenRoom:
        """A session for three; the third link is for whoever looks at the end."""
        return await open_room(
            self.server.url, [(NAMES[0], "mentor"), *((name, "mentee") for name in NAMES[1:])]
        )

    async def at(self, link: str, kind: Kind = "chromium", **options: Any) -> NotesPage:
        """A page at a personal link, in the room, with the notes open."""
        tab: Tab
        if kind == "firefox":
            tab = await (await self._browsers.firefox()).tab(NO_DEVICES, HAND)
        else:
            tab = await (await self._browsers.chromiums.start(())).tab(NO_DEVICES, HAND, **options)
        self.tabs.append(tab)
        page = NotesPage(tab)
        await page.arrive(link)
        return page

    async def two(self) -> tuple[NotesPage, NotesPage]:
        """Ada and Bao, in one room."""
        room = await self.room()
        return await self.at(room.links[0]), await self.at(room.links[1])

    def problems(self) -> list[str]:
        return [f"{tab.kind}: {problem}" for tab in self.tabs for problem in tab.problems]

    async def go_home(self) -> None:
        for tab in self.tabs:
            await tab.close()
        self.tabs.clear()


async def exported(link: str) -> str:
    """The notes as the server gives them for download, by a personal link."""
    async with aiohttp.ClientSession() as http, http.get(f"{link}/notes.md") as answer:
        assert answer.status == 200, answer.status
        assert answer.content_type == "text/markdown"
        return await answer.text(encoding="utf-8")
