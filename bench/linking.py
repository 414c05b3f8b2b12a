"""``bench/links``: a call of two over bad lines, through our server, through Janus and directly.

Ada's browser is on this machine, Bo's in a network namespace behind an emulated line (``bench/emulate.py``),
all of it in a network and process namespace of the benchmark's own. Pictures are 640x360 at 15 frames a
second, sounds steady tones. Each row of each system is a call of its own in browsers of its own that begins
on a good line; after the line has become bad there is time to adapt, and then it is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, Playwright, async_playwright

from bench.emulate import Emulated
from bench.environment import lack
from bench.isolation import isolated, make_network, missing, run_isolated
from bench.joining import free_port, open_page, peer_site, until
from bench.lines import FIGURES, GOOD, NO_CALL, ROWS, Call, Heard, Moment, Row, Took, summary, table
from bench.ours import CompagnonServer
from bench.servers import JanusServer
from tests.support.media import FACES, Face, write_picture, write_tone

HERE: Final = "10.88.66.1"
THERE: Final = ("10.88.66.2", "10.88.66.3")
OURS: Final = "compagnon"
PEERS: Final = ("janus", "peer to peer")
_FLAGS: Final = (
    # Root in a container has no user namespaces to sandbox with.
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
_OUTAGE_S: Final = 6.0
_SETTLED_S: Final = 2.0
_BACK_S: Final = 20.0
"""How long a ``Moment`` waits for pictures."""
_STARTING_S: Final = 90.0
"""The longest that a call takes to begin, in browsers that start anew."""
_READY: Final = {
    OURS: """
() => window.compagnon?.state.mine.camera === 'on' && compagnon.state.mine.microphone === 'on'
  && document.querySelector('#join')?.disabled === false
