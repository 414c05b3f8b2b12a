"""Which codec a picture is sent in: VP8 in several sizes for several who look, a better one for a single one.

Several who look have different lines: three sizes of VP8 serve them better than one picture of anything. For
one who looks a sender bends a single picture to their line, and there a codec that needs fewer bits pays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from signaling.parts import VideoCodec

BASE: VideoCodec = "vp8"
"""What every browser sends and takes (RFC 7742 5), in several sizes at little cost."""

FRUGAL: tuple[VideoCodec, ...] = ("av1", "vp9")
"""Those that need fewest bits, first."""

STAY_S, LONGEST_STAY_S = 10.0, 160.0
"""A better codec is gone to when it was possible for so long; twice as long each time that it was left again
within ``REGRET_S``: each change costs a keyframe."""

REGRET_S = 60.0

NARROW, WIDE = 250e3, 350e3
"""Bits/s for a picture below which the codecs that need fewest bits go first, whatever its sender likes, and
from which its word counts again. Measured with Chromium on grainy pictures, ms of encoding a frame: at 180
lines 1.0 each, at 360 VP8 1.8, VP9 1.7, AV1 3.3: where pictures are small every device bears them. On lines
of 300 kbit/s (180 lines) nothing froze with AV1, with VP8 0 to 0.8 s a minute. On lines of 500 (360 lines)
single frames of AV1 came four times as large: 0.7 to 0.9 s froze and 13.8 to 14.5 frames came, of VP8 15.0
and none froze.
"""

TIGHT, ROOMY = 100e3, 150e3
"""Bits/s below which VP8 goes first, and from which it does no more: on lines of 150 kbit/s pictures froze
0 to 8.6 s a minute with AV1, 0.7 to 2.4 with VP8 (both ways of two calls each)."""

Width = Literal["wide", "narrow", "tight"]


def best(sends: Sequence[VideoCodec], takes: Sequence[Collection[str]]) -> VideoCodec | None:
    """Return what to send to those who look: ``takes`` is what each of them decodes.

    ``sends`` is what the sender encodes, best first. None when there is nothing that
    all of them take.
    """
    common = [codec for codec in sends if all(codec in each for each in takes)]
    if len(takes) > 1 and BASE in common:
        return BASE
    return next(iter(common), None)


def width(bits: float | None, now: Width) -> Width:
    """Return how wide a line with ``bits`` bits/s for a picture is (None: no limit); it was ``now``."""
    if bits is None:
        return "wide"
    if bits < (ROOMY if now == "tight" else TIGHT):
        return "tight"
    return "narrow" if bits < (NARROW if now == "wide" else WIDE) else "wide"


def ordered(sends: Sequence[VideoCodec], line: Width) -> list[VideoCodec]:
    """Return what a sender encodes, best first for such a line."""
    order = {"wide": (), "narrow": FRUGAL, "tight": (BASE,)}[line]
    first = [codec for codec in order if codec in sends]
    return first + [codec for codec in sends if codec not in first]


class Choice:
    """The codec of one picture. ``now`` is None where its sender was never asked for one: as it likes."""

    __slots__ = ("_line", "_patience", "_possible_since", "_rose_at", "now")

    def __init__(self) -> None:
        self.now: VideoCodec | None = None
        self._line: Width = "wide"
        self._patience = STAY_S
        self._possible_since: float | None = None
        self._rose_at = float("-inf")

    def look(
        self,
        begun: VideoCodec,
        sends: Sequence[VideoCodec],
        takes: Sequence[Collection[str]],
        bits: float | None,
        now: float,
    ) -> VideoCodec | None:
        """Return the codec from ``now`` (seconds) on; ``begun`` is what the sender sends by itself.

        ``bits`` is what the line of a single one who looks has for it (bits/s), None for no limit. Down at
        once, so that nobody waits for a picture that they can't decode; up with patience.
        """
        if not takes or not sends:
            self._possible_since = None
            return self.now
        self._line = width(bits, self._line)
        wanted = best(ordered(sends, self._line), takes)
        current = self.now or begun
        if wanted is None or wanted == current:
            self._possible_since = None
        elif wanted == BASE or current not in sends or not all(current in each for each in takes):
            if now - self._rose_at < REGRET_S:
                self._patience = min(2 * self._patience, LONGEST_STAY_S)
            self._go(wanted)
        else:
            if self._possible_since is None:
                self._possible_since = now
            if now - self._possible_since >= self._patience:
                if now - self._rose_at >= REGRET_S:
                    self._patience = STAY_S
                self._rose_at = now
                self._go(wanted)
        return self.now

    def _go(self, codec: VideoCodec) -> None:
        self.now, self._possible_since = codec, None
