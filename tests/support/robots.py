"""A browser's WebSocket without the browser: joins by link, remembers everything it is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import aiohttp

from signaling.codec import decode_server, encode
from signaling.messages import (
    ApartChanged,
    Bye,
    ClientMessage,
    Enter,
    Entered,
    Error,
    FloorChanged,
    Join,
    Joined,
    Members,
    ServerMessage,
    TimerChanged,
)
from signaling.parts import Member, Room, Timer

_Message = TypeVar("_Message", bound=ServerMessage)

PATIENCE_S = 10.0


class Robot:
    """``async with Robot(url, token) as robot``; ``told`` is everything that arrived, in order."""

    def __init__(self, url: str, token: str, *, origin: str | None = None) -> None:
        self.url = url
        self.token = token
        self.told: list[ServerMessage] = []
        self.frames: list[bytes] = []
        self.joined: Joined | None = None
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self._origin = origin
        self._http = aiohttp.ClientSession()
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def id(self) -> str:
        assert self.joined is not None
        return self.joined.member

    @property
    def closed(self) -> bool:
        return self.socket is None or self.socket.closed

    @property
    def close_code(self) -> int | None:
        return self.socket.close_code if self.socket is not None else None

    async def connect(self) -> None:
        """Opens the socket and begins to listen, without a word."""
        headers = {} if self._origin is None else {"Origin": self._origin}
        self.socket = await self._http.ws_connect(self.url, headers=headers, max_msg_size=0)
        self.told.clear()
        self.frames.clear()
        self.joined = None
        self._reader = asyncio.create_task(self._listen(self.socket))

    async def join(self, *, offer: str | None = None, resume: str | None = None) -> Joined:
        """Connects and joins."""
        await self.connect()
        await self.send(Join(token=self.token, offer=offer, resume=resume))
        self.joined = await self.hears(Joined)
        return self.joined

    async def enter(self, name: str = "Robot", *, microphone: bool = True, camera: bool = True) -> Entered:
        """Enters; returns when the server has answered."""
        await self.send(Enter(name=name, microphone=microphone, camera=camera))
        return await self.hears(Entered)

    async def come(self, name: str = "Robot") -> Self:
        """Joins and enters."""
        await self.join()
        await self.enter(name)
        return self

    async def send(self, message: ClientMessage) -> None:
        await self.say(encode(message))

    async def say(self, frame: str | bytes) -> None:
        """Sends a frame as it is, well-formed or not."""
        assert self.socket is not None
        if isinstance(frame, str):
            await self.socket.send_str(frame)
        else:
            await self.socket.send_bytes(frame)

    async def hears(
        self,
        kind: type[_Message],
        what: Callable[[_Message], bool] = lambda message: True,
        *,
        count: int = 1,
    ) -> _Message:
        """Waits until the ``count``-th such message has arrived; returns it."""

        def found() -> list[_Message]:
            return [each for each in self.told if isinstance(each, kind) and what(each)]

        await self.until(lambda: len(found()) >= count, f"{count} of {kind.__name__}")
        return found()[count - 1]

    async def sees(self, what: Callable[[Member], bool]) -> Member:
        """Waits until this is true of somebody in the room as it is known here; returns them."""

        def found() -> list[Member]:
            return [member for member in self.room().members if what(member)]

        await self.until(lambda: bool(found()), "news of somebody")
        return found()[0]

    @property
    def gone(self) -> list[str]:
        """Who was said to have left, in order."""
        return [member for each in self._members() for member in each.left]

    async def misses(self) -> str:
        """Waits until somebody is said to have left; returns who was the first."""
        await self.until(lambda: bool(self.gone), "word that somebody has left")
        return self.gone[0]

    def _members(self) -> list[Members]:
        return [each for each in self.told if isinstance(each, Members)]

    async def refused(self) -> Error:
        """Waits for the next refusal; returns it."""
        seen = sum(isinstance(each, Error) for each in self.told)
        return await self.hears(Error, count=seen + 1)

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Waits until something is true of what was told."""
        try:
            async with asyncio.timeout(PATIENCE_S), self._news:
                await self._news.wait_for(true)
        except TimeoutError:
            raise AssertionError(f"{what} never came; told: {self.told[-8:]}") from None

    async def ended(self) -> str | None:
        """Waits until the server has closed the connection; the reason of its bye, None without."""
        await self.until(lambda: self.closed, "the end")
        byes = [each.reason for each in self.told if isinstance(each, Bye)]
        return byes[-1] if byes else None

    def room(self) -> Room:
        """The room as a client knows it: as joined, and everything told since."""
        assert self.joined is not None
        room = self.joined.room
        members = {member.id: member for member in room.members}
        timer: Timer = room.timer
        floor = room.floor
        apart = room.apart
        for each in self.told:
            match each:
                case Entered(member=member):
                    members[member.id] = member
                case Members(present=present, left=left):
                    members |= {member.id: member for member in present}
                    for gone in left:
                        members.pop(gone, None)
                case TimerChanged(timer=changed):
                    timer = changed
                case FloorChanged(floor=said):
                    floor = said
                case ApartChanged(apart=changed_apart):
                    apart = changed_apart
        return Room(
            id=room.id, title=room.title, format=room.format, guests=room.guests,
            members=tuple(members.values()), timer=timer, expires_ms=room.expires_ms,
            floor=floor, apart=apart,
        )  # fmt: skip

    @property
    def small_room(self) -> str:
        """The id of the small room that this robot is in, as it knows, "" for the main room."""
        apart = self.room().apart
        rooms = () if apart is None else apart.rooms
        return next((room.id for room in rooms if self.id in room.members), "")

    async def hang_up(self) -> None:
        """Closes the socket in good order, as a closed tab does."""
        if self.socket is not None:
            await self.socket.close()
        await self._still()

    async def drop(self) -> None:
        """Cuts the connection, as a lost network does: no close frame is sent."""
        assert self.socket is not None
        connection = self.socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()
        await self._still()

    async def close(self) -> None:
        await self.hang_up()
        await self._http.close()

    def heard(self, data: bytes) -> None:
        """A binary frame arrived; robots with notes take it up."""
        self.frames.append(data)

    async def _still(self) -> None:
        if self._reader is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for received in socket:
            if received.type is aiohttp.WSMsgType.TEXT:
                self.told.append(decode_server(received.data))
            elif received.type is aiohttp.WSMsgType.BINARY:
                self.heard(received.data)
            async with self._news:
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()
