"""Real browsers that watch a crowd, and what they say of what they saw and heard."""

from __future__ import annotations

import contextlib
import shutil
import stat
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page, async_playwright

from bench.joining import open_page, until

_FLAGS: Final = (
    # Root in a container has no user namespaces to sandbox with.
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
)
_CONNECTED: Final = "() => document.querySelector('[data-check=\"media\"]')?.dataset.state === 'ok'"
_ENTERED: Final = "() => compagnon.state.entered"
_LEFT: Final = "() => !!document.querySelector('[data-view=\"left\"]')"

# One entry for each picture that has ever come, and one sum for what was heard.
_FIGURES: Final = """
async () => {
  const pictures = {};
  const heard = { samples: 0, concealed: 0 };
  for (const one of (await compagnon.peer.getStats()).values()) {
    if (one.type !== 'inbound-rtp' || !one.packetsReceived) continue;
    if (one.kind === 'audio') {
      heard.samples += one.totalSamplesReceived;
      heard.concealed += one.concealedSamples - (one.silentConcealedSamples ?? 0);
    } else pictures[one.id] = {
      frames: one.framesDecoded ?? 0, freezes: one.freezeCount ?? 0, frozen: one.totalFreezesDuration ?? 0,
      height: one.frameHeight ?? 0,
    };
  }
  return { pictures, heard };
}
"""


# When the first packet of each came on the line that carries them now, or one more than were there before.
_HEARS: Final = """
async (members) => {
  const before = new Map();
  const counts = async () => {
    const found = new Map();
    for (const one of (await compagnon.peer.getStats()).values()) {
      if (one.type === 'inbound-rtp' && one.kind === 'audio') found.set(one.mid, one.packetsReceived);
    }
    return found;
  };
  const waiting = new Set(members);
  while (waiting.size > 0) {
    const received = await counts();
    for (const slot of compagnon.state.slots) {
      if (slot.source !== 'microphone' || !waiting.has(slot.member)) continue;
      const now = received.get(slot.mid) ?? 0;
      if (!before.has(slot.member)) before.set(slot.member, now);
      else if (now > before.get(slot.member)) waiting.delete(slot.member);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Date.now() / 1000;
}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one browser got: frames a second of each picture, s frozen in all, sound made up (0 to 1)."""

    frames: Sequence[float]
    heights: Sequence[int]
    freezes: int
    frozen: float
    concealed: float

    def __str__(self) -> str:
        rates = ", ".join(
            f"{rate:.1f} at {height}p" for rate, height in zip(self.frames, self.heights, strict=True)
        )
        return (
            f"frames a second {rates or 'none'}; {self.freezes} freezes, {self.frozen:.1f} s in all; "
            f"{self.concealed:.2%} of the sound made up"
        )


class Watchers:
    """Browsers in a room, without camera or microphone. ``since`` is when they were last looked at."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._before: list[Any] = []
        self._since = 0.0

    async def ready(self, pictures: int) -> None:
        """Waits until each has so many pictures; raises TimeoutError."""
        for page in self._pages:
            await until(
                page,
                f"async () => Object.values((await ({_FIGURES})()).pictures)"
                f".filter((each) => each.frames > 10).length >= {pictures}",
                f"{pictures} pictures",
            )

    async def ids(self) -> list[str]:
        """Who they are in the room."""
        return [await page.evaluate("() => compagnon.state.me.id") for page in self._pages]

    async def hears(self, index: int, members: Sequence[str]) -> float:
        """Waits until sound of each of these has come to a browser; when it had (seconds since the epoch)."""
        at: float = await self._pages[index].evaluate(_HEARS, list(members))
        return at

    async def begin(self) -> None:
        """From now on it counts."""
        self._before = [await page.evaluate(_FIGURES) for page in self._pages]
        self._since = time.monotonic()

    async def end(self) -> list[Seen]:
        """What each got since ``begin``."""
        after = [await page.evaluate(_FIGURES) for page in self._pages]
        seconds = time.monotonic() - self._since
        return [_between(*each, seconds) for each in zip(self._before, after, strict=True)]


def _between(before: Any, after: Any, seconds: float) -> Seen:
    shown = [
        (each, before["pictures"].get(key, {"frames": 0, "freezes": 0, "frozen": 0}))
        for key, each in after["pictures"].items()
    ]
    samples = after["heard"]["samples"] - before["heard"]["samples"]
    concealed = after["heard"]["concealed"] - before["heard"]["concealed"]
    return Seen(
        [(now["frames"] - then["frames"]) / seconds for now, then in shown],
        [now["height"] for now, _ in shown],
        sum(now["freezes"] - then["freezes"] for now, then in shown),
        sum(now["frozen"] - then["frozen"] for now, then in shown),
        concealed / samples if samples else 1.0,
    )


@contextlib.asynccontextmanager
async def watching(url: str, tokens: Sequence[str], folder: Path) -> AsyncIterator[Watchers]:
    """A browser for each link, in the room; all are gone at the end.

    They are nice to everybody else: on machines of their own they would take nothing from the server either.
    """
    program = folder / "chromium-nice"
    program.write_text(f'#!/bin/sh\nexec nice -n 19 {shutil.which("chromium")} "$@"\n')
    program.chmod(stat.S_IRWXU)
    async with async_playwright() as playwright, contextlib.AsyncExitStack() as stack:
        pages = []
        for token in tokens:
            browser = await playwright.chromium.launch(
                executable_path=program,
                args=[*_FLAGS, f"--unsafely-treat-insecure-origin-as-secure={url}"],
            )
            stack.push_async_callback(browser.close)
            page = await open_page(browser, f"{url}/j/{token}")
            await until(page, _CONNECTED, "the connection")
            await page.click("#join")
            await until(page, _ENTERED, "in the room")
            pages.append(page)
        yield Watchers(pages)
        for page in pages:
            await page.click("button[data-control=leave]")
            await until(page, _LEFT, "left")
