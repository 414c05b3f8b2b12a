"""Which layers a picture can come in, what each takes of a line, and how its sender should send it then."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec import structs

from server.media.caps import Caps, Capture
from server.media.sharing import VOICE, Step
from signaling.parts import Encoding, LayerName

NAMES: tuple[LayerName, ...] = ("q", "h", "f")

DEFAULT = Capture(720, 3)
"""What a camera is taken to give while its browser has said nothing."""

SMALLEST = 40_000.0
"""Bits/s below which an encoder gives no picture worth its name; a sender is not asked for less."""

ENOUGH = 2_700_000.0
"""Bits/s with headers of the best picture that anybody sends: a line with room for it needs no limit."""

HEADERS = 1.08
"""Bits with all headers for each bit of picture: 1,100 bytes a packet, 28 + 12 + 16 and extensions."""

_CAMERA = ((90, 60e3), (180, 170e3), (270, 330e3), (360, 560e3), (540, 1.1e6), (720, 1.7e6), (1080, 2.7e6))
"""Lines, and bits/s with headers at which VP8 shows them well at 20 to 30 frames a second."""

_BENDS = ((0, SMALLEST), (180, 60e3), (270, 170e3), (360, 240e3), (540, 390e3), (720, 660e3))
"""With a single viewer: from so many bits/s on these lines are better than fewer that are sharper. Not below
what browsers send them with at least (libwebrtc's ``kSimulcastFormats``: 150, 350 and 600 kbit/s)."""

_SCREEN = 1.6e6
_SLOW_SCREEN = 350e3
"""Bits/s of text that moves (15 frames a second), and of the same at 3."""

_MOST_SCREEN, _SLOW_LINES = 1080, 720
"""Lines of a shared screen's two layers: all of it, and what can just be read."""

_SHARP_SCREEN = 150e3
"""Bits/s from which somebody who looks at a screen alone gets all of its lines, a few times a second."""

_LEAST_BESIDE = 1.15e6
"""Bits/s below which Chromium sends no 1080 lines beside the smaller layer (800 and 350 kbit/s)."""

_GENEROUS = 1.25
"""Tiles up to so much higher than a layer are filled with it: the next would cost three times as much."""

SCATTERED = 400e3
"""Bits/s of a camera on a line where packets overtake each other by much: three packets a frame, at 15 a
second. Chromium reckons when a frame was taken only from those that it has asked for nothing of. With six
packets a frame and 150 ms of jitter none came for 10 s, and what it had reckoned went on to be wrong by up to
130 ms more each second: in 4 calls of 12 half of the time stood still (measured)."""

CHANGE = 0.1
"""Bitrates that differ by less are not told anew."""

_SLOWER = ((45e3, 9), (85e3, 12))
"""With a single viewer: up to so many bits/s the lowest layer comes in so few frames a second. Grain at 180
lines takes libvpx 85 kbit/s at 15 frames, whatever it is asked for (measured)."""

_STEADY, _STEADY_LINES, _NARROW = 135e3, 200, 450e3

_FASTER = 1.3
"""More frames are asked for again when there are so many times the bits."""

LEAST_UP = 70e3
"""Bits/s that a browser has to be able to send so that it sends any picture beside its voice. Chromium on a
line of 150 kbit/s both ways says 83 to 130 (measured)."""

STILL_RATE = 1
"""Frames a second of a screen that is sent in stills."""


class Layer(NamedTuple):
    """One layer as it is: its height, whether it can be had, and the bits/s that come in of it (0 none)."""

    lines: int
    there: bool
    rate: float


def heights(capture: Capture, count: int) -> list[int]:
    """Return how high each of ``count`` layers is, lowest first; a browser sends no more than it captures.

    The top one is as captured, 720 lines at most, each below half of it.
    """
    top = min(capture.lines, 720)
    used = min(capture.layers, count)
    return [max(1, top >> (used - 1 - index)) for index in range(used)]


def screen_heights(capture: Capture, count: int) -> list[int]:
    """Return how high each of ``count`` layers of a shared screen is, lowest first: few frames of at most 720
    lines, and all of it.
    """
    top = min(capture.lines, _MOST_SCREEN)
    return [top] if min(capture.layers, count) == 1 else [min(top, _SLOW_LINES), top]


def useful(layers: Sequence[Layer], lines: int | None, bound: int | None) -> int:
    """Return the index of the layer that fits ``lines`` on screen (None: the best) within ``bound`` lines; -1
    if there is none.
    """
    best = -1
    for index, layer in enumerate(layers):
        if not layer.there or (bound is not None and best >= 0 and layer.lines > bound):
            continue
        if best >= 0 and lines is not None and layers[best].lines * _GENEROUS >= lines:
            break
        best = index
    return best


def camera_steps(layers: Sequence[Layer], top: int, *, alone: bool) -> list[Step]:
    """Return what a camera could be for one who can use layer ``top``, least first.

    For somebody who looks ``alone`` its sender bends each layer to the line; for several there are the
    layers as they are, and only the lowest bends.
    """
    usable = [index for index, layer in enumerate(layers[: top + 1]) if layer.there]
    if not usable:
        return []
    if alone:
        steps = [Step(usable[0], SMALLEST)]
        for index in usable[1:]:
            steps.append(Step(index, max(_from(layers[index].lines), steps[-1].bits + 1)))
        full = ENOUGH if layers[usable[-1]].lines >= 540 else _full(layers[usable[-1]].lines)
        return [*steps, Step(usable[-1], max(full, steps[-1].bits + 1))]
    if len(layers) == 1:
        # Nobody's line may slow down a picture that others see: it fits as it is, or not.
        return [Step(0, max(SMALLEST, 1.05 * layers[0].rate or _full(layers[0].lines)))]
    low = usable[0]
    steps = [Step(low, min(60e3, _full(layers[low].lines)))]
    for index in usable:
        bits = _full(layers[index].lines)
        # A layer that takes less than it might, because the picture is still or its sender's line narrow.
        if layers[index].rate:
            bits = min(bits, max(1.15 * layers[index].rate, 0.5 * bits))
        if bits > steps[-1].bits:
            steps.append(Step(index, bits))
    return steps


def within(steps: Sequence[Step], most: float) -> list[Step]:
    """Return those of ``steps`` (least first) that take at most so many bits/s, the least one anyhow; a layer
    that is there for less goes up to as much.
    """
    kept = [step for step in steps if step.bits <= most] or list(steps[:1])
    if len(kept) < len(steps) and steps[len(kept)].layer == kept[-1].layer and kept[-1].bits < most:
        kept.append(Step(kept[-1].layer, most))
    return kept


def screen_steps(layers: Sequence[Layer], top: int, *, alone: bool) -> list[Step]:
    """Return what a shared screen could be, least first: of two layers the lower one is slow, and smaller
    only where text can still be read. Sharpness comes before movement.
    """
    usable = [index for index, layer in enumerate(layers[: top + 1]) if layer.there]
    if not usable:
        return []
    if alone:
        low, best = usable[0], usable[-1]
        sharp = [Step(best, _SHARP_SCREEN)] if best > low else []
        return [Step(low, SMALLEST), *sharp, Step(best, _SLOW_SCREEN), Step(best, ENOUGH)]
    if len(layers) == 1:
        return [Step(0, max(SMALLEST, 1.05 * layers[0].rate or _SCREEN))]
    nominal = {index: _SLOW_SCREEN if index < len(layers) - 1 else _SCREEN for index in usable}
    steps = [Step(usable[0], SMALLEST)]
    for index in usable:
        if nominal[index] > steps[-1].bits:
            steps.append(Step(index, nominal[index]))
    return steps


def allowed(lines: int, caps: Caps) -> bool:
    """Whether its sender may send a layer of so many lines; the lowest one always may."""
    if caps.lines is not None and lines > caps.lines:
        return False
    return caps.up_bps is None or _full(lines) / 2 <= caps.up_bps - VOICE


def needs(lines: int) -> float:
    """Return the bits/s that its sender needs for a layer that is not the lowest, its voice included."""
    return _between(_BENDS, lines) + VOICE


def screen_needs(*, alone: bool) -> float:
    """Return the bits/s that its sender needs for all lines of a screen, its voice included."""
    return VOICE + (_SHARP_SCREEN if alone else _LEAST_BESIDE)


class Use(NamedTuple):
    """What one who looks has of a picture: a layer, and the bits/s of their line for it (None: no limit)."""

    layer: int
    bits: float | None


def bent(uses: Sequence[Use]) -> float | None:
    """Return the bits/s that the best line of ``uses`` has, None where that has no limit.

    For a picture of a single layer, or a single viewer: REMB tells its sender quicker than any message.
    """
    known = [use.bits for use in uses if use.bits is not None]
    return max(SMALLEST, *known) if known and len(known) == len(uses) else None


def framerate(uses: Sequence[Use], now: int | None) -> int | None:
    """Return the frames/s that the lowest layer should have for the best line of ``uses``, None for no bound;
    ``now`` is what it was asked for with.
    """
    bits = bent([use for use in uses if use.layer == 0])
    if bits is None:
        return None
    for bound, frames in _SLOWER:
        if bits < bound * (_FASTER if now is not None and now <= frames else 1):
            return frames
    return None


def steady(layers: Sequence[Layer], uses: Sequence[Use], available: float | None) -> float | None:
    """Return the bits/s beyond which the lowest of several layers is not sent over a narrow line to a single
    viewer, None for no such bound; ``available`` is what its sender can send.

    Estimates of a full line dip, and an encoder that has to halve its bits skips frames. What is sent with
    less than the line carries at its dips comes evenly: at 300 kbit/s pictures of 180 lines stood still for 3
    to 8 s a minute (measured).
    """
    if len(layers) < 2 or layers[0].lines > _STEADY_LINES or not uses or any(use.layer for use in uses):
        return None
    narrow = available is not None and available < _NARROW
    return _STEADY if narrow or any(use.bits is not None for use in uses) else None


def encodings(
    layers: Sequence[Layer],
    uses: Sequence[Use],
    kept: Collection[int],
    *,
    alone: bool,
    screen: bool,
    limit: float | None,
    framerate: int | None,
) -> tuple[Encoding, ...]:
    """Return how to send a picture so that ``uses`` are met and nothing more is sent.

    ``kept`` layers go on though nobody is to have them any more: somebody still waits for their next one's
    keyframe. ``limit`` is what the sender may use in bits/s with headers, ``framerate`` a bound on frames.
    What bends to a line (``bent``) has no bitrate here.
    """
    bends = alone or len(layers) == 1
    found: list[Encoding] = []
    left = limit
    for index, name in zip(range(len(layers)), NAMES, strict=False):
        shares = [use.bits for use in uses if use.layer == index]
        active = layers[index].there and (bool(shares) or index in kept)
        full = _full(layers[index].lines)
        if screen:
            full = _SCREEN if index == len(layers) - 1 else _SLOW_SCREEN
        bits = None if bends else full if any(each.active for each in found) else _lowest(full, shares)
        if alone and not screen and not shares:
            # The one that is waited for needs what the single viewer's line has.
            bits = full / 2
        if active and left is not None:
            lower = any(each.active for each in found)
            bits = min(bits or ENOUGH, left)
            active = bits >= (full / 2 if lower else SMALLEST)
            left -= bits if active else 0.0
        told = None if bits is None or not active else int(bits / HEADERS)
        found.append(Encoding(rid=name, active=active, bitrate=told, framerate=framerate if active else None))
    return tuple(found)


def differ(told: Sequence[Encoding] | None, now: Sequence[Encoding]) -> bool:
    """Whether a sender has to be told: something else than bitrates, or one of these by a tenth."""
    if told is None or len(told) != len(now):
        return True
    for old, new in zip(told, now, strict=True):
        if structs.replace(old, bitrate=None) != structs.replace(new, bitrate=None):
            return True
        if (old.bitrate is None) != (new.bitrate is None):
            return True
        if old.bitrate and new.bitrate and abs(new.bitrate - old.bitrate) > CHANGE * old.bitrate:
            return True
    return False


def _lowest(full: float, shares: Sequence[float | None]) -> float:
    """Return the bits/s of the lowest layer: the worst line has to carry it, too."""
    return max(min(60e3, full), min([full, *(bits for bits in shares if bits is not None)]))


def _full(lines: int) -> float:
    return _between(_CAMERA, lines)


def _from(lines: int) -> float:
    return _between(_BENDS, lines)


def _between(table: Sequence[tuple[int, float]], lines: int) -> float:
    if lines <= table[0][0]:
        return table[0][1]
    for (low, less), (high, more) in pairwise(table):
        if lines <= high:
            return less + (more - less) * (lines - low) / (high - low)
    return table[-1][1]
