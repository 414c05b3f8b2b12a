"""VP9 in RTP (RFC 9628 4.2): where a keyframe starts, its size, its numbers, how to renumber it."""

from __future__ import annotations

from server.media.bits import Bits
from server.media.renumber import add

_ID, _PREDICTED, _LAYERS, _FLEXIBLE, _BEGINS, _STRUCTURE = 0x80, 0x40, 0x20, 0x10, 0x08, 0x02

_RGB = 7
"""A color_space of its own, which names its subsampling otherwise."""

_HEADER = 12
"""Bytes of a frame that are enough to know its size."""


def keyframe_starts(packet: bytes | bytearray, at: int) -> bool:
    """Return whether the payload at ``at`` is the first of a keyframe.

    Not predicted from another picture (P), begins a frame (B), of the lowest spatial layer.
    """
    if at >= len(packet):
        return False
    flags = packet[at]
    if flags & (_PREDICTED | _BEGINS) != _BEGINS:
        return False
    if not flags & _LAYERS:
        return True
    at = _layers(packet, at)
    return at < len(packet) and not packet[at] & 0x0E


def picture_size(packet: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Return width and height in pixels that a keyframe's first packet tells: of the largest layer where its
    scalability structure names them (RFC 9628 4.2.1), else of the frame itself.
    """
    if not keyframe_starts(packet, at):
        return None
    flags = packet[at]
    at = _layers(packet, at)
    if flags & _LAYERS:
        at += 1 if flags & _FLEXIBLE else 2
    if flags & _STRUCTURE and at < len(packet):
        structure = packet[at]
        at += 1
        if structure & 0x10:
            end = at + 4 * ((structure >> 5) + 1)
            if end > len(packet):
                return None
            return max((_u16(packet, each), _u16(packet, each + 2)) for each in range(at, end, 4))
        if structure & 0x08:
            at = _behind_group(packet, at)
    return _frame_size(Bits(bytes(packet[at : at + _HEADER])))


def numbers(packet: bytes | bytearray, at: int) -> tuple[int | None, int | None]:
    """Return the 15-bit picture id and the tl0picidx of the payload at ``at``; None for what it has not.

    Browsers send 15 bits; a 7-bit picture id can't be renumbered in place and is passed on as it is.
    """
    if len(packet) - at < 3 or not packet[at] & _ID:
        return None, None
    long = packet[at + 1] & 0x80
    picture = (packet[at + 1] & 0x7F) << 8 | packet[at + 2] if long else None
    base = _base(packet, at)
    return picture, packet[base] if base else None


def shift(packet: bytearray, at: int, picture: int, tl0: int) -> None:
    """Add to a 15-bit picture id and to a tl0picidx in place; nothing happens where there is none."""
    add(packet, *places(packet, at), picture, tl0)


def places(packet: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return where the payload at ``at`` has a 15-bit picture id and a tl0picidx; 0 for what it has not."""
    if len(packet) - at < 3 or not packet[at] & _ID:
        return 0, 0
    return at + 1 if packet[at + 1] & 0x80 else 0, _base(packet, at)


def _u16(packet: bytes | bytearray, at: int) -> int:
    return packet[at] << 8 | packet[at + 1]


def _behind_group(packet: bytes | bytearray, at: int) -> int:
    """Pass over the pictures of a group: a byte each, and one for each that it is predicted from."""
    end = len(packet)
    count = packet[at] if at < end else 0
    at += 1
    for _ in range(count):
        if at >= end:
            break
        at += 1 + (packet[at] >> 2 & 3)
    return at


def _frame_size(bits: Bits) -> tuple[int, int] | None:
    """Read a keyframe's uncompressed header (VP9 bitstream specification 6.2, 6.2.2, 6.2.3)."""
    if bits.read(2) != 2:
        return None
    profile = bits.read(1) | bits.read(1) << 1
    if profile == 3:
        bits.skip(1)
    # Neither shows what is known (show_existing_frame) nor is predicted (frame_type).
    if bits.read(2):
        return None
    bits.skip(2)
    if bits.read(24) != 0x498342:
        return None
    if profile >= 2:
        bits.skip(1)
    if bits.read(3) != _RGB:
        bits.skip(1 + 3 * (profile & 1))
    else:
        bits.skip(profile & 1)
    size = bits.read(16) + 1, bits.read(16) + 1
    return None if bits.cut else size


def _layers(packet: bytes | bytearray, at: int) -> int:
    """Return where the layer indices are: behind the flags and the picture id."""
    if not packet[at] & _ID:
        return at + 1
    return at + (3 if at + 1 < len(packet) and packet[at + 1] & 0x80 else 2)


def _base(packet: bytes | bytearray, at: int) -> int:
    """Return where the tl0picidx is, 0 where there is none: not in flexible mode, only with layers."""
    if packet[at] & (_LAYERS | _FLEXIBLE) != _LAYERS:
        return 0
    base = _layers(packet, at) + 1
    return base if base < len(packet) else 0
