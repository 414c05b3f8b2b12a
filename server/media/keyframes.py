"""Where a keyframe of H.264 or AV1 starts: there, and nowhere else, a decoder can begin."""

from __future__ import annotations

_SPS, _STAP_A = 7, 24


def h264_starts(packet: bytes | bytearray, at: int) -> bool:
    """RFC 6184 5.2, 5.7.1: a sequence parameter set, alone or first in an aggregate; keyframes bring one."""
    if at >= len(packet):
        return False
    kind = packet[at] & 31
    if kind == _STAP_A:
        return at + 3 < len(packet) and packet[at + 3] & 31 == _SPS
    return kind == _SPS


def av1_starts(packet: bytes | bytearray, at: int) -> bool:
    """AV1 RTP 4.4: the first packet of a coded video sequence (N), no continued fragment (Z)."""
    return at < len(packet) and packet[at] & 0x88 == 0x08
