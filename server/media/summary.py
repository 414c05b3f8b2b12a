"""What a transport-wide report amounts to for the estimate of a line. Pure; summary.c does the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

from server.media.twcc import TransportFeedback

TICK = 250e-6
"""Seconds of a tick of transport feedback."""


class Summary(NamedTuple):
    """Of ``total`` numbers from ``first`` on (it is not cut) ``came`` have arrived, as ``reports`` reports
    tell, of which the last one is number ``serial`` and came at ``at`` (seconds on our clock).

    ``opens`` and ``closes`` are the ticks of the first and the last number that came, ``latest`` is the
    highest of all; with ``shift`` they count on from those of earlier reports, of which 32 bits are told.
    ``octets`` have come, ``opening`` of them with the first number, both without ``OVERHEAD``. ``low`` and
    ``mean`` are how long what came was on its way, in seconds between two clocks. All but the first five are
    0 where nothing came.
    """

    first: int
    total: int
    serial: int
    reports: int
    at: float
    came: int = 0
    opens: int = 0
    closes: int = 0
    latest: int = 0
    shift: int = 0
    octets: int = 0
    opening: int = 0
    low: float = 0.0
    mean: float = 0.0


def sum_up(
    told: TransportFeedback,
    first: int,
    at: float,
    sizes: Sequence[int],
    times: Sequence[float],
    before: int | None,
) -> Summary:
    """Sum up a report that begins with the number ``first`` and came ``at`` this instant.

    ``sizes`` and ``times`` have, at each number modulo their length, how large it was and when it left;
    ``before`` is the last tick so far.
    """
    ticks, serial, reports = told.ticks, told.serial, told.reports
    if not ticks:
        return Summary(first, told.total, serial, reports, at)
    opens, closes, ring = ticks[0], ticks[-1], len(times)
    shift = 0
    if before is not None:
        # 32 bits of ticks wrap after twelve days.
        shift = ((opens - before + 0x80000000) & 0xFFFFFFFF) - 0x80000000 + before - opens
    places = [(first + offset) % ring for offset in told.offsets]
    delays = [(tick + shift) * TICK - times[place] for tick, place in zip(ticks, places, strict=True)]
    # Not ``sum``, which from Python 3.12 on is more exact than C is by itself.
    mean = reduce(add, delays) / len(delays)
    octets = sum([sizes[place] for place in places])
    return Summary(
        first,
        told.total,
        serial,
        reports,
        at,
        len(places),
        opens,
        closes,
        max(ticks),
        shift,
        octets,
        sizes[places[0]],
        min(delays),
        mean,
    )