""",
    **dict.fromkeys(PEERS, "() => !document.querySelector('#join').disabled"),
}
_FRAMES: Final = f"async () => (await ({FIGURES})()).frames"


@contextlib.asynccontextmanager
async def _chromium(
    playwright: Playwright, folder: Path, face: Face, trusted: str, namespace: str | None
) -> AsyncIterator[Browser]:
    """A Chromium with this face, in the namespace if one is named."""
    picture, tone = folder / f"{face.left}.y4m", folder / f"{face.tone}.wav"
    if not tone.exists():
        write_picture(picture, face, 640, 360, 15, texture=True)
        write_tone(tone, face.tone)
    program = shutil.which("chromium")
    if namespace:
        wrapper = folder / "chromium-there"
        wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} {program} "$@"\n')
        wrapper.chmod(stat.S_IRWXU)
        program = str(wrapper)
    browser = await playwright.chromium.launch(
        executable_path=program,
        args=[
            *_FLAGS,
            f"--use-file-for-fake-video-capture={picture}",
            f"--use-file-for-fake-audio-capture={tone}",
            f"--unsafely-treat-insecure-origin-as-secure={trusted}",
        ],
    )
    try:
        yield browser
    finally:
        await browser.close()


async def _moving(page: Page, more: int, deadline: float) -> None:
    """Wait until so many further frames have come; raises TimeoutError at the deadline."""
    start = await page.evaluate(_FRAMES)
    while await page.evaluate(_FRAMES) < start + more:
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(0.02)


class Trial:
    """The servers, and a line to call over: each call is one system's, in browsers of its own."""

    def __init__(self, folder: Path, playwright: Playwright) -> None:
        self._folder, self._playwright = folder, playwright
        self._server = CompagnonServer(folder / OURS, HERE, free_port())
        self._janus = JanusServer(folder / "janus", 18188, (41_000, 43_000), address=HERE)

    @contextlib.asynccontextmanager
    async def open(self, systems: Sequence[str]) -> AsyncIterator[str]:
        """Start what the systems need; gives the address of the page that calls directly."""
        async with contextlib.AsyncExitStack() as stack:
            # The servers listen on the line's own address.
            # A name of its own for each run: one that was killed leaves its own behind.
            self._line = Emulated(f"line{secrets.token_hex(3)}", HERE, THERE[0])
            stack.callback(self._line.close)
            if OURS in systems:
                stack.callback(self._server.stop)
                await self._server.start()
            if "janus" in systems:
                stack.callback(self._janus.stop)
                await self._janus.start()
            self._site = await stack.enter_async_context(peer_site(HERE))
            yield self._site

    async def row(self, row: Row | Moment, system: str, adapt: float, seconds: float) -> Call | Took:
        """One call on this line. Raises TimeoutError where none comes about."""
        async with contextlib.AsyncExitStack() as stack:
            self._line.change(up=GOOD, down=GOOD)
            trusted = f"{self._server.url},{self._site.rstrip('/')}"
            links = await self._links(system)
            pages = []
            for face, namespace in zip(FACES, (None, self._line.name), strict=False):
                browser = await stack.enter_async_context(
                    _chromium(self._playwright, self._folder, face, trusted, namespace)
                )
                pages.append((browser, links[len(pages)]))
            if isinstance(row, Moment) and row.what in ("joining", "no udp"):
                return await self._comes(row, system, pages, stack)
            ada, bo = [await self._enter(*page, system, stack) for page in pages]
            if system == "peer to peer":
                await ada.click("#join")
            for page in (ada, bo):
                await until(page, "() => benchNoted.seen", f"{system}: a picture on a good line")
            if isinstance(row, Moment):
                return await self._comes_back(row, ada, bo)
            bad = {**GOOD, **row.line}
            self._line.change(up=bad, down=bad)
            await asyncio.sleep(adapt)
            before = [await page.evaluate(FIGURES) for page in (ada, bo)]
            self._line.change()
            await asyncio.sleep(seconds)
            after = [await page.evaluate(FIGURES) for page in (ada, bo)]
            carried = self._line.change(up=GOOD, down=GOOD)
        ways = tuple(Heard.between(*pair, seconds) for pair in zip(before, after, strict=True))
        return Call(ways, max(carried[way]["longest"] for way in ("up", "down")))

    async def _links(self, system: str) -> list[str]:
        if system == OURS:
            return [f"{self._server.url}/j/{token}" for token in await self._server.make_room(2)]
        if system == "janus":
            room = random.randrange(10_000, 1_000_000)
            return [f"{self._site}janus.html?janus={self._janus.url}&room={room}"] * 2
        return [self._site] * 2

    async def _enter(
        self, browser: Browser, link: str, system: str, stack: contextlib.AsyncExitStack
    ) -> Page:
        page = await open_page(browser, link)
        stack.push_async_callback(page.context.close)
        await until(page, _READY[system], f"{system}: ready to join")
        if system != "peer to peer":
            await page.click("#join")
        return page

    async def _comes(
        self,
        row: Moment,
        system: str,
        pages: Sequence[tuple[Browser, str]],
        stack: contextlib.AsyncExitStack,
    ) -> Took:
        """From Bo's click on Join, as soon as his page allows it, until both have a picture."""
        ada = await self._enter(*pages[0], system, stack)
        try:
            if row.what == "no udp":
                self._line.block_udp()
                stack.callback(self._line.unblock)
            bad = {**GOOD, **row.line}
            self._line.change(up=bad, down=bad)
            bo = await self._enter(*pages[1], system, stack)
            if system == "peer to peer":
                await bo.click("#join")
            seen = [await until(page, "() => benchNoted.seen", "a picture") for page in (ada, bo)]
        except TimeoutError:
            return Took(None)
        return Took((max(seen) - await bo.evaluate("() => benchNoted.clicked")) / 1_000)

    async def _comes_back(self, row: Moment, ada: Page, bo: Page) -> Took:
        """From when the line is there again until fresh pictures come both ways."""
        # In mid-call: a break within the first second is noticed only by the browser itself, after six.
        await asyncio.sleep(_SETTLED_S)
        if row.what == "outage":
            dead = {**GOOD, "loss": 100}
            self._line.change(up=dead, down=dead)
            await asyncio.sleep(_OUTAGE_S)
            self._line.change(up=GOOD, down=GOOD)
        else:
            self._line.move(next(address for address in THERE if address != self._line.there))
        since = time.monotonic()
        try:
            await asyncio.gather(*(_moving(page, 3, since + _BACK_S) for page in (ada, bo)))
        except TimeoutError:
            return Took(None)
        return Took(time.monotonic() - since)


