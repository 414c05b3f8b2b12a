"""One connection of the load as packets see it: ICE (controlling), consent, DTLS-SRTP on a socket of its own.

Everything but the constructor, ``connect`` and ``close`` runs on the pump's thread.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from typing import Final, Protocol

from aioice import stun

from bench.load.description import Credentials, Remote
from bench.load.pump import Pump
from bench.load.secure import DtlsRole, Identity, SecureChannel

_SOCKET_BUFFER: Final = 4 << 20
_CONNECT_TIMEOUT: Final = 10.0
_CHECK_INTERVAL: Final = 0.05
_CONSENT_INTERVAL: Final = 2.5
"""Seconds between binding requests once connected: Chromium's own interval for a stable connection."""


class Receiver(Protocol):
    """Who gets what arrives, and is told when keys are agreed."""

    def ready(self) -> None:
        """Packets can be sent from now on."""

    def receive_media(self, buffer: bytearray, length: int, now: float) -> None:
        """SRTP as it came: ``buffer[:length]``, valid for the call only."""

    def receive_control(self, packet: bytes, now: float) -> None:
        """A compound RTCP packet, decrypted."""


class Transport:
    """Makes its socket at once; ``connect`` says where to. ``closed`` ends what is scheduled for it."""

    def __init__(self, pump: Pump, identity: Identity, receiver: Receiver, name: str) -> None:
        self.credentials = Credentials(secrets.token_hex(4), secrets.token_hex(12), identity.fingerprint)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER)
        self.socket.setblocking(False)
        self.closed = False
        self._pump = pump
        self._identity = identity
        self._receiver = receiver
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._connected: asyncio.Future[None] = self._loop.create_future()
        self._answers = 0
        self._remote = Remote()
        self._secure: SecureChannel | None = None

    @property
    def profile(self) -> str:
        """The SRTP profile in use."""
        return self._secure.profile if self._secure else ""

    async def connect(self, remote: Remote, role: DtlsRole) -> None:
        """ICE and DTLS with the other side; raises ConnectionError or TimeoutError."""
        if remote.address is None:
            raise ConnectionError("no address to connect to")
        self._remote = remote
        self.socket.connect(remote.address)
        self._secure = SecureChannel(self._identity, role, remote.fingerprint, self._transmit)
        self._pump.call(self._begin)
        try:
            await asyncio.wait_for(self._connected, _CONNECT_TIMEOUT)
        except TimeoutError:
            state = "DTLS did not finish" if self._answers else "no answer to ICE checks"
            raise TimeoutError(f"{self._name}: {state} within {_CONNECT_TIMEOUT:g} s") from None

    def close(self) -> None:
        """Gives the socket up."""
        self.closed = True
        self._pump.call(lambda: self._pump.remove(self))

    def send_media(self, packet: bytes) -> None:
        """Protects and sends RTP."""
        assert self._secure is not None
        self._transmit(self._secure.protect(packet))

    def send_control(self, packet: bytes) -> None:
        """Protects and sends RTCP."""
        assert self._secure is not None
        self._transmit(self._secure.protect_control(packet))

    def unprotect(self, packet: bytes) -> bytes:
        """SRTP to RTP; raises pylibsrtp.Error."""
        assert self._secure is not None
        return self._secure.unprotect(packet)

    def receive(self, buffer: bytearray, length: int, now: float) -> None:
        """Sorts a datagram as RFC 7983 says."""
        first = buffer[0]
        if 127 < first < 192:
            if self._secure is None or not self._secure.ready:
                return
            if 192 <= buffer[1] <= 223:
                self._receiver.receive_control(self._secure.unprotect_control(bytes(buffer[:length])), now)
            else:
                self._receiver.receive_media(buffer, length, now)
        elif 19 < first < 64:
            self._receive_dtls(bytes(buffer[:length]))
        elif first < 4:
            self._receive_stun(bytes(buffer[:length]))

    def _begin(self) -> None:
        self._pump.add(self)
        self._pump.at(time.monotonic(), self._check)

    def _check(self, now: float) -> float | None:
        """ICE checks and then consent (RFC 7675); DTLS's retransmission timer meanwhile."""
        if self.closed:
            return None
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self._remote.ufrag}:{self.credentials.ufrag}"
        message.attributes["PRIORITY"] = 1_845_501_695
        message.attributes["ICE-CONTROLLING"] = 7
        message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self._remote.password.encode())
        self._transmit(bytes(message))
        if self._answers and self._secure is not None and not self._secure.ready:
            self._secure.tick()
        return now + (_CONSENT_INTERVAL if self._connected.done() else _CHECK_INTERVAL)

    def _resolve(self, error: Exception | None) -> None:
        if self._connected.done():
            return
        if error is None:
            self._connected.set_result(None)
        else:
            self._connected.set_exception(error)

    def _receive_stun(self, datagram: bytes) -> None:
        try:
            message = stun.parse_message(datagram)
        except ValueError:
            return
        if message.message_class == stun.Class.RESPONSE:
            self._answers += 1
            if self._answers == 2 and self._secure is not None:
                # Not at the first answer: Janus isn't ready for a handshake then, drops it, and OpenSSL
                # repeats it a whole second later (a browser's library does after 50 ms).
                self._secure.start()
        elif message.message_class == stun.Class.REQUEST:
            response = stun.Message(message.message_method, stun.Class.RESPONSE, message.transaction_id)
            response.attributes["XOR-MAPPED-ADDRESS"] = self._remote.address
            response.add_message_integrity(self.credentials.password.encode())
            self._transmit(bytes(response))

    def _receive_dtls(self, datagram: bytes) -> None:
        if self._secure is None:
            return
        was_ready = self._secure.ready
        try:
            self._secure.receive(datagram)
        except ConnectionError as error:
            self._loop.call_soon_threadsafe(self._resolve, error)
            return
        if self._secure.ready and not was_ready:
            self._loop.call_soon_threadsafe(self._resolve, None)
            self._receiver.ready()

    def _transmit(self, datagram: bytes) -> None:
        try:
            self.socket.send(datagram)
        except (BlockingIOError, ConnectionRefusedError):
            # As on any network the datagram is lost; the server's port may not be open yet.
            return
