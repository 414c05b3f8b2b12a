"""RTCP (RFC 3550 6, RFC 4585, RFC 5104): a bounded parser and small builders.

aiortc's parser is not used: it reads every transport feedback as a NACK. Parsing never raises; it stops at
the first packet that is not well formed and keeps what came before. A datagram bounds all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import NamedTuple

from server.media.twcc import TransportFeedback, decode

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK, TRANSPORT_CC = 1, 15
PLI, FIR, REMB = 1, 4, 15
APPLICATION = 15

_HEAD = Struct("!BBH")
_SENDER = Struct("!LQLLL")
_BLOCK = Struct("!LLLLLL")
_FEEDBACK = Struct("!BBHLL")
_U32 = Struct("!L")
_PAIR = Struct("!HH")
_FIR = Struct("!LBxxx")
_REMB = Struct("!4sL")


class Block(NamedTuple):
    """A reception report block (RFC 3550 6.4.1).

    ``fraction`` is lost/256 since the last report, ``lost`` the signed running total, ``highest`` the
    extended sequence number, ``jitter`` in timestamp units, ``last_sr`` the middle 32 bits of the sender's
    NTP time, ``delay`` in 1/65536 s since that report.
    """

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


class SenderReport(NamedTuple):
    """``ntp`` is 64-bit NTP time, ``rtp`` the same instant on the stream's own clock."""

    ssrc: int
    ntp: int
    rtp: int
    packets: int
    octets: int
    blocks: tuple[Block, ...]


class ReceiverReport(NamedTuple):
    """What ``ssrc`` has received."""

    ssrc: int
    blocks: tuple[Block, ...]


class Nack(NamedTuple):
    """Generic NACK (RFC 4585 6.2.1): sequence numbers of ``ssrc`` that are missing."""

    ssrc: int
    lost: tuple[int, ...]


class KeyframeRequest(NamedTuple):
    """PLI (RFC 4585 6.3.1) or FIR (RFC 5104 4.3.1) about ``ssrc``."""

    ssrc: int


class Remb(NamedTuple):
    """What a receiver takes its line to carry, in bits/s (draft-alvestrand-rmcat-remb-03 2.2)."""

    bitrate: int


class Bye(NamedTuple):
    """The sources that have ended (RFC 3550 6.6)."""

    ssrcs: tuple[int, ...]


Packet = SenderReport | ReceiverReport | Nack | KeyframeRequest | TransportFeedback | Remb | Bye


def _blocks(data: bytes, at: int, count: int, end: int) -> tuple[Block, ...] | None:
    if at + 24 * count > end:
        return None
    found = []
    for offset in range(at, at + 24 * count, 24):
        ssrc, losses, highest, jitter, last_sr, delay = _BLOCK.unpack_from(data, offset)
        lost = losses & 0xFFFFFF
        signed = lost - 0x1000000 if lost & 0x800000 else lost
        found.append(Block(ssrc, losses >> 24, signed, highest, jitter, last_sr, delay))
    return tuple(found)


def _nack(data: bytes, at: int, end: int) -> Nack:
    ssrc = _U32.unpack_from(data, at + 8)[0]
    lost: dict[int, None] = {}
    for offset in range(at + 12, end - 3, 4):
        first, mask = _PAIR.unpack_from(data, offset)
        lost[first] = None
        for bit in range(16):
            if mask >> bit & 1:
                lost[(first + bit + 1) & 0xFFFF] = None
    return Nack(ssrc, tuple(lost))


def _report(data: bytes, at: int, count: int, end: int, kind: int) -> Packet | None:
    fixed = 28 if kind == SR else 8
    if at + fixed > end:
        return None
    blocks = _blocks(data, at + fixed, count, end)
    if blocks is None:
        return None
    if kind == RR:
        return ReceiverReport(_U32.unpack_from(data, at + 4)[0], blocks)
    ssrc, ntp, rtp, packets, octets = _SENDER.unpack_from(data, at + 4)
    return SenderReport(ssrc, ntp, rtp, packets, octets, blocks)


def _one(data: bytes, at: int, end: int) -> tuple[Packet | None, bool]:
    """Return the packet in ``data[at:end]`` (None: of no interest) and whether it is well formed."""
    count, kind = data[at] & 31, data[at + 1]
    if kind in (SR, RR):
        report = _report(data, at, count, end, kind)
        return report, report is not None
    if kind == BYE:
        if at + 4 + 4 * count > end:
            return None, False
        return Bye(tuple(_U32.unpack_from(data, at + 4 + 4 * i)[0] for i in range(count))), True
    if kind in (RTPFB, PSFB):
        if at + 12 > end:
            return None, False
        return (_transport if kind == RTPFB else _payload)(data, at, count, end), True
    return None, True


