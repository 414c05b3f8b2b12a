"""How long each member has spoken, from RFC 6464 audio levels alone: voice, not silence and not a noisy room.

Loudness is 127 minus the level in -dBov, as in ``speakers.py``. What somebody's room sounds like while they
say nothing is learnt from the quietest they are: a fan or a street counts for nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

LEAST = 70.0
"""Below this (-57 dBov) nothing is speech, however quiet the room is."""

ABOVE_NOISE = 7.0
"""Speech is so many dB louder than the room it is in."""

LOUDEST = 127.0

GAP_S = 0.55
"""A pause between words belongs to what is said; a longer one does not."""

ROOM_S = 6
"""The quietest moment of so many seconds is what the room sounds like: nobody speaks that long without taking
breath (minimum statistics, R. Martin 2001)."""


class _Voice:
    """One member: how loud their room is, and what they have said. ``minima`` are of whole seconds.

    ``begun`` is how loud the moment was in which they began, and how long, until the next one is heard;
    ``unsure`` is what was heard before anything told the room from a voice: None once it is known.
    """

    __slots__ = ("begun", "gap", "lowest", "minima", "seconds", "since", "unsure")

    def __init__(self) -> None:
        self.minima: deque[float] = deque(maxlen=ROOM_S)
        self.lowest = LOUDEST
        self.since = 0.0
        self.gap = GAP_S + 1.0
        self.seconds = 0.0
        self.begun: tuple[float, float] | None = None
        self.unsure: list[tuple[float, float]] | None = []

    def hear(self, loudness: float, span: float) -> bool:
        """Take the mean loudness of the last ``span`` seconds; return whether more was said."""
        self.lowest = min(self.lowest, loudness)
        room = min((self.lowest, *self.minima))
        self.since += span
        if self.since >= 1.0:
            self.minima.append(self.lowest)
            self.lowest, self.since = LOUDEST, 0.0
        if self.unsure is None:
            return self._count(loudness, span, room)
        # A loud room and somebody who comes in speaking begin alike: what differs is that a voice falls.
        self.unsure.append((loudness, span))
        loudest = max(each for each, _ in self.unsure)
        if loudest < room + ABOVE_NOISE and room >= LEAST and len(self.minima) < ROOM_S:
            return False
        heard, self.unsure, before = self.unsure, None, self.seconds
        for each, length in heard:
            self._count(each, length, room)
        return self.seconds > before

    def _count(self, loudness: float, span: float, room: float) -> bool:
        if loudness < max(LEAST, room + ABOVE_NOISE):
            self.gap += span
            return False
        if self.gap > GAP_S:
            self.begun = loudness, span
            self.seconds += span
        else:
            self.seconds += span + self.gap - self._early(loudness, room)
            self.begun = None
        self.gap = 0.0
        return True

    def _early(self, loudness: float, room: float) -> float:
        """Return how much of the moment in which they began was silence: so much less loud was it than the
        next one.
        """
        if self.begun is None or self.gap > 0 or loudness <= self.begun[0]:
            return 0.0
        first, span = self.begun
        return span * (loudness - first) / (loudness - room)


class Talk:
    """Follows everybody; call ``update`` about every 100 ms. Who has left keeps what they said."""

    def __init__(self) -> None:
        self._voices: dict[str, _Voice] = {}
        self._at: float | None = None
        self._news: set[str] = set()

    def update(self, levels: Mapping[str, float], now: float) -> None:
        """Take the mean loudness (0 to 127) of each member who may be heard since the last call."""
        span = 0.0 if self._at is None else min(max(0.0, now - self._at), 1.0)
        self._at = now
        for member, loudness in levels.items():
            voice = self._voices.get(member)
            if voice is None:
                voice = self._voices[member] = _Voice()
            if voice.hear(loudness, span):
                self._news.add(member)

    def news(self) -> dict[str, float]:
        """Seconds spoken, of those for whom that has changed since this was asked last."""
        found = {member: self._voices[member].seconds for member in sorted(self._news)}
        self._news.clear()
        return found
