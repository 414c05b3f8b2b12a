"""What the browser tests need of a browser, whichever it is: tabs, scripts, clicks, waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Protocol

from tests.support.media import PALETTE, Face

Kind = Literal["chromium", "firefox"]

POLL_SECONDS = 0.05


class ScriptError(Exception):
    """The page threw, or went away while a script ran in it."""


class Tab(Protocol):
    """One page in its own storage (cookies, local storage), of either browser.

    ``problems`` collects what a person would never see and a developer must: uncaught errors, console
    errors, policy violations. ``function`` arguments are JavaScript function sources; their result must
    be JSON.
    """

    kind: Kind
    problems: list[str]

    async def goto(self, url: str) -> None: ...
    async def reload(self) -> None: ...
    async def run(self, function: str, *args: Any) -> Any: ...
    async def click(self, selector: str) -> None: ...
    async def fill(self, selector: str, text: str) -> None: ...
    async def press(self, key: str) -> None: ...
    async def screenshot(self, path: Path) -> None: ...
    async def close(self) -> None: ...


async def eventually(
    holds: Callable[[], Awaitable[bool]],
    what: str,
    seconds: float = 15,
    seen: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """Waits until ``holds`` says so; the failure shows ``what`` and what ``seen`` gives at the end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        # A page that is being navigated or reconnects just says no.
        with suppress(ScriptError):
            if await holds():
                return
        await asyncio.sleep(POLL_SECONDS)
    shown = f"; instead: {await seen()!r}" if seen else ""
    raise AssertionError(f"not within {seconds} s: {what}{shown}")


async def until(
    tab: Tab, function: str, *args: Any, seconds: float = 15, what: str = "", report: str = ""
) -> Any:
    """Waits until ``function`` gives something true in the page, and returns it.

    Asked from outside: the page's policy forbids eval, so nothing may poll within it, and a page that is
    being navigated just says no. When time is over the failure shows ``what`` and what ``report`` gives.
    """
    end = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < end:
        try:
            last = await tab.run(function, *args)
        except ScriptError as error:
            last = error
        if last and not isinstance(last, ScriptError):
            return last
        await asyncio.sleep(POLL_SECONDS)
    seen = await tab.run(report) if report else last
    raise AssertionError(f"{tab.kind}: not within {seconds} s: {what or function}; last: {seen!r}")


async def visible(tab: Tab, selector: str, seconds: float = 15) -> None:
    """Waits until the first element of ``selector`` can be seen."""
    await until(
        tab,
        "s => { const e = document.querySelector(s); return !!e && e.checkVisibility({"
        "visibilityProperty: true, opacityProperty: true}) }",
        selector,
        seconds=seconds,
        what=f"{selector} visible",
        report="() => document.body.innerText.slice(0, 1500)",
    )


async def text(tab: Tab, selector: str = "body") -> str:
    """The text that the first element of ``selector`` shows."""
    shown = await tab.run("s => document.querySelector(s)?.innerText ?? ''", selector)
    assert isinstance(shown, str)
    return shown


PLAIN_SOUND = """
(() => {
  // Echo cancelling, noise suppression and gain control take a steady tone for noise and erase it.
  const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (!ask) return;
  navigator.mediaDevices.getUserMedia = (wanted) => {
    const audio = wanted?.audio
      ? { ...(wanted.audio === true ? {} : wanted.audio),
          echoCancellation: false, noiseSuppression: false, autoGainControl: false }
      : false;
    return ask({ ...wanted, audio });
  };
})();
"""

_DRAWN_FACE = """
(() => {
  // A camera made in the page, so that the picture is known and can be changed while it runs:
  // drawnFace.left and .right are CSS colours.
  if (!navigator.mediaDevices) return;
  const face = (window.drawnFace = FACE);
  const draw = (canvas, pen) => {
    const { width, height } = canvas;
    pen.fillStyle = face.left; pen.fillRect(0, 0, width / 2, height);
    pen.fillStyle = face.right; pen.fillRect(width / 2, 0, width / 2, height);
    pen.fillStyle = '#000'; pen.fillRect(0, height * 0.8, width, height * 0.2);
    pen.fillStyle = '#fff';
    pen.fillRect(((Date.now() / 2000) % 1) * width, height * 0.8, width / 10, height * 0.2);
  };
  const camera = () => {
    const canvas = document.createElement('canvas');
    canvas.width = face.width; canvas.height = face.height;
    const pen = canvas.getContext('2d');
    draw(canvas, pen);
    const timer = setInterval(() => draw(canvas, pen), 1000 / face.fps);
    const track = canvas.captureStream(face.fps).getVideoTracks()[0];
    const stop = track.stop.bind(track);
    track.stop = () => { clearInterval(timer); stop(); };
    return track;
  };
  const { mediaDevices } = navigator;
  const ownMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  const ownDevices = mediaDevices.enumerateDevices.bind(mediaDevices);
  const named = (wanted) => wanted?.deviceId?.exact ?? wanted?.deviceId?.ideal ?? wanted?.deviceId;
  mediaDevices.getUserMedia = async (wanted) => {
    const drawn = wanted?.video
      && (face.stands === 'camera' || (face.stands === 'second' && named(wanted.video) === 'drawn'));
    if (!drawn) return ownMedia(wanted);
    const stream = wanted.audio ? await ownMedia({ audio: wanted.audio }) : new MediaStream();
    stream.addTrack(camera());
    return stream;
  };
  if (face.stands === 'second') mediaDevices.enumerateDevices = async () => [...await ownDevices(),
    { deviceId: 'drawn', kind: 'videoinput', label: 'Drawn camera', groupId: 'drawn' }];
  mediaDevices.getDisplayMedia = async () => {
    const track = camera();
    window.drawnScreen = track;
    return new MediaStream([track]);
  };
})();
"""


def drawn_face(
    face: Face,
    width: int = 320,
    height: int = 180,
    fps: int = 10,
    *,
    stands: Literal["camera", "second", "screen"] = "camera",
) -> str:
    """An init script that draws ``face`` in the place of the camera, of a second camera or of neither.

    A shared screen shows it in any case; the microphone stays the browser's own.
    """
    parts = (
        f"{{ left: 'rgb{PALETTE[face.left]}', right: 'rgb{PALETTE[face.right]}', "
        f"width: {width}, height: {height}, fps: {fps}, stands: '{stands}' }}"
    )
    return _DRAWN_FACE.replace("FACE", parts, 1)
