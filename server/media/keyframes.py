"""Where a keyframe starts, for each codec that is forwarded: there, and nowhere else, a decoder can begin."""

from __future__ import annotations

from collections.abc import Callable

from server.media import vp8

Starts = Callable[[bytes, int], bool]
"""Whether the payload at an index of a packet is the first of a keyframe."""

_SPS, _STAP_A = 7, 24


def _vp9(packet: bytes, at: int) -> bool:
    """RFC 9628 4.2: not predicted from another picture (P), begins a frame (B), the lowest spatial layer."""
    if at >= len(packet):
        return False
    flags = packet[at]
    if flags & 0x48 != 0x08:
        return False
    if not flags & 0x20:
        return True
    at += 1
    if flags & 0x80:
        at += 2 if at < len(packet) and packet[at] & 0x80 else 1
    return at < len(packet) and not packet[at] & 0x0E


def _h264(packet: bytes, at: int) -> bool:
    """RFC 6184 5.2, 5.7.1: a sequence parameter set, alone or first in an aggregate; keyframes bring one."""
    if at >= len(packet):
        return False
    kind = packet[at] & 31
    if kind == _STAP_A:
        return at + 3 < len(packet) and packet[at + 3] & 31 == _SPS
    return kind == _SPS


def _av1(packet: bytes, at: int) -> bool:
    """AV1 RTP 4.4: the first packet of a coded video sequence (N), no continued fragment (Z)."""
    return at < len(packet) and packet[at] & 0x88 == 0x08


STARTS: dict[str, Starts] = {"vp8": vp8.keyframe_starts, "vp9": _vp9, "h264": _h264, "av1": _av1}
