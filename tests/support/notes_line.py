"""A network line between a client and the server that can be cut, stalled and mended: TCP, in between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

_CHUNK = 65_536


class Line:
    """Listens on a port of its own and carries whatever comes to ``port``, while it is whole."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._whole = True
        self._hushed = False
        self._open: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator[Line]:
        """A whole line to that port of 127.0.0.1, gone at the end with everything on it."""
        line = cls(port)
        line._listener = await asyncio.start_server(line._answer, "127.0.0.1", 0)
        try:
            yield line
        finally:
            line._listener.close()
            line.cut()
            for task in line._carrying:
                task.cancel()
            await asyncio.gather(*line._carrying, return_exceptions=True)

    def through(self, url: str) -> str:
        """The same address, reached over this line."""
        assert self._listener is not None
        port = self._listener.sockets[0].getsockname()[1]
        return urlunsplit(urlsplit(url)._replace(netloc=f"127.0.0.1:{port}"))

    def cut(self) -> None:
        """Ends every connection at once; new ones are ended as they come."""
        self._whole = False
        self._hushed = False
        for writer in self._open:
            writer.transport.abort()

    def hush(self) -> None:
        """What is sent from now on never arrives, in either direction, and nobody is told: until ``cut``."""
        self._hushed = True

    def mend(self) -> None:
        """Carries again. What was swallowed meanwhile stays lost, so those connections end."""
        if self._hushed:
            self.cut()
        self._whole = True

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        self._open.add(writer)
        try:
            # A server that is away refuses; so does the line, then.
            with contextlib.suppress(OSError):
                back, forth = await asyncio.open_connection("127.0.0.1", self._to)
                self._open.add(forth)
                try:
                    await asyncio.gather(self._carry(reader, forth), self._carry(back, writer))
                finally:
                    self._open.discard(forth)
                    forth.transport.abort()
        finally:
            self._open.discard(writer)
            writer.transport.abort()
            self._carrying.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                if self._hushed:
                    continue
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
