"""RTP and RTCP bytes as the load writes and reads them. Pure: no clock, no socket.

RTP is RFC 3550 section 5.1 with one-byte header extensions (RFC 8285 section 4.2); RTCP is RFC 3550
section 6, feedback RFC 4585, retransmission RFC 4588, REMB draft-alvestrand-rmcat-remb-03.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["audio", "video"]

MAGIC: Final = b"compagnon-load!!"
"""Stands in every payload, so that whoever decrypts a packet knows that it came through whole."""

MTU: Final = 1200
"""The largest RTP packet in bytes that Chromium sends."""

MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

SR: Final = 200
RR: Final = 201
SDES: Final = 202
RTPFB: Final = 205
PSFB: Final = 206

_NTP_EPOCH: Final = 2_208_988_800
_HEADER = struct.Struct("!BBHLL")
_WORD = struct.Struct("!H")
_RTCP = struct.Struct("!BBH")


def ntp(now: float) -> int:
    """The 64-bit NTP time of ``now``, seconds since the Unix epoch (RFC 3550 section 4)."""
    return int((now + _NTP_EPOCH) * (1 << 32)) & 0xFFFF_FFFF_FFFF_FFFF


class PacketTemplate:
    """One outgoing stream's packet, built once; sending rewrites a few bytes of it in place.

    ``extensions`` maps URI to the id that the other side accepted; what it did not accept is left out.
    """

    def __init__(
        self,
        kind: Kind,
        payload_type: int,
        ssrc: int,
        mid: str,
        extensions: Mapping[str, int],
        level: int,
    ) -> None:
        self._payload_type = payload_type
        self._ssrc = ssrc
        elements = bytearray()
        self._sequence_at: int | None = None
        self._time_at: int | None = None
        if kind == "audio" and LEVEL in extensions:
            elements += bytes([extensions[LEVEL] << 4, 0x80 | level])
        if SEND_TIME in extensions:
            self._time_at = 16 + len(elements) + 1
            elements += bytes([extensions[SEND_TIME] << 4 | 2, 0, 0, 0])
        if TRANSPORT_CC in extensions:
            self._sequence_at = 16 + len(elements) + 1
            elements += bytes([extensions[TRANSPORT_CC] << 4 | 1, 0, 0])
        if mid and MID in extensions:
            elements += bytes([extensions[MID] << 4 | (len(mid) - 1)]) + mid.encode()
        elements += bytes(-len(elements) % 4)
        first = 0x90 if elements else 0x80
        head = _HEADER.pack(first, payload_type, 0, 0, ssrc)
        if elements:
            head += struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements
        self._payload_at = len(head)
        body = MAGIC
        if kind == "video":
            body = bytes(_VP8_DESCRIPTOR_BYTES + _VP8_KEYFRAME_BYTES) + MAGIC
        self._bytes = bytearray((head + body).ljust(MTU, b"\x5a"))

    def audio(
        self, sequence: int, timestamp: int, transport: int, now: float, size: int, content: bytes = b""
    ) -> bytes:
        """The next packet of an Opus stream: ``content``, or ``size`` bytes that mean nothing."""
        self._stamp(sequence, timestamp, transport, now, mark=0)
        if content:
            return bytes(self._bytes[: self._payload_at]) + content
        return bytes(self._bytes[: self._payload_at + size])

    def video(
        self,
        sequence: int,
        timestamp: int,
        transport: int,
        now: float,
        size: int,
        *,
        picture: int,
        first: bool,
        last: bool,
        keyframe: bool,
        content: bytes = b"",
    ) -> bytes:
        """One packet of a VP8 frame with a 15-bit picture id (RFC 7741 section 4.2), as Chromium writes it.

        ``content`` is this packet's part of a real frame; without it the payload means nothing, and ``size``
        is its length with the descriptor in bytes, at least 30.
        """
        self._stamp(sequence, timestamp, transport, now, mark=0x80 if last else 0)
        packet, at = self._bytes, self._payload_at
        packet[at] = 0x90 if first else 0x80
        packet[at + 1] = 0x80
        _WORD.pack_into(packet, at + 2, 0x8000 | picture & 0x7FFF)
        if content:
            return bytes(packet[: at + _VP8_DESCRIPTOR_BYTES]) + content
        # Frame tag (RFC 6386 section 9.1): its lowest bit is 0 in a keyframe; start code and size follow.
        start = _KEYFRAME if keyframe and first else _INTERFRAME
        packet[at + 4 : at + 4 + _VP8_KEYFRAME_BYTES] = start
        return bytes(packet[: at + size])

    def _stamp(self, sequence: int, timestamp: int, transport: int, now: float, *, mark: int) -> None:
        packet = self._bytes
        first = packet[0]
        kind = self._payload_type | mark
        _HEADER.pack_into(packet, 0, first, kind, sequence & 0xFFFF, timestamp & 0xFFFF_FFFF, self._ssrc)
        if self._time_at is not None:
            packet[self._time_at : self._time_at + 3] = (int(now * (1 << 18)) & 0xFF_FFFF).to_bytes(3, "big")
        if self._sequence_at is not None:
            _WORD.pack_into(packet, self._sequence_at, transport & 0xFFFF)


_VP8_DESCRIPTOR_BYTES: Final = 4
_VP8_KEYFRAME_BYTES: Final = 10
_KEYFRAME: Final = bytes([0x10, 0, 0, 0x9D, 0x01, 0x2A]) + struct.pack("<HH", 1280, 720)
_INTERFRAME: Final = bytes([0x11]) + bytes(_VP8_KEYFRAME_BYTES - 1)


def split_evenly(size: int, most: int) -> list[int]:
    """``size`` bytes as the fewest packets of at most ``most``, equal but for one byte, larger ones last.

    So does Chromium (libwebrtc ``RtpPacketizer::SplitAboutEqually``).
    """
    packets = -(-size // most)
    part, larger = divmod(size, packets)
    return [part] * (packets - larger) + [part + 1] * larger


def extension_at(packet: bytearray, extension: int) -> int:
    """Where the value of a one-byte header extension starts in an RTP packet; 0 when it has none such."""
    if not packet[0] & 0x10:
        return 0
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[at] != 0xBE or packet[at + 1] != 0xDE:
        return 0
    end = at + 4 + 4 * _WORD.unpack_from(packet, at + 2)[0]
    at += 4
    while at < end:
        head = packet[at]
        if head == 0:
            at += 1
        elif head >> 4 == extension:
            return at + 1
        else:
            at += 2 + (head & 0x0F)
    return 0


def retransmission(packet: bytes, payload_type: int, ssrc: int, sequence: int) -> bytes:
    """``packet`` as an RTX packet (RFC 4588 section 4): numbered anew, the old number before the payload."""
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        at += 4 + 4 * int(_WORD.unpack_from(packet, at + 2)[0])
    head = bytearray(packet[:at])
    head[1] = (head[1] & 0x80) | payload_type
    _WORD.pack_into(head, 2, sequence & 0xFFFF)
    struct.pack_into("!L", head, 8, ssrc)
    return bytes(head) + packet[2:4] + packet[at:]


# ---------------------------------------------------------------- RTCP


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of one source (RFC 3550 section 6.4.1). ``delay`` is in 1/65536 s."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


def sender_report(ssrc: int, now: float, timestamp: int, packets: int, octets: int, cname: str) -> bytes:
    """An SR with its SDES CNAME, as each sender's compound packet begins (RFC 3550 section 6.1)."""
    body = struct.pack("!LQLLL", ssrc, ntp(now), timestamp & 0xFFFF_FFFF, packets, octets & 0xFFFF_FFFF)
    item = struct.pack("!LBB", ssrc, 1, len(cname)) + cname.encode()
    item += bytes(4 - len(item) % 4)
    return _packet(0, SR, body) + _packet(1, SDES, item)


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    """One RR; at most 31 blocks fit (RFC 3550 section 6.4.2), so more make several packets."""
    out = b""
    for start in range(0, max(len(blocks), 1), 31):
        part = blocks[start : start + 31]
        body = struct.pack("!L", ssrc)
        for block in part:
            body += struct.pack(
                "!LLLLLL",
                block.ssrc,
                block.fraction << 24 | block.lost & 0xFF_FFFF,
                block.highest,
                block.jitter,
                block.last_report,
                block.delay,
            )
        out += _packet(len(part), RR, body)
    return out


