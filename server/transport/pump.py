"""The pump: takes what the UDP port received and forwards it. It follows the table and decides nothing.

Per packet there is no coroutine, no task and no object but the kept copy: libsrtp works in place in the
receive buffer, and header bytes are patched where they stand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from struct import Struct

from server.media.hush import Verdict, emptied
from server.media.red import unwrap
from server.media.renumber import Numbers
from server.media.speakers import ONSET
from server.media.stats import RelayStats
from server.transport import dtls
from server.transport.ice import Address, Path, Table
from server.transport.inlet import MANY, Inlet
from server.transport.link import MAX_RTCP_SOURCES, MAX_STRANGERS, RECEIVED, Link
from server.transport.outlet import Outlet
from server.transport.streams import Leg, Stream

MAX_PACKET = 1_500
"""Larger datagrams are no media: browsers keep below 1,200 bytes."""

SAMPLE = 8
"""One batch in so many is timed for the delay histogram."""

_HEADER = Struct("!BBHLL")
_U16 = Struct("!H")
_U32 = Struct("!L")
_PAIR = Struct("!HH")


class Pump:
    """Forwards the datagrams of an inlet.

    ``table`` maps proven addresses to the links; what is not media goes to ``other``, unknown sources to
    ``learn``, decrypted RTCP to ``report``, and ``lossy`` is told of streams with holes. ``hold`` takes
    packets that are to wait for paced lines and returns the legs that are not. None may raise.
    """

    def __init__(
        self,
        inlet: Inlet,
        outlet: Outlet,
        table: Table,
        stats: RelayStats,
        *,
        other: Callable[[bytes, Address], None],
        learn: Callable[[Link, int, int, tuple[str, str, str]], Stream | None],
        report: Callable[[Link, bytes], None],
        lossy: Callable[[Stream], None],
        begins: Callable[[Stream], bool],
        hold: Callable[[Stream, bytes, int, float], list[Leg]],
    ) -> None:
        self._inlet = inlet
        self._outlet = outlet
        self._table = table
        self._stats = stats
        self._other = other
        self._learn = learn
        self._report = report
        self._lossy = lossy
        self._begins = begins
        self._hold = hold
        self._views = [memoryview(buffer) for buffer in inlet.buffers]
        self._pointers = [dtls.pointer(buffer) for buffer in inlet.buffers]
        self._size = dtls.length()
        self._known: dict[Hashable, Path] = {}
        self._drops = 0
        self._batches = self._before = self._copies = 0

    def forget(self) -> None:
        """Let go of those who have left; their addresses may soon be somebody else's."""
        if self._drops != self._table.drops:
            self._drops = self._table.drops
            self._known.clear()
            self._inlet.forget()

    def batch(self, came: Sequence[int]) -> None:
        """Forward what the inlet's last call brought: those of its datagrams."""
        inlet = self._inlet
        self.forget()
        for reason, count in zip(("srtp", "srtcp"), inlet.failed(), strict=True):
            for _ in range(count):
                self._stats.drop(reason)
        self._batches += 1
        self._before = self._stats.packets_out
        first = at = self._copies = 0
        key: Hashable = None
        end = len(came)
        while (at := inlet.rush(at, end)) < end:
            index = came[at]
            full = inlet.full
            if not full:
                inlet.look(index)
                full = self._copies > MANY and inlet.keys[index] != key
            if full:
                self._leave(came[first])
                first, self._copies = at, 0
                continue
            key = inlet.keys[index]
            self._take_in(index)
            at += 1
        if came:
            self._leave(came[first])

    def _take_in(self, index: int) -> None:
        """Take one datagram."""
        inlet, drop = self._inlet, self._stats.drop
        buffer, size = inlet.buffers[index], inlet.sizes[index]
        # The smallest report has 8 bytes, but only in the clear.
        if size < 12 and not inlet.clear[index]:
            drop("short")
            return
        path = self._known.get(inlet.keys[index]) or self._find(index)
        if path is None or buffer[0] & 0xC0 != 0x80:
            self._other(bytes(buffer[:size]), inlet.address(index))
            return
        link: Link = path.owner
        if link.rx is None or size > MAX_PACKET:
            drop("unready")
        elif 192 <= buffer[1] <= 223:
            self._rtcp(link, index, size)
        else:
            stream = self._rtp(link, index, size)
            if path is not link.path:
                link.peer.moved(path)
            elif stream is not None:
                inlet.settle(index, link, stream)

    def _leave(self, first: int) -> None:
        """Let what was copied of the last call's datagrams leave, of which ``first`` is the oldest."""
        self._outlet.flush()
        if self._batches % SAMPLE == 0:
            sent = self._stats.packets_out - self._before
            if sent:
                self._stats.delayed(self._inlet.waited(first) // 1_000, sent)
        self._before = self._stats.packets_out

    def _find(self, index: int) -> Path | None:
        """Look up a sender's path, and remember it: the table has as many as there are addresses in use."""
        path = self._table.paths.get(self._inlet.address(index))
        if path is not None:
            self._known[self._inlet.keys[index]] = path
        return path

    def _rtp(self, link: Link, index: int, size: int) -> Stream | None:
        """Take one packet; return whose it is if it is no repair."""
        buffer, stats = self._inlet.buffers[index], self._stats
        ssrc: int = _U32.unpack_from(buffer, 8)[0]
        stream = link.streams.get(ssrc)
        if stream is None and not self._admit(link, ssrc):
            stats.drop("stranger")
            return None
        if not self._inlet.clear[index]:
            length = self._size
            length[0] = size
            if dtls.unprotect(link.rx, self._pointers[index], length):
                stats.drop("srtp")
                return None
            link.counter[RECEIVED] += size
            size = length[0]
        now = time.monotonic_ns()
        first = buffer[0]
        at = 12
        if first & 0x1F:
            at += 4 * (first & 15)
            if first & 0x10:
                at = self._extensions(link, stream, buffer, at, size, now)
            if not at or at > size:
                stats.drop("malformed")
                return None
        stats.packets_in += 1
        stats.bytes_in += size
        if stream is None:
            stream = self._stranger(link, ssrc, buffer, at)
            if stream is None:
                return None
        if stream.repairs is not None:
            self._repair(stream.repairs, buffer, at, size, now * 1e-9)
            return None
        _, kind, sequence, timestamp, _ = _HEADER.unpack_from(buffer)
        _HEADER.pack_into(buffer, at - 12, first & 0xA0, kind, sequence, timestamp, ssrc)
        self._forward(stream, bytes(self._views[index][at - 12 : size]), sequence, timestamp, now * 1e-9)
        return stream

    def _admit(self, link: Link, ssrc: int) -> bool:
        """Bound the unknown sources that are decrypted at all: libsrtp keeps state for each."""
        if ssrc not in link.strangers:
            if len(link.strangers) >= MAX_STRANGERS:
                return False
            link.strangers.add(ssrc)
        return True

    def _extensions(
        self, link: Link, stream: Stream | None, buffer: bytearray, at: int, size: int, now: int
    ) -> int:
        """Walk one-byte header extensions (RFC 8285 4.2); return where the payload starts, 0 if unsound."""
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
                link.arrivals.note(_U16.unpack_from(buffer, at + 1)[0], now)
            elif kind == level and stream is not None:
                stream.level = buffer[at + 1] & 127
                stream.loudness += 127 - stream.level
                stream.levels += 1
            at = following
        return end

    def _stranger(self, link: Link, ssrc: int, buffer: bytearray, at: int) -> Stream | None:
        """Ask where an unknown source belongs, by what its header extensions name (RFC 9143 9.2,
        RFC 8852 3).
        """
        names = {link.mid_id: "", link.rid_id: "", link.repaired_id: ""}
        position = 16 + 4 * (buffer[0] & 15)
        while buffer[0] & 0x10 and position < at:
            byte = buffer[position]
            end = position + 2 + (byte & 15) if byte else position + 1
            if byte and byte >> 4 in names and end <= at:
                names[byte >> 4] = bytes(buffer[position + 1 : end]).decode("ascii", "replace")
            position = end
        mid = names[link.mid_id] if link.mid_id else ""
        rid = names[link.rid_id] if link.rid_id else ""
        repaired = names[link.repaired_id] if link.repaired_id else ""
        return self._learn(link, ssrc, buffer[1] & 0x7F, (mid, rid, repaired))

    def _repair(self, stream: Stream, buffer: bytearray, at: int, size: int, now: float) -> None:
        """Unwrap a retransmission (RFC 4588 4): the original number is in front of the payload."""
        if buffer[0] & 0x20:
            size -= buffer[size - 1]
        if size < at + 2:
            # Padding alone: a browser that probes for bandwidth.
            return
        sequence = _U16.unpack_from(buffer, at)[0]
        timestamp = _U32.unpack_from(buffer, 4)[0]
        kind = buffer[1] & 0x80 | stream.repairs_of.get(buffer[1] & 0x7F, stream.payload_type)
        _HEADER.pack_into(buffer, at - 10, 0x80, kind, sequence, timestamp, stream.ssrc)
        packet = bytes(buffer[at - 10 : size])
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
        if not stream.open:
            return
        kept = self._take(stream, packet, number, sequence, timestamp, now, repair=repair)
        if kept is None:
            return
        packet = kept
        if stream.waiting:
            self._join(stream, packet, number, timestamp, now)
        stream.packets += 1
        stream.octets += len(packet) - 12
        self._copies += len(stream.legs)
        if stream.redundant:
            self._outlet.repeat(stream, stream.legs, packet, number, sequence, timestamp, now)
        elif stream.legs:
            legs = self._hold(stream, packet, number, now) if stream.slow else stream.legs
            self._outlet.fan(stream, legs, packet, number, sequence, timestamp, now)
        if stream.hush.begun:
            stream.pause()

    def _take(
        self,
        stream: Stream,
        packet: bytes,
        number: int,
        sequence: int,
        timestamp: int,
        now: float,
        *,
        repair: bool,
    ) -> bytes | None:
        """Keep what may be asked for again, and return what is to be forwarded of it: None for nothing."""
        if packet[1] & 0x7F == stream.red_payload_type:
            plain = self._unwrap(stream, packet, sequence, timestamp, now)
            if plain is None:
                return None
            packet = plain
        if packet[1] & 0x7F != stream.payload_type and (
            number != stream.high or not stream.turn(packet[1] & 0x7F)
        ):
            return None
        if repair:
            self._stats.repaired += 1
        if stream.video:
            stream.keep(packet, sequence)
            return packet
        verdict = self._hear(stream, number, len(packet) - 12, now, repair=repair)
        if verdict == "nothing":
            return None
        if verdict == "empty":
            packet = emptied(packet)
        stream.recent.keep(packet, sequence)
        # What follows silence begins to be heard here (RFC 3551 4.1).
        return _spurt(packet) if stream.waiting and not stream.legs else packet

    def _hear(self, stream: Stream, number: int, size: int, now: float, *, repair: bool) -> Verdict:
        """Say what is to be forwarded of a packet of sound; its level counts once, for it and no other."""
        if repair:
            return "nothing" if stream.hush.begun else "whole"
        level, stream.level = stream.level, 0
        if not stream.heard and 0 < level <= ONSET and self._begins(stream):
            stream.heard, stream.onset = True, number
        return stream.hush.take(level, size, now) if stream.codec == "opus" else "whole"

    def _unwrap(
        self, stream: Stream, packet: bytes, sequence: int, timestamp: int, now: float
    ) -> bytes | None:
        """Take the frame itself out of redundant sound, and let those before it fill holes (RFC 2198)."""
        frames = unwrap(packet, 12)
        if frames is None:
            self._stats.drop("malformed")
            return None
        kind = stream.payload_type
        if stream.holes:
            for back, frame in enumerate(reversed(frames[:-1]), 1):
                number = (sequence - back) & 0xFFFF
                when = (timestamp - frame.offset) & 0xFFFFFFFF
                again = _HEADER.pack(0x80, kind, number, when, stream.ssrc) + frame.payload
                self._forward(stream, again, number, when, now, repair=True)
        head = _HEADER.pack(0x80, packet[1] & 0x80 | kind, sequence, timestamp, stream.ssrc)
        return head + frames[-1].payload

    def _join(self, stream: Stream, packet: bytes, number: int, timestamp: int, now: float) -> None:
        """Let the waiting legs in: with video, at the first packet of a keyframe and nowhere else."""
        numbers: Numbers = None, None
        if stream.video:
            if not stream.starts(packet, 12):
                return
            numbers = stream.numbers(packet)
            stream.look(packet)
        missed = [] if stream.onset is None else stream.lead_in(number)
        start = int.from_bytes(missed[0][4:8]) if missed else timestamp
        first = number - len(missed)
        joined = [leg for leg in stream.waiting if leg.join(stream, first, start, numbers, now)]
        stream.legs = stream.legs + joined
        stream.weigh()
        stream.waiting = [leg for leg in stream.waiting if leg not in joined]
        for index, earlier in enumerate(missed):
            again = earlier if index else _spurt(earlier)
            sequence, stamp = _HEADER.unpack_from(again)[2:4]
            self._outlet.repeat(stream, joined, again, first + index, sequence, stamp, now)

    def _rtcp(self, link: Link, index: int, size: int) -> None:
        if self._inlet.clear[index]:
            self._report(link, bytes(self._views[index][:size]))
            return
        source = _U32.unpack_from(self._inlet.buffers[index], 4)[0]
        if source not in link.rtcp_sources:
            # libsrtp keeps state for each source.
            if len(link.rtcp_sources) >= MAX_RTCP_SOURCES:
                self._stats.drop("stranger")
                return
            link.rtcp_sources.add(source)
        self._size[0] = size
        if dtls.unprotect_rtcp(link.rx, self._pointers[index], self._size):
            self._stats.drop("srtcp")
            return
        self._inlet.admit(index, link, source)
        self._report(link, bytes(self._views[index][: self._size[0]]))


def _spurt(packet: bytes) -> bytes:
    """Return the packet with its marker set: sound begins again."""
    return packet[:1] + bytes((packet[1] | 0x80,)) + packet[2:]
