"""Renumbering: one outgoing stream without gaps, whatever stream feeds it."""

from __future__ import annotations

Numbers = tuple[int | None, int | None]
"""The VP8 picture id (15 bits) and tl0picidx (8 bits) of a packet; None for what it has not."""

FARTHEST_S = 2.0
"""A sender's clocks that would put a feed farther than this from where its arrival does are not believed."""


class Renumber:
    """Maps a source's sequence numbers, timestamps and VP8 numbers onto one outgoing stream.

    Between ``begin`` and ``end`` the mapping is constant offsets, so reordered and repaired packets land
    where they belong. ``begin`` continues right after the last number that was used. The pump adds
    ``sequence_offset`` and ``timestamp_offset`` itself. ``start`` is the extended number of the first packet
    of this feed: what is older belongs to nobody.
    """

    __slots__ = (
        "_feed",
        "_last_at",
        "_last_timestamp",
        "_next_picture",
        "_next_sequence",
        "_next_tl0",
        "clock_rate",
        "picture_offset",
        "sequence_offset",
        "start",
        "timestamp_offset",
        "tl0_offset",
    )

    def __init__(self, clock_rate: int, sequence: int, timestamp: int, picture: int) -> None:
        """Start at the given numbers; ``sequence`` is below 32,768 so that SRTP's roll-over count is sure."""
        self.clock_rate = clock_rate
        self.sequence_offset = 0
        self.timestamp_offset = 0
        self.picture_offset = 0
        self.tl0_offset = 0
        self.start = 0
        self._next_sequence = sequence & 0x7FFF
        self._last_timestamp = timestamp & 0xFFFFFFFF
        self._next_picture = picture & 0x7FFF
        self._next_tl0 = picture & 0xFF
        self._last_at: float | None = None
        self._feed: object | None = None

    def begin(
        self,
        feed: object,
        number: int,
        timestamp: int,
        numbers: Numbers,
        now: float,
        offset: int | None = None,
    ) -> None:
        """Start or resume a feed at extended number ``number``.

        The same ``feed`` as before keeps its timestamp offset, so that its sender reports and lip sync stay
        true. Another one gets ``offset`` where its sender's clock tells it, else it starts as much later as
        time has passed; never at or before the last timestamp.
        """
        self.start = number
        self.sequence_offset = (self._next_sequence - number) & 0xFFFF
        picture, tl0 = numbers
        self.picture_offset = 0 if picture is None else (self._next_picture - picture) & 0x7FFF
        self.tl0_offset = 0 if tl0 is None else (self._next_tl0 - tl0) & 0xFF
        if feed is self._feed and self._last_at is not None:
            return
        passed = 0 if self._last_at is None else max(1, int((now - self._last_at) * self.clock_rate))
        by_arrival = (self._last_timestamp + passed - timestamp) & 0xFFFFFFFF
        self.timestamp_offset = by_arrival
        if offset is not None and self._last_at is not None:
            farther = (offset - by_arrival + 0x80000000 & 0xFFFFFFFF) - 0x80000000
            ahead = (timestamp + offset - self._last_timestamp) & 0xFFFFFFFF
            if abs(farther) <= FARTHEST_S * self.clock_rate:
                # At least one tick forward: two frames must never share a timestamp.
                forward = 0 < ahead < 0x80000000
                self.timestamp_offset = (
                    offset if forward else self._last_timestamp + 1 - timestamp
                ) & 0xFFFFFFFF
        self._feed = feed

    def end(self, number: int, timestamp: int, numbers: Numbers, now: float) -> None:
        """Stop the feed, whose newest packet had these numbers and came at ``now`` (seconds)."""
        self._next_sequence = (number + 1 + self.sequence_offset) & 0xFFFF
        self._last_timestamp = (timestamp + self.timestamp_offset) & 0xFFFFFFFF
        picture, tl0 = numbers
        if picture is not None:
            self._next_picture = (picture + 1 + self.picture_offset) & 0x7FFF
        if tl0 is not None:
            self._next_tl0 = (tl0 + 1 + self.tl0_offset) & 0xFF
        self._last_at = now

    def rewind(self, sequence: int) -> None:
        """Go on with this number, though later ones were given: they never left. Only after ``end``."""
        self._next_sequence = sequence

    def source_number(self, sequence: int, high: int) -> int:
        """Return the source's extended number behind an outgoing one, given the source's newest number."""
        behind = (high + self.sequence_offset - sequence) & 0xFFFF
        return high - behind


def add(packet: bytearray, where: int, layer: int, picture: int, tl0: int) -> None:
    """Add to the 15-bit picture id at ``where`` and to the tl0picidx at ``layer``, in place; 0 is nowhere."""
    if where:
        shifted = ((packet[where] & 0x7F) << 8 | packet[where + 1]) + picture
        packet[where] = 0x80 | shifted >> 8 & 0x7F
        packet[where + 1] = shifted & 0xFF
    if layer:
        packet[layer] = (packet[layer] + tl0) & 0xFF
