"""H.264 in RTP (RFC 6184): where a keyframe starts, and how large its picture is.

A sequence parameter set comes with each keyframe, and there, nowhere else, a decoder can begin.
"""

from __future__ import annotations

from server.media.bits import Bits

_SPS, _STAP_A, _FU_A = 7, 24, 28

_CHROMA_TOLD = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244}
"""Profiles whose parameter sets name the format of their chroma (H.264 7.3.2.1.1)."""

_CYCLE = 16
"""Numbers of an order of pictures that are read. The standard allows 255, browsers send none: what a stranger
can make us do for a packet stays in the order of what its forwarding costs."""

_LARGEST = 0x4000
"""Pixels each way: no level has more (H.264 A.3.1)."""


def keyframe_starts(packet: bytes | bytearray, at: int) -> bool:
    """Return whether the payload at ``at`` begins with a sequence parameter set.

    Alone, first in an aggregate, or the first of its fragments (RFC 6184 5.6, 5.7.1, 5.8).
    """
    if at >= len(packet):
        return False
    kind = packet[at] & 31
    if kind == _STAP_A:
        return at + 3 < len(packet) and packet[at + 3] & 31 == _SPS
    if kind == _FU_A:
        return at + 1 < len(packet) and packet[at + 1] & 0x9F == 0x80 | _SPS
    return kind == _SPS


def picture_size(packet: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Return width and height in pixels, as shown, that a keyframe's first packet tells."""
    if not keyframe_starts(packet, at):
        return None
    kind, end = packet[at] & 31, len(packet)
    if kind == _STAP_A:
        end = at + 3 + (packet[at + 1] << 8 | packet[at + 2])
        at += 4
    else:
        at += 2 if kind == _FU_A else 1
    # H.264 7.4.1: a 3 between two zeros and a small byte is not the set's own.
    return _size(Bits(bytes(packet[at:end]).replace(b"\0\0\3", b"\0\0")))


def _size(bits: Bits) -> tuple[int, int] | None:
    """Read a sequence parameter set (H.264 7.3.2.1.1)."""
    profile = bits.read(8)
    bits.skip(16)
    bits.golomb()
    chroma = 1
    if profile in _CHROMA_TOLD:
        chroma = bits.golomb()
        if chroma == 3 and bits.read(1):
            chroma = 0
        bits.golomb()
        bits.golomb()
        bits.skip(1)
        # Scaling lists: hundreds of numbers that no browser sends.
        if bits.read(1):
            return None
    bits.golomb()
    if not _order(bits):
        return None
    bits.golomb()
    bits.skip(1)
    width, height = 16 * (bits.golomb() + 1), 16 * (bits.golomb() + 1)
    fields = 1 if bits.read(1) else 2
    bits.skip(fields)
    height *= fields
    if bits.read(1):
        left, right, top, bottom = bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()
        width -= (left + right) * (2 if chroma in (1, 2) else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1) * fields
    if bits.cut or not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        return None
    return width, height


def _order(bits: Bits) -> bool:
    """Pass over what says in which order pictures are shown; False where that is no such thing."""
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind == 1:
        bits.skip(1)
        bits.golomb()
        bits.golomb()
        cycle = bits.golomb()
        if cycle > _CYCLE:
            return False
        for _ in range(cycle):
            bits.golomb()
    return kind <= 2
