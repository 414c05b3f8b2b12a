"""``bench/links``: a call of two over bad lines, through our server and directly between the browsers.

Ada's browser is on this machine, Bo's in a network namespace behind an emulated line (``bench/emulate.py``).
Pictures are 640x360 at 15 frames a second, sounds steady tones. Each row of each system is a call of its own
that begins on a good line; after the line has become bad there is time to adapt, and then it is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, Playwright, async_playwright

from bench.emulate import Emulated
from bench.environment import lack
from bench.joining import free_port, open_page, peer_site, until
from bench.ours import CompagnonServer
from tests.support.media import FACES, Face, write_picture, write_tone

_HERE: Final = "10.88.66.1"
_THERE: Final = "10.88.66.2"
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
_GOOD: Final[dict[str, float]] = {"delay": 20, "jitter": 0, "loss": 0, "rate": 0, "queue": 300}
_IN_CALL: Final = "() => !!document.querySelector('[data-view=\"room\"]')"
_READY: Final = {
    "compagnon": """
() => document.querySelector('[data-check="media"]')?.dataset.state === 'ok'
  && compagnon.state.mine.camera === 'on' && compagnon.state.mine.microphone === 'on'
""",
    "peer to peer": "() => !document.querySelector('#join').disabled",
}

# What has come in since the connection began; lines of a receiver that never had a packet are idle slots.
_FIGURES: Final = """
async () => {
  const connection = window.compagnon?.peer ?? peer;
  const sum = { samples: 0, concealed: 0, frames: 0, frozen: 0, width: 0, height: 0, bytes: 0 };
  for (const one of (await connection.getStats()).values()) {
    if (one.type !== 'inbound-rtp' || !one.packetsReceived) continue;
    sum.bytes += one.bytesReceived;
    if (one.kind === 'audio') {
      sum.samples += one.totalSamplesReceived;
      sum.concealed += one.concealedSamples;
    } else {
      sum.frames += one.framesDecoded ?? 0;
      sum.frozen += one.totalFreezesDuration ?? 0;
      sum.width = Math.max(sum.width, one.frameWidth ?? 0);
      sum.height = Math.max(sum.height, one.frameHeight ?? 0);
    }
  }
  return sum;
}
"""


@dataclass(frozen=True)
class Goal:
    """What to reach, worst direction: concealed sound in %, frozen picture in s a minute, frames a second."""

    concealed: float
    frozen: float | None
    frames: float | None


@dataclass(frozen=True)
class Row:
    """One line, both ways unless ``down`` says otherwise, and the goal (any row of the table)."""

    name: str
    line: dict[str, float]
    goal: Goal


ROWS: Final = (
    Row("clean", {}, Goal(0.5, 0.5, 14)),
    Row("5% loss", {"loss": 5}, Goal(1, 0.5, 14)),
    Row("15% loss", {"loss": 15}, Goal(3, 1, 12)),
    Row("300 kbit/s", {"rate": 300}, Goal(0.5, 0.5, 14)),
    Row("150 kbit/s", {"rate": 150}, Goal(0.5, 0.5, 10)),
    Row("500 kbit/s, 1 s queue", {"rate": 500, "queue": 1_000}, Goal(0.5, 0.5, 14)),
    Row("2% loss, 150 ms jitter", {"loss": 2, "jitter": 150, "delay": 150}, Goal(1, 0.5, 12)),
    Row("48 kbit/s", {"rate": 48}, Goal(5, None, None)),
)
SYSTEMS: Final = ("compagnon", "peer to peer")


@dataclass(frozen=True)
class Heard:
    """One direction of one row. ``kbits`` is what came in a second."""

    concealed: float
    frozen: float
    frames: float
    size: str
    kbits: float

    @classmethod
    def between(cls, before: dict[str, Any], after: dict[str, Any], seconds: float) -> Heard:
        """From two readings of ``_FIGURES``."""
        samples = after["samples"] - before["samples"]
        frames = after["frames"] - before["frames"]
        frozen = (after["frozen"] - before["frozen"]) * 60 / seconds
        return cls(
            # Nothing came at all: nothing was heard.
            100.0 * (after["concealed"] - before["concealed"]) / samples if samples else 100.0,
            # A freeze is counted when it ends: a picture that never moved was frozen all the time.
            60.0 if not frames else min(60.0, frozen),
            frames / seconds,
            f"{after['width']}x{after['height']}",
            (after["bytes"] - before["bytes"]) * 8 / 1_000 / seconds,
        )

    def __str__(self) -> str:
        return (
            f"{self.concealed:.1f} % / {self.frozen:.1f} s / {self.frames:.1f} at {self.size}, "
            f"{self.kbits:.0f} kbit/s"
        )


def reached(goal: Goal, ways: Sequence[Heard]) -> bool:
    """Whether both directions reach the goal."""
    return all(
        way.concealed <= goal.concealed
        and (goal.frozen is None or way.frozen <= goal.frozen)
        and (goal.frames is None or way.frames >= goal.frames)
        for way in ways
    )


@contextlib.asynccontextmanager
async def _chromium(
    playwright: Playwright, folder: Path, face: Face, trusted: str, namespace: str | None
) -> AsyncIterator[Browser]:
    """A Chromium with this face, in the namespace if one is named."""
    picture = write_picture(folder / f"{face.left}.y4m", face, 640, 360, 15, texture=True)
    tone = write_tone(folder / f"{face.tone}.wav", face.tone)
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


async def _enter(page: Page, system: str) -> None:
    await until(page, _READY[system], f"{system}: ready to join")
    if system == "compagnon":
        await page.click("#join")
        await until(page, _IN_CALL, "in the room")


class Trial:
    """Two browsers and a line between them; ``row`` measures one call."""

    def __init__(
        self, line: Emulated, here: Browser, there: Browser, server: CompagnonServer, site: str
    ) -> None:
        self._line, self._here, self._there, self._server, self._site = line, here, there, server, site

    async def row(self, row: Row, system: str, adapt: float, seconds: float) -> tuple[list[Heard], float]:
        """One call on this line: what Ada and what Bo got, and the longest wait in a queue (ms)."""
        async with contextlib.AsyncExitStack() as stack:
            self._line.change(up=_GOOD, down=_GOOD)
            if system == "compagnon":
                links = [f"{self._server.url}/j/{token}" for token in await self._server.make_room(2)]
            else:
                links = [self._site] * 2
            pages = []
            for browser, link in zip((self._here, self._there), links, strict=True):
                page = await open_page(browser, link)
                stack.push_async_callback(page.context.close)
                await _enter(page, system)
                pages.append(page)
            if system != "compagnon":
                await pages[0].click("#join")
            for page in pages:
                await until(page, "() => benchNoted.seen", f"{system}: a picture on a good line")
            bad = {**_GOOD, **row.line}
            self._line.change(up=bad, down=bad)
            await asyncio.sleep(adapt)
            before = [await page.evaluate(_FIGURES) for page in pages]
            self._line.change()
            await asyncio.sleep(seconds)
            after = [await page.evaluate(_FIGURES) for page in pages]
            carried = self._line.change(up=_GOOD, down=_GOOD)
        ways = [Heard.between(*pair, seconds) for pair in zip(before, after, strict=True)]
        return ways, max(carried[way]["longest"] for way in ("up", "down"))


async def run(rows: Sequence[Row], systems: Sequence[str], adapt: float, seconds: float) -> None:
    """Measures and prints."""
    good = measured = 0
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        folder = Path(directory)
        async with contextlib.AsyncExitStack() as stack:
            line = Emulated(f"line{os.getpid() % 10_000}", _HERE, _THERE)
            stack.callback(line.close)
            server = CompagnonServer(folder / "compagnon", _HERE, free_port())
            stack.callback(server.stop)
            await server.start()
            playwright = await stack.enter_async_context(async_playwright())
            for row in rows:
                print(f"{row.name}   goal {row.goal.concealed:g} %", flush=True)
                for system in systems:
                    # Browsers of their own: an estimate of the line must not outlive it.
                    async with contextlib.AsyncExitStack() as call:
                        site = await call.enter_async_context(peer_site(_HERE))
                        trusted = f"{server.url},{site.rstrip('/')}"
                        browsers = [
                            await call.enter_async_context(
                                _chromium(playwright, folder, face, trusted, namespace)
                            )
                            for face, namespace in zip(FACES, (None, line.name), strict=False)
                        ]
                        trial = Trial(line, *browsers, server, site)
                        try:
                            ways, queue = await trial.row(row, system, adapt, seconds)
                        except TimeoutError as error:
                            print(f"  {system:<13} no call: {error}", flush=True)
                            measured += system == "compagnon"
                            continue
                    done = reached(row.goal, ways)
                    print(
                        f"  {system:<13} Ada gets {ways[0]} | Bo gets {ways[1]} | queue up to {queue:.0f} ms"
                        f" | {'goal reached' if done else 'goal missed'}",
                        flush=True,
                    )
                    if system == "compagnon":
                        measured += 1
                        good += done
    print(f"links: goals reached {good} of {measured}")


def main(argv: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/links", description=__doc__)
    parser.add_argument("--rows", help=f"some of: {'; '.join(row.name for row in ROWS)} (by ;)")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="default: %(default)s")
    parser.add_argument("--adapt", type=float, default=15, help="seconds before measuring (%(default)g)")
    parser.add_argument("--seconds", type=float, default=40, help="seconds measured (%(default)g)")
    arguments = parser.parse_args(argv)
    for program, package in (("chromium", "chromium"), ("ip", "iproute2")):
        if shutil.which(program) is None:
            lack(f"{program} is missing: type apt-get install {package}.")
    if os.geteuid() != 0 or not Path("/dev/net/tun").exists():
        lack("bench/links makes a network of its own: it needs root and /dev/net/tun.")
    names = [name.strip() for name in arguments.rows.split(";")] if arguments.rows else []
    rows = [row for row in ROWS if not names or row.name in names]
    asyncio.run(run(rows, arguments.systems.split(","), arguments.adapt, arguments.seconds))
    return 0
