"""What each line may carry of pictures, and what publishers should therefore send at most. Sound
goes first.
"""

from __future__ import annotations

from collections.abc import Iterable

MARGIN = 0.95
"""Share of an estimate that is given out: packets are not evenly large, and reports need room too."""

VOICE = 48_000.0
"""Bits/s with all headers that one voice may need: Opus at 32 kbit/s, 50 packets a second (RFC 7587
3.1.1).
"""

SMALLEST = 40_000.0
"""Bits/s below which an encoder gives no picture worth its name; a publisher is not asked for less."""

ENOUGH = 2_700_000.0
"""Bits/s with headers of the best picture that anybody sends: a line with room for it needs no limit."""


def picture_share(line: float, voices: int, pictures: int) -> float:
    """Return the bits/s that each of ``pictures`` may have on a line that carries ``line`` bits/s.

    ``voices`` are those heard; they are never given up for a picture. All together never exceed the line.
    """
    if pictures <= 0:
        return 0.0
    return max(0.0, MARGIN * line - VOICE * voices) / pictures


def upstream_limit(shares: Iterable[float | None]) -> float | None:
    """Return the bits/s that a picture should be sent with at most, None for no limit.

    ``shares`` are what its viewers' lines have for it, None where nothing limits one: whoever has the best
    line decides, for nobody must suffer from another's bad one. With one viewer this makes two lines and the
    relay between them behave like one line.
    """
    best: float | None = None
    for share in shares:
        if share is None or share >= ENOUGH:
            return None
        best = max(best or 0.0, share)
    # A line with room for nothing is the last to be sent all there is.
    return None if best is None else max(best, SMALLEST)
