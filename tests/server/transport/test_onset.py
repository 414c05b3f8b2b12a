"""Who begins to speak among many is heard from their first syllable on: real sound, there and back."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from itertools import pairwise

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext

from server.media.red import Frame, unwrap
from tests.support.rtc_client import AUDIO, RED, Rtp
from tests.support.rtc_room import Scene, scene

pytestmark = pytest.mark.usefixtures("inner_loop")

RATE, FRAME = 48_000, 960
SILENCE = np.zeros(FRAME, np.int16)
SYLLABLE_S = 0.32


def tone(hertz: int, seconds: float, level: float = 0.3) -> list[np.ndarray]:
    """A sound as loud from its first millisecond on as to its last, in frames of 20 ms."""
    instants = np.arange(round(seconds * RATE)) / RATE
    samples = (np.sin(2 * math.pi * hertz * instants) * level * 32_767).astype(np.int16)
    return [samples[at : at + FRAME] for at in range(0, len(samples), FRAME)]


class Voice:
    """Encodes what a microphone hears, as browsers do."""

    def __init__(self) -> None:
        encoder = av.CodecContext.create("libopus", "w")
        assert isinstance(encoder, AudioCodecContext)
        encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "s16"  # type: ignore[assignment]
        encoder.bit_rate = 32_000
        encoder.options = {"application": "voip", "frame_duration": "20"}
        self._encoder = encoder
        self._at = 0

    def say(self, samples: np.ndarray) -> bytes:
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, self._at
        self._at += FRAME
        return b"".join(bytes(packet) for packet in self._encoder.encode(frame))


def level(samples: np.ndarray) -> int:
    """RFC 6464: dB below full scale, 127 for silence."""
    power = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) / 32_768
    return 127 if power < 1e-6 else min(127, round(-20 * math.log10(power)))


def heard(packets: list[Rtp]) -> float:
    """Seconds of these packets, in order, that are louder than a whisper."""
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.sample_rate, decoder.layout = RATE, "mono"  # type: ignore[assignment]
    loud = 0
    for packet in packets:
        for frame in decoder.decode(av.Packet(plain(packet))):
            samples = frame.to_ndarray().astype(np.float64).reshape(-1)
            scale = 32_768 if frame.format.name.startswith("s16") else 1.0
            loud += int(np.count_nonzero(np.abs(samples) / scale > 0.02))
    return loud / RATE


class Conversation:
    """Everybody's sound, a frame every 20 ms by the clock."""

    def __init__(self, stage: Scene) -> None:
        self.stage = stage
        self.voices = {name: Voice() for name in stage.guests}
        self.due = time.monotonic()

    async def go_on(self, said: Mapping[str, list[np.ndarray]], seconds: float) -> None:
        for index in range(round(seconds * RATE / FRAME)):
            for name, voice in self.voices.items():
                frames = said.get(name, [])
                samples = frames[index] if index < len(frames) else SILENCE
                payload = voice.say(samples)
                if payload:
                    self.stage.guests[name].client.audio(level=level(samples), body=payload)
            self.due += FRAME / RATE
            await asyncio.sleep(max(0.0, self.due - time.monotonic()))


def plain(packet: Rtp) -> bytes:
    frames = [Frame(0, packet.payload)] if packet.payload_type == AUDIO else unwrap(packet.payload, 0)
    assert frames is not None
    return frames[-1].payload


@pytest.mark.parametrize(("speaker", "lossy"), [("emil", False), ("fred", True)])
async def test_the_first_syllable_of_a_fourth_speaker_is_heard_whole(speaker: str, lossy: bool) -> None:
    async with scene() as stage:
        for name in ("anna", "ben", "carl", "dora", "emil", "fred"):
            await stage.join(name, senders="a", video=0)  # type: ignore[arg-type]
        anna = stage.guests["anna"]
        if lossy:
            # What is said on this line is said again (RFC 2198).
            anna.peer.redundancy.update(0.05, 0.0)
            anna.peer.judge(stage.clock())
        talk = Conversation(stage)
        three = {name: tone(300, 1.0) for name in ("ben", "carl", "dora")}
        await talk.go_on(three, 2.0)
        assert {member for _, member in stage.heard.shown("anna")} == set(three)
        anna.client.received.clear()
        await talk.go_on({speaker: tone(700, SYLLABLE_S)}, 1.0)
        line = await stage.seen(anna, "microphone", speaker)
        said = anna.client.of(line)
        numbers = [packet.sequence for packet in said]
        assert numbers == [(numbers[0] + index) & 0xFFFF for index in range(len(numbers))]
        stamps = [packet.timestamp for packet in said]
        assert all((two - one) & 0xFFFFFFFF < 1 << 31 for one, two in pairwise(stamps))
        assert {packet.payload_type for packet in said} == {RED if lossy else AUDIO}
        # The encoder's window smears half a frame away.
        assert heard(said) >= SYLLABLE_S - 0.02
