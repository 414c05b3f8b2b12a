"""How often somebody may do something: a leaking bucket for each key, in bounded memory."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

MOST_KEYS = 10_000
"""Buckets kept at once. The one longest unused goes first: it has leaked most."""


class Rates:
    """Allows ``burst`` at once and ``burst`` per ``per_s`` seconds in the long run, for each key."""

    def __init__(self, burst: int, per_s: float) -> None:
        self._burst = burst
        self._leak = burst / per_s
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def allow(self, key: str, now: float) -> bool:
        """Whether it may be done once more at instant ``now`` (seconds of one clock); counts it when it may.

        A clock that is put back stands still here: nobody waits for it to catch up.
        """
        level, since = self._buckets.pop(key, (0.0, now))
        level = max(0.0, level - max(0.0, now - since) * self._leak)
        allowed = level + 1 <= self._burst
        self._buckets[key] = (level + allowed, now)
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return allowed


def client_key(remote: str | None, forwarded_for: str | None, *, trust_proxy: bool) -> str:
    """Who asks, as far as rates go: an IPv4 address or an IPv6 /64, which is one household.

    Of ``X-Forwarded-For`` only the last address counts, which the trusted proxy wrote itself.
    """
    text = remote or ""
    if trust_proxy and forwarded_for:
        text = forwarded_for.rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
