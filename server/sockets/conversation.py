"""One WebSocket from its first message to its last: a reader, and a writer that empties the outbox."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import ClientConnectionResetError, WSCloseCode, WSMessage, WSMsgType, web

from server.live_connection import Connection
from server.live_outbox import Outbox
from server.rates import Rates
from signaling.codec import decode, type_of
from signaling.errors import ProtocolError
from signaling.messages import Error, Join

log = logging.getLogger(__name__)

JOIN_WITHIN_S = 30.0
"""A page opens its socket before it has its script: 90 kB, on a line of 48 kbit/s 15 s."""

GOODBYE_WITHIN_S = 2.0

_refusals = 20
_refusals_per_s = 60.0
"""So many messages that make no sense in a minute, and the connection is closed."""

_messages = 400
_messages_per_s = 2.0
"""Messages a second in the long run: 200. Beyond it the reader pauses, and TCP slows the sender down."""

_large = 64 * 1024
_large_per_s = 4 * 1024 * 1024
"""Large note updates are merged while everything else waits: so many bytes of them a second."""

_nonsense = frozenset({"bad-message", "message-too-large", "not-joined"})


class _HangUpError(Exception):
    """The connection ends with this close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Conversation:
    """``join`` lets the newcomer in (or raises ``ProtocolError``), ``leave`` is called when they are gone."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.Request,
        outbox: Outbox,
        join: Callable[[Join], Awaitable[Connection]],
        leave: Callable[[Connection], None],
    ) -> None:
        self._socket = socket
        self._request = request
        self._outbox = outbox
        self._join = join
        self._leave = leave
        self._refused = Rates(_refusals, _refusals_per_s)
        self._rate = Rates(_messages, _messages_per_s)
        self._code: int = WSCloseCode.OK

    async def run(self) -> None:
        """Returns when the socket is closed, whoever closed it."""
        writer = asyncio.create_task(self._write())
        guard = asyncio.create_task(self._cut())
        connection = None
        try:
            connection = await self._first()
            await self._read(connection)
        except _HangUpError as end:
            self._code = end.code
        except Exception:
            log.exception("a conversation failed")
            self._code = WSCloseCode.INTERNAL_ERROR
        finally:
            if connection is not None:
                self._leave(connection)
            self._outbox.close()
            await asyncio.wait([writer])
            guard.cancel()
            await asyncio.gather(writer, guard, return_exceptions=True)

    async def _first(self) -> Connection:
        """Waits for the join and carries it out."""
        try:
            async with asyncio.timeout(JOIN_WITHIN_S):
                received = await self._socket.receive()
                frame = self._text(received)
                try:
                    message = decode(frame)
                    if not isinstance(message, Join):
                        raise ProtocolError("not-joined")
                    return await self._join(message)
                except ProtocolError as error:
                    self._tell(error, type_of(frame))
                    raise _HangUpError(WSCloseCode.POLICY_VIOLATION) from None
        except TimeoutError:
            self._tell(ProtocolError("not-joined"), None)
            raise _HangUpError(WSCloseCode.POLICY_VIOLATION) from None

    async def _read(self, connection: Connection) -> None:
        while True:
            received = await self._socket.receive()
            if self._outbox.closing:
                return
            if not self._rate.allow("", time.monotonic()):
                await asyncio.sleep(_messages_per_s / _messages)
            if received.type is WSMsgType.BINARY:
                self._take_notes(connection, bytes(received.data))
                if len(received.data) > _large:
                    await asyncio.sleep(len(received.data) / _large_per_s)
            else:
                self._take(connection, self._text(received))
            await connection.room.ease()
            # Many frames may have come at once; those who are told of them must get to write.
            await asyncio.sleep(0)

    def _take(self, connection: Connection, frame: str) -> None:
        try:
            connection.room.message(connection, decode(frame))
        except ProtocolError as error:
            self._refuse(error, type_of(frame))

    def _take_notes(self, connection: Connection, frame: bytes) -> None:
        try:
            connection.room.frame(connection, frame)
        except ProtocolError as error:
            self._refuse(error, "notes")

    def _refuse(self, error: ProtocolError, about: str | None) -> None:
        self._tell(error, about)
        if error.code in _nonsense and not self._refused.allow("", time.monotonic()):
            raise _HangUpError(WSCloseCode.POLICY_VIOLATION)

    def _tell(self, error: ProtocolError, about: str | None) -> None:
        log.debug("refused %s: %s", about, error)
        self._outbox.send(Error(code=error.code, about=about, field=error.field))

    def _text(self, received: WSMessage) -> str:
        if received.type is WSMsgType.TEXT:
            return str(received.data)
        if received.type is WSMsgType.BINARY:
            self._tell(ProtocolError("not-joined"), "notes")
            raise _HangUpError(WSCloseCode.POLICY_VIOLATION)
        raise _HangUpError(WSCloseCode.OK)

    async def _write(self) -> None:
        try:
            while (frame := await self._outbox.next()) is not None:
                if isinstance(frame, str):
                    await self._socket.send_str(frame)
                else:
                    await self._socket.send_bytes(frame)
            await self._socket.close(code=self._code)
        except (ClientConnectionResetError, ConnectionError):
            # The browser went away first; the reader sees it too.
            self._outbox.close()

    async def _cut(self) -> None:
        """A browser that does not even take the goodbye is cut off."""
        await self._outbox.closed()
        await asyncio.sleep(GOODBYE_WITHIN_S)
        if self._request.transport is not None:
            self._request.transport.abort()
