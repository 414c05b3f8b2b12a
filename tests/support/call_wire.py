"""An intruder's WebSocket, and the watch over a call that must not notice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.support.call import Person, tile

LONGEST_FREEZE_MS = 1500
"""At 10 frames a second on a busy machine; a call that notices an attack stands still for longer."""


@dataclass
class Wire:
    """One WebSocket to the server, in an intruder's hands."""

    socket: aiohttp.ClientWebSocketResponse

    async def say(self, **message: Any) -> None:
        await self.socket.send_str(json.dumps(message))

    async def hear(self, seconds: float = 5) -> dict[str, Any] | None:
        """The next text message; None when the server has closed the connection."""
        while True:
            heard = await self.socket.receive(seconds)
            if heard.type == aiohttp.WSMsgType.TEXT:
                message = json.loads(heard.data)
                assert isinstance(message, dict)
                return message
            if heard.type is not aiohttp.WSMsgType.BINARY:
                return None

    async def hear_type(self, wanted: str) -> dict[str, Any]:
        """The next message of this type; those before it are passed over."""
        while True:
            message = await self.hear()
            assert message is not None, f"closed ({self.socket.close_code}) before any {wanted}"
            if message["type"] == wanted:
                return message


@asynccontextmanager
async def wire(base: str, origin: str | None = "own") -> AsyncIterator[Wire]:
    """Opens ``/ws``. ``origin`` is sent as it is, None sends none, "own" the server's own."""
    parts = urlsplit(base)
    own = f"{parts.scheme}://{parts.netloc}"
    headers = {} if origin is None else {"Origin": own if origin == "own" else origin}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.ws_connect(f"{own}/ws", max_msg_size=0) as socket,
    ):
        yield Wire(socket)


def token_of(link: str) -> str:
    """The token in a personal or management link."""
    return link.rsplit("/", 1)[1]


# Time between presented frames, as the person saw them, and whether the call's own parts stayed the same.
_WATCH = """
(selector) => {
  const watch = (window.calm = { worst: 0, frames: 0, peer: compagnon.peer, socket: compagnon.socket });
  let last = performance.now();
  const video = document.querySelector(selector + ' video');
  const frame = () => {
    const now = performance.now();
    watch.worst = Math.max(watch.worst, now - last);
    watch.frames += 1; last = now;
    video.requestVideoFrameCallback(frame);
  };
  video.requestVideoFrameCallback(frame);
  watch.end = () => ({ worst: Math.max(watch.worst, performance.now() - last), frames: watch.frames,
    samePeer: compagnon.peer === watch.peer, sameSocket: compagnon.socket === watch.socket,
    open: compagnon.socket.readyState === WebSocket.OPEN, ice: compagnon.peer.iceConnectionState });
}
"""


@asynccontextmanager
async def unnoticed(*people: Person) -> AsyncIterator[None]:
    """What happens inside must not be noticed by anyone: pictures flow on, nobody reconnects."""
    pairs = [(person, next(other for other in people if other is not person)) for person in people]
    for person, other in pairs:
        await person.tab.run(_WATCH, tile(other.member))
    yield
    for person, other in pairs:
        await person.frames_come(other, more=5)
        calm = await person.tab.run("() => calm.end()")
        assert calm["worst"] <= LONGEST_FREEZE_MS, calm
        assert calm["samePeer"], calm
        assert calm["sameSocket"], calm
        assert calm["open"], calm
        assert calm["ice"] in {"connected", "completed"}, calm


async def drain(wires: list[Wire]) -> None:
    """Reads what the server says to each until it closes or has nothing more to say for a second."""

    async def read(one: Wire) -> None:
        try:
            while await one.hear(1) is not None:
                pass
        except TimeoutError:
            return

    await asyncio.gather(*(read(one) for one in wires))
