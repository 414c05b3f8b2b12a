"""Pages and media on one TCP port: told apart by the first byte, and neither hurt by the other."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector, web

from server import accept, tls
from server.accept import Acceptor
from tests.support.eventually import eventually


class Door:
    """A listening acceptor with one page; connections for media are kept."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.url = f"http://127.0.0.1:{address[1]}/"
        self.media: list[socket.socket] = []

    def knock(self, said: bytes = b"") -> socket.socket:
        made = socket.create_connection(self.address, timeout=5)
        made.sendall(said)
        made.setblocking(False)
        return made


async def answer(sock: socket.socket) -> bytes:
    """What is said to a connection; empty when it is closed."""
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionResetError):
            return await asyncio.get_running_loop().sock_recv(sock, 1_000)
    return b""


@asynccontextmanager
async def door(
    context: ssl.SSLContext | None = None, serves: Callable[[str], bool] = lambda address: True
) -> AsyncIterator[Door]:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="a page")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    assert runner.server is not None
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    opened = Door(listening.getsockname())

    def take(sock: socket.socket, remote: tuple[str, int]) -> None:
        assert remote == sock.getpeername()
        opened.media.append(sock)

    acceptor = Acceptor([listening], pages=runner.server, tls=context, media=take, serves_pages=serves)
    acceptor.start()
    try:
        yield opened
    finally:
        await acceptor.stop()
        await runner.cleanup()
        listening.close()
        for each in opened.media:
            each.close()


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    key, certificate = tls.make_self_signed(["localhost"], tls.datetime.datetime.now(tls.datetime.UTC))
    (tmp_path / "both.pem").write_bytes(key + certificate)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(tmp_path / "both.pem")
    return made


async def test_pages_and_media_share_a_port() -> None:
    async with door() as opened, ClientSession() as http:
        with opened.knock(b"\x00\x14\x00\x01") as media:
            await eventually(lambda: opened.media, "the connection is handed over")
            assert opened.media[0].recv(100) == b"\x00\x14\x00\x01"
            async with http.get(opened.url) as got:
                assert await got.text() == "a page"
            assert media.fileno() > 0


async def test_tls_is_told_apart_as_well(context: ssl.SSLContext) -> None:
    async with door(context) as opened, ClientSession(connector=TCPConnector(ssl=False)) as http:
        async with http.get(opened.url.replace("http", "https")) as got:
            assert await got.text() == "a page"
        with opened.knock(b"\x01\x00\x00\x01"):
            await eventually(lambda: opened.media, "the connection is handed over")
        with opened.knock(b"\x16\x03\x01\x00\x05hello") as broken:
            while await answer(broken):
                pass
        async with http.get(opened.url.replace("http", "https")) as got:
            assert got.status == 200


async def test_who_speaks_late_is_waited_for() -> None:
    async with door() as opened:
        with opened.knock() as late:
            late.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" in await answer(late)


async def test_the_silent_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "SILENCE_S", 0.1)
    async with door() as opened:
        with opened.knock() as silent:
            assert await answer(silent) == b""


async def test_of_too_many_silent_ones_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "MAX_SILENT", 3)
    async with door() as opened, ClientSession() as http:
        with contextlib.ExitStack() as stack:
            silent = [stack.enter_context(opened.knock()) for _ in range(4)]
            assert await answer(silent[0]) == b""
            silent[3].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" in await answer(silent[3])
            async with http.get(opened.url) as got:
                assert got.status == 200


async def test_where_there_are_no_pages_only_media_gets_in() -> None:
    async with door(serves=lambda address: address != "127.0.0.1") as opened:
        with opened.knock(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as reader:
            assert await answer(reader) == b""
        with opened.knock(b"\x00\x14\x00\x01"):
            await eventually(lambda: opened.media, "the connection is handed over")
