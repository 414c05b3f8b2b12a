"""Blocking receive of many datagrams with one system call.

Measured: a wake of the process by asyncio and one receive cost 25 to 35 µs of CPU, a blocking ``recvmmsg``
11 µs. Where the system has none (it is Linux's), datagrams come one by one.
"""

from __future__ import annotations

import functools
import socket
import sys
import time
from collections.abc import Hashable, Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any, Protocol

from cffi import FFI

from server.transport import rush, sieve
from server.transport.ice import Address

if TYPE_CHECKING:
    from server.transport.fan import Fan
    from server.transport.link import Link
    from server.transport.streams import Stream

BATCH = 32
"""Datagrams a call: what waits longer is fetched by the next one."""

MANY = 200
"""Copies after which those of one sender leave before the next one's are made: a frame to a hundred people
takes 2.6 ms, and several senders' frames fall together."""

SLOT = 2_048
"""Bytes a datagram; what is larger is cut off and then fails to decrypt."""

_DECLARATIONS = """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr { void *msg_name; unsigned msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                    void *msg_control; size_t msg_controllen; int msg_flags; };
    struct mmsghdr { struct msghdr msg_hdr; unsigned msg_len; };
    int recvmmsg(int, struct mmsghdr *, unsigned, int, void *);
"""
_MSG_WAITFORONE = 0x10000
_SO_TIMESTAMPNS = 35
_IP_PKTINFO = 8
_IPV6_RECVPKTINFO = 49
_NAME = 28
_CONTROL = 96
_CMSG = Struct("=Qii")
# The kernel writes the time stamp first (32 bytes), then where the datagram was sent to: its own header (16)
# and, for IPv4, the interface's number in front of the address.
_OWN_IPV4 = slice(52, 56)
_OWN_IPV6 = slice(48, 64)
_TIMESPEC = Struct("=qq")
_IPV4 = Struct("!xxH4s")
_IPV6 = Struct("!xxH4x16s")


class Inlet(Protocol):
    """Where datagrams come in. ``buffers[i]`` holds the ``i``-th of the last call, ``sizes[i]`` its length.

    ``keys[i]`` tells senders apart cheaply, ``address(i)`` says who it is and, where the socket listens on
    several addresses, which of them was meant: after ``look(i)``. ``clear[i]`` says that it is decrypted.
    """

    buffers: list[bytearray]
    sizes: list[int]
    keys: list[Hashable]
    clear: Sequence[int]

    def receive(self) -> Sequence[int]:
        """Wait until something comes or the time is up; return which datagrams are to be looked at."""

    def look(self, index: int) -> None:
        """Have a datagram of the last call at hand."""

    def admit(self, index: int, link: Link, reporter: int) -> None:
        """Say that a datagram was authentic RTCP of this SSRC from ``link``: what comes from there may be
        decrypted from now on, and reports that can wait be kept for the link.
        """

    def settle(self, index: int, link: Link, stream: Stream) -> None:
        """Say that a datagram was a packet of a stream of the link, from where it is sent to."""

    def rush(self, first: int, end: int) -> int:
        """Take plain packets among those of the last call's datagrams that were to be looked at, from the
        ``first`` up to the ``end``; return which is the first that is not taken.
        """

    @property
    def full(self) -> bool:
        """Whether ``rush`` has stopped because what it copied has to leave first."""

    def forget(self) -> None:
        """Know nobody any more: addresses may have changed hands."""

    def failed(self) -> tuple[int, int]:
        """Return how many packets and reports since the last call failed to decrypt and were dropped."""

    def address(self, index: int) -> Address:
        """Return who sent a datagram of the last call."""

    def waited(self, index: int) -> int:
        """Return for how many ns a datagram of the last call (or an earlier one) has waited since the kernel
        had it.
        """

    def patience(self, seconds: float) -> None:
        """Set for how long ``receive`` waits."""


