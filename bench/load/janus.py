"""People of the load in rooms of a Janus server, by its WebSocket interface and the videoroom plugin.

Each person publishes on one connection and watches everybody else on another, as the plugin's clients do.
Source: Janus's documentation of the videoroom plugin's API and of its WebSocket transport.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from typing import Any, Final

import aiohttp

from bench.load.description import Line, answer, offer, parse, without_transport_reports
from bench.load.peer import Peer
from bench.load.people import Meeting, Person
from bench.load.pump import Pump
from bench.load.secure import Identity

_REPLY_TIMEOUT: Final = 10.0
_KEEPALIVE: Final = 20.0


class JanusError(Exception):
    """Janus refused a request."""


class JanusRooms:
    """One Janus session; every connection is a handle of it."""

    def __init__(self, url: str, pump: Pump) -> None:
        self.transport_reports = True
        self._url = url
        self._pump = pump
        self._identity = Identity()
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._up: dict[int, asyncio.Event] = {}
        self._room = random.randrange(10_000, 1_000_000)
        self._tasks: list[asyncio.Task[None]] = []
        self._session_id: int | None = None

    async def open(self) -> None:
        """Connects and makes the session."""
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(self._url, protocols=["janus-protocol"])
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._keep())]
        self._session_id = (await self._request({"janus": "create"}))["data"]["id"]

    async def close(self) -> None:
        """Ends the session's connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    async def meet(self, people: list[Person]) -> Meeting:
        """A room with ``people`` in it, each connected and watching all who send."""
        self._room += 1
        meeting = Meeting()
        feeds: list[tuple[Person, int]] = []
        for person in people:
            if person.sends:
                peer, feed = await self._publish(person)
                meeting.senders.append(peer)
                feeds.append((person, feed))
        for person in people:
            others = [feed for other, feed in feeds if other is not person]
            if others:
                meeting.receivers.append((await self._watch(person, others), len(others)))
        return meeting

    async def _publish(self, person: Person) -> tuple[Peer, int]:
        handle = await self._attach()
        room = {
            "request": "create",
            "room": self._room,
            "publishers": 50,
            "videocodec": "vp8",
            "audiocodec": "opus",
        }
        try:
            await self._message(handle, room)
        except JanusError as error:
            if "already exists" not in str(error):
                raise
        joined = await self._message(handle, {"request": "join", "ptype": "publisher", "room": self._room})
        lines = (Line("0", "audio", "sendonly", silent=not person.speaks), Line("1", "video", "sendonly"))
        peer = Peer(self._pump, self._identity, lines, f"{person.name} (sends)")
        description = offer(peer.credentials, peer.lines, random.getrandbits(40))
        reply = await self._message(handle, {"request": "publish"}, {"type": "offer", "sdp": description})
        remote = parse(reply["jsep"]["sdp"])
        await peer.connect(remote, "server" if remote.setup == "active" else "client")
        # Until Janus itself has seen the handshake end, its feed does not exist for those who ask for it.
        await asyncio.wait_for(self._up[handle].wait(), _REPLY_TIMEOUT)
        return peer, joined["plugindata"]["data"]["id"]

    async def _watch(self, person: Person, feeds: list[int]) -> Peer:
        handle = await self._attach()
        streams = [{"feed": feed} for feed in feeds]
        request = {"request": "join", "ptype": "subscriber", "room": self._room, "streams": streams}
        reply = await self._message(handle, request)
        remote = parse(reply["jsep"]["sdp"])
        if not self.transport_reports:
            without_transport_reports(remote)
        peer = Peer(self._pump, self._identity, [], f"{person.name} (watches)")
        description = answer(peer.credentials, remote, random.getrandbits(40))
        connecting = asyncio.create_task(peer.connect(remote, "client"))
        await self._message(handle, {"request": "start"}, {"type": "answer", "sdp": description})
        await connecting
        return peer

    async def _attach(self) -> int:
        reply = await self._request({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        handle: int = reply["data"]["id"]
        self._up[handle] = asyncio.Event()
        return handle

    async def _message(
        self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None
    ) -> dict[str, Any]:
        request: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            request["jsep"] = jsep
        return await self._request(request)

    async def _request(self, request: dict[str, Any]) -> dict[str, Any]:
        transaction = secrets.token_hex(8)
        request["transaction"] = transaction
        if self._session_id is not None:
            request["session_id"] = self._session_id
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = future
        await self._socket.send_json(request)
        reply = await asyncio.wait_for(future, _REPLY_TIMEOUT)
        refused = reply.get("error") or reply.get("plugindata", {}).get("data", {}).get("error")
        if refused:
            raise JanusError(str(refused))
        return reply

    async def _read(self) -> None:
        async for message in self._socket:
            data: dict[str, Any] = message.json()
            if data["janus"] == "webrtcup":
                self._up[data["sender"]].set()
            # An "ack" only says that the real reply will come as an event of the same transaction.
            if data["janus"] != "ack":
                future = self._waiting.pop(data.get("transaction", ""), None)
                if future is not None and not future.done():
                    future.set_result(data)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_KEEPALIVE)
            keepalive = {
                "janus": "keepalive",
                "session_id": self._session_id,
                "transaction": secrets.token_hex(8),
            }
            await self._socket.send_json(keepalive)
