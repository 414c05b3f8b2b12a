"""Accepts TCP connections and tells by the first byte whether pages or media are wanted.

RFC 4571 frames begin with a length below 2,048, so with a byte below 8; HTTP begins with a letter, TLS with
0x16. Nothing is read here: whoever takes the connection finds every byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Sequence

BACKLOG = 512

SILENCE_S = 60.0
"""A connection that has said nothing for so long is closed; browsers open some in advance."""

MAX_SILENT = 1_024
"""Connections that have said nothing yet; beyond it the oldest is closed."""

_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE_S = 0.5
_FRAME = 8

log = logging.getLogger(__name__)


class Acceptor:
    """Serves bound sockets. ``pages`` makes the protocol of an HTTP connection, ``media`` takes the others.

    ``serves_pages`` says of an address of ours whether pages may be asked for there.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        *,
        pages: Callable[[], asyncio.BaseProtocol],
        tls: ssl.SSLContext | None,
        media: Callable[[socket.socket, tuple[str, int]], None],
        serves_pages: Callable[[str], bool],
    ) -> None:
        self._sockets = sockets
        self._pages = pages
        self._tls = tls
        self._media = media
        self._serves_pages = serves_pages
        self._loop = asyncio.get_running_loop()
        self._silent: dict[socket.socket, asyncio.TimerHandle] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._pauses: dict[socket.socket, asyncio.TimerHandle] = {}

    def start(self) -> None:
        """Listens from now on."""
        for each in self._sockets:
            each.setblocking(False)
            each.listen(BACKLOG)
            self._loop.add_reader(each, self._accept, each)

    async def stop(self) -> None:
        """Accepts no more, and lets go of what has said nothing or is not open yet."""
        for each in self._sockets:
            self._loop.remove_reader(each)
        for pause in self._pauses.values():
            pause.cancel()
        for connection in list(self._silent):
            self._forget(connection)
            connection.close()
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(BACKLOG):
            try:
                connection, _ = listening.accept()
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    log.warning("no-more-connections", extra={"reason": error.strerror})
                    self._loop.remove_reader(listening)
                    self._pauses[listening] = self._loop.call_later(_PAUSE_S, self._go_on, listening)
                return
            connection.setblocking(False)
            try:
                first = connection.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                self._listen_to(connection)
            except OSError:
                connection.close()
            else:
                self._hand_on(connection, first)

    def _listen_to(self, connection: socket.socket) -> None:
        if len(self._silent) >= MAX_SILENT:
            self._give_up(next(iter(self._silent)))
        self._silent[connection] = self._loop.call_later(SILENCE_S, self._give_up, connection)
        self._loop.add_reader(connection, self._spoke, connection)

    def _go_on(self, listening: socket.socket) -> None:
        del self._pauses[listening]
        self._loop.add_reader(listening, self._accept, listening)

    def _spoke(self, connection: socket.socket) -> None:
        try:
            first = connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            first = b""
        self._forget(connection)
        self._hand_on(connection, first)

    def _give_up(self, connection: socket.socket) -> None:
        self._forget(connection)
        connection.close()

    def _forget(self, connection: socket.socket) -> None:
        self._silent.pop(connection).cancel()
        self._loop.remove_reader(connection)

    def _hand_on(self, connection: socket.socket, first: bytes) -> None:
        """Gives the connection to whom its first byte means; nobody is meant by one that has ended."""
        try:
            if not first:
                connection.close()
            elif first[0] < _FRAME:
                self._media(connection, connection.getpeername()[:2])
            elif self._serves_pages(connection.getsockname()[0]):
                task = self._loop.create_task(self._open(connection))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)
            else:
                connection.close()
        except OSError:
            connection.close()

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._pages, connection, ssl=self._tls)
        except (OSError, ssl.SSLError):
            # Gone already, or a TLS handshake that failed: nobody is there to be told.
            with contextlib.suppress(OSError):
                connection.close()
