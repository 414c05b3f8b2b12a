"""Which packets of a stream are missing, and when to ask for them again (RFC 4585 6.2.1)."""

from __future__ import annotations

MAX_MISSING = 256
"""A wider gap is no loss to repair but an outage: a keyframe is cheaper."""

REORDER_S = 0.008
"""A packet that is merely late comes within this; asking earlier repeats what is on its way."""

AGAIN_S = 0.012
"""On a line that loses packets each question goes twice: browsers answer once a round trip, so that costs a
small packet, and where one in seven is lost only one answer in 50 is late for it."""

LOSSY = 8
"""256ths of packets lost from which a line is one of these."""

MAX_ASKS = 16
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

    __slots__ = ("gave_up", "holes", "hurried")

    def __init__(self) -> None:
        self.holes: dict[int, _Hole] = {}
        self.hurried = False
        """Set while its line loses so many packets that each is asked for twice."""
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
                first = self.hurried and hole.asked % 2
                hole.due = now + (AGAIN_S if first else max(0.02, rtt * 1.1))
                asked.append(number)
        return asked

    def next_due(self) -> float | None:
        """Return when ``ask`` has something to say again, None while nothing is missing."""
        return min((hole.due for hole in self.holes.values()), default=None)
