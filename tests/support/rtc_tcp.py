"""A client that reaches the relay by TCP, in RFC 4571 frames, as a browser does where UDP is blocked."""

from __future__ import annotations

import socket
from typing import Any, cast

from aiortc import sdp

from tests.support.rtc_client import Client


def frame(packet: bytes) -> bytes:
    """A packet with its length in front (RFC 4571 2)."""
    return len(packet).to_bytes(2) + packet


class Framed:
    """A TCP connection that looks like the UDP socket that ``Client`` uses."""

    def __init__(self, remote: tuple[str, int]) -> None:
        self.stream = socket.create_connection(remote, timeout=5)
        self._received = b""

    def fileno(self) -> int:
        return self.stream.fileno()

    def getsockname(self) -> Any:
        return self.stream.getsockname()

    def sendto(self, packet: bytes, remote: tuple[str, int]) -> None:
        self.stream.setblocking(True)
        self.stream.sendall(frame(packet))
        self.stream.setblocking(False)

    def recv(self, size: int) -> bytes:
        """The next packet. Raises ``BlockingIOError`` while none is whole; empty at the end."""
        while True:
            length = int.from_bytes(self._received[:2])
            if len(self._received) >= 2 + length and self._received:
                packet = self._received[2 : 2 + length]
                self._received = self._received[2 + length :]
                return packet
            more = self.stream.recv(65_536)
            if not more:
                return b""
            self._received += more

    def close(self) -> None:
        self.stream.close()


class TcpClient(Client):
    """``Client`` over the TCP candidate of the answer, made when the answer comes.

    While ``blocked`` is false it goes by UDP after all, as where UDP is not blocked.
    """

    ended = False
    blocked = True

    def accept(self, answer: str) -> sdp.SessionDescription:
        read = super().accept(answer)
        if not self.blocked:
            self.move()
            return read
        found = [c for m in read.media if m.port for c in m.ice_candidates if c.protocol == "tcp"]
        assert found, answer
        assert {c.tcpType for c in found} == {"passive"}
        self.remote = (found[0].ip, found[0].port)
        self.move()
        return read

    def _socket(self) -> socket.socket:
        if not self.remote[1] or not self.blocked:
            return super()._socket()
        made = Framed(self.remote)
        self.loop.add_reader(made.fileno(), self._readable)
        return cast(socket.socket, made)

    def _readable(self) -> None:
        try:
            super()._readable()
        except (IndexError, ConnectionResetError):
            # An empty read: the relay has closed the connection.
            self.ended = True
            self.loop.remove_reader(self.sock.fileno())
