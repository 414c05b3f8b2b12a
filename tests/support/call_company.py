"""Brings people with browsers together in rooms, and sends everyone home when a test is over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Playwright

from tests.support.browsers import Kind, Tab, drawn_face
from tests.support.call import OpenRoom, Person, open_room
from tests.support.chromium import ChromiumPool
from tests.support.firefox import Firefox
from tests.support.media import FACES, Face

NAMES = ("Ada", "Bao", "Chloé", "Dov", "Esi", "Femi", "Gülay", "Hugo")

FIREFOX_TONE = FACES[-1].tone


class Browsers:
    """Every browser process of a test run, each started when first asked for."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.chromiums = ChromiumPool(playwright, folder)
        self._firefox: Firefox | None = None

    async def firefox(self) -> Firefox:
        """The one Firefox; its microphone plays ``FIREFOX_TONE``."""
        if self._firefox is None:
            self._firefox = await Firefox.start(FIREFOX_TONE)
        return self._firefox

    async def close(self) -> None:
        """Ends every process."""
        try:
            if self._firefox is not None:
                await self._firefox.close()
        finally:
            await self.chromiums.close()


class Company:
    """The people of one test. ``base`` is the server's address."""

    def __init__(self, browsers: Browsers, base: str) -> None:
        self.browsers = browsers
        self.base = base
        self.tabs: list[Tab] = []

    async def room(self, people: int, format_: str = "open") -> OpenRoom:
        """A session for so many people; the first is the mentor."""
        roles = ["mentor", *["mentee"] * (people - 1)]
        return await open_room(self.base, list(zip(NAMES, roles, strict=False)), format_)

    async def tab(self, index: int = 0, *init_scripts: str, **options: Any) -> Tab:
        """A page of the Chromium whose devices show face ``index``."""
        tab = await (await self.browsers.chromiums.with_face(FACES[index])).tab(*init_scripts, **options)
        self.tabs.append(tab)
        return tab

    async def person(
        self, room: OpenRoom, index: int, kind: Kind = "chromium", *init_scripts: str, **options: Any
    ) -> Person:
        """The room's guest ``index`` with a browser and face ``index``, not yet gone to the link.

        Faces are five: a sixth person takes the first one's.
        """
        face = FACES[index % len(FACES)]
        tab: Tab
        if kind == "firefox":
            tab = await (await self.browsers.firefox()).tab(drawn_face(face), *init_scripts)
            self.tabs.append(tab)
            return Person(tab, room.links[index], NAMES[index], face, FIREFOX_TONE)
        tab = await self.tab(index % len(FACES), *init_scripts, **options)
        return Person(tab, room.links[index], NAMES[index], face, face.tone)

    async def drawn(self, room: OpenRoom, index: int, face: Face, **drawing: Any) -> Person:
        """Like ``person``, in Chromium, with a camera drawn in the page that the test can change."""
        tab = await self.tab(index % len(FACES), drawn_face(face, **drawing))
        return Person(tab, room.links[index], NAMES[index], face, FACES[index % len(FACES)].tone)

    async def meet(self, kinds: Sequence[Kind], format_: str = "open") -> list[Person]:
        """A room where so many people, each with this kind of browser, have all joined."""
        room = await self.room(len(kinds), format_)
        people = [await self.person(room, index, kind) for index, kind in enumerate(kinds)]
        for person in people:
            await person.join()
        return people

    async def go_home(self) -> None:
        """Closes every page of this test."""
        for tab in self.tabs:
            await tab.close()
        self.tabs.clear()

    def problems(self) -> list[str]:
        """What the pages of this test complained of in their consoles."""
        return [f"{tab.kind}: {problem}" for tab in self.tabs for problem in tab.problems]


async def open_data(person: Person) -> None:
    """Opens the panel where quality and data are chosen."""
    await person.tab.run("() => document.querySelector('[data-control=more]').click()")
    await person.until("() => document.querySelector('#more') !== null", what="the menu is open")
    await person.tab.run(
        """() => [...document.querySelectorAll('#more .menu-item')]
          .find(item => /data/i.test(item.textContent)).click()"""
    )
    await person.until("() => document.querySelector('data-choices') !== null", what="the panel is open")
