"""Redundant audio (RFC 2198): a packet also carries the frames before it, so that a lost one is not missed.

Measured on Opus of 20 ms: one earlier frame turns 15 % of random loss into 2.3 %, two into 0.3 %, without
waiting for a round trip; each costs its own bytes again but no further packet.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

MOST_BLOCKS = 8
"""Earlier frames that are read from one packet; browsers send one or two."""

MOST_OFFSET = 0x3FFF
"""How much older an earlier frame may be in timestamp units (341 ms at 48 kHz): the field has 14 bits."""

MOST_BYTES = 0x3FF
"""How long an earlier frame may be: the field has 10 bits."""

SILENCE_BYTES = 2
"""An Opus frame of so many bytes or fewer is silence (DTX, RFC 6716 2.1.9): not worth saying twice."""

_BLOCK = Struct("!L")


class Frame(NamedTuple):
    """One encoded frame: ``offset`` is how much older it is than the packet, in timestamp units."""

    offset: int
    payload: bytes


def unwrap(packet: bytes, at: int) -> list[Frame] | None:
    """Return the frames of a packet whose payload starts at ``at``, oldest first; the last is its own.

    Frames that were left empty are passed over. None when it is malformed.
    """
    heads: list[tuple[int, int]] = []
    end = len(packet)
    while True:
        if at >= end or len(heads) > MOST_BLOCKS:
            return None
        if not packet[at] & 0x80:
            at += 1
            break
        if at + 4 > end:
            return None
        word = _BLOCK.unpack_from(packet, at)[0]
        heads.append((word >> 10 & MOST_OFFSET, word & MOST_BYTES))
        at += 4
    frames = []
    for offset, size in heads:
        if at + size > end:
            return None
        if size:
            frames.append(Frame(offset, packet[at : at + size]))
        at += size
    frames.append(Frame(0, packet[at:]))
    return frames


def wrap(payload_type: int, own: bytes, earlier: Sequence[Frame]) -> bytes:
    """Return the payload that carries ``own`` and, where they fit the fields, the ``earlier`` frames.

    ``payload_type`` is that of the frames themselves; ``earlier`` is oldest first.
    """
    kept = [
        frame
        for frame in earlier
        if 0 < frame.offset <= MOST_OFFSET and SILENCE_BYTES < len(frame.payload) <= MOST_BYTES
    ]
    heads = [
        _BLOCK.pack((0x80 | payload_type) << 24 | frame.offset << 10 | len(frame.payload)) for frame in kept
    ]
    return b"".join((*heads, bytes((payload_type,)), *(frame.payload for frame in kept), own))
