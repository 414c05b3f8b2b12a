"""Voices for scripted dialogues: espeak-ng speaks, rooms hum, and levels are measured as browsers do it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""Between -1 and 1, ``RATE`` a second."""

RATE = 48_000
PACKET = RATE // 50

_rate_parameter, _pitch_parameter = 1, 3
_utf8 = 1
_synchronous = 2
_audible = 10 ** (-50 / 20)
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody speaks: a voice of espeak-ng, words a minute, pitch from 0 to 99."""

    name: str
    words: int = 160
    pitch: int = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody says, from a second on."""

    who: str
    at_s: float
    text: str


@cache
def _engine() -> tuple[ctypes.CDLL, int]:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(_synchronous, 100, espeakng_loader.get_data_path().encode(), 0)
    assert rate > 0, "espeak-ng does not start"
    return library, rate


@cache
def spoken(text: str, voice: Voice) -> Samples:
    """What the voice says, from its first sound to its last; at a peak of -6 dBov."""
    library, rate = _engine()
    parts: list[NDArray[np.int16]] = []

    @_Callback
    def take(wav: ctypes._Pointer[ctypes.c_short], count: int, events: object) -> int:
        if wav and count:
            parts.append(np.ctypeslib.as_array(wav, (count,)).astype(np.int16))
        return 0

    library.espeak_SetSynthCallback(take)
    assert library.espeak_SetVoiceByName(voice.name.encode()) == 0, voice
    library.espeak_SetParameter(_rate_parameter, voice.words, 0)
    library.espeak_SetParameter(_pitch_parameter, voice.pitch, 0)
    said = text.encode() + b"\0"
    assert library.espeak_Synth(said, len(said), 0, 1, 0, _utf8, None, None) == 0
    library.espeak_Synchronize()
    raw = np.concatenate(parts).astype(np.float64) / 32768
    length = int(len(raw) * RATE / rate)
    samples = np.interp(np.arange(length) * rate / RATE, np.arange(len(raw)), raw)
    heard = np.flatnonzero(np.abs(samples) > _audible)
    samples = samples[heard[0] : heard[-1] + 1]
    return samples * (0.5 / np.abs(samples).max())


def dialogue(
    lines: Sequence[Line], voices: dict[str, Voice], seconds: float, noise: dict[str, Samples]
) -> tuple[dict[str, Samples], dict[str, float]]:
    """Each person's microphone, and for how many seconds the script has them speak."""
    tracks = {who: np.zeros(int(seconds * RATE)) for who in voices}
    said = dict.fromkeys(voices, 0.0)
    for line in lines:
        words = spoken(line.text, voices[line.who])
        start = int(line.at_s * RATE)
        assert start + len(words) <= len(tracks[line.who]), line
        tracks[line.who][start : start + len(words)] += words
        said[line.who] += len(words) / RATE
    for who, room in noise.items():
        tracks[who] += np.resize(room, len(tracks[who]))
    return {who: np.clip(track, -1, 1) for who, track in tracks.items()}, said


def levels(track: Samples) -> list[int]:
    """The level of each packet of 20 ms, as RFC 6464 has it: the root mean square in -dBov, 0 to 127.

    Chromium takes it from the packet's samples before they are encoded (``RmsLevel`` of libwebrtc).
    """
    packets = track[: len(track) // PACKET * PACKET].reshape(-1, PACKET)
    power = np.mean(packets**2, axis=1)
    return [127 if each <= 0 else int(np.clip(round(-10 * np.log10(each)), 0, 127)) for each in power]


def hum(level: float, seed: int) -> Samples:
    """A room with a fan and a street: brown noise at so many -dBov that swells and ebbs by 2 dB."""
    chance = np.random.default_rng(seed)
    white = chance.normal(size=10 * RATE)
    brown = np.convolve(white, np.exp(-np.arange(200) / 20.0), mode="same")
    brown *= 10 ** (np.sin(np.arange(len(brown)) * 2 * np.pi / (3.3 * RATE)) * 2 / 20)
    return brown * (10 ** (-level / 20) / np.sqrt(np.mean(brown**2)))
