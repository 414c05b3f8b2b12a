"""The VP8 payload descriptor (RFC 7741 4.2): where a keyframe starts, and the picture id."""

from __future__ import annotations


def keyframe_starts(packet: bytes | bytearray, at: int) -> bool:
    """Return whether the payload at ``at`` is the first of a keyframe: S bit, partition 0, P bit clear."""
    end = len(packet)
    if end - at < 2:
        return False
    first = packet[at]
    if first & 0x17 != 0x10:
        return False
    at += 1
    if first & 0x80:
        extension = packet[at]
        at += 1
        if extension & 0x80:
            if at >= end:
                return False
            at += 2 if packet[at] & 0x80 else 1
        at += (extension >> 6 & 1) + (1 if extension & 0x30 else 0)
    return at < end and not packet[at] & 1


def picture_id(packet: bytes | bytearray, at: int) -> int | None:
    """Return the 15-bit picture id of the payload at ``at``; None where it has none or only a 7-bit one.

    Browsers send 15 bits; the shorter form can't be renumbered in place and is passed on as it is.
    """
    if (
        len(packet) - at < 4
        or not packet[at] & 0x80
        or not packet[at + 1] & 0x80
        or not packet[at + 2] & 0x80
    ):
        return None
    return (packet[at + 2] & 0x7F) << 8 | packet[at + 3]


def shift_picture_id(packet: bytearray, at: int, offset: int) -> None:
    """Add ``offset`` to a 15-bit picture id in place; nothing happens where there is none."""
    if packet[at] & 0x80 and packet[at + 1] & 0x80 and packet[at + 2] & 0x80:
        shifted = ((packet[at + 2] & 0x7F) << 8 | packet[at + 3]) + offset
        packet[at + 2] = 0x80 | shifted >> 8 & 0x7F
        packet[at + 3] = shifted & 0xFF