def _set_timeout(sock: socket.socket, seconds: float) -> None:
    # SO_RCVTIMEO and not Python's timeout: that one asks poll(2) before every call.
    micros = int(seconds * 1e6)
    value = Struct("@ll").pack(micros // 1_000_000, micros % 1_000_000)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)


@functools.cache
def _interface() -> FFI:
    """Return what is declared above, parsed once: that takes 10 ms."""
    ffi = FFI()
    ffi.cdef(_DECLARATIONS)
    return ffi


class Batched:
    """``recvmmsg`` through cffi, with everything laid out once."""

    def __init__(self, sock: socket.socket, fan: Fan | None) -> None:
        ffi = _interface()
        self._libc: Any = ffi.dlopen(None)
        self._null = ffi.NULL
        self._sock = sock
        self._fd = sock.fileno()
        self._family = sock.family
        self._timeout = -1.0
        self.buffers = [bytearray(SLOT) for _ in range(BATCH)]
        self.sizes = [0] * BATCH
        self.keys: list[Hashable] = [b""] * BATCH
        self._names = ffi.new("char[]", BATCH * _NAME)
        self._name_bytes = ffi.buffer(self._names)
        self._control = ffi.new("char[]", BATCH * _CONTROL)
        self._control_bytes = ffi.buffer(self._control)
        self._vectors = ffi.new("struct iovec[]", BATCH)
        self._headers = ffi.new("struct mmsghdr[]", BATCH)
        # A header is 64 bytes: as 32-bit words, the length of datagram i is at 16 * i + 14, that of its
        # control data, which the kernel overwrites, at 16 * i + 10.
        self._words = memoryview(ffi.buffer(self._headers)).cast("B").cast("I")
        self._first: Any = self._headers[0].msg_hdr
        self._key_size = 8 if sock.family == socket.AF_INET else _NAME
        self._keep = [ffi.from_buffer("char[]", buffer) for buffer in self.buffers]
        for index, target in enumerate(self._keep):
            self._vectors[index].iov_base = target
            self._vectors[index].iov_len = SLOT
            header = self._headers[index].msg_hdr
            header.msg_name = self._names + _NAME * index
            header.msg_namelen = _NAME
            header.msg_iov = self._vectors + index
            header.msg_iovlen = 1
        self._first.msg_control = self._control
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._own: slice | None = None
        if sock.getsockname()[0] in ("0.0.0.0", "::"):  # noqa: S104 - a question, not a binding
            self._ask_own()
        self.clear: Sequence[int] = bytes(BATCH)
        self._patience = 0.0
        self._sieve = sieve.make(
            self._fd,
            self._headers,
            BATCH,
            name_size=self._key_size,
            own=self._own or slice(0, 0),
            control=_CONTROL,
        )
        self._rush = rush.make(self._sieve, fan)
        if self._sieve is not None:
            self.clear = self._sieve.clear

    def _ask_own(self) -> None:
        """Have the kernel say of each datagram which of our addresses it was sent to.

        Answers have to leave from there (RFC 8445 7.2.5.2.1: a check's answer must be symmetric); left alone,
        the kernel takes the address that it likes best.
        """
        if self._family == socket.AF_INET:
            self._own = _OWN_IPV4
            self._sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        else:
            self._own = _OWN_IPV6
            self._sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVPKTINFO, 1)
        for index in range(BATCH):
            header = self._headers[index].msg_hdr
            header.msg_control = self._control + _CONTROL * index
            header.msg_controllen = _CONTROL

    def receive(self) -> Sequence[int]:
        """Wait until something comes or the time is up; return which datagrams are to be looked at."""
        if self._sieve is not None:
            came: Sequence[int] = self._sieve.receive(self._patience)
        else:
            self._first.msg_controllen = _CONTROL
            count = self._libc.recvmmsg(self._fd, self._headers, BATCH, _MSG_WAITFORONE, self._null)
            came = range(max(0, count))
        if self._own is not None and self._sieve is None:
            for index in came:
                self._words[16 * index + 10] = _CONTROL
        return came

    def look(self, index: int) -> None:
        """Have a datagram of the last call at hand."""
        self.sizes[index] = self._words[16 * index + 14]
        self.keys[index] = self._key(index)

    def _key(self, index: int) -> bytes:
        start = _NAME * index
        key: bytes = self._name_bytes[start : start + self._key_size]
        if self._own is not None:
            start = _CONTROL * index
            key += self._control_bytes[start + self._own.start : start + self._own.stop]
        return key

    def admit(self, index: int, link: Link, reporter: int) -> None:
        """Let reports of this SSRC from ``link`` be kept back from now on."""
        if self._sieve is not None:
            self._sieve.admit(self._key(index), link, reporter)

    def settle(self, index: int, link: Link, stream: Stream) -> None:
        """Let plain packets of a stream be taken from now on."""
        if self._rush is not None:
            self._rush.settle(self._key(index), link, stream)

    def rush(self, first: int, end: int) -> int:
        """Take plain packets among the last call's datagrams."""
        return first if self._rush is None else self._rush.go(first, end, MANY)

    @property
    def full(self) -> bool:
        """Whether ``rush`` has stopped because what it copied has to leave first."""
        return self._rush is not None and self._rush.full

    def forget(self) -> None:
        """Know nobody any more."""
        if self._sieve is not None:
            self._sieve.forget()

    def failed(self) -> tuple[int, int]:
        """Return how many packets and reports since the last call failed to decrypt and were dropped."""
        return (0, 0) if self._sieve is None else self._sieve.failed()

    def address(self, index: int) -> Address:
        """Return who sent a datagram of the last call."""
        name = self._name_bytes[_NAME * index : _NAME * (index + 1)]
        port, packed = (_IPV4 if self._family == socket.AF_INET else _IPV6).unpack_from(name)
        host = socket.inet_ntop(self._family, packed)
        if self._own is None:
            return host, port
        start = _CONTROL * index
        own = self._control_bytes[start + self._own.start : start + self._own.stop]
        return host, port, socket.inet_ntop(self._family, own)

    def waited(self, index: int) -> int:
        """Return for how many ns this datagram of the last call has waited since the kernel had it.

        On a socket of a single address only the first one is stamped, which was there before all others.
        """
        start = 0 if self._own is None else _CONTROL * index
        size, level, kind = _CMSG.unpack_from(self._control_bytes, start)
        if (level, kind) != (socket.SOL_SOCKET, _SO_TIMESTAMPNS) or size < _CMSG.size + _TIMESPEC.size:
            return 0
        seconds, nanoseconds = _TIMESPEC.unpack_from(self._control_bytes, start + _CMSG.size)
        received: int = seconds * 1_000_000_000 + nanoseconds
        return max(0, time.time_ns() - received)

    def patience(self, seconds: float) -> None:
        """Set for how long ``receive`` waits."""
        self._patience = seconds
        if self._sieve is None and seconds != self._timeout:
            self._timeout = seconds
            _set_timeout(self._sock, seconds)


