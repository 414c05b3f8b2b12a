"""Debian's Chromium through Playwright: one process per face, a fresh context per tab."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright
from playwright.async_api import Error as PlaywrightError

from tests.support.browsers import PLAIN_SOUND, Kind, ScriptError
from tests.support.media import Face, write_picture, write_tone

COMMON_FLAGS = (
    # Root in a container has no user namespaces to sandbox with.
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
FAKE_DEVICES = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@dataclass
class ChromiumTab:
    """One page in a context of its own; see ``tests.support.browsers.Tab``."""

    page: Page
    context: BrowserContext
    kind: Kind = "chromium"
    problems: list[str] = field(default_factory=list)

    async def goto(self, url: str) -> None:
        await self.page.goto(url, wait_until="load")

    async def reload(self) -> None:
        await self.page.reload(wait_until="load")

    async def run(self, function: str, *args: Any) -> Any:
        try:
            return await self.page.evaluate(f"args => ({function})(...args)", list(args))
        except PlaywrightError as error:
            raise ScriptError(error.message) from error

    async def click(self, selector: str) -> None:
        await self.page.click(selector, timeout=10_000)

    async def fill(self, selector: str, text: str) -> None:
        await self.page.fill(selector, text, timeout=10_000)

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def screenshot(self, path: Path) -> None:
        await self.page.screenshot(path=path)

    async def close(self) -> None:
        await self.context.close()


@dataclass
class Chromium:
    """One running Chromium process."""

    browser: Browser
    tabs: list[ChromiumTab] = field(default_factory=list)

    async def tab(self, *init_scripts: str, **context_options: Any) -> ChromiumTab:
        """A page in a fresh context. ``init_scripts`` run before the page's own, in every document.

        ``context_options`` are Playwright's: ``viewport``, ``color_scheme``, ``java_script_enabled``…
        """
        options = {"locale": "en-GB", "viewport": {"width": 1280, "height": 720}} | context_options
        context = await self.browser.new_context(**options)
        for script in (PLAIN_SOUND, *init_scripts):
            await context.add_init_script(script)
        page = await context.new_page()
        tab = ChromiumTab(page, context)

        def note_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                tab.problems.append(f"console: {message.text}")

        page.on("console", note_console)
        page.on("pageerror", lambda error: tab.problems.append(f"uncaught: {error}"))
        self.tabs.append(tab)
        return tab


@dataclass
class ChromiumPool:
    """Starts Chromium processes when first asked for and keeps them; ``close`` ends them all."""

    playwright: Playwright
    folder: Path
    running: dict[tuple[str, ...], Chromium] = field(default_factory=dict)
    program: str | None = None

    async def start(self, flags: Sequence[str]) -> Chromium:
        """The process with these flags beside the common ones."""
        key = tuple(flags)
        if key not in self.running:
            program = self.program or shutil.which("chromium")
            if program is None:
                raise RuntimeError("The browser tests need Chromium: apt-get install chromium firefox-esr")
            browser = await self.playwright.chromium.launch(
                executable_path=program, args=[*COMMON_FLAGS, *flags]
            )
            self.running[key] = Chromium(browser)
        return self.running[key]

    async def with_face(
        self,
        face: Face,
        width: int = 320,
        height: int = 180,
        fps: int = 10,
        *,
        texture: bool = False,
        flags: Sequence[str] = (),
    ) -> Chromium:
        """The process whose fake camera shows ``face`` and whose fake microphone hears its tone."""
        stem = f"{face.left}-{face.right}-{width}x{height}@{fps}{'-grain' if texture else ''}"
        picture, tone = self.folder / f"{stem}.y4m", self.folder / f"{face.tone}.wav"
        if not picture.exists():
            write_picture(picture, face, width, height, fps, texture=texture)
        if not tone.exists():
            write_tone(tone, face.tone)
        return await self.start(
            (
                *FAKE_DEVICES,
                *flags,
                f"--use-file-for-fake-video-capture={picture}",
                f"--use-file-for-fake-audio-capture={tone}",
            )
        )

    async def close(self) -> None:
        for chromium in self.running.values():
            await chromium.browser.close()
        self.running.clear()
