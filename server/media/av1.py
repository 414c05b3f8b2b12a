"""AV1 in RTP (RTP Payload Format For AV1, 4): where a keyframe starts, and how large its picture is."""

from __future__ import annotations

from server.media.bits import Bits

_SEQUENCE_HEADER = 1

_LOOKED_AT = 4
"""Elements of a packet: the sequence header is the first (AV1 7.5), but for what some put in front of it."""


def keyframe_starts(packet: bytes | bytearray, at: int) -> bool:
    """AV1 RTP 4.4: the first packet of a coded video sequence (N), no continued fragment (Z)."""
    return at < len(packet) and packet[at] & 0x88 == 0x08


def picture_size(packet: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Return width and height in pixels that a keyframe's first packet tells: the largest of its sequence."""
    if not keyframe_starts(packet, at):
        return None
    # AV1 RTP 4.4: W elements of which the last has no length; with 0 all have one.
    count = packet[at] >> 4 & 3
    at += 1
    for _ in range(_LOOKED_AT):
        count -= 1
        size = len(packet) - at
        if count:
            at, size = _length(packet, at)
        unit = bytes(packet[at : at + size])
        if unit and unit[0] >> 3 & 15 == _SEQUENCE_HEADER:
            return _size(unit)
        at += size
    return None


def _length(packet: bytes | bytearray, at: int) -> tuple[int, int]:
    """Read a leb128() (AV1 4.10.5): return what is behind it, and the number; the end where it is cut off."""
    value = 0
    for shift in range(0, 56, 7):
        if at >= len(packet):
            break
        byte = packet[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return at, value
    return len(packet), 0


def _size(unit: bytes) -> tuple[int, int] | None:
    """Read a sequence header with its OBU header (AV1 5.3.2, 5.5.1)."""
    begin = 2 if unit[0] & 0x04 else 1
    if unit[0] & 0x02:
        begin, _ = _length(unit, begin)
    bits = Bits(unit[begin:])
    bits.skip(4)
    if bits.read(1):
        bits.skip(5)
    else:
        _operating_points(bits)
    wide, high = bits.read(4) + 1, bits.read(4) + 1
    size = bits.read(wide) + 1, bits.read(high) + 1
    return None if bits.cut else size


def _operating_points(bits: Bits) -> None:
    """Pass over times, the decoder's model and the operating points (AV1 5.5.1, 5.5.3 to 5.5.5)."""
    delay = 0
    if bits.read(1):
        bits.skip(64)
        if bits.read(1):
            bits.golomb()
        if bits.read(1):
            delay = bits.read(5) + 1
            bits.skip(42)
    display = bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.skip(12)
        if bits.read(5) > 7:
            bits.skip(1)
        if delay and bits.read(1):
            bits.skip(2 * delay + 1)
        if display and bits.read(1):
            bits.skip(4)
