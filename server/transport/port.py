"""The one UDP port of everybody: tells STUN, DTLS and SRTP apart (RFC 7983) and owns what all peers share."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from server.media.stats import RelayStats
from server.transport.dtls import Certificate
from server.transport.ice import Address, Table
from server.transport.pump import Pump
from server.transport.reports import Reports

SOCKET_BYTES = 4 << 20
"""Kernel buffers each way: a second of 32 Mbit/s, should the loop be busy for once."""


class Port:
    """The socket, who may use it (ICE), what moves media (the pump) and what reports on it (RTCP).

    ``closing`` holds what closed peers still have to finish.
    """

    def __init__(self, stats: RelayStats, clock: Callable[[], float]) -> None:
        self.stats = stats
        self.clock = clock
        self.certificate = Certificate()
        self.table = Table(stats)
        self.number = 0
        self.closing: set[asyncio.Future[None]] = set()
        self._sock: socket.socket | None = None

    def open(self, host: str, port: int) -> None:
        """Bind and begin to read. Raises ``OSError`` when the port is taken or not ours to take."""
        loop = asyncio.get_running_loop()
        sock = socket.socket(_family(host), socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BYTES)
            sock.bind((host, port))
        except OSError:
            sock.close()
            raise
        self._sock = sock
        self.number = sock.getsockname()[1]
        self.reports = Reports(self.stats, self.clock)
        self.pump = Pump(
            sock,
            self.table.paths,
            self.stats,
            other=self._other,
            learn=lambda link, ssrc, kind, mid: link.peer.learn(ssrc, kind, mid),
            report=self.reports.receive,
            lossy=self.reports.lossy,
        )
        self.reports.start(self.pump)
        loop.add_reader(sock.fileno(), self.pump.readable)

    async def close(self) -> None:
        """Stop reading, finish what peers left behind, let go of the port."""
        if self._sock is None:
            return
        self.reports.stop()
        asyncio.get_running_loop().remove_reader(self._sock.fileno())
        await asyncio.gather(*self.closing, return_exceptions=True)
        self._sock.close()
        self._sock = None

    def finish(self, tasks: list[asyncio.Future[None]]) -> None:
        """Keep what a closed peer leaves running until it is done."""
        for task in tasks:
            self.closing.add(task)
            task.add_done_callback(self.closing.discard)

    def _other(self, data: bytes, address: Address) -> None:
        """Take what is not media of a known address: by its first byte it is STUN or DTLS (RFC 7983 7)."""
        first = data[0]
        if first < 4:
            reply = self.table.receive(data, address, self.clock())
            if reply is not None:
                self.pump.send(reply, address)
            return
        path = self.table.paths.get(address)
        if path is not None and 19 < first < 64:
            path.owner.peer.handshake(data)
        else:
            self.stats.drop("unknown")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
