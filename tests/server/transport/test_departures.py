"""What waits to leave leaves whole and in order, whatever becomes of one of the addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest
from cffi import FFI

from server.media.stats import RelayStats
from server.transport import dtls, fan
from server.transport.departures import MOST
from server.transport.link import Link
from server.transport.outlet import Outlet


@pytest.fixture
def here() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock


@pytest.fixture
def there() -> Iterator[list[socket.socket]]:
    """Three who receive."""
    socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    try:
        for sock in socks:
            sock.bind(("127.0.0.1", 0))
            sock.setblocking(False)
        yield socks
    finally:
        for sock in socks:
            sock.close()


class Desk:
    """An outlet, and links to addresses with nothing to protect what they send."""

    def __init__(self, sock: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stats = RelayStats()
        self._ffi = FFI()
        self._nothing = self._ffi.callback("int(void *, void *, int *)", lambda *_: 0)
        monkeypatch.setattr(dtls, "protect", lambda *_: 0)
        monkeypatch.setattr(dtls, "protect_place", lambda: dtls.place(self._nothing))
        self.outlet = Outlet(sock, self.stats, {}, fan.make(sock.fileno(), self.stats))

    def link(self, address: tuple[str, int]) -> Link:
        link = Link(cast(Any, None))
        link.tag = 0
        link.tx = dtls.length()
        self.outlet.aim(link, address)
        return link

    def write(self, link: Link, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self.outlet._enqueue(link, datagram)


@pytest.fixture
def desk(inner_loop: str, here: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(here, monkeypatch)


def drained(sock: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(sock.recv(2_048))
        except BlockingIOError:
            return found


def test_datagrams_of_any_sizes_arrive_in_order(desk: Desk, there: list[socket.socket]) -> None:
    links = [desk.link(sock.getsockname()) for sock in there]
    sizes = [700, 700, 300, 900, 900, 900, 1, 1_200, 20, 20, 5]
    sent = [bytes([index]) * size for index, size in enumerate(sizes)]
    for datagram in sent:
        for link in links:
            desk.write(link, datagram)
    desk.outlet.flush()
    assert [drained(sock) for sock in there] == [sent] * 3
    assert desk.stats.packets_out == 3 * len(sizes)
    assert desk.stats.bytes_out == sum(link.sent for link in links) == 3 * sum(sizes)


def test_more_than_a_link_can_hold_leaves_in_between(desk: Desk, there: list[socket.socket]) -> None:
    link = desk.link(there[0].getsockname())
    sent = [bytes([index]) * (1_000 + index) for index in range(80)]
    desk.write(link, *sent)
    desk.outlet.flush()
    assert drained(there[0]) == sent


def test_more_batches_than_a_call_takes_all_leave(desk: Desk, there: list[socket.socket]) -> None:
    links = [desk.link(there[0].getsockname()) for _ in range(MOST + 20)]
    for index, link in enumerate(links):
        desk.write(link, bytes([index]))
    desk.outlet.flush()
    assert drained(there[0]) == [bytes([index]) for index in range(MOST + 20)]


@pytest.mark.parametrize("many", [1, 3])
def test_one_address_that_is_refused_keeps_nobody_else_back(
    desk: Desk, there: list[socket.socket], many: int
) -> None:
    links = [
        desk.link(address) for address in (there[0].getsockname(), ("127.0.0.1", 0), there[1].getsockname())
    ]
    for link in links:
        desk.write(link, *[b"hello"] * many)
    desk.outlet.flush()
    assert [drained(sock) for sock in there[:2]] == [[b"hello"] * many] * 2
    assert desk.stats.packets_out == 2 * many
    assert desk.stats.drops["send"] >= 1
