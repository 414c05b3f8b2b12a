"""Transport-wide congestion feedback, written as a browser writes it.

Source: draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. Pure: arrival times are arguments.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

_DELTA_US: Final = 250
_REFERENCE_US: Final = 64_000
_NOT_RECEIVED: Final = 0
_SMALL: Final = 1
_LARGE: Final = 2

INTERVAL: Final = 0.05
"""Seconds between two reports. Chromium aims at 5 % of the bitrate and never more often than this; from
about 220 kbit/s upwards it is at this bound (libwebrtc ``transport_sequence_number_feedback_generator``)."""


class TransportFeedback:
    """Collects arrivals of one connection and makes the next report of them."""

    def __init__(self, sender: int) -> None:
        self._sender = sender
        self._count = 0
        self._arrivals: list[tuple[int, int]] = []
        self._next: int | None = None

    def arrived(self, sequence: int, now_us: int) -> None:
        """A packet with this transport-wide sequence number (16 bits) came at ``now_us`` microseconds."""
        self._arrivals.append((sequence, now_us))

    def report(self, media: int) -> bytes | None:
        """The RTCP packet about everything that came since the last one; None when nothing came."""
        if not self._arrivals:
            return None
        arrivals, self._arrivals = self._arrivals, []
        base = arrivals[0][0] if self._next is None else self._next
        # Sequence numbers relative to the base, signed, so that a late packet before it is recognised.
        times: dict[int, int] = {}
        for sequence, now_us in arrivals:
            offset = ((sequence - base + 0x8000) & 0xFFFF) - 0x8000
            if offset >= 0:
                times.setdefault(offset, now_us)
        if not times:
            return None
        last = max(times)
        self._next = (base + last + 1) & 0xFFFF
        reference = min(times.values()) // _REFERENCE_US
        previous = reference * _REFERENCE_US
        symbols: list[int] = []
        deltas = bytearray()
        for offset in range(last + 1):
            arrival = times.get(offset)
            if arrival is None:
                symbols.append(_NOT_RECEIVED)
                continue
            delta = (arrival - previous) // _DELTA_US
            previous += delta * _DELTA_US
            if 0 <= delta <= 0xFF:
                symbols.append(_SMALL)
                deltas.append(delta)
            else:
                symbols.append(_LARGE)
                deltas += struct.pack("!h", max(-0x8000, min(0x7FFF, delta)))
        body = struct.pack("!LLHH", self._sender, media, base, last + 1)
        body += (reference & 0xFF_FFFF).to_bytes(3, "big") + bytes([self._count])
        body += _chunks(symbols) + deltas
        self._count = (self._count + 1) & 0xFF
        padding = -len(body) % 4
        if padding:
            body += bytes(padding - 1) + bytes([padding])
        return struct.pack("!BBH", 0x80 | (0x20 if padding else 0) | 15, 205, len(body) // 4) + body


def _chunks(symbols: Sequence[int]) -> bytes:
    """Run-length chunks for runs of seven and more, else two-bit vectors of seven symbols (section 3.1.3)."""
    out = bytearray()
    at = 0
    while at < len(symbols):
        run = 1
        while at + run < len(symbols) and symbols[at + run] == symbols[at] and run < 0x1FFF:
            run += 1
        if run >= 7 or at + run == len(symbols):
            out += struct.pack("!H", symbols[at] << 13 | run)
            at += run
            continue
        word = 0xC000
        for index, symbol in enumerate(symbols[at : at + 7]):
            word |= symbol << (12 - 2 * index)
        out += struct.pack("!H", word)
        at += 7
    return bytes(out)
