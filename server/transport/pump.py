"""The pump: drains the UDP port and forwards. It follows the table and decides nothing.

Per packet there is no coroutine, no task and no object but the kept copy: libsrtp works in place in one
receive buffer, header bytes are patched where they stand, and what goes to the same address in one batch
leaves in one system call (UDP_SEGMENT) where the sizes allow it.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from struct import Struct

from server.media.stats import RelayStats
from server.media.vp8 import keyframe_starts, picture_id, shift_picture_id
from server.transport import dtls
from server.transport.ice import Address, Path
from server.transport.streams import MAX_RTCP_SOURCES, MAX_STRANGERS, Leg, Link, Stream

BATCH = 48
"""Datagrams a turn of the loop: a flood at the port leaves the rest of the server its turn."""

MAX_PACKET = 1_500
"""Larger datagrams are no media: browsers keep below 1,200 bytes."""

MAX_SEGMENTS = 40
"""Datagrams of one size that one call may carry; Linux takes at least 64."""

SAMPLE = 8
"""One batch in so many is timed for the delay histogram, from the kernel's own receive time stamp."""

_SO_TIMESTAMPNS = 35
_UDP_SEGMENT = 103

_HEADER = Struct("!BBHLL")
_U16 = Struct("!H")
_U32 = Struct("!L")
_PAIR = Struct("!HH")
_GSO = Struct("=H")
_TIMESPEC = Struct("=qq")


