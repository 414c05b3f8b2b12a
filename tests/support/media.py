"""Pictures and tones that a probe can tell apart, for the fake cameras and microphones of the browsers.

A face is two plain colours side by side (so that mirroring shows), a white bar that moves along the
bottom fifth (so that every frame differs from the last) and a tone of one known frequency.
"""

from __future__ import annotations

import math
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Rgb = tuple[int, int, int]

RED: Rgb = (220, 30, 30)
GREEN: Rgb = (30, 180, 30)
BLUE: Rgb = (30, 30, 220)
YELLOW: Rgb = (220, 220, 30)
MAGENTA: Rgb = (220, 30, 220)
CYAN: Rgb = (30, 200, 200)

PALETTE: dict[str, Rgb] = {
    "red": RED,
    "green": GREEN,
    "blue": BLUE,
    "yellow": YELLOW,
    "magenta": MAGENTA,
    "cyan": CYAN,
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "white": (255, 255, 255),
}

SAMPLE_RATE = 48_000
LOOP_SECONDS = 2

_STEP = 8
"""Pixels by which grain moves from one frame to the next, on average."""


@dataclass(frozen=True)
class Face:
    """What one person's camera shows and what their microphone hears.

    ``left`` and ``right`` are names of ``PALETTE``; ``tone`` is in Hz and whole over ``LOOP_SECONDS``,
    so that the looped file has no click.
    """

    left: str
    right: str
    tone: int


# No tone is near a multiple of another: a harmonic must not pass for a neighbour.
FACES = (
    Face("red", "blue", 440),
    Face("green", "magenta", 610),
    Face("blue", "yellow", 1030),
    Face("magenta", "cyan", 1490),
    Face("yellow", "green", 2170),
)


def nearest_colour(rgb: tuple[float, float, float]) -> str:
    """The name of the palette's colour that is nearest to ``rgb`` (0-255 each), by squared distance."""
    return min(PALETTE, key=lambda name: sum((a - b) ** 2 for a, b in zip(rgb, PALETTE[name], strict=True)))


def _yuv(rgb: Rgb) -> tuple[int, int, int]:
    """BT.601 limited range, as y4m's C420jpeg readers and VP8 take it."""
    r, g, b = rgb
    y = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256
    u = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256
    v = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256
    return round(y), round(u), round(v)


def write_picture(
    path: Path, face: Face, width: int = 320, height: int = 180, fps: int = 10, *, texture: bool = False
) -> Path:
    """Writes the face's ``LOOP_SECONDS`` of y4m.

    ``texture`` adds grain, so that the bit rate matters. It sways, slowly at either end, and the file is as
    long as that takes: no camera jumps where its file begins anew, and a jump costs as much as a keyframe.
    """
    grain = np.random.default_rng(face.tone).integers(-24, 25, (height, width), dtype=np.int16)
    bar_top = height * 4 // 5
    left, right = _yuv(PALETTE[face.left]), _yuv(PALETTE[face.right])
    frames = width // _STEP if texture else fps * LOOP_SECONDS
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(frames):
            planes = [np.empty((height, width), np.int16)]
            planes += [np.empty((height // 2, width // 2), np.int16) for _ in range(2)]
            for plane, colour_left, colour_right in zip(planes, left, right, strict=True):
                half = plane.shape[1] // 2
                plane[:, :half] = colour_left
                plane[:, half:] = colour_right
            if texture:
                # The grain moves, or the encoder would send it once and be done. Chromium shows the first
                # frame twice each time it begins anew: it stands still there.
                swayed = round(width / 4 * (1 - math.cos(2 * math.pi * index / frames)))
                planes[0][:bar_top] += np.roll(grain, swayed, axis=1)[:bar_top]
            x = index * (width // frames) // 2 * 2
            planes[0][bar_top:, :] = 16
            planes[0][bar_top:, x : x + width // 10] = 235
            for plane in planes[1:]:
                plane[bar_top // 2 :, :] = 128
            file.write(b"FRAME\n")
            for plane in planes:
                file.write(plane.clip(0, 255).astype(np.uint8).tobytes())
    return path


def write_tone(path: Path, tone: int, level: float = 0.4) -> Path:
    """Writes ``LOOP_SECONDS`` of a sine of ``tone`` Hz as 16-bit mono wav."""
    instants = np.arange(SAMPLE_RATE * LOOP_SECONDS) / SAMPLE_RATE
    samples = (np.sin(2 * np.pi * tone * instants) * level * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return path