def nack(sender: int, media: int, sequence: int) -> bytes:
    """A generic NACK for one packet (RFC 4585 section 6.2.1)."""
    return _packet(1, RTPFB, struct.pack("!LLHH", sender, media, sequence & 0xFFFF, 0))


def remb(sender: int, bitrate: int, sources: Sequence[int]) -> bytes:
    """Receiver estimated maximum bitrate, bit/s."""
    exponent = max(0, bitrate.bit_length() - 18)
    packed = len(sources) << 24 | exponent << 18 | bitrate >> exponent
    body = struct.pack("!LL4sL", sender, 0, b"REMB", packed) + struct.pack(f"!{len(sources)}L", *sources)
    return _packet(15, PSFB, body)


def _packet(count: int, kind: int, body: bytes) -> bytes:
    return _RTCP.pack(0x80 | count, kind, len(body) // 4) + body


@dataclass(frozen=True, slots=True)
class ControlPacket:
    """One RTCP packet out of a compound: ``count`` is the five bits of count or format."""

    kind: int
    count: int
    body: bytes

    @property
    def media_ssrc(self) -> int:
        """The second word of a feedback packet."""
        return int(struct.unpack_from("!L", self.body, 4)[0])


def control_packets(compound: bytes) -> Iterator[ControlPacket]:
    """Cuts a compound RTCP packet; raises ValueError when lengths do not add up."""
    at = 0
    while at < len(compound):
        if at + 4 > len(compound):
            raise ValueError("RTCP header is cut short")
        first, kind, words = _RTCP.unpack_from(compound, at)
        end = at + 4 + 4 * words
        if end > len(compound):
            raise ValueError("RTCP packet is cut short")
        yield ControlPacket(kind, first & 0x1F, compound[at + 4 : end])
        at = end


def nacked(packet: ControlPacket) -> Iterator[int]:
    """The sequence numbers that a generic NACK asks for."""
    for at in range(8, len(packet.body) - 3, 4):
        first, mask = struct.unpack_from("!HH", packet.body, at)
        yield first
        for bit in range(16):
            if mask >> bit & 1:
                yield (first + 1 + bit) & 0xFFFF


def reported_sources(packet: ControlPacket) -> Iterator[int]:
    """The SSRCs that an SR's or RR's report blocks are about."""
    start = 24 if packet.kind == SR else 4
    for at in range(start, start + 24 * packet.count, 24):
        if at + 24 <= len(packet.body):
            yield int(struct.unpack_from("!L", packet.body, at)[0])
