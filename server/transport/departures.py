"""Many datagrams to many addresses with one system call: ``sendmmsg`` through cffi.

Measured with 24 watchers: a ``sendto`` or ``sendmsg`` for each of them spent as much on reading its Python
arguments, on handing over the interpreter and on entering the kernel as the kernel did on the datagram.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any

from cffi import FFI

from server.transport.ice import Address

if TYPE_CHECKING:
    from server.transport.link import Link

MOST = 128
"""Batches a call; what is more takes another call."""

_DECLARATIONS = "int sendmmsg(int, void *, unsigned, int);"
_MESSAGE = 64
_HEAD = Struct("=QQQQQQ")
"""``struct msghdr`` up to the control length: name, its length, vector, how many, control, its length."""

_VECTOR = Struct("=QQ")
_CONTROL = 24
_SEGMENT = Struct("=QiiH")
"""The one control message there is: UDP_SEGMENT."""

_UDP_SEGMENT = 103
_SIZE_AT = 16
_IPV4 = Struct("=H2s4s8x")
_IPV6 = Struct("=H2sI16sI")
_U16 = Struct("=H")
_FULL = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS})

Batch = tuple["Link", int, int, int]
"""A link, where its datagrams start and end in its buffer, and the size of each but the last."""


class Departures:
    """What waits to leave ``sock``. Whatever a link's buffer holds must stay until ``leave`` was called."""

    def __init__(
        self, sock: socket.socket, refused: Callable[[Batch], None], lost: Callable[[Batch], None]
    ) -> None:
        ffi = FFI()
        ffi.cdef(_DECLARATIONS)
        self._ffi = ffi
        libc: Any = ffi.dlopen(None)
        self._send = libc.sendmmsg
        self._fd = sock.fileno()
        self._refused = refused
        self._lost = lost
        self._batches: list[Batch] = []
        self._headers = ffi.new("char[]", MOST * _MESSAGE)
        self._vectors = ffi.new("char[]", MOST * _VECTOR.size)
        self._controls = ffi.new("char[]", MOST * _CONTROL)
        self._header_bytes = ffi.buffer(self._headers)
        self._vector_bytes = ffi.buffer(self._vectors)
        self._control_bytes = ffi.buffer(self._controls)
        self._vectors_at = int(ffi.cast("uintptr_t", self._vectors))
        self._controls_at = int(ffi.cast("uintptr_t", self._controls))
        for index in range(MOST):
            _SEGMENT.pack_into(
                self._control_bytes,
                _CONTROL * index,
                _SEGMENT.size,
                socket.IPPROTO_UDP,
                _UDP_SEGMENT,
                0,
            )

    def add(self, link: Link, start: int, end: int, segment: int) -> None:
        """Take a link's datagrams ``buffer[start:end]``, of ``segment`` bytes each, the last maybe less."""
        batches = self._batches
        index = len(batches)
        if index == MOST:
            self.leave()
            index = 0
        batches.append((link, start, end, segment))
        size = end - start
        _VECTOR.pack_into(self._vector_bytes, _VECTOR.size * index, link.base + start, size)
        control = length = 0
        if size > segment:
            control, length = self._controls_at + _CONTROL * index, _CONTROL
            _U16.pack_into(self._control_bytes, _CONTROL * index + _SIZE_AT, segment)
        _HEAD.pack_into(
            self._header_bytes,
            _MESSAGE * index,
            link.name_at,
            link.name_size,
            self._vectors_at + _VECTOR.size * index,
            1,
            control,
            length,
        )

    def leave(self) -> None:
        """Send all; ``refused`` is told of each batch that the kernel would not take, ``lost`` of others."""
        batches = self._batches
        done, count = 0, len(batches)
        while done < count:
            sent = self._send(self._fd, self._headers + _MESSAGE * done, count - done, socket.MSG_DONTWAIT)
            if sent > 0:
                done += sent
            elif self._ffi.errno in _FULL:
                for batch in batches[done:]:
                    self._lost(batch)
                break
            else:
                self._refused(batches[done])
                done += 1
        batches.clear()


def sockaddr(family: socket.AddressFamily, address: Address) -> bytes:
    """Return an address, host and port first, as the system lays it out."""
    packed = socket.inet_pton(family, address[0])
    if family == socket.AF_INET:
        return _IPV4.pack(family, address[1].to_bytes(2, "big"), packed)
    return _IPV6.pack(family, address[1].to_bytes(2, "big"), 0, packed, 0)


def departures(
    sock: socket.socket, refused: Callable[[Batch], None], lost: Callable[[Batch], None]
) -> Departures | None:
    """Return the way to send many at once, None where the system has none (it is Linux's)."""
    if sys.platform == "linux" and sys.maxsize > 1 << 32:
        return Departures(sock, refused, lost)
    return None
