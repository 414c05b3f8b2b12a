"""DTLS-SRTP (RFC 5764) by aiortc and libsrtp by pylibsrtp: every private name of theirs is used here only.

A contract test holds the names against the pinned versions. What is private: aiortc's ``_set_role``,
``_srtp_profiles``, ``_ssl``, ``_write_ssl``, ``_rx_srtp``, ``_tx_srtp``, ``_task`` and the stand-in ICE
transport's ``_recv`` and ``_send``; pylibsrtp's ``Session._srtp`` and ``pylibsrtp._binding``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, cast

from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AES128_CM_SHA1_80,
    SRTP_PROFILES,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from aiortc.rtcicetransport import RTCIceTransport
from OpenSSL import SSL
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

from signaling.sdp import Fingerprint

# AES-128-GCM first: 0.7 µs a packet of 1,100 bytes where AES-CM with SHA-1 takes 1.4.
_PROFILES = [p for p in (SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80) if p in SRTP_PROFILES]

MAX_DATAGRAM = 1_200
"""A handshake flight is cut into datagrams of at most this many bytes, at record boundaries."""

RESEND_S = (0.1, 0.2, 0.4)
"""When a flight of ours is sent again unchanged. OpenSSL's own timer starts at 1 s; a peer drops records
that it has (RFC 6347 4.1.2.6), so a repeat costs nothing and saves the second. A server's last flight, too:
the client would ask for it only by its own timer. Measured at 15 % loss and a round trip of 300 ms, 300
handshakes with an OpenSSL client: see ``test_dtls_loss.py``."""

MAX_QUEUE = 64
"""Datagrams that wait for the handshake; what comes beyond is dropped and will be sent again."""

TRAILER = 148
"""Room libsrtp may need behind a packet it protects in place (SRTP_MAX_SRTCP_TRAILER_LEN)."""

State = Literal["new", "connecting", "connected", "closed", "failed"]

Handle = Any
"""A libsrtp session (``srtp_t``); only ``protect`` and its kin take it."""

protect: Callable[[Handle, Any, Any], int] = lib.srtp_protect
unprotect: Callable[[Handle, Any, Any], int] = lib.srtp_unprotect
protect_rtcp: Callable[[Handle, Any, Any], int] = lib.srtp_protect_rtcp
unprotect_rtcp: Callable[[Handle, Any, Any], int] = lib.srtp_unprotect_rtcp


def pointer(buffer: bytearray) -> Any:
    """Return a C pointer to a buffer, for ``protect`` and ``unprotect``; the buffer must not be resized."""
    return ffi.from_buffer("char[]", buffer)


def place(pointer: Any) -> int:
    """Return the address that a C pointer holds."""
    return int(ffi.cast("uintptr_t", pointer))


def protect_place() -> int:
    """Return the address of ``protect`` itself, for C to call: ``int (srtp_t, void *, int *)``."""
    return place(ffi.addressof(lib, "srtp_protect"))


def unprotect_places() -> tuple[int, int]:
    """Return the addresses of ``unprotect`` and ``unprotect_rtcp``, as above."""
    return place(ffi.addressof(lib, "srtp_unprotect")), place(ffi.addressof(lib, "srtp_unprotect_rtcp"))


def length() -> Any:
    """Return a C int: set ``[0]`` to a packet's length before a call and read the new one after."""
    return ffi.new("int *")


class Certificate:
    """Our self-signed ECDSA P-256 certificate (a small one: a handshake flight stays in one datagram)."""

    def __init__(self) -> None:
        self._certificate = RTCCertificate.generateCertificate()

    @property
    def fingerprint(self) -> Fingerprint:
        """The SHA-256 digest that goes into every answer."""
        found = next(f for f in self._certificate.getFingerprints() if f.algorithm == "sha-256")
        return Fingerprint(found.algorithm, found.value)

    @property
    def inner(self) -> RTCCertificate:
        """aiortc's own object."""
        return self._certificate


def records(flight: bytes) -> Iterator[bytes]:
    """Cut a flight into datagrams of whole DTLS records (RFC 6347 4.1: 13-byte headers, length last)."""
    start = at = 0
    while at + 13 <= len(flight):
        end = at + 13 + int.from_bytes(flight[at + 11 : at + 13])
        if end - start > MAX_DATAGRAM and at > start:
            yield flight[start:at]
            start = at
        at = end
    if start < len(flight):
        yield flight[start:]