class Pump:
    """Reads ``sock`` when it is readable, and writes to it.

    ``paths`` maps proven addresses to the links; what is not media goes to ``other``, unknown sources to
    ``learn``, decrypted RTCP to ``report``, and ``lossy`` is told of streams with holes. None may raise.
    """

    def __init__(
        self,
        sock: socket.socket,
        paths: dict[Address, Path],
        stats: RelayStats,
        *,
        other: Callable[[bytes, Address], None],
        learn: Callable[[Link, int, int, str], Stream | None],
        report: Callable[[Link, bytes], None],
        lossy: Callable[[Stream], None],
    ) -> None:
        self._sock = sock
        self._paths = paths
        self._stats = stats
        self._other = other
        self._learn = learn
        self._report = report
        self._lossy = lossy
        self._in = bytearray(2_048)
        self._view = memoryview(self._in)
        self._pointer = dtls.pointer(self._in)
        self._size = dtls.length()
        self._control = bytearray(2_048)
        self._control_pointer = dtls.pointer(self._control)
        self._dirty: list[Link] = []
        self._batches = 0
        self._gso = sys.platform == "linux"
        self._stamps = sys.platform == "linux"
        if self._stamps:
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    # ---------------------------------------------------------------- in

    def readable(self) -> None:
        """Take up to ``BATCH`` datagrams and forward them."""
        self._batches += 1
        receive, view, buffer = self._sock.recvfrom_into, self._view, self._in
        paths, drop = self._paths, self._stats.drop
        began, before = 0, self._stats.packets_out
        if self._batches % SAMPLE == 0:
            began = self._begin()
        for _ in range(BATCH):
            try:
                size, address = receive(view)
            except BlockingIOError:
                break
            except OSError:
                drop("receive")
                continue
            if size < 12:
                drop("short")
                continue
            path = paths.get(address)
            if path is not None and buffer[0] & 0xC0 == 0x80:
                link: Link = path.owner
                if link.rx is None or size > MAX_PACKET:
                    drop("unready")
                elif 192 <= buffer[1] <= 223:
                    self._rtcp(link, size)
                else:
                    self._rtp(link, size)
                    if path is not link.path:
                        link.peer.moved(path)
            else:
                self._other(bytes(view[:size]), address)
        if self._dirty:
            self.flush()
        if began:
            sent = self._stats.packets_out - before
            self._stats.delayed(max(0, time.time_ns() - began) // 1_000, sent)

    def _begin(self) -> int:
        """Return when the kernel received the oldest datagram that waits, in its own nanoseconds."""
        now = time.time_ns()
        if not self._stamps:
            return now
        try:
            _, control, _, _ = self._sock.recvmsg(1, 64, socket.MSG_PEEK)
        except OSError:
            return now
        for level, kind, data in control:
            if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
                seconds, nanoseconds = _TIMESPEC.unpack_from(data)
                return int(seconds) * 1_000_000_000 + int(nanoseconds)
        return now

    def _rtp(self, link: Link, size: int) -> None:
        buffer, stats = self._in, self._stats
        ssrc: int = _U32.unpack_from(buffer, 8)[0]
        stream = link.streams.get(ssrc)
        if stream is None and not self._admit(link, ssrc):
            stats.drop("stranger")
            return
        length = self._size
        length[0] = size
        if dtls.unprotect(link.rx, self._pointer, length):
            stats.drop("srtp")
            return
        size = length[0]
        now = time.monotonic_ns()
        first = buffer[0]
        at = 12
        if first & 0x1F:
            at += 4 * (first & 15)
            if first & 0x10:
                at = self._extensions(link, stream, at, size, now)
            if not at or at > size:
                stats.drop("malformed")
                return
        stats.packets_in += 1
        stats.bytes_in += size
        if stream is None:
            stream = self._stranger(link, ssrc, at)
            if stream is None:
                return
        if stream.repairs is not None:
            self._repair(stream.repairs, at, size, now * 1e-9)
            return
        _, kind, sequence, timestamp, _ = _HEADER.unpack_from(buffer)
        _HEADER.pack_into(buffer, at - 12, first & 0xA0, kind, sequence, timestamp, ssrc)
        self._forward(stream, bytes(self._view[at - 12 : size]), sequence, timestamp, now * 1e-9)

    def _admit(self, link: Link, ssrc: int) -> bool:
        """Bound the unknown sources that are decrypted at all: libsrtp keeps state for each."""
        if ssrc not in link.strangers:
            if len(link.strangers) >= MAX_STRANGERS:
                return False
            link.strangers.add(ssrc)
        return True

    def _extensions(self, link: Link, stream: Stream | None, at: int, size: int, now: int) -> int:
        """Walk one-byte header extensions (RFC 8285 4.2); return where the payload starts, 0 if unsound."""
        buffer = self._in
        if at + 4 > size:
            return 0
        profile, words = _PAIR.unpack_from(buffer, at)
        at += 4
        end: int = at + 4 * words
        if end > size:
            return 0
        if profile != 0xBEDE:
            return end
        twcc, level = link.twcc_id, link.level_id
        while at < end:
            byte = buffer[at]
            if not byte:
                at += 1
                continue
            kind = byte >> 4
            following = at + 2 + (byte & 15)
            if following > end or kind == 15:
                break
            if kind == twcc:
                link.arrivals.times[_U16.unpack_from(buffer, at + 1)[0]] = now
            elif kind == level and stream is not None:
                stream.loudness += 127 - (buffer[at + 1] & 127)
                stream.levels += 1
            at = following
        return end

    def _stranger(self, link: Link, ssrc: int, at: int) -> Stream | None:
        """Ask where an unknown source belongs: by its MID header extension (RFC 9143 9.2) or payload type."""
        buffer = self._in
        mid = ""
        position = 16 + 4 * (buffer[0] & 15)
        while buffer[0] & 0x10 and link.mid_id and position < at:
            byte = buffer[position]
            end = position + 2 + (byte & 15) if byte else position + 1
            if byte >> 4 == link.mid_id and end <= at:
                mid = bytes(buffer[position + 1 : end]).decode("ascii", "replace")
                break
            position = end
        return self._learn(link, ssrc, buffer[1] & 0x7F, mid)

    def _repair(self, stream: Stream, at: int, size: int, now: float) -> None:
        """Unwrap a retransmission (RFC 4588 4): the original number is in front of the payload."""
        buffer = self._in
        if buffer[0] & 0x20:
            size -= buffer[size - 1]
        if size < at + 2:
            # Padding alone: a browser that probes for bandwidth.
            return
        sequence = _U16.unpack_from(buffer, at)[0]
        timestamp = _U32.unpack_from(buffer, 4)[0]
        kind = buffer[1] & 0x80 | stream.payload_type
        _HEADER.pack_into(buffer, at - 10, 0x80, kind, sequence, timestamp, stream.ssrc)
        packet = bytes(self._view[at - 10 : size])
        self._forward(stream, packet, sequence, timestamp, now, repair=True)

    def _forward(
        self,
        stream: Stream,
        packet: bytes,
        sequence: int,
        timestamp: int,
        now: float,
        *,
        repair: bool = False,
    ) -> None:
        """Note one packet without header extensions, keep it, and copy it to every leg."""
        number = stream.arrive(sequence, now, repair=repair)
        if number < 0:
            return
        if number == stream.high and timestamp != stream.timestamp:
            stream.timestamp = timestamp
            stream.time(timestamp, now)
        stream.seen_at = now
        if stream.holes and stream.nack:
            self._lossy(stream)
        if not stream.open or packet[1] & 0x7F != stream.payload_type:
            return
        if repair:
            self._stats.repaired += 1
        if stream.video:
            stream.keep(packet, sequence)
        if stream.waiting:
            self._join(stream, packet, number, timestamp, now)
        if stream.legs:
            stream.packets += 1
            stream.octets += len(packet) - 12
            self._fan(stream.legs, packet, number, sequence, timestamp)

    def _join(self, stream: Stream, packet: bytes, number: int, timestamp: int, now: float) -> None:
        """Let the waiting legs in: with video, at the first packet of a keyframe and nowhere else."""
        picture = None
        if stream.video:
            if not keyframe_starts(packet, 12):
                return
            picture = picture_id(packet, 12)
        for leg in stream.waiting:
            leg.join(stream, number, timestamp, picture, now)
        stream.legs = stream.legs + stream.waiting
        stream.waiting = []

    # ---------------------------------------------------------------- out

    def _fan(self, legs: list[Leg], packet: bytes, number: int, sequence: int, timestamp: int) -> None:
        first, mark, clear = packet[0], packet[1] & 0x80, len(packet)
        pack, protect, length, dirty = _HEADER.pack_into, dtls.protect, self._size, self._dirty
        stats = self._stats
        for leg in legs:
            if number < leg.start:
                continue
            link = leg.link
            size = clear + link.tag
            if size > link.room:
                if link.fill:
                    self._send(link)
                dirty.append(link)
                link.segment = link.room = size
                link.limit = size * MAX_SEGMENTS
            fill = link.fill
            link.view[fill : fill + clear] = packet
            pack(
                link.buffer,
                fill,
                first,
                mark | leg.payload_type,
                (sequence + leg.sequence_offset) & 0xFFFF,
                (timestamp + leg.timestamp_offset) & 0xFFFFFFFF,
                leg.ssrc,
            )
            if leg.picture_offset:
                shift_picture_id(link.buffer, fill + 12, leg.picture_offset)
            length[0] = clear
            if protect(link.tx, link.pointer + fill, length):
                stats.drop("protect")
                continue
            size = length[0]
            link.fill = fill = fill + size
            # Only the last datagram of a call may be shorter than the others.
            if size < link.segment or fill > link.limit:
                link.room = 0

    def retransmit(self, leg: Leg, packet: bytes, sequence: int) -> None:
        """Send a kept packet again on the repair stream (RFC 4588); ``flush`` must follow."""
        if leg.rtx_payload_type is None:
            return
        timestamp = (_U32.unpack_from(packet, 4)[0] + leg.timestamp_offset) & 0xFFFFFFFF
        kind = packet[1] & 0x80 | leg.rtx_payload_type
        head = _HEADER.pack(packet[0], kind, leg.rtx_sequence, timestamp, leg.rtx_ssrc)
        again = bytearray(head + _U16.pack(sequence) + packet[12:])
        if leg.picture_offset:
            shift_picture_id(again, 14, leg.picture_offset)
        leg.rtx_sequence = (leg.rtx_sequence + 1) & 0xFFFF
        self._enqueue(leg.link, again)
        self._stats.retransmissions += 1

    def _enqueue(self, link: Link, packet: bytes | bytearray) -> None:
        """Protect one RTP packet into a link's batch. ``_fan`` does the same in line: it is the hot loop."""
        clear = len(packet)
        size = clear + link.tag
        if size > link.room:
            if link.fill:
                self._send(link)
            self._dirty.append(link)
            link.segment = link.room = size
            link.limit = size * MAX_SEGMENTS
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

    def flush(self) -> None:
        """Send every batch that waits."""
        for link in self._dirty:
            if link.fill:
                self._send(link)
        self._dirty.clear()

    def _send(self, link: Link) -> None:
        fill, segment, stats = link.fill, link.segment, self._stats
        link.fill = link.room = 0
        try:
            if fill <= segment:
                self._sock.sendto(link.view[:fill], link.address)
            elif self._gso:
                size = (socket.IPPROTO_UDP, _UDP_SEGMENT, _GSO.pack(segment))
                self._sock.sendmsg((link.view[:fill],), (size,), 0, link.address)
            else:
                self._send_singly(link, fill, segment)
        except BlockingIOError:
            stats.drop("send")
            return
        except OSError:
            if fill <= segment:
                stats.drop("send")
                return
            # An interface that can't cut datagrams, or a path with a small MTU.
            self._gso = False
            self._send_singly(link, fill, segment)
        stats.packets_out += (fill + segment - 1) // segment
        stats.bytes_out += fill

    def _send_singly(self, link: Link, fill: int, segment: int) -> None:
        for start in range(0, fill, segment):
            try:
                self._sock.sendto(link.view[start : min(start + segment, fill)], link.address)
            except OSError:
                self._stats.drop("send")

    def send(self, data: bytes | bytearray, address: Address) -> None:
        """Send a datagram as it is; what the kernel has no room for is lost, as datagrams are."""
        try:
            self._sock.sendto(data, address)
        except OSError:
            self._stats.drop("send")

    # ---------------------------------------------------------------- RTCP

    def _rtcp(self, link: Link, size: int) -> None:
        source = _U32.unpack_from(self._in, 4)[0]
        if source not in link.rtcp_sources:
            # libsrtp keeps state for each source.
            if len(link.rtcp_sources) >= MAX_RTCP_SOURCES:
                self._stats.drop("stranger")
                return
            link.rtcp_sources.add(source)
        self._size[0] = size
        if dtls.unprotect_rtcp(link.rx, self._pointer, self._size):
            self._stats.drop("srtcp")
            return
        self._report(link, bytes(self._view[: self._size[0]]))

    def send_rtcp(self, link: Link, data: bytes) -> None:
        """Protect and send a compound packet of at most 1,400 bytes."""
        if link.tx is None or link.path is None:
            return
        self._control[: len(data)] = data
        self._size[0] = len(data)
        if dtls.protect_rtcp(link.tx, self._control_pointer, self._size):
            self._stats.drop("protect")
            return
        self.send(self._control[: self._size[0]], link.address)
