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

from server.transport import sieve
from server.transport.ice import Address

if TYPE_CHECKING:
    from server.transport.link import Link

BATCH = 32
"""Datagrams a call: what waits longer is fetched by the next one."""

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
    several addresses, which of them was meant. ``clear[i]`` says that it is RTCP, and decrypted already.
    """

    buffers: list[bytearray]
    sizes: list[int]
    keys: list[Hashable]
    clear: Sequence[int]

    def receive(self) -> Sequence[int]:
        """Wait until something comes or the time is up; return which datagrams are to be looked at."""

    def admit(self, index: int, link: Link, source: int) -> None:
        """Say that a datagram of the last call was authentic RTCP of this SSRC from ``link``: reports of it
        that can wait may be kept for ``link.post`` from now on, and need not be handed over.
        """

    def forget(self) -> None:
        """Take back all of that: addresses may have changed hands."""

    def refused(self) -> int:
        """Return how many datagrams since the last call failed to decrypt and were dropped."""

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

    def __init__(self, sock: socket.socket) -> None:
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
        words, sizes, keys, names, size = (
            self._words,
            self.sizes,
            self.keys,
            self._name_bytes,
            self._key_size,
        )
        for index in came:
            sizes[index] = words[16 * index + 14]
            start = _NAME * index
            keys[index] = names[start : start + size]
        if self._own is not None:
            self._tell_own(self._own, came)
        return came

    def _tell_own(self, own: slice, came: Sequence[int]) -> None:
        words, keys, control = self._words, self.keys, self._control_bytes
        for index in came:
            start = _CONTROL * index
            keys[index] = keys[index], control[start + own.start : start + own.stop]
            words[16 * index + 10] = _CONTROL

    def admit(self, index: int, link: Link, source: int) -> None:
        """Let reports of this source from ``link`` be kept back from now on."""
        if self._sieve is not None:
            key: Any = self.keys[index]
            self._sieve.admit(b"".join(key) if isinstance(key, tuple) else key, link, source)

    def forget(self) -> None:
        """Let nothing be kept back."""
        if self._sieve is not None:
            self._sieve.forget()

    def refused(self) -> int:
        """Return how many datagrams since the last call failed to decrypt and were dropped."""
        return 0 if self._sieve is None else self._sieve.refused()

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


class Single:
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

    def admit(self, index: int, link: Link, source: int) -> None:
        """Do nothing: every datagram is handed over."""

    def forget(self) -> None:
        """Do nothing, as above."""

    def refused(self) -> int:
        """Return 0: nothing is decrypted here."""
        return 0

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


def inlet(sock: socket.socket) -> Inlet:
    """Return the best inlet that this system has for a blocking socket."""
    if sys.platform == "linux" and sys.maxsize > 1 << 32:
        return Batched(sock)
    return Single(sock)