def _transport(data: bytes, at: int, count: int, end: int) -> Packet | None:
    if count == TRANSPORT_CC:
        return decode(data, at, end)
    return _nack(data, at, end) if count == NACK else None


def _payload(data: bytes, at: int, count: int, end: int) -> Packet | None:
    if count == PLI:
        return KeyframeRequest(_U32.unpack_from(data, at + 8)[0])
    if count == FIR and at + 20 <= end:
        return KeyframeRequest(_FIR.unpack_from(data, at + 12)[0])
    if count == APPLICATION and at + 20 <= end:
        name, told = _REMB.unpack_from(data, at + 12)
        if name == b"REMB":
            return Remb((told & 0x3FFFF) << (told >> 18 & 63))
    return None


def parse(data: bytes) -> list[Packet]:
    """Read a compound or reduced-size packet (RFC 5506), in the clear. Unknown kinds are passed over."""
    packets: list[Packet] = []
    at = 0
    while at + 4 <= len(data):
        first, _, words = _HEAD.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            break
        # Padding (RFC 3550 6.4.1) belongs to the last packet only and is counted in its length.
        padding = data[end - 1] if first & 0x20 else 0
        if padding > end - at - 4:
            break
        packet, sound = _one(data, at, end - padding)
        if not sound:
            break
        if packet is not None:
            packets.append(packet)
        at = end
    return packets


def _pack_blocks(blocks: Sequence[Block]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            block.fraction << 24 | max(-0x800000, min(block.lost, 0x7FFFFF)) & 0xFFFFFF,
            block.highest,
            block.jitter,
            block.last_sr,
            block.delay,
        )
        for block in blocks
    )


def receiver_report(ssrc: int, blocks: Sequence[Block]) -> bytes:
    """Build an RR of at most 31 blocks."""
    return _HEAD.pack(0x80 | len(blocks), RR, 1 + 6 * len(blocks)) + _U32.pack(ssrc) + _pack_blocks(blocks)


def sender_report(report: SenderReport) -> bytes:
    """Build an SR."""
    head = _HEAD.pack(0x80 | len(report.blocks), SR, 6 + 6 * len(report.blocks))
    sender = _SENDER.pack(report.ssrc, report.ntp, report.rtp, report.packets, report.octets)
    return head + sender + _pack_blocks(report.blocks)


def source_description(ssrc: int, name: str) -> bytes:
    """Build an SDES of one CNAME (RFC 3550 6.5.1), at most 255 bytes of it."""
    text = name.encode()[:255]
    chunk = _U32.pack(ssrc) + bytes((1, len(text))) + text + b"\0"
    chunk += bytes(-len(chunk) % 4)
    return _HEAD.pack(0x81, SDES, len(chunk) // 4) + chunk


def nack(sender: int, ssrc: int, lost: Iterable[int]) -> bytes:
    """Build a generic NACK; ``lost`` are 16-bit numbers in order of the stream."""
    pairs: list[list[int]] = []
    for number in lost:
        distance = (number - pairs[-1][0]) & 0xFFFF if pairs else 0
        if pairs and 1 <= distance <= 16:
            pairs[-1][1] |= 1 << (distance - 1)
        else:
            pairs.append([number, 0])
    body = b"".join(_PAIR.pack(first, mask) for first, mask in pairs)
    return _FEEDBACK.pack(0x80 | NACK, RTPFB, 2 + len(pairs), sender, ssrc) + body


def pli(sender: int, ssrc: int) -> bytes:
    """Build a picture loss indication."""
    return _FEEDBACK.pack(0x80 | PLI, PSFB, 2, sender, ssrc)


def remb(sender: int, bitrate: int, ssrcs: Sequence[int]) -> bytes:
    """Build a REMB (draft-alvestrand-rmcat-remb-03 2.2): ``ssrcs`` together should not exceed ``bitrate``."""
    exponent = max(0, bitrate.bit_length() - 18)
    told = len(ssrcs) << 24 | exponent << 18 | bitrate >> exponent
    body = _REMB.pack(b"REMB", told) + b"".join(_U32.pack(ssrc) for ssrc in ssrcs)
    return _FEEDBACK.pack(0x80 | REMB, PSFB, 4 + len(ssrcs), sender, 0) + body


def bye(ssrcs: Sequence[int]) -> bytes:
    """Build a BYE for at most 31 sources."""
    return _HEAD.pack(0x80 | len(ssrcs), BYE, len(ssrcs)) + b"".join(_U32.pack(ssrc) for ssrc in ssrcs)
