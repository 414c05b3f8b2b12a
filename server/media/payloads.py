"""What is read and rewritten in the payload of a picture's packet, codec by codec.

H.264 and AV1 have no numbers of their own in it: browsers put their frames together by sequence numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from server.media import av1, h264, vp8, vp9
from server.media.renumber import Numbers

Shift = Callable[[bytearray, int, int, int], None]
"""Adds to the numbers of the payload at an index of a packet: to its picture id, and to its tl0picidx."""


class Payload(NamedTuple):
    """``starts``: whether the payload at an index is the first of a keyframe; ``size``: width and height in
    pixels that such a one tells, None where it does not; ``numbers``: what has to count on in it; ``shift``
    adds to these; ``places``: where a 15-bit picture id and a tl0picidx are, 0 for none.
    """

    starts: Callable[[bytes, int], bool]
    size: Callable[[bytes, int], tuple[int, int] | None]
    numbers: Callable[[bytes, int], Numbers]
    shift: Shift
    places: Callable[[bytes, int], tuple[int, int]]


def _nowhere(packet: bytes, at: int) -> tuple[int, int]:
    return 0, 0


def _none(packet: bytes, at: int) -> Numbers:
    return None, None


def _nothing(packet: bytearray, at: int, picture: int, tl0: int) -> None:
    """Leave it as it is."""


PAYLOADS: dict[str, Payload] = {
    "vp8": Payload(vp8.keyframe_starts, vp8.picture_size, vp8.numbers, vp8.shift, vp8.places),
    "vp9": Payload(vp9.keyframe_starts, vp9.picture_size, vp9.numbers, vp9.shift, vp9.places),
    "h264": Payload(h264.keyframe_starts, h264.picture_size, _none, _nothing, _nowhere),
    "av1": Payload(av1.keyframe_starts, av1.picture_size, _none, _nothing, _nowhere),
}
