"""The VP9 payload descriptor (RFC 9628 4.2): where a keyframe starts, its numbers, how to renumber it."""

from __future__ import annotations

_ID, _PREDICTED, _LAYERS, _FLEXIBLE, _BEGINS = 0x80, 0x40, 0x20, 0x10, 0x08


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
    if len(packet) - at < 3 or not packet[at] & _ID:
        return
    if packet[at + 1] & 0x80:
        shifted = ((packet[at + 1] & 0x7F) << 8 | packet[at + 2]) + picture
        packet[at + 1] = 0x80 | shifted >> 8 & 0x7F
        packet[at + 2] = shifted & 0xFF
    base = _base(packet, at)
    if base:
        packet[base] = (packet[base] + tl0) & 0xFF


def places(packet: bytes, at: int) -> tuple[int, int]:
    """Return where the payload at ``at`` has a 15-bit picture id and a tl0picidx; 0 for what it has not."""
    if len(packet) - at < 3 or not packet[at] & _ID:
        return 0, 0
    return at + 1 if packet[at + 1] & 0x80 else 0, _base(packet, at)


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
