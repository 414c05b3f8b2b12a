"""A stream's newest packets by sequence number, in memory that C may write as well."""

from __future__ import annotations

from array import array
from mmap import mmap

SLOT = 1_504
"""Bytes for a packet: above what a datagram may have (``MAX_PACKET`` of the pump)."""


class Ring:
    """The newest ``count`` packets (a power of two), each at its number modulo ``count``: ``sizes`` has how
    long it is, 0 for none. ``data`` is made when the first comes, and takes memory as it fills.
    """

    __slots__ = ("_mask", "count", "data", "sizes")

    def __init__(self, count: int) -> None:
        self.count = count
        self.data: mmap | None = None
        self.sizes = array("H", bytes(2 * count))
        self._mask = count - 1

    def keep(self, packet: bytes, sequence: int) -> None:
        """Keep a packet that begins with its RTP header; the oldest makes room."""
        index = sequence & self._mask
        at = index * SLOT
        self.room()[at : at + len(packet)] = packet
        self.sizes[index] = len(packet)

    def room(self) -> mmap:
        """Return ``data``."""
        if self.data is None:
            self.data = mmap(-1, self.count * SLOT)
        return self.data

    def recall(self, sequence: int) -> bytes | None:
        """Return the packet with this sequence number, None when it is gone or never came."""
        index = sequence & self._mask
        size = self.sizes[index]
        if not size or self.data is None:
            return None
        at = index * SLOT
        packet = self.data[at : at + size]
        return packet if packet[2] << 8 | packet[3] == sequence & 0xFFFF else None

    def clear(self) -> None:
        """Forget all of them."""
        # In place: C knows where it is.
        self.sizes[:] = array("H", bytes(2 * self.count))
