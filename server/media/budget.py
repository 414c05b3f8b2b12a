"""A data budget: what may still be used a second, so that it lasts to the end of the session."""

from __future__ import annotations

from server.media.ladder import FULL, LEAST, RISE, RUNGS
from signaling.parts import Rung

RESERVE = 0.97
"""Share of a budget that is planned with: reports, checks and messages are on top of what is counted."""

SOON_S = 2.0
"""So far ahead one looks whether a budget is about to be used up: what is told to a browser takes effect by
then."""


def allowed(limit: float, used: float, remaining: float) -> float:
    """Return the bits/s, both ways together, that may be used for ``remaining`` seconds; bytes otherwise."""
    return max(0.0, RESERVE * limit - used) * 8 / max(remaining, SOON_S)


def ceiling(limit: float, used: float, remaining: float, rate: float, now: Rung) -> Rung:
    """Return the best rung that a budget carries to the end, ``text`` once it is used up.

    ``rate`` are the bits/s that are used now, both ways. Speech is the last that is given up: it goes on
    until there is nothing left, however long the session still is.
    """
    if used + SOON_S * min(rate, 2 * FULL["speech"]) / 8 >= limit:
        return "text"
    if now == "text" and used >= RESERVE * limit:
        return now
    bits = allowed(limit, used, remaining) / 2
    place = RUNGS.index(now)
    for index, rung in enumerate(RUNGS[:-1]):
        if LEAST[rung] * (RISE if index < place else 1.0) <= bits:
            return rung
    return "speech-low"
