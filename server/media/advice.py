"""What a person can do about a poor connection: one row of a small table, the most helpful first."""

from __future__ import annotations

from typing import NamedTuple

from server.media.quality import Measured
from signaling.parts import Advice

LOSSY = 0.03
"""Loss that repair did not hide: seen on radio links far more than on wires."""

SHAKY_S = 0.03
"""Jitter of a radio link that sends again and again; wired lines stay below 10 ms."""

QUEUED_S, QUEUED_TIMES = 0.15, 2.5
"""A round trip that has grown by so much, and so many times, waits in somebody's queue."""

NARROW_BPS = 200_000
"""Below this there is no room for a picture beside speech (the lowest layer is 150 kbit/s)."""

FAR_S = 0.4


class Signs(NamedTuple):
    """What is known of a poor connection.

    ``least_rtt`` is the shortest round trip so far (s); ``tcp``: media goes over TCP; ``rate`` is what the
    line can carry towards the browser (bits/s), None where unknown.
    """

    measured: Measured
    least_rtt: float
    tcp: bool
    rate: float | None


def advice(signs: Signs) -> Advice | None:
    """Return what helps most; None when nothing that we know of would."""
    measured, rtt = signs.measured, signs.measured.rtt or 0.0
    if signs.tcp:
        return "network"
    if rtt > signs.least_rtt + QUEUED_S and rtt > signs.least_rtt * QUEUED_TIMES:
        return "busy"
    if signs.rate is not None and signs.rate < NARROW_BPS:
        return "narrow"
    if max(measured.loss_up or 0.0, measured.loss_down or 0.0) > LOSSY:
        return "closer"
    if max(measured.jitter_up, measured.jitter_down) > SHAKY_S:
        return "closer"
    return "far" if rtt > FAR_S else None
