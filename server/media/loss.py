"""Which packets of a stream are missing, and when to ask for them again (RFC 4585 6.2.1)."""

from __future__ import annotations

MAX_MISSING = 256
"""A wider gap is no loss to repair but an outage: a keyframe is cheaper."""

REORDER_S = 0.008
"""A packet that is merely late comes within this; asking earlier repeats what is on its way."""

MAX_ASKS = 10
GIVE_UP_S = 1.0
"""After this long a receiver's jitter buffer has moved on."""


class _Hole:
    """One missing packet: since when, how often it was asked for, when to ask next (seconds)."""

    __slots__ = ("asked", "due", "since")

    def __init__(self, now: float) -> None:
        self.since = now
        self.asked = 0
        self.due = now + REORDER_S


class Missing:
    """The missing packets of one stream: ``holes`` by extended sequence number, oldest first."""

    __slots__ = ("gave_up", "holes")

    def __init__(self) -> None:
        self.holes: dict[int, _Hole] = {}
        self.gave_up = False
        """Set when a packet was given up: the picture needs a keyframe. Whoever asks for one resets it."""

    def gap(self, first: int, end: int, now: float) -> None:
        """Note that ``first`` to ``end - 1`` were jumped over."""
        if end - first + len(self.holes) > MAX_MISSING:
            self.holes.clear()
            self.gave_up = True
            return
        for number in range(first, end):
            self.holes[number] = _Hole(now)

    def found(self, number: int) -> bool:
        """Return whether ``number`` was missing; it is not any more."""
        return self.holes.pop(number, None) is not None

    def clear(self) -> None:
        """Forget all of it: the stream starts anew."""
        self.holes.clear()
        self.gave_up = False

    def ask(self, now: float, rtt: float) -> list[int]:
        """Return the numbers to ask for now. Each is asked again after a round trip, with some slack."""
        asked = []
        for number, hole in list(self.holes.items()):
            if hole.asked >= MAX_ASKS or now - hole.since > GIVE_UP_S:
                del self.holes[number]
                self.gave_up = True
            elif hole.due <= now:
                hole.asked += 1
                hole.due = now + max(0.02, rtt * 1.25)
                asked.append(number)
        return asked

    def next_due(self) -> float | None:
        """Return when ``ask`` has something to say again, None while nothing is missing."""
        return min((hole.due for hole in self.holes.values()), default=None)
