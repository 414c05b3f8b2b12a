"""What the relay counts; ``/metrics`` and the benchmarks read it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

BUCKETS = 80
"""Bucket ``i`` of a delay histogram holds delays below 2**(i/4) µs: four a doubling, up to 0.9 s."""

_MICROS = [2 ** (index / 4) for index in range(BUCKETS)]

LINE_BOUNDS = (50_000, 150_000, 300_000, 500_000, 1_000_000, 2_000_000)
"""Bits/s between which the estimates of lines are counted: about the steps of the ladder."""


def bucket_bounds() -> list[float]:
    """Return the upper bound of each bucket in seconds; the last one also takes everything above."""
    return [micros / 1e6 for micros in _MICROS]


def percentile(counts: Sequence[int], share: float) -> float:
    """Return the upper bound (seconds) of the bucket in which ``share`` (0 to 1) is reached; 0 when empty."""
    total = sum(counts)
    if not total:
        return 0.0
    reached = 0
    for bound, count in zip(bucket_bounds(), counts, strict=True):
        reached += count
        if reached >= share * total:
            return bound
    return bucket_bounds()[-1]


class RelayStats:
    """Plain running counters since the start; packets are RTP packets.

    ``delays`` samples forwarded packets by the time from the kernel's receiving the datagram (the first of
    those whose copies leave together: the one that waited longest) to handing the last of these copies to the
    kernel. ``lines`` is how many reported lines are estimated at up to each of ``LINE_BOUNDS``, and above.
    """

    def __init__(self) -> None:
        self.packets_in = 0
        self.bytes_in = 0
        self.packets_out = 0
        self.bytes_out = 0
        self.nacks_in = 0
        self.nacks_out = 0
        self.plis_in = 0
        self.plis_out = 0
        self.retransmissions = 0
        self.padding = 0
        self.repaired = 0
        self.drops: dict[str, int] = {}
        self.delays = [0] * BUCKETS
        self.lines = [0] * (len(LINE_BOUNDS) + 1)
        self.peers = 0
        self.connected = 0

    def drop(self, reason: str) -> None:
        """Count a datagram that went nowhere. Reasons are few and fixed, never data from outside."""
        self.drops[reason] = self.drops.get(reason, 0) + 1

    def delayed(self, micros: int, packets: int) -> None:
        """Count packets that took so many whole microseconds."""
        self.delays[min(bisect_right(_MICROS, micros), BUCKETS - 1)] += packets

    def delay(self, share: float) -> float:
        """Return the forwarding delay in seconds that ``share`` (0 to 1) of the packets did not exceed."""
        return percentile(self.delays, share)
