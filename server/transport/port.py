"""The one media port of everybody: tells STUN, DTLS and SRTP apart (RFC 7983) and owns what all peers share.

A thread of its own receives, forwards and reports: it blocks in one system call until something comes, which
costs a third of what being woken by the event loop does. The event loop negotiates, does handshakes and
decides who is sent what. ``lock`` is held by whichever touches peers, rooms or the table: the thread for one
batch at a time, which is below a millisecond. Who can't use UDP comes by TCP, on a second thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from server.media.stats import RelayStats
from server.transport import fan
from server.transport.dtls import Certificate
from server.transport.ice import Address, Table
from server.transport.inlet import Inlet, inlet
from server.transport.outlet import Outlet
from server.transport.pacing import LOOK_S
from server.transport.pump import Pump
from server.transport.reports import Reports
from server.transport.tcp import ListenError, Wires, listener

SOCKET_BYTES = 4 << 20
"""Kernel buffers each way: a second of 32 Mbit/s, should the process get no CPU for once."""

NICE = -10
"""The media thread's niceness: a picture that is late for a page's sake stands still for a hundred people."""

SWITCH_S = 0.001
"""For how long a busy event loop may keep the interpreter from the media thread; Python's own is 5 ms."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tcp:
    """How TCP connections come to the media port: the addresses of ours that they can be made to.

    ``hosts`` None: all. ``listen``: this port listens itself; otherwise they are handed in.
    """

    hosts: frozenset[str] | None = frozenset()
    listen: bool = False


class Port:
    """The socket, who may use it (ICE), what moves media (the pump) and what reports on it (RTCP)."""

    def __init__(self, stats: RelayStats, clock: Callable[[], float]) -> None:
        self.stats = stats
        self.clock = clock
        self.lock = threading.RLock()
        self.certificate = Certificate()
        self.table = Table(stats)
        self.number = 0
        self.outlet: Outlet
        self.reports: Reports
        self._closing: set[asyncio.Future[None]] = set()
        self.wires = Wires(self.lock, self.table, stats, clock)
        self._tcp_hosts: frozenset[str] | None = frozenset()
        self._sock: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._interval = SWITCH_S
        self._stopping = False

    def open(self, host: str, port: int, tcp: Tcp) -> None:
        """Bind and begin to work. Raises ``OSError`` when the port is taken or not ours to take."""
        sock, listening = _bind(host, port, listen=tcp.listen)
        self.number = sock.getsockname()[1]
        self._sock = sock
        self._tcp_hosts = tcp.hosts
        native = fan.make(sock.fileno(), self.stats)
        source = inlet(sock, native)
        self.outlet = Outlet(sock, self.stats, self.wires.known, native)
        self.reports = Reports(self.outlet, self.stats, self.clock)
        pump = self._pump(source)
        framed = self._pump(self.wires.frames)

        def arrived(count: int) -> None:
            framed.batch(range(count))
            self.reports.run()

        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        self._thread = threading.Thread(target=self._work, args=(source, pump), name="media", daemon=True)
        self._thread.start()
        self.wires.open(listening, arrived)

    def _pump(self, source: Inlet) -> Pump:
        return Pump(
            source,
            self.outlet,
            self.table,
            self.stats,
            other=self._other,
            learn=lambda link, ssrc, kind, names: link.peer.uplink.learn(ssrc, kind, names),
            report=self.reports.receive,
            lossy=self.reports.lossy,
            begins=lambda stream: stream.link.peer.room.begins(stream.link.peer),
            hold=self.reports.pacing.hold,
        )

    def tcp_reaches(self, address: str) -> bool:
        """Return whether TCP connections to this address of ours, on the port's number, come here."""
        return self._tcp_hosts is None or address in self._tcp_hosts

    async def close(self) -> None:
        """Stop working, finish what peers left behind, let go of the port."""
        if self._sock is None or self._thread is None:
            return
        await asyncio.gather(*self._closing, return_exceptions=True)
        self._stopping = True
        with contextlib.suppress(OSError):
            # Wakes the thread; if that fails it wakes by itself within a tenth of a second.
            self._sock.sendto(b"", socket.MSG_DONTWAIT, self._sock.getsockname())
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self.wires.close)
        sys.setswitchinterval(self._interval)
        self._sock.close()
        self._sock = None

    def finish(self, tasks: list[asyncio.Future[None]]) -> None:
        """Keep what a closed peer leaves running until it is done."""
        for task in tasks:
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _work(self, source: Inlet, pump: Pump) -> None:
        """Receive, forward and report until the port closes: the whole life of the media thread."""
        _go_first()
        reports = self.reports
        while not self._stopping:
            source.patience(LOOK_S if reports.pacing.busy else reports.patience)
            came = source.receive()
            with self.lock:
                try:
                    pump.batch(came)
                    reports.run()
                except Exception:
                    # A fault in one packet must not end everybody's media.
                    self.stats.drop("fault")
                    log.exception("a batch of datagrams failed")

    def _other(self, data: bytes, address: Address) -> None:
        """Take what is not media of a known address: by its first byte it is STUN or DTLS (RFC 7983 7)."""
        first = data[0]
        if first < 4:
            reply = self.table.receive(data, address, self.clock())
            if reply is not None:
                self.outlet.send(reply, address)
            return
        path = self.table.paths.get(address)
        if path is not None and 19 < first < 64:
            path.owner.peer.handshake(data)
        else:
            self.stats.drop("unknown")


def _go_first() -> None:
    """Let this thread go before others on a machine that is full, where that is allowed (CAP_SYS_NICE)."""
    if sys.platform == "linux":
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bind(host: str, port: int, *, listen: bool) -> tuple[socket.socket, socket.socket | None]:
    """Return the UDP socket and, with ``listen``, the TCP one of the same number. Raises ``OSError``.

    For port 0 a number is looked for that both have free.
    """
    attempts = 1 if port else 20
    while True:
        attempts -= 1
        sock = socket.socket(_family(host), socket.SOCK_DGRAM)
        try:
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BYTES)
            if sock.family == socket.AF_INET6:
                # "::" is for both families; a host of its own is what it is either way.
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.bind((host, port))
            return sock, listener(host, sock.getsockname()[1]) if listen else None
        except OSError as error:
            sock.close()
            if not attempts or not isinstance(error, ListenError):
                raise
