"""The VP8 payload descriptor (RFC 7741 4.2): where a keyframe starts, its numbers, how to renumber it."""

from __future__ import annotations

from server.media.renumber import add


def keyframe_starts(packet: bytes | bytearray, at: int) -> bool:
    """Return whether the payload at ``at`` is the first of a keyframe: S bit, partition 0, P bit clear."""
    if len(packet) - at < 2 or packet[at] & 0x17 != 0x10:
        return False
    at = _body(packet, at)
    return 0 < at < len(packet) and not packet[at] & 1


def picture_size(packet: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Return width and height in pixels that a keyframe's first packet tells (RFC 6386 9.1)."""
    at = _body(packet, at)
    if not at or len(packet) < at + 10 or packet[at + 3 : at + 6] != b"\x9d\x01\x2a":
        return None
    width = packet[at + 6] | packet[at + 7] << 8
    height = packet[at + 8] | packet[at + 9] << 8
    return width & 0x3FFF, height & 0x3FFF


def numbers(packet: bytes | bytearray, at: int) -> tuple[int | None, int | None]:
    """Return the 15-bit picture id and the tl0picidx of the payload at ``at``; None for what it has not.

    Browsers send 15 bits; a 7-bit picture id can't be renumbered in place and is passed on as it is.
    """
    if len(packet) - at < 4 or not packet[at] & 0x80 or not packet[at + 1] & 0x80:
        return None, None
    flags = packet[at + 1]
    long = packet[at + 2] & 0x80
    picture = (packet[at + 2] & 0x7F) << 8 | packet[at + 3] if long else None
    at += 4 if long else 3
    return picture, packet[at] if flags & 0x40 and at < len(packet) else None


def shift(packet: bytearray, at: int, picture: int, tl0: int) -> None:
    """Add to a 15-bit picture id and to a tl0picidx in place; nothing happens where there is none."""
    add(packet, *places(packet, at), picture, tl0)


def places(packet: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return where the payload at ``at`` has a 15-bit picture id and a tl0picidx; 0 for what it has not."""
    if len(packet) < at + 3 or not packet[at] & 0x80:
        return 0, 0
    flags, picture = packet[at + 1], 0
    at += 2
    if flags & 0x80:
        long = packet[at] & 0x80
        picture = at if long else 0
        at += 2 if long else 1
    if picture + 2 > len(packet):
        return 0, 0
    return picture, at if flags & 0x40 and at < len(packet) else 0


def _body(packet: bytes | bytearray, at: int) -> int:
    """Return where the VP8 data behind the descriptor begins; 0 when the descriptor is cut off."""
    end = len(packet)
    if at >= end:
        return 0
    first = packet[at]
    at += 1
    if first & 0x80:
        if at >= end:
            return 0
        extension = packet[at]
        at += 1
        if extension & 0x80:
            if at >= end:
                return 0
            at += 2 if packet[at] & 0x80 else 1
        at += (extension >> 6 & 1) + (1 if extension & 0x30 else 0)
    return at
