"""What leaves: copies of packets, repairs and reports, protected, in as few system calls as possible.

What goes to the same address in one batch leaves as one message (UDP_SEGMENT) where the sizes allow it: at
most the last datagram may be shorter than the others. All messages of a batch leave in one call.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from struct import Struct

from server.media.estimator import RING
from server.media.late import mark
from server.media.payloads import Shift
from server.media.red import wrap
from server.media.stats import RelayStats
from server.transport import dtls
from server.transport.departures import Batch, departures, sockaddr
from server.transport.fan import Fan
from server.transport.ice import Address
from server.transport.link import OUT_BYTES, Link
from server.transport.streams import Leg, Numbering, Stream
from server.transport.tcp import Wire

MAX_SEGMENTS = 40
"""Datagrams of one size that one call may carry; Linux takes at least 64."""

_UDP_SEGMENT = 103
_NOW = socket.MSG_DONTWAIT

_HEADER = Struct("!BBHLL")
_NUMBERED = Struct("!BBHLLHHBHx")
"""A header with one extension block (RFC 8285 4.2) that holds a transport-wide number."""

_PADDING = bytes(254) + b"\xff"
"""As much as a packet may have: the last byte says how much it is."""

_BLOCK = 8
_ONE_BYTE = 0xBEDE
_U16 = Struct("!H")
_U32 = Struct("!L")
_GSO = Struct("=H")
_OWN_IPV4 = Struct("=i4s4x")
_OWN_IPV6 = Struct("=16si")
_IP_PKTINFO = 8
_IPV6_PKTINFO = 50

Ancillary = tuple[tuple[int, int, bytes], ...]


class Outlet:
    """Sends on ``sock``; what the kernel has no room for is lost and counted, as datagrams are.

    What goes to an address of ``wires`` is sent on that TCP connection instead. ``native`` is the inner loop
    in C; what it can't do, and everything where there is none, is done here.
    """

    def __init__(
        self, sock: socket.socket, stats: RelayStats, wires: Mapping[Address, Wire], native: Fan | None
    ) -> None:
        self._sock = sock
        self._wires = wires
        self._stats = stats
        self._size = dtls.length()
        self._control = bytearray(2_048)
        self._control_pointer = dtls.pointer(self._control)
        self._dirty: list[Link] = []
        self._gso = sys.platform == "linux"
        self._departures = departures(sock, self._refused, self._lost)
        self._native = native

    def aim(self, link: Link, address: Address) -> None:
        """Let a link's packets go to this address, from that own one, where we have several, it talks to."""
        link.renew()
        link.address = address[:2]
        link.wire = self._wires.get(address)
        if link.wire is not None:
            link.wire.link = link
            return
        link.origin = () if self._natural(address) else self._from(address)
        name = sockaddr(self._sock.family, address)
        link.name_size = len(name)
        link.name[: len(name)] = name
        if self._native is not None:
            self._native.aim(link)

    def _natural(self, address: Address) -> bool:
        """Return whether the kernel by itself sends from the own address that is meant."""
        if len(address) == 2:
            return True
        with socket.socket(self._sock.family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(address[:2])
            except OSError:
                return False
            return bool(probe.getsockname()[0] == address[2])

    def _from(self, address: Address) -> Ancillary:
        if len(address) == 2:
            return ()
        own = socket.inet_pton(self._sock.family, address[2])
        if self._sock.family == socket.AF_INET:
            return ((socket.IPPROTO_IP, _IP_PKTINFO, _OWN_IPV4.pack(0, own)),)
        return ((socket.IPPROTO_IPV6, _IPV6_PKTINFO, _OWN_IPV6.pack(own, 0)),)

    def fan(
        self,
        stream: Stream,
        legs: list[Leg],
        packet: bytes,
        number: int,
        sequence: int,
        timestamp: int,
        now: float,
    ) -> None:
        """Copy one packet to every leg that had begun by then, with its numbers; ``flush`` must follow.

        ``now`` (seconds) goes into the record of what was sent when.
        """
        if self._native is not None:
            legs = self._native.fan(stream, legs, packet, number, now)
        if legs:
            self._copy(legs, packet, number, sequence, timestamp, now)

    def _copy(
        self, legs: list[Leg], packet: bytes, number: int, sequence: int, timestamp: int, now: float
    ) -> None:
        first, mark, whole = packet[0], packet[1] & 0x80, len(packet)
        plain, numbered = _HEADER.pack_into, _NUMBERED.pack_into
        protect, length = dtls.protect, self._size
        for leg in legs:
            if number < leg.start:
                continue
            link = leg.link
            extension = leg.extension
            clear = whole + _BLOCK if extension else whole
            size = clear + link.tag
            if size > link.room:
                self._open(link, size)
            fill = link.fill
            # The kept packet has a header of 12 bytes; a longer one is written over it from further ahead.
            link.view[fill + clear - whole : fill + clear] = packet
            if extension:
                following = link.counter[0]
                link.counter[0] = following + 1
                slot = following % RING
                link.sizes[slot] = size
                link.times[slot] = now
                link.marks[slot] = leg.ssrc << 16 | (sequence + leg.sequence_offset) & 0xFFFF
                numbered(
                    link.buffer,
                    fill,
                    first | 0x10,
                    mark | leg.payload_type,
                    (sequence + leg.sequence_offset) & 0xFFFF,
                    (timestamp + leg.timestamp_offset) & 0xFFFFFFFF,
                    leg.ssrc,
                    _ONE_BYTE,
                    1,
                    extension,
                    following & 0xFFFF,
                )
            else:
                plain(
                    link.buffer,
                    fill,
                    first,
                    mark | leg.payload_type,
                    (sequence + leg.sequence_offset) & 0xFFFF,
                    (timestamp + leg.timestamp_offset) & 0xFFFFFFFF,
                    leg.ssrc,
                )
            if leg.picture_offset or leg.tl0_offset:
                shifted = bytearray(packet)
                leg.shift(shifted, 12, leg.picture_offset, leg.tl0_offset)
                link.view[fill + clear - whole + 12 : fill + clear] = shifted[12:]
            length[0] = clear
            if protect(link.tx, link.pointer + fill, length):
                self._stats.drop("protect")
                continue
            size = length[0]
            link.fill = fill = fill + size
            # Only the last datagram of a call may be shorter than the others.
            if size < link.segment or fill > link.limit:
                link.room = 0

    def repeat(
        self,
        stream: Stream,
        legs: list[Leg],
        packet: bytes,
        number: int,
        sequence: int,
        timestamp: int,
        now: float,
    ) -> None:
        """Copy one packet of sound to these legs, with the frames before it where lines lose packets."""
        alike: dict[tuple[int, int], list[Leg]] = {}
        for leg in legs:
            # The payload names the format of its frames, which is each browser's own.
            alike.setdefault((leg.redundancy, leg.redundancy and leg.plain_payload_type), []).append(leg)
        for (depth, kind), same in alike.items():
            whole = packet
            if depth:
                whole = packet[:12] + wrap(kind, packet[12:], stream.earlier(sequence, timestamp, depth))
            self.fan(stream, same, whole, number, sequence, timestamp, now)

    def retransmit(self, leg: Leg, numbering: Numbering, packet: bytes, sequence: int, now: float) -> None:
        """Send a kept packet again, numbered as it was, on the repair stream; ``flush`` must follow."""
        if numbering.rtx_payload_type is None:
            return
        timestamp = (_U32.unpack_from(packet, 4)[0] + numbering.timestamp_offset) & 0xFFFFFFFF
        kind = packet[1] & 0x80 | numbering.rtx_payload_type
        size = len(packet) + 2 + _BLOCK + leg.link.tag
        head = self._head(leg, packet[0], kind, leg.rtx_sequence, timestamp, leg.rtx_ssrc, size, now)
        again = bytearray(head + _U16.pack(sequence) + packet[12:])
        if numbering.picture_offset or numbering.tl0_offset:
            numbering.shift(again, len(head) + 2, numbering.picture_offset, numbering.tl0_offset)
        leg.rtx_sequence = (leg.rtx_sequence + 1) & 0xFFFF
        self._enqueue(leg.link, again)
        self._stats.retransmissions += 1

    def dispatch(
        self,
        leg: Leg,
        packet: bytes,
        mark: int,
        sequence: int,
        timestamp: int,
        picture: int,
        tl0: int,
        shift: Shift,
        now: float,
    ) -> None:
        """Send one kept packet to one leg, with these numbers; ``flush`` must follow."""
        size = len(packet) + _BLOCK + leg.link.tag
        head = self._head(leg, packet[0], mark, sequence, timestamp, leg.ssrc, size, now)
        clear = bytearray(head + packet[12:])
        if picture or tl0:
            shift(clear, len(head), picture, tl0)
        self._enqueue(leg.link, clear)

    def pad(self, leg: Leg, count: int, now: float) -> None:
        """Send packets of nothing but padding (RFC 3550 5.1) on the repair stream; ``flush`` must follow."""
        if leg.rtx_payload_type is None:
            return
        kind, size = leg.rtx_payload_type, 12 + _BLOCK + len(_PADDING) + leg.link.tag
        for _ in range(count):
            head = self._head(leg, 0xA0, kind, leg.rtx_sequence, 0, leg.rtx_ssrc, size, now)
            leg.rtx_sequence = (leg.rtx_sequence + 1) & 0xFFFF
            self._enqueue(leg.link, head + _PADDING)
        self._stats.padding += count

    def _head(
        self, leg: Leg, first: int, kind: int, sequence: int, timestamp: int, ssrc: int, size: int, now: float
    ) -> bytes:
        """Return a packet's header, with a transport-wide number where the browser reports by them."""
        if not leg.extension:
            return _HEADER.pack(first, kind, sequence, timestamp, ssrc)
        number = leg.link.number
        leg.link.counter[0] = number + 1
        leg.link.rate.sent(number, size, now, mark(ssrc, sequence))
        return _NUMBERED.pack(
            first | 0x10, kind, sequence, timestamp, ssrc, _ONE_BYTE, 1, leg.extension, number & 0xFFFF
        )

    def _enqueue(self, link: Link, packet: bytes | bytearray) -> None:
        """Protect one RTP packet into a link's batch. ``fan`` does the same in line: it is the hot loop."""
        if self._native is not None and self._native.put(link, packet):
            return
        clear = len(packet)
        size = clear + link.tag
        if size > link.room:
            self._open(link, size)
        fill = link.fill
        link.view[fill : fill + clear] = packet
        self._size[0] = clear
        if dtls.protect(link.tx, link.pointer + fill, self._size):
            self._stats.drop("protect")
            return
        size = self._size[0]
        link.fill = fill + size
        if size < link.segment or link.fill > link.limit:
            link.room = 0

    def _open(self, link: Link, size: int) -> None:
        """Begin a batch of datagrams of at most ``size`` bytes behind what the link's buffer already has."""
        if link.fill > link.start:
            self._close(link)
        if link.fill + size > OUT_BYTES:
            self._depart()
            link.start = link.fill = 0
        if not link.fill:
            self._dirty.append(link)
        link.segment = link.room = size
        link.limit = min(link.fill + size * MAX_SEGMENTS, OUT_BYTES - size)

    def _close(self, link: Link) -> None:
        """End a link's batch; it leaves with the others, or at once where that is not possible."""
        start, fill, segment = link.start, link.fill, link.segment
        link.start = fill
        link.counter[1] += fill - start
        self._count(fill - start, segment)
        if link.wire is not None:
            link.wire.send(link.view[at : min(at + segment, fill)] for at in range(start, fill, segment))
        elif self._departures is None or link.origin or not (self._gso or fill - start <= segment):
            self._send(link, start, fill, segment)
        else:
            self._departures.add(link, start, fill, segment)

    def _count(self, size: int, segment: int) -> None:
        self._stats.packets_out += (size + segment - 1) // segment
        self._stats.bytes_out += size

    def flush(self) -> None:
        """Send every batch that waits."""
        if self._native is not None:
            self._native.flush()
        dirty = self._dirty
        if not dirty:
            return
        for link in dirty:
            if link.fill > link.start:
                self._close(link)
        self._depart()
        for link in dirty:
            link.start = link.fill = link.room = 0
        dirty.clear()

    def _depart(self) -> None:
        if self._departures is not None:
            self._departures.leave()

    def _lost(self, batch: Batch) -> None:
        """Count a batch that the kernel had no room for as not sent."""
        _, start, end, segment = batch
        self._stats.packets_out -= (end - start + segment - 1) // segment
        self._stats.bytes_out -= end - start
        self._stats.drop("send")

    def _refused(self, batch: Batch) -> None:
        """Send a batch by itself that could not go with others."""
        self._send(*batch)

    def _send(self, link: Link, start: int, end: int, segment: int) -> None:
        """Send a batch with a call of its own; what fails is counted as not sent."""
        try:
            if end - start <= segment:
                self._hand(link.view[start:end], link.origin, link.address)
            elif self._gso:
                size = (socket.IPPROTO_UDP, _UDP_SEGMENT, _GSO.pack(segment))
                self._sock.sendmsg((link.view[start:end],), (size, *link.origin), _NOW, link.address)
            else:
                self._send_singly(link, start, end, segment)
        except BlockingIOError:
            self._lost((link, start, end, segment))
        except OSError:
            if end - start <= segment:
                self._lost((link, start, end, segment))
                return
            # An interface that can't cut datagrams, or a path with a small MTU.
            self._gso = False
            self._send_singly(link, start, end, segment)

    def _send_singly(self, link: Link, start: int, end: int, segment: int) -> None:
        for at in range(start, end, segment):
            following = min(at + segment, end)
            try:
                self._hand(link.view[at:following], link.origin, link.address)
            except OSError:
                self._lost((link, at, following, segment))

    def send(self, data: bytes | bytearray, address: Address) -> None:
        """Send a datagram as it is; what the kernel has no room for is lost, as datagrams are."""
        wire = self._wires.get(address)
        if wire is not None:
            wire.send((data,))
            return
        try:
            self._hand(data, self._from(address), address[:2])
        except OSError:
            self._stats.drop("send")

    def _hand(
        self, data: bytes | bytearray | memoryview, origin: Ancillary, address: tuple[str, int]
    ) -> None:
        if origin:
            self._sock.sendmsg((data,), origin, _NOW, address)
        else:
            self._sock.sendto(data, _NOW, address)

    def send_rtcp(self, link: Link, data: bytes) -> None:
        """Protect and send a compound packet of at most 1,400 bytes."""
        if link.tx is None or link.path is None:
            return
        self._control[: len(data)] = data
        self._size[0] = len(data)
        if dtls.protect_rtcp(link.tx, self._control_pointer, self._size):
            self._stats.drop("protect")
            return
        if link.wire is not None:
            link.wire.send((self._control[: self._size[0]],))
            return
        try:
            self._hand(self._control[: self._size[0]], link.origin, link.address)
        except OSError:
            self._stats.drop("send")