class _Lower:
    """What ``RTCDtlsTransport`` needs of an ICE transport: ``role``, ``_recv`` and ``_send``."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.send = send
        self.closed = False
        self._queue: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()

    def feed(self, data: bytes) -> None:
        if len(self._queue) < MAX_QUEUE:
            self._queue.append(data)
            # One wake for whatever has gathered until the loop gets to it.
            if len(self._queue) == 1:
                self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _recv(self) -> bytes:
        while not self._queue:
            if self.closed:
                raise ConnectionError
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._queue.popleft()

    async def _send(self, data: bytes) -> None:
        if self.closed:
            raise ConnectionError
        self.send(data)


class _Transport(RTCDtlsTransport):
    """aiortc's transport, but a flight larger than one datagram leaves whole, and may be sent again."""

    def __init__(self, lower: _Lower, certificate: RTCCertificate, *, gcm_only: bool) -> None:
        super().__init__(cast(RTCIceTransport, lower), [certificate])
        self._srtp_profiles = _PROFILES[:1] if gcm_only else _PROFILES
        self.flight: list[bytes] = []
        self.on_flight: Callable[[], None] = lambda: None

    def outgoing(self) -> bytes:
        """Take all that OpenSSL wants sent."""
        pending = b""
        while self._ssl is not None:
            try:
                pending += self._ssl.bio_read(65_536)
            except SSL.Error:
                break
        return pending

    def shut_down(self) -> bytes:
        """Return the close_notify alert to send, empty when the other side has closed already."""
        if self._ssl is not None:
            with contextlib.suppress(SSL.Error):
                self._ssl.shutdown()
        return self.outgoing()

    @property
    def negotiated_profile(self) -> str:
        """The SRTP protection profile's IANA name, empty before the handshake is over."""
        return self._ssl.get_selected_srtp_profile().decode() if self._ssl is not None else ""

    async def _write_ssl(self) -> None:
        pending = self.outgoing()
        if pending:
            self.flight = list(records(pending))
            for datagram in self.flight:
                await self.transport._send(datagram)
            self.on_flight()


class Dtls:
    """One DTLS association over datagrams that the port hands in and ``send`` hands out.

    ``rx`` and ``tx`` are libsrtp sessions once ``state`` is ``connected``; ``on_state`` is called on the
    loop at every change. ``active`` makes us the client, who offers nothing but AES-GCM with ``gcm_only``.
    """

    def __init__(
        self,
        certificate: Certificate,
        fingerprints: Sequence[Fingerprint],
        *,
        active: bool,
        gcm_only: bool = False,
        send: Callable[[bytes], None],
        on_state: Callable[[State], None],
    ) -> None:
        self.rx: Handle = None
        self.tx: Handle = None
        self.profile = ""
        self._lower = _Lower(send)
        self._transport = _Transport(self._lower, certificate.inner, gcm_only=gcm_only)
        self._transport._set_role("client" if active else "server")
        self._transport.on_flight = self._schedule
        self._transport.on("statechange", self._changed)
        self._remote = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints]
        )
        self._on_state = on_state
        self._active = active
        self._task: asyncio.Task[None] | None = None
        self._resend: asyncio.TimerHandle | None = None
        self._repeats = 0

    @property
    def state(self) -> State:
        """Where the association stands, in aiortc's words."""
        return cast(State, self._transport.state)

    def start(self) -> None:
        """Begin the handshake; ``send`` must work from now on. Calling it again changes nothing."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())

    def receive(self, datagram: bytes) -> None:
        """Take a datagram from an address that ICE has validated. May be called from any thread."""
        self._lower.feed(datagram)

    def close(self) -> list[asyncio.Future[None]]:
        """Say close_notify and stop; return what is still to finish, for whoever stops the loop."""
        tasks = [task for task in (self._task, self._transport._task) if task is not None]
        self._on_state = lambda state: None
        self._cancel()
        alert = self._transport.shut_down() if self.state == "connected" else b""
        if alert:
            self._lower.send(alert)
        self._lower.close()
        for task in tasks:
            task.cancel()
        return tasks

    async def _run(self) -> None:
        try:
            await self._transport.start(self._remote)
        except (SSL.Error, ConnectionError, ValueError):
            # A peer that breaks the handshake off in mid-flight: aiortc lets some of these through.
            self._on_state("failed")

    def _changed(self) -> None:
        state = self.state
        if state in ("closed", "failed") or (state == "connected" and self._active):
            self._cancel()
        if state == "connected":
            self.rx = self._transport._rx_srtp._srtp[0]
            self.tx = self._transport._tx_srtp._srtp[0]
            self.profile = self._transport.negotiated_profile
        self._on_state(state)

    def _schedule(self) -> None:
        """A new flight has left: it is repeated until the next one, or until the handshake is over."""
        self._repeats = 0
        self._arm()

    def _arm(self) -> None:
        self._cancel()
        if self.state in ("connecting", "connected") and self._repeats < len(RESEND_S):
            delay = RESEND_S[self._repeats]
            self._resend = asyncio.get_running_loop().call_later(delay, self._repeat)

    def _repeat(self) -> None:
        self._repeats += 1
        for datagram in self._transport.flight:
            self._lower.send(datagram)
        self._arm()

    def _cancel(self) -> None:
        if self._resend is not None:
            self._resend.cancel()
            self._resend = None
