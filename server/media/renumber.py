"""Renumbering: one outgoing stream without gaps, whatever stream feeds it."""

from __future__ import annotations


class Renumber:
    """Maps a source's sequence numbers, timestamps and VP8 picture ids onto one outgoing stream.

    Between ``begin`` and ``end`` the mapping is three constant offsets, so reordered and repaired packets
    land where they belong. ``begin`` continues right after the last number that was used. The pump adds
    ``sequence_offset`` and ``timestamp_offset`` itself. ``start`` is the extended number of the first packet
    of this feed: what is older belongs to nobody.
    """

    __slots__ = (
        "_feed",
        "_last_at",
        "_last_timestamp",
        "_next_picture",
        "_next_sequence",
        "clock_rate",
        "picture_offset",
        "sequence_offset",
        "start",
        "timestamp_offset",
    )

    def __init__(self, clock_rate: int, sequence: int, timestamp: int, picture: int) -> None:
        """Start at the given numbers; ``sequence`` is below 32,768 so that SRTP's roll-over count is sure."""
        self.clock_rate = clock_rate
        self.sequence_offset = 0
        self.timestamp_offset = 0
        self.picture_offset = 0
        self.start = 0
        self._next_sequence = sequence & 0x7FFF
        self._last_timestamp = timestamp & 0xFFFFFFFF
        self._next_picture = picture & 0x7FFF
        self._last_at: float | None = None
        self._feed: object | None = None

    def begin(self, feed: object, number: int, timestamp: int, picture: int | None, now: float) -> None:
        """Start or resume a feed at extended number ``number``.

        The same ``feed`` as before keeps its timestamp offset, so that its sender reports and lip sync stay
        true; another one starts as much later as time has passed. ``picture`` is None where there is none.
        """
        self.start = number
        self.sequence_offset = (self._next_sequence - number) & 0xFFFF
        if picture is not None:
            self.picture_offset = (self._next_picture - picture) & 0x7FFF
        if feed is not self._feed or self._last_at is None:
            # At least one tick forward: two frames must never share a timestamp.
            passed = 0 if self._last_at is None else max(1, int((now - self._last_at) * self.clock_rate))
            self.timestamp_offset = (self._last_timestamp + passed - timestamp) & 0xFFFFFFFF
            self._feed = feed

    def end(self, number: int, timestamp: int, picture: int | None, now: float) -> None:
        """Stop the feed, whose newest packet had these numbers and came at ``now`` (seconds)."""
        self._next_sequence = (number + 1 + self.sequence_offset) & 0xFFFF
        self._last_timestamp = (timestamp + self.timestamp_offset) & 0xFFFFFFFF
        if picture is not None:
            self._next_picture = (picture + 1 + self.picture_offset) & 0x7FFF
        self._last_at = now

    def source_number(self, sequence: int, high: int) -> int:
        """Return the source's extended number behind an outgoing one, given the source's newest number."""
        behind = (high + self.sequence_offset - sequence) & 0xFFFF
        return high - behind
