"""What one person receives: packets counted, gaps asked for again, samples decrypted, reports written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pylibsrtp import Error as SrtpError

from bench.load.wire import MAGIC, ReportBlock

SAMPLE: Final = 25
"""One packet in so many is decrypted and looked at."""

_ROUND_TRIP: Final = 0.02
"""Seconds that reports make the path seem to take. Loopback's own time rounds to nothing, and Janus 1.1.2
keeps no packets for repair until it has computed a round-trip time that is not zero."""


class Incoming:
    """One incoming SSRC: ``count`` distinct packets, ``lost`` never came, ``bad`` samples were not ours."""

    def __init__(self, ssrc: int, payload_type: int, first: int) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.count = 0
        self.sampled = 0
        self.bad = 0
        self.highest = first - 1
        self.missing: set[int] = set()
        self.last_report = 0
        self.reported_at = 0.0
        self._base = first
        self._prior_expected = 0
        self._prior_count = 0

    @property
    def expected(self) -> int:
        """How many packets there should be."""
        return self.highest - self._base + 1

    @property
    def lost(self) -> int:
        """How many of them never came."""
        return self.expected - self.count

    def arrived(self, sequence: int) -> range:
        """Notes a packet by its 16-bit sequence number; gives the numbers skipped before it."""
        extended = self.highest + ((sequence - self.highest + 0x8000) & 0xFFFF) - 0x8000
        if extended == self.highest + 1:
            self.highest = extended
            self.count += 1
            return range(0)
        if extended <= self.highest:
            if extended in self.missing:
                self.missing.discard(extended)
                self.count += 1
            return range(0)
        skipped = range(self.highest + 1, extended)
        self.missing.update(skipped)
        self.highest = extended
        self.count += 1
        return skipped

    def sample(self, packet: bytes, unprotect: Callable[[bytes], bytes]) -> None:
        """Decrypts ``packet`` and looks for the payload that a sender of this load wrote."""
        self.sampled += 1
        try:
            if MAGIC not in unprotect(packet):
                self.bad += 1
        except SrtpError:
            self.bad += 1

    def block(self, now: float) -> ReportBlock:
        """This source's block of the next receiver report (RFC 3550 appendix A.3)."""
        expected = self.expected - self._prior_expected
        received = self.count - self._prior_count
        self._prior_expected, self._prior_count = self.expected, self.count
        fraction = max(0, expected - received) * 256 // expected if expected else 0
        held = max(0.0, now - self.reported_at - _ROUND_TRIP)
        delay = int(held * 65_536) if self.last_report else 0
        return ReportBlock(
            self.ssrc,
            min(fraction, 255),
            max(0, self.lost),
            self.highest & 0xFFFF_FFFF,
            0,
            self.last_report,
            delay,
        )
