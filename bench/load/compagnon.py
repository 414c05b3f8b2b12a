"""People of the load in rooms of a Compagnon server, by the protocol of ``signaling/PROTOCOL.md``.

Each person has one connection for everything, offered line by line as a browser's is: microphone, camera,
screen, three voices, and as many pictures as are asked for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp

from bench.load.description import Line, offer, parse
from bench.load.peer import Peer
from bench.load.people import Meeting, Person
from bench.load.pump import Pump
from bench.load.secure import Identity
from signaling.codec import decode_server, encode
from signaling.messages import Bye, Enter, Entered, Error, Join, Joined, Leave, ServerMessage

_REPLY_TIMEOUT: Final = 10.0
_VOICES: Final = 3
_PICTURES: Final = 8

MakeRoom = Callable[[int], Awaitable[list[str]]]
"""Makes a session for so many people and gives the token of each one's personal link."""


class RefusedError(Exception):
    """The server refused somebody, or sent them away."""


class CompagnonRooms:
    """Everybody comes with a WebSocket of their own, as browsers do; from ``source``, where that is given."""

    def __init__(self, url: str, pump: Pump, make_room: MakeRoom, source: str | None = None) -> None:
        self.transport_reports = True
        self._url = url
        self._pump = pump
        self._make_room = make_room
        self._source = source
        self._identity = Identity()
        self._seats: list[Seat] = []

    async def open(self) -> None:
        """Nothing is sent before somebody comes."""
        local = None if self._source is None else (self._source, 0)
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=local, limit=0))

    async def close(self) -> None:
        """Everybody leaves."""
        for seat in self._seats:
            await seat.leave()
        await self._http.close()

    async def meet(self, people: list[Person]) -> Meeting:
        """A room with ``people`` in it, each connected and watching all who send."""
        meeting = Meeting()
        tokens = await self._make_room(len(people))
        senders = [person for person in people if person.sends]
        for person, token in zip(people, tokens, strict=True):
            seat = await self.join(person, token, min(len(people) - 1, _PICTURES) + 1)
            if person.sends:
                meeting.senders.append(seat.peer)
            others = len(senders) - person.sends
            if others:
                meeting.receivers.append((seat.peer, others))
        return meeting

    async def join(self, person: Person, token: str, pictures: int) -> Seat:
        """Somebody comes by their link, offers to receive so many ``pictures``, and enters.

        Returns when their media stands. Raises ``RefusedError``, ConnectionError or TimeoutError.
        """
        socket = await self._http.ws_connect(f"{self._url}/ws", origin=self._url)
        peer = Peer(self._pump, self._identity, _lines(person, pictures), person.name)
        seat = Seat(socket, peer)
        self._seats.append(seat)
        # As our page does in a browser that has AES-GCM (web/client/offered.ts).
        description = offer(peer.credentials, peer.lines, random.getrandbits(40))
        description = description.replace("t=0 0\r\n", "t=0 0\r\na=x-compagnon-gcm\r\n", 1)
        await socket.send_str(encode(Join(token=token, offer=description)))
        voice = person.sends and person.speaks
        await socket.send_str(encode(Enter(name=person.name, microphone=voice, camera=person.sends)))
        joined = await seat.expect(Joined)
        if not isinstance(joined, Joined) or joined.answer is None:
            raise RefusedError(f"{person.name}: no answer to the offer")
        remote = parse(joined.answer)
        connecting = peer.connect(remote, "server" if remote.setup == "active" else "client")
        await asyncio.gather(connecting, seat.expect(Entered))
        seat.listen()
        return seat


class Seat:
    """One person's WebSocket and connection; ``told`` counts the frames that came after ``entered``."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, peer: Peer) -> None:
        self.peer = peer
        self.told = 0
        self.told_bytes = 0
        self._socket = socket
        self._listening: asyncio.Task[None] | None = None

    async def expect(self, kind: type[ServerMessage]) -> ServerMessage:
        """The next message of a kind; what comes before it is not needed here."""
        while True:
            text = await asyncio.wait_for(self._socket.receive_str(), _REPLY_TIMEOUT)
            message = decode_server(text)
            if isinstance(message, kind):
                return message
            if isinstance(message, Error | Bye):
                raise RefusedError(f"{self.peer.name}: {message}")

    def listen(self) -> None:
        """Reads on, so that the server's outbox for this person never fills."""
        self._listening = asyncio.create_task(self._listen())

    async def leave(self) -> None:
        """Leaves for good."""
        if not self._socket.closed:
            await self._socket.send_str(encode(Leave()))
            await self._socket.close()
        if self._listening is not None:
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            self.told += 1
            self.told_bytes += len(message.data)


def _lines(person: Person, pictures: int) -> list[Line]:
    sent = [
        Line("0", "audio", "sendonly", silent=person.sends and not person.speaks),
        Line("1", "video", "sendonly"),
        Line("2", "video", "sendonly", silent=True),
    ]
    voices = [Line(str(3 + index), "audio", "recvonly") for index in range(_VOICES)]
    first = 3 + _VOICES
    return sent + voices + [Line(str(first + index), "video", "recvonly") for index in range(pictures)]
