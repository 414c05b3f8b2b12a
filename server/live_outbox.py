"""What waits to be written to one WebSocket: bounded, so that a slow browser costs nobody else anything."""

from __future__ import annotations

import asyncio
from collections import deque

from signaling.codec import encode
from signaling.messages import Bye, ServerMessage
from signaling.parts import ByeReason

MOST_BYTES = 8 * 1024 * 1024
"""Bytes that may wait, whatever their number: a few whole notes documents."""


class Outbox:
    """Frames in their order: text as str, binary as bytes. Its one reader is the socket's writer task.

    When more than ``most`` frames or ``MOST_BYTES`` would wait, everything is thrown away but a last
    ``bye too-slow``: the browser comes back and is shown the room anew.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._frames: deque[str | bytes] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._closed = asyncio.Event()

    def send(self, message: ServerMessage) -> None:
        """Queues a message; never waits. After ``close`` nothing is queued any more."""
        self.send_frame(encode(message))

    def send_frame(self, frame: str | bytes) -> None:
        """Queues an encoded frame, so that what goes to many is encoded once."""
        if self.closing:
            return
        full = len(self._frames) >= self._most or self._bytes + len(frame) > MOST_BYTES
        if full and self._frames:
            self._frames.clear()
            self._bytes = 0
            self.close("too-slow")
            return
        self._put(frame)

    def close(self, reason: ByeReason | None = None) -> None:
        """Queues the last message, if any; what waits is still sent. Further calls change nothing."""
        if self.closing:
            return
        if reason is not None:
            self._put(encode(Bye(reason=reason)))
        self._closed.set()
        self._filled.set()

    @property
    def closing(self) -> bool:
        """Whether nothing more will be queued."""
        return self._closed.is_set()

    async def closed(self) -> None:
        """Waits for ``close``."""
        await self._closed.wait()

    async def next(self) -> str | bytes | None:
        """The next frame, as soon as there is one; None after the last. One caller at a time."""
        while not self._frames:
            if self.closing:
                return None
            self._filled.clear()
            await self._filled.wait()
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame

    def _put(self, frame: str | bytes) -> None:
        self._frames.append(frame)
        self._bytes += len(frame)
        self._filled.set()
