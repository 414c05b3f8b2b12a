"""The front's sockets: each is handed to the worker that has the room, unread but for its first frame."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import aiohttp
from aiohttp import WSCloseCode, WSMsgType, web

from server.origin import own_page
from server.room.links import read_personal
from server.sockets.conversation import GOODBYE_WITHIN_S, JOIN_WITHIN_S
from server.sockets.endpoint import HEARTBEAT_S, MAX_FRAME_BYTES
from server.worker import ASKER
from server.workers import REACHED_S, GoneError, Worker, Workers
from signaling.codec import decode, encode
from signaling.errors import ProtocolError
from signaling.messages import Error, Join

# RFC 9110 7.6.1, and what the front writes itself.
_own_headers = frozenset(
    ("connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "content-length")
)
_MOST_BODY = 128 * 1024
_AGAIN_S = 0.05


class Front:
    """Passes on ``/ws``, ``/whip`` and ``/whep``. ``secret`` is what links are signed with."""

    def __init__(
        self,
        workers: Workers,
        secret: str,
        *,
        asker: Callable[[web.Request], str],
        base: Callable[[web.Request], str],
        base_url: str | None,
    ) -> None:
        self._workers = workers
        self._secret = secret
        self._asker = asker
        self._base = base
        self._base_url = base_url

    def add_to(self, app: web.Application) -> None:
        """The routes."""
        app.router.add_get("/ws", self.socket, name="ws")
        for door in ("whip", "whep"):
            app.router.add_route("*", f"/{door}", self.request, name=door)
            app.router.add_route("*", f"/{door}/{{session}}", self.request, name=f"{door}-session")

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Serves one WebSocket until either side closes. A page of another site gets 403."""
        if not own_page(request.headers, self._base_url):
            return web.Response(status=403, text="This WebSocket serves its own pages only.\n")
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, max_msg_size=MAX_FRAME_BYTES, compress=True, timeout=GOODBYE_WITHIN_S
        )
        await socket.prepare(request)
        try:
            first = await socket.receive(JOIN_WITHIN_S)
        except TimeoutError:
            await socket.send_str(encode(Error(code="not-joined")))
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        if first.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            room = self._room(first.data) if first.type is WSMsgType.TEXT else None
            until = time.monotonic() + REACHED_S
            code = None
            while code is None and time.monotonic() < until:
                with self._workers.visiting(room) as worker:
                    code = await self._hand(request, socket, first, worker)
            await socket.close(code=code or WSCloseCode.INTERNAL_ERROR)
        return socket

    async def _hand(
        self, request: web.Request, socket: web.WebSocketResponse, first: aiohttp.WSMessage, worker: Worker
    ) -> int | None:
        """Lets a worker have the socket; the code to close it with, None when there is no way to it."""
        try:
            http = await self._workers.reached(worker)
            upstream = await http.ws_connect(
                "http://worker/ws", headers=self._headers(request), max_msg_size=0
            )
        except (GoneError, aiohttp.ClientError, ConnectionError):
            # It has just died: in a moment the room has another home.
            await asyncio.sleep(_AGAIN_S)
            return None
        async with upstream:
            try:
                await _pass(first, upstream)
                return await _both(socket, upstream)
            except (aiohttp.ClientError, ConnectionError):
                return WSCloseCode.INTERNAL_ERROR

    async def request(self, request: web.Request) -> web.StreamResponse:
        """Passes one WHIP or WHEP request on to the worker that the bearer's room is on."""
        if (request.content_length or 0) > _MOST_BODY:
            return web.Response(status=413)
        body = await request.read()
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        headers = [(n, v) for n, v in request.headers.items() if n.lower() not in {*_own_headers, "host"}]
        with self._workers.visiting(self._room_of(token.strip())) as worker:
            try:
                http = await self._workers.reached(worker)
                async with http.request(
                    request.method,
                    f"http://worker{request.path_qs}",
                    data=body,
                    headers=[*headers, *self._headers(request).items()],
                    skip_auto_headers=("Content-Type", "Accept", "User-Agent"),
                    allow_redirects=False,
                ) as answer:
                    made = web.Response(status=answer.status, body=await answer.read())
                    made.headers.popall("Content-Type", None)
                    for name, value in answer.headers.items():
                        if name.lower() not in {*_own_headers, "date", "server"}:
                            made.headers.add(name, value)
                    return made
            except (GoneError, aiohttp.ClientError, ConnectionError):
                return web.Response(status=503, headers={"Retry-After": "2"})

    def _headers(self, request: web.Request) -> dict[str, str]:
        """What the worker can't see: who asks, and how the page was reached."""
        scheme = self._base(request).partition(":")[0]
        return {
            "Host": request.headers.get("Host", ""),
            "X-Forwarded-Proto": scheme,
            ASKER: self._asker(request),
        }

    def _room(self, frame: str) -> str | None:
        """The room that a join is for; whatever is wrong with the frame, a worker will say."""
        try:
            message = decode(frame)
        except ProtocolError:
            return None
        return self._room_of(message.token) if isinstance(message, Join) else None

    def _room_of(self, token: str) -> str | None:
        try:
            return read_personal(self._secret, token).room
        except ProtocolError:
            return None


async def _pass(
    message: aiohttp.WSMessage, to: web.WebSocketResponse | aiohttp.ClientWebSocketResponse
) -> None:
    if message.type is WSMsgType.TEXT:
        await to.send_str(message.data)
    else:
        await to.send_bytes(message.data)


async def _both(socket: web.WebSocketResponse, upstream: aiohttp.ClientWebSocketResponse) -> int:
    """Passes frames both ways until one side ends; the code to close the browser's socket with."""

    async def pump(
        source: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
        to: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    ) -> None:
        while True:
            message = await source.receive()
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            # Each waits until the other side has taken it: who reads slowly is read for slowly.
            await _pass(message, to)

    tasks = [asyncio.create_task(pump(socket, upstream)), asyncio.create_task(pump(upstream, socket))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    code = upstream.close_code
    return code if code is not None and code not in (1005, 1006) else int(WSCloseCode.INTERNAL_ERROR)