async def run(
    rows: Sequence[Row | Moment], systems: Sequence[str], adapt: float, seconds: float, repeat: int
) -> None:
    """Measures and prints."""
    cells, good = [], 0
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        async with async_playwright() as playwright:
            trial = Trial(Path(directory), playwright)
            async with trial.open(systems):
                for row in rows:
                    found = {}
                    for system in systems:
                        runs = []
                        for _ in range(repeat):
                            runs.append(await _once(trial, row, system, adapt, seconds))
                            print(f"{row.name} | {system} | {runs[-1]}", flush=True)
                        found[system] = summary(row, runs)
                    cell, done = found[OURS]
                    good += done
                    mark = "reached" if done else "missed"
                    cells.append([row.name, cell, *(found[each][0] for each in systems[1:]), row.aim, mark])
    print()
    print(table(["line", *systems, "goal", OURS], cells))
    print(f"links: goals reached {good} of {len(rows)}")


async def _once(trial: Trial, row: Row | Moment, system: str, adapt: float, seconds: float) -> Call | Took:
    try:
        async with asyncio.timeout(_STARTING_S + _OUTAGE_S + _BACK_S + adapt + seconds):
            return await trial.row(row, system, adapt, seconds)
    except TimeoutError as error:
        print(f"{row.name} | {system} | no call: {error}", flush=True)
        return Took(None) if isinstance(row, Moment) else NO_CALL


def main(argv: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/links", description=__doc__)
    parser.add_argument(
        "--only", help="some of: " + "; ".join(row.name for row in ROWS).replace("%", "%%") + " (by ;)"
    )
    parser.add_argument(
        "--peers",
        default=",".join(PEERS),
        help="what to compare with, by commas, or nothing (default: %(default)s)",
    )
    parser.add_argument("--adapt", type=float, default=15, help="seconds before measuring (%(default)g)")
    parser.add_argument("--seconds", type=float, default=40, help="seconds measured (%(default)g)")
    parser.add_argument("--repeat", type=int, default=1, help="calls for each, of which medians count")
    arguments = parser.parse_args(argv)
    names = [name.strip() for name in arguments.only.split(";")] if arguments.only else []
    peers = [name.strip() for name in arguments.peers.split(",") if name.strip()]
    if unknown := ({*names} - {row.name for row in ROWS}) | ({*peers} - {*PEERS}):
        parser.error(f"not known: {', '.join(sorted(unknown))}")
    rows = [row for row in ROWS if not names or row.name in names]
    needed = [("chromium", "chromium"), *([("janus", "janus")] if "janus" in peers else [])]
    for program, package in needed:
        if shutil.which(program) is None:
            lack(f"{program} is missing: type apt-get install {package}.")
    if sentence := missing():
        lack(sentence)
    if not Path("/dev/net/tun").exists():
        lack("bench/links makes lines of its own: it needs /dev/net/tun.")
    systems = [OURS, *peers]
    if not isolated():
        calls = len(rows) * len(systems) * max(1, arguments.repeat)
        longest = 60 + calls * (_STARTING_S + _OUTAGE_S + _BACK_S + arguments.adapt + arguments.seconds)
        return run_isolated("bench.linking", argv, longest)
    make_network()
    asyncio.run(run(rows, systems, arguments.adapt, arguments.seconds, max(1, arguments.repeat)))
    return 0


if __name__ == "__main__":
    import sys

    raise SystemExit(main(sys.argv[1:]))
