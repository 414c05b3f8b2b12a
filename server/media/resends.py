"""What may be sent again on one line: repairs must not fill the queue that lost what they repair.

A browser that can't measure the round trip asks every 100 ms for each packet that it misses, up to ten times.
On a line that fell from 2.5 Mbit/s to 150 kbit/s, 500 to 800 repairs a second were sent, of which nearly all
were dropped, and speech with them.
"""

from __future__ import annotations

SHARE, SHARE_CONGESTED = 0.5, 0.1
"""Of what a limited line carries, as much goes to repairs of pictures at most; less while a queue stands."""

BURST_S = 0.25
"""Seconds of the line's rate that may go to repairs at once."""

PATIENCE_S = 0.5
"""What is asked for again after this long was lost again, however long the way is."""

NEARLY = 0.75
"""Part of the way there and back after which a browser may ask again: its own idea of it differs."""

TWICE = 0.04
"""Share of lost packets from which a repair goes twice, on a line with room: one in seven is lost again, and
a picture that stands still for another round trip is seen."""

_MOST = 1_024


class Resends:
    """The repairs on one line: which packets were sent again when (by stream and number), which were asked
    for and may be merely late, and what is left of their share in bits.
    """

    __slots__ = ("_at", "_doubted", "_left", "_sent")

    def __init__(self) -> None:
        self._sent: dict[tuple[int, int], float] = {}
        self._doubted: dict[tuple[int, int], float] = {}
        self._left = 0.0
        self._at = 0.0

    def lately(self, ssrc: int, sequence: int, way: float, now: float) -> bool:
        """Return whether this packet was sent again so lately that it may still be on its way.

        ``way`` is how long there and back takes now, in seconds, queue included.
        """
        return now - self._sent.get((ssrc, sequence), -1e9) < min(NEARLY * way, PATIENCE_S)

    def sent(self, ssrc: int, sequence: int, now: float) -> None:
        """Note that this packet was sent again."""
        if len(self._sent) >= _MOST:
            self._sent = {key: at for key, at in self._sent.items() if now - at < PATIENCE_S}
            if len(self._sent) >= _MOST:
                self._sent.clear()
        self._sent[ssrc, sequence] = now

    def doubt(self, ssrc: int, sequence: int, until: float) -> None:
        """Wait until then whether this packet comes by itself; asking for it once more changes nothing."""
        if len(self._doubted) < _MOST:
            self._doubted.setdefault((ssrc, sequence), until)

    def due(self, now: float) -> list[tuple[int, int]]:
        """Return the packets, by stream and number, that have been waited for long enough."""
        found = [each for each, until in self._doubted.items() if until <= now]
        for each in found:
            del self._doubted[each]
        return found

    @property
    def doubtful(self) -> bool:
        """Whether any packet is waited for."""
        return bool(self._doubted)

    def spend(self, size: int, rate: float, now: float, *, congested: bool) -> bool:
        """Take ``size`` bytes out of the share of a line of ``rate`` bits/s; False when it is used up."""
        share = SHARE_CONGESTED if congested else SHARE
        self._left = min(BURST_S * rate, self._left + share * rate * (now - self._at))
        self._at = now
        if self._left < 8 * size:
            return False
        self._left -= 8 * size
        return True
