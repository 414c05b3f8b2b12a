"""A guest without a browser who edits the notes: pycrdt over the documented protocol, always back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pycrdt import Doc, Text, TransactionEvent, merge_updates

from signaling.notes import Ask, Presence, Reply, Update, decode_notes, encode_notes
from tests.support.notes_text import cut_points, some_text

_RETRY_SECONDS = 0.05


class Robot:
    """``async with Robot.at(link) as robot``: joined, with the notes open, until the end of the block.

    Edits made while the connection is away go out when it is back, as the browser's do.
    """

    def __init__(self, link: str, name: str) -> None:
        parts = urlsplit(link)
        self.name = name
        self.refusals: list[dict[str, Any]] = []
        self.typing: dict[str, bool] = {}
        """By member id, whether their awareness says that they are writing."""
        self._base = f"{parts.scheme}://{parts.netloc}"
        self._token = parts.path.rsplit("/", 1)[1]
        self._doc: Doc[Text] = Doc()
        self._text = self._doc.get("notes", type=Text)
        self._updates = self._doc.observe(self._edited)
        self._applying = False
        self._unsaved: list[tuple[bytes, int | None]] = []
        self._frames = 0
        self._flowing = False
        self._synced = False
        self._outgoing: asyncio.Queue[bytes | str] = asyncio.Queue()

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, link: str, name: str = "Robot") -> AsyncIterator[Robot]:
        """Goes to a personal link and stays there, coming back whenever the connection is lost."""
        robot = cls(link, name)
        living = asyncio.create_task(robot._live())
        try:
            yield robot
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)

    @property
    def text(self) -> str:
        return str(self._text)

    @property
    def saved(self) -> bool:
        """Everything written here is acknowledged, and everything stored there has been fetched."""
        return self._synced and not self._unsaved

    def insert(self, at: int, text: str) -> None:
        """``at`` counts code points; pycrdt counts UTF-8 bytes."""
        self._text.insert(len(self.text[:at].encode()), text)

    def delete(self, start: int, end: int) -> None:
        """Both count code points."""
        before, gone = self.text[:start], self.text[start:end]
        from_byte = len(before.encode())
        del self._text[from_byte : from_byte + len(gone.encode())]

    def edit(self, random: Random) -> None:
        """One random edit that changes something."""
        text = self.text
        points = cut_points(text)
        start = random.randrange(len(points))
        if len(points) > 1 and random.random() < 0.3:
            end = min(start + random.randint(1, 8), len(points) - 1)
            start = min(start, end - 1)
            self.delete(points[start], points[end])
        else:
            self.insert(points[start], some_text(random))

    # ---------------------------------------------------------------- the connection

    async def _live(self) -> None:
        async with aiohttp.ClientSession(headers={"Origin": self._base}) as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    async with http.ws_connect(f"{self._base}/ws", max_msg_size=0) as socket:
                        await self._converse(socket)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._outgoing = asyncio.Queue()
        writing = asyncio.create_task(self._write(socket))
        self._say(type="join", token=self._token)
        try:
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._heard(json.loads(message.data))
                elif message.type == aiohttp.WSMsgType.BINARY:
                    self._frame(message.data)
        finally:
            self._flowing = self._synced = False
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            data = await self._outgoing.get()
            await (socket.send_str(data) if isinstance(data, str) else socket.send_bytes(data))

    def _say(self, **message: Any) -> None:
        self._outgoing.put_nowait(json.dumps(message))

    def _heard(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "joined":
            self._say(type="enter", name=self.name, microphone=False, camera=False)
        elif kind == "entered":
            self._frames = 0
            self._unsaved = [(update, None) for update, _ in self._unsaved]
            self._say(type="notes-open")
            self._outgoing.put_nowait(encode_notes(Ask(self._doc.get_state())))
        elif kind == "notes-saved":
            count = message["count"]
            self._unsaved = [
                (update, frame) for update, frame in self._unsaved if frame is None or frame > count
            ]
        elif kind == "error":
            self.refusals.append(message)

    def _frame(self, data: bytes) -> None:
        match decode_notes(data):
            case Ask(vector):
                updates = [self._doc.get_update(vector), *(update for update, _ in self._unsaved)]
                self._frames += 1
                self._unsaved = [(update, self._frames) for update, _ in self._unsaved]
                self._flowing = True
                self._outgoing.put_nowait(encode_notes(Reply(merge_updates(*updates))))
            case Reply(update):
                self._apply(update)
                self._synced = True
            case Update(update):
                self._apply(update)
            case Presence(entries):
                for entry in entries:
                    state = json.loads(entry.state)
                    if state is not None:
                        self.typing[state["user"]["id"]] = state.get("typing", False)

    def _apply(self, update: bytes) -> None:
        self._applying = True
        try:
            self._doc.apply_update(update)
        finally:
            self._applying = False

    def _edited(self, event: TransactionEvent) -> None:
        if self._applying:
            return
        frame = None
        if self._flowing:
            self._frames += 1
            frame = self._frames
            self._outgoing.put_nowait(encode_notes(Update(event.update)))
        self._unsaved.append((event.update, frame))
