"""A whole server on the test's own loop, with a clock that can be put forward and real letters.

For stories over weeks: the programme's people and deadlines live by the clock given, rooms by the real one.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from playwright.async_api import Page

from server.app import running
from server.config import Config, read
from tests.support.call import LOOPBACK
from tests.support.eventually import eventually
from tests.support.forms import submit
from tests.support.mail import Sink, sink, text_of
from tests.support.server import free_port


class Moving:
    """A clock that goes on by itself from wherever it is put."""

    def __init__(self, now_ms: int) -> None:
        self.put(now_ms)

    def put(self, now_ms: int) -> None:
        """It is now this instant."""
        self._ahead = now_ms - time.time_ns() // 1_000_000

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A running server: its address, its clock, and the letters that it has sent."""

    url: str
    config: Config
    clock: Moving
    mail: Sink

    async def letter(self, to: str, subject: str, *, after: int = 0) -> EmailMessage:
        """The newest letter to an address whose subject has these words, once it has come."""

        def found() -> list[EmailMessage]:
            return [
                each
                for each in self.mail.taken[after:]
                if to in str(each["To"]) and subject in str(each["Subject"])
            ]

        await eventually(lambda: bool(found()), f"a letter to {to} about {subject}")
        return found()[-1]

    def link(self, letter: EmailMessage, begin: str = "/") -> str:
        """The path of the first link of this site in a letter that begins so."""
        for address in re.findall(r"https?://\S+", text_of(letter)):
            path = urlsplit(address).path
            if address.startswith(self.url) and path.startswith(begin):
                return path
        raise AssertionError(f"no link to {begin} in {text_of(letter)}")


@contextlib.asynccontextmanager
async def place(folder: Path, now_ms: int) -> AsyncIterator[Place]:
    """A started server without anybody in it, gone at the end."""
    port, clock = free_port(), Moving(now_ms)
    async with sink() as mail:
        said = {
            "data": str(folder / "data"),
            "host": LOOPBACK,
            "port": str(port),
            "media_port": str(port),
            "smtp_url": f"smtp://127.0.0.1:{mail.port}",
            "mail_from": "compagnon@meet.example",
        }
        config = read(said, {})
        async with running(config, clock) as url:
            yield Place(url=url, config=config, clock=clock, mail=mail)


def browser_of(place: Place) -> aiohttp.ClientSession:
    """A browser without scripts or pictures, for those who only fill in forms."""
    return aiohttp.ClientSession(
        base_url=place.url, headers={"Origin": place.url}, cookie_jar=aiohttp.CookieJar(unsafe=True)
    )


async def comes_in(
    place: Place, link: str, name: str, programme: str, pieces: dict[str, dict[str, str]]
) -> None:
    """Somebody opens the link of their invitation and does what is asked of a newcomer, page by page."""
    async with browser_of(place) as client:
        answer = await submit(client, link, link)  # type: ignore[arg-type]
        invitation = answer.headers["Location"]
        answer = await submit(client, invitation, f"{invitation}/accept", name=name)  # type: ignore[arg-type]
        assert answer.status == 303, await answer.text()
        for page, typed in pieces.items():
            path = page.replace("{programme}", programme)
            answer = await submit(client, path, path, **typed)  # type: ignore[arg-type]
            assert answer.status == 303, (name, path, await answer.text())


async def press(page: Page, selector: str) -> None:
    """Presses what leads to another page, and waits for that."""
    async with page.expect_navigation(wait_until="load"):
        await page.click(selector)


async def reads(page: Page, *words: str) -> None:
    """What can be read on a page, folded parts too."""
    shown = " ".join((await page.locator("main").text_content() or "").split())
    for each in words:
        assert each in shown, f"{each!r} is not on {page.url}: {shown[:3000]}"
