"""Which packets of a stream are missing, and when to ask for them again (RFC 4585 6.2.1)."""

from __future__ import annotations

MAX_MISSING = 256
"""A wider gap is no loss to repair but an outage: a keyframe is cheaper."""

REORDER_S, LONGEST_REORDER_S = 0.008, 0.2
"""A packet that is merely late comes within this; asking earlier repeats what is on its way. Longer on lines
where packets overtake each other: with jitter of 150 ms nearly each was sent twice, and a browser that takes
its line for narrow paid for that with its picture."""

AGAIN_S = 0.012
"""On a line that loses packets each question goes twice: browsers answer once a round trip, so that costs a
small packet, and where one in seven is lost only one answer in 50 is late for it."""

LEAST_S, ANSWERED_S = 0.02, 0.008
"""Between two questions, at least; and from one that was answered to the next that may be, beside the round
trip.
"""

LOSSY = 8
"""256ths of packets lost from which a line is one of these."""

MAX_ASKS = 16
_MORE, _LESS = 0.1, 0.02

GIVE_UP_S = 1.0
"""After this long a receiver's jitter buffer has moved on."""


class _Hole:
    """One missing packet: since when, how often it was asked for, when to ask next (seconds)."""

    __slots__ = ("asked", "due", "since")

    def __init__(self, now: float, wait: float) -> None:
        self.since = now
        self.asked = 0
        self.due = now + wait


class Missing:
    """The missing packets of one stream: ``holes`` by extended sequence number, oldest first."""

    __slots__ = ("gave_up", "holes", "hurried", "wait")

    def __init__(self) -> None:
        self.holes: dict[int, _Hole] = {}
        self.wait = REORDER_S
        """For how long a missing packet may be merely late, in seconds."""
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
            self.holes[number] = _Hole(now, self.wait)

    def found(self, number: int, now: float, *, repair: bool) -> bool:
        """Return whether ``number`` was missing; it is not any more. ``repair``: it was sent again."""
        hole = self.holes.pop(number, None)
        if hole is None:
            return False
        if not repair:
            # Merely late. What waits for most of those that are will ask for few of them.
            late = min(now - hole.since, LONGEST_REORDER_S)
            self.wait += (late - self.wait) * (_MORE if late > self.wait else _LESS)
            self.wait = max(self.wait, REORDER_S)
        elif hole.asked:
            self.wait = max(REORDER_S, self.wait * (1 - _LESS))
        return True

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
                hole.due = now + self._following(hole.asked, rtt)
                asked.append(number)
        return asked

    def _following(self, asked: int, rtt: float) -> float:
        """Return after how many seconds to ask again for what was asked for so often."""
        if not self.hurried:
            return max(LEAST_S, 1.1 * rtt)
        # Browsers leave a packet that they sent again within a round trip and 5 ms (libwebrtc's
        # RtpPacketHistory): the first of the next two questions is no use before that.
        return AGAIN_S if asked % 2 else max(LEAST_S, 1.1 * rtt + ANSWERED_S - AGAIN_S)

    def next_due(self) -> float | None:
        """Return when ``ask`` has something to say again, None while nothing is missing."""
        return min((hole.due for hole in self.holes.values()), default=None)
