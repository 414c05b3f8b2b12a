"""What is gathered about one connection between two looks at its quality, speech before pictures."""

from __future__ import annotations

from typing import Literal

from server.media.incoming import Incoming
from server.media.quality import Measured

FRESH_S = 12.0
"""For so long a browser's own word of what it heard counts for more than what its reports let one guess."""

FEW = 10
"""A period with fewer packets of speech says nothing: a fifth of a second."""

Kind = Literal["audio", "video"]


class Measuring:
    """Fed by reports, by the browser's word (``heard``) and by the streams themselves; read by ``take``."""

    __slots__ = ("_blocks", "_concealed", "_counted", "_heard_at", "buffer", "jitter_down", "jitter_up")

    def __init__(self) -> None:
        self.jitter_up = 0.0
        self.jitter_down = 0.0
        self.buffer: float | None = None
        self._blocks: dict[Kind, float] = {}
        self._concealed: float | None = None
        self._heard_at = float("-inf")
        self._counted: dict[Incoming, tuple[object, int, int]] = {}

    def told(self, kind: Kind, loss: float, jitter: float) -> None:
        """Take a receiver report about what we send: share lost (0 to 1) and jitter in seconds."""
        self._blocks[kind] = max(self._blocks.get(kind, 0.0), loss)
        if kind == "audio":
            self.jitter_down = jitter

    def heard(self, concealed: float, buffer: float, now: float) -> None:
        """Take the browser's word: share of speech made up (0 to 1), what its jitter buffer holds (s)."""
        self._concealed, self.buffer, self._heard_at = concealed, buffer, now

    def take(
        self, speech: Incoming | None, pictures: list[Incoming], rtt: float | None, now: float
    ) -> Measured:
        """Return the period since the last call; ``speech`` and ``pictures`` are what the browser sends."""
        loss_up = None
        if speech is not None:
            loss_up = self._lost(speech)
            self.jitter_up = speech.jitter / speech.clock_rate
        self._counted = {each: at for each, at in self._counted.items() if each is speech or each in pictures}
        seen = [loss for stream in pictures if (loss := self._lost(stream)) is not None]
        if loss_up is None and seen:
            loss_up = max(seen)
        if now - self._heard_at > FRESH_S:
            self._concealed = self.buffer = None
        loss_down = self._concealed
        if loss_down is None:
            loss_down = self._blocks.get("audio", self._blocks.get("video"))
        self._blocks.clear()
        return Measured(loss_up, loss_down, rtt, self.jitter_up, self.jitter_down, self.buffer)

    def _lost(self, stream: Incoming) -> float | None:
        """Return the share of a stream that neither came nor was repaired; None of too few packets."""
        life, expected_before, lost_before = self._counted.get(stream, (stream.life, 0, 0))
        expected, lost = stream.expected, stream.lost
        if life is not stream.life:
            expected_before = lost_before = 0
        if expected - expected_before < FEW:
            return None
        self._counted[stream] = (stream.life, expected, lost)
        return max(0, lost - lost_before) / (expected - expected_before)
