"""A real picture and a real voice to send: browsers among the load have something to show and play."""

from __future__ import annotations

import math
import random
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

WIDTH: Final = 640
HEIGHT: Final = 360
_SHOWN_S: Final = 40
"""So long that key frames stay as rare as they are from a browser: one comes with each turn."""
_HEARD_S: Final = 2
_ROWS: Final = 8
_SAMPLES: Final = 960
_RATE: Final = 48_000


@dataclass(frozen=True)
class Clip:
    """What follows itself again and again: VP8 frames, only the first a key frame; Opus packets."""

    frames: tuple[bytes, ...]
    sounds: tuple[bytes, ...]


def make_clip(kbps: float, frame_rate: int) -> Clip:
    """Encodes moving bars in grain, and a tone; the picture takes about ``kbps``."""
    return Clip(_pictures(kbps, frame_rate), _tone())


def _pictures(kbps: float, frame_rate: int) -> tuple[bytes, ...]:
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base = Fraction(1, frame_rate)
    encoder.bit_rate = int(kbps * 1000)
    encoder.gop_size = 10_000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    grain = random.Random(7)
    found = []
    for number in range(_SHOWN_S * frame_rate):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        luma = frame.planes[0]
        rows = [_row(number, grain.randbytes(WIDTH)).ljust(luma.line_size, b"\x10") for _ in range(_ROWS)]
        luma.update(b"".join(grain.choice(rows) for _ in range(luma.height)))
        for plane in frame.planes[1:]:
            plane.update(b"\x80" * plane.buffer_size)
        frame.pts = number
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return tuple(found + [bytes(packet) for packet in encoder.encode(None)])


def _row(number: int, noise: bytes) -> bytes:
    return bytes(64 + 96 * (((x + 8 * number) // 80) % 2) + (noise[x] & 15) for x in range(WIDTH))


def _tone() -> tuple[bytes, ...]:
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = _RATE, "mono", "s16"
    encoder.bit_rate = 32_000
    encoder.time_base = Fraction(1, _RATE)
    found = []
    for number in range(_HEARD_S * _RATE // _SAMPLES):
        frame = av.AudioFrame("s16", "mono", _SAMPLES)
        frame.sample_rate, frame.pts = _RATE, number * _SAMPLES
        samples = [
            int(8_000 * math.sin(2 * math.pi * 440 * (number * _SAMPLES + each) / _RATE))
            for each in range(_SAMPLES)
        ]
        frame.planes[0].update(struct.pack(f"<{_SAMPLES}h", *samples))
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return tuple(found)