class Bare:
    """What an inlet is that takes nothing itself."""

    def look(self, index: int) -> None:
        """Do nothing: it is at hand."""

    def admit(self, index: int, link: Link, reporter: int) -> None:
        """Do nothing: all of it is handed over as it came."""

    def settle(self, index: int, link: Link, stream: Stream) -> None:
        """Do nothing, as above."""

    def rush(self, first: int, end: int) -> int:
        """Take nothing."""
        return first

    @property
    def full(self) -> bool:
        """Never."""
        return False

    def forget(self) -> None:
        """Do nothing, as above."""

    def failed(self) -> tuple[int, int]:
        """Return 0: nothing is decrypted here."""
        return 0, 0


class Single(Bare):
    """One datagram after the other, on any system."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._timeout = -1.0
        self._address: Address = ("", 0)
        self.buffers = [bytearray(SLOT)]
        self.sizes = [0]
        self.keys: list[Hashable] = [b""]
        self.clear: Sequence[int] = b"\0"

    def receive(self) -> Sequence[int]:
        """Wait until something comes or the time is up; return which datagrams are to be looked at."""
        try:
            self.sizes[0], found = self._sock.recvfrom_into(self.buffers[0])
        except OSError:
            return ()
        self.keys[0] = self._address = found[:2]
        return (0,)

    def address(self, index: int) -> Address:
        """Return who sent a datagram of the last call."""
        return self._address

    def waited(self, index: int) -> int:
        """Return 0: there is no time stamp."""
        return 0

    def patience(self, seconds: float) -> None:
        """Set for how long ``receive`` waits."""
        if seconds != self._timeout:
            self._timeout = seconds
            _set_timeout(self._sock, seconds)


def inlet(sock: socket.socket, fan: Fan | None) -> Inlet:
    """Return the best inlet that this system has for a blocking socket; what it takes leaves by ``fan``."""
    if sys.platform == "linux" and sys.maxsize > 1 << 32:
        return Batched(sock, fan)
    return Single(sock)
