"""``bench/join``: from the click on Join to somebody else's first frame, beside a plain peer-to-peer page.

Two Chromium processes with fake, allowed devices. One person waits in the call; the other comes to it, waits
until all is ready and clicks. Both kinds of call take turns in one run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp import WSMsgType, web
from playwright.async_api import Browser, Page, Playwright, async_playwright

from bench.environment import lack
from bench.ours import CompagnonServer

_ADDRESS: Final = "127.0.0.1"
_HERE: Final = Path(__file__).resolve().parent
_STEP_TIMEOUT: Final = 20.0
_LONGEST: Final = 600.0
_POLL: Final = 0.05
_FLAGS: Final = (
    # Root in a container has no user namespaces to sandbox with.
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=30",
)
_CALL_READY: Final = """
() => document.querySelector('[data-check="media"]')?.dataset.state === 'ok'
  && window.compagnon.state.mine.camera === 'on' && window.compagnon.state.mine.microphone === 'on'
"""
_NOBODY: Final = "() => !document.querySelector('[data-tile]:not([data-self])')"


@dataclass
class Times:
    """What was measured, in ms: until the newcomer sees the other, and until the other sees the newcomer."""

    sees: list[float] = field(default_factory=list)
    is_seen: list[float] = field(default_factory=list)

    def line(self, name: str) -> str:
        """One line of the report."""
        p90 = statistics.quantiles(self.sees, n=10, method="inclusive")[-1]
        return (
            f"{name:<20} median {statistics.median(self.sees):.0f} ms, p90 {p90:.0f} ms "
            f"({min(self.sees):.0f} to {max(self.sees):.0f}); "
            f"is seen by the other after {statistics.median(self.is_seen):.0f} ms"
        )


class Call:
    """One kind of call: who waits, and how a newcomer gets ready and leaves."""

    def __init__(self, name: str, waiting: Page, link: str, ready: str, leave: str | None) -> None:
        self.name = name
        self.times = Times()
        self._waiting = waiting
        self._link = link
        self._ready = ready
        self._leave = leave

    async def once(self, browser: Browser, *, keep: bool) -> None:
        """Somebody comes, joins, sees, is seen and leaves; noted when ``keep``."""
        page = await open_page(browser, self._link)
        try:
            await until(page, self._ready, f"{self.name}: ready to join")
            await until(self._waiting, _NOBODY, f"{self.name}: alone again")
            await self._waiting.evaluate("() => { benchNoted.seen = null }")
            await page.click("#join")
            seen = await until(page, "() => benchNoted.seen", f"{self.name}: the newcomer sees")
            is_seen = await until(self._waiting, "() => benchNoted.seen", f"{self.name}: is seen")
            clicked = await page.evaluate("() => benchNoted.clicked")
            if keep:
                self.times.sees.append(seen - clicked)
                self.times.is_seen.append(is_seen - clicked)
            if self._leave:
                await page.click(self._leave)
                await until(page, "() => !!document.querySelector('[data-view=\"left\"]')", "left")
        finally:
            await page.context.close()


async def open_page(browser: Browser, url: str) -> Page:
    """A page in a context of its own, watched from its start."""
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 720})
    await context.add_init_script(path=_HERE / "watch.js")
    page = await context.new_page()
    await page.goto(url)
    return page


async def until(page: Page, function: str, what: str) -> Any:
    """Waits until a function gives something true in the page, and returns that; raises TimeoutError."""
    end = time.monotonic() + _STEP_TIMEOUT
    while time.monotonic() < end:
        value = await page.evaluate(function)
        if value:
            return value
        await asyncio.sleep(_POLL)
    shown = await page.evaluate("() => document.body.innerText.slice(0, 300)")
    raise TimeoutError(f"not within {_STEP_TIMEOUT:g} s: {what}; the page shows: {shown!r}")


@contextlib.asynccontextmanager
async def peer_site(address: str = _ADDRESS) -> AsyncIterator[str]:
    """The pages to compare with, and the direct call's signalling: what one says, the others get.

    Gives the URL of the page that calls directly; beside it, ``janus.html`` calls through a Janus.
    """
    open_sockets: set[web.WebSocketResponse] = set()

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(_HERE / "peer.html")

    async def signal(request: web.Request) -> web.WebSocketResponse:
        own = web.WebSocketResponse()
        await own.prepare(request)
        open_sockets.add(own)
        try:
            async for message in own:
                if message.type is WSMsgType.TEXT:
                    for other in open_sockets - {own}:
                        await other.send_str(message.data)
        finally:
            open_sockets.discard(own)
            for other in open_sockets:
                await other.send_json({"bye": True})
        return own

    async def janus(_: web.Request) -> web.FileResponse:
        return web.FileResponse(_HERE / "janus.html")

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/janus.html", janus)
    app.router.add_get("/signal", signal)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        port = free_port()
        await web.TCPSite(runner, address, port).start()
        yield f"http://{address}:{port}/"
    finally:
        await runner.cleanup()


def free_port() -> int:
    """A TCP port that is free now, and as a UDP port too."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((_ADDRESS, 0))
            port: int = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind((_ADDRESS, port))
                return port


async def measure(times: int, directory: Path) -> tuple[Times, Times]:
    """Both kinds of call, in turn."""
    async with contextlib.AsyncExitStack() as stack:
        server = CompagnonServer(directory / "compagnon", _ADDRESS, free_port())
        stack.callback(server.stop)
        await server.start()
        site = await stack.enter_async_context(peer_site())
        playwright = await stack.enter_async_context(async_playwright())
        waits, comes = [await _browser(playwright, stack.push_async_callback) for _ in range(2)]
        links = [f"{server.url}/j/{token}" for token in await server.make_room(2)]
        ours = Call(
            "compagnon",
            await _seated(waits, links[0]),
            links[1],
            _CALL_READY,
            'button[data-control="leave"]',
        )
        peer = Call(
            "peer to peer",
            await open_page(waits, site),
            site,
            "() => !document.querySelector('#join').disabled",
            None,
        )
        # The first of each warms the browsers' caches and is not counted.
        for index in range(times + 1):
            for call in (ours, peer):
                await call.once(comes, keep=index > 0)
        return ours.times, peer.times


async def _browser(
    playwright: Playwright, at_end: Callable[[Callable[[], Awaitable[None]]], object]
) -> Browser:
    program = shutil.which("chromium")
    browser = await playwright.chromium.launch(executable_path=program, args=_FLAGS)
    at_end(browser.close)
    return browser


async def _seated(browser: Browser, link: str) -> Page:
    page = await open_page(browser, link)
    await until(page, _CALL_READY, "the one who waits is ready")
    await page.click("#join")
    await until(page, "() => !!document.querySelector('[data-view=\"room\"]')", "the one who waits is in")
    return page


async def run(times: int) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        async with asyncio.timeout(_LONGEST):
            ours, peer = await measure(times, Path(directory))
    print(ours.line("compagnon"))
    print(peer.line("peer to peer"))
    median = statistics.median(ours.sees)
    print(f"ratio to a plain peer-to-peer page: {median / statistics.median(peer.sees):.2f}")
    print(f"join to first frame, median ms: {median:.0f}")


def main(argv: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/join", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="how often each is measured (%(default)s)")
    arguments = parser.parse_args(argv)
    if shutil.which("chromium") is None:
        lack("Chromium is missing: type apt-get install chromium.")
    asyncio.run(run(max(2, arguments.times)))
    return 0
