"""The ladder: what a call still is on a line or a budget that carries less and less. Down quickly, up slowly.

What somebody pins is the highest rung that they are given, never the lowest. A line takes nobody below
speech; only a budget that is used up, or their own choice, ends sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from server.media.caps import Caps
from server.media.sharing import VOICE
from signaling.parts import PauseReason, Rung

RUNGS: tuple[Rung, ...] = ("720p", "360p", "180p", "stills", "speech", "speech-low", "text")
"""The best first."""

SPEECH: Mapping[Rung, tuple[int, int]] = MappingProxyType(
    {"180p": (24_000, 20), "stills": (24_000, 20), "speech": (24_000, 20), "speech-low": (12_000, 60)}
)
"""Bits/s of Opus and ms a packet at most; on the rungs above 32 kbit/s and 20 ms. At 20 ms a packet headers
alone take 25 kbit/s, at 60 ms 8. Measured: Chromium asked for 12 kbit/s and 60 ms sends 16.5 packets and
11 kbit/s of Opus while somebody speaks, 20 with all headers.
"""

LEAST: Mapping[Rung, float] = MappingProxyType(
    {
        "720p": VOICE + 660e3,
        "360p": VOICE + 240e3,
        "180p": VOICE + 40e3,
        "stills": VOICE + 20e3,
        "speech": 49e3,
        "speech-low": 32e3,
        "text": 0.0,
    }
)
"""Bits/s with all headers, one way, from which a rung can be had."""

FULL: Mapping[Rung, float] = MappingProxyType(
    {
        "720p": VOICE + 1.7e6,
        "360p": VOICE + 560e3,
        "180p": VOICE + 170e3,
        "stills": VOICE + 30e3,
        "speech": 49e3,
        "speech-low": 32e3,
        "text": 1e3,
    }
)
"""Bits/s with all headers, one way, that a rung takes with one other person when nothing is short."""

RISE = 1.25
"""A better rung has to fit with so much to spare."""

DOWN_S, UP_S, LONGEST_UP_S = 1.0, 10.0, 80.0
"""A worse line is followed after so long, a better one after so long; twice as long each time that this went
wrong within ``REGRET_S``."""

REGRET_S = 20.0


def per_hour(rung: Rung) -> float:
    """Return the bytes an hour, both ways together, that a rung takes with one other person."""
    return 2 * FULL[rung] * 3_600 / 8


def worse(one: Rung, other: Rung) -> Rung:
    """Return the lower of two rungs."""
    return RUNGS[max(RUNGS.index(one), RUNGS.index(other))]


def fitting(bits: float | None, now: Rung, *, least: Rung = "speech-low") -> Rung:
    """Return the best rung that ``bits`` bits/s carry (None: all), one way; at worst ``least``."""
    if bits is None:
        return RUNGS[0]
    place = RUNGS.index(now)
    for index, rung in enumerate(RUNGS):
        if LEAST[rung] * (RISE if index < place else 1.0) <= bits:
            return RUNGS[min(index, RUNGS.index(least))]
    return least


def caps(rung: Rung, reason: PauseReason, way: float | None = None) -> Caps:
    """Return the bounds of a rung; ``way`` are bits/s each way where a budget says so."""
    if rung in ("720p", "360p", "180p"):
        lines = None if rung == "720p" else int(rung[:-1])
        return Caps(down_bps=way, up_bps=way, lines=lines, reason=reason)
    speech = SPEECH.get(rung)
    return Caps(
        pictures=False,
        screen="stills" if rung == "stills" else "none",
        sound=rung != "text",
        speech=None if speech is None else speech[0],
        reason=reason,
    )


class Ladder:
    """One person's place on the ladder. Times are seconds on any one clock."""

    __slots__ = ("_better_since", "_patience", "_rose_at", "_worse_since", "rung")

    def __init__(self) -> None:
        self.rung: Rung = RUNGS[0]
        self._worse_since: float | None = None
        self._better_since: float | None = None
        self._patience = UP_S
        self._rose_at = float("-inf")

    def look(self, line: float | None, ceiling: Rung, now: float) -> Rung:
        """Return the rung now: ``line`` are the bits/s of the narrower way (None: no limit is known).

        ``ceiling`` is followed at once downwards; up, both have to hold for a while.
        """
        fits = worse(fitting(line, self.rung), ceiling)
        place, aim = RUNGS.index(self.rung), RUNGS.index(fits)
        if RUNGS.index(ceiling) > place:
            self._move(ceiling)
        elif aim > place:
            self._better_since = None
            if self._worse_since is None:
                self._worse_since = now
            if now - self._worse_since >= DOWN_S:
                regretted = now - self._rose_at < REGRET_S
                self._patience = min(2 * self._patience, LONGEST_UP_S) if regretted else UP_S
                self._move(fits)
        elif aim < place:
            self._worse_since = None
            if self._better_since is None:
                self._better_since = now
            if now - self._better_since >= self._patience:
                self._rose_at = now
                self._move(fits)
        else:
            self._worse_since = self._better_since = None
        return self.rung

    def choose(self, ceiling: Rung) -> None:
        """Somebody has just chosen: they need not wait to be let up."""
        self._move(ceiling)

    def _move(self, rung: Rung) -> None:
        self.rung = rung
        self._worse_since = self._better_since = None
