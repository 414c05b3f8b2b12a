"""Two people whom espeak-ng speaks, over each other and over noise, as Opus through the real relay."""

from __future__ import annotations

import time

import av
import numpy as np
import pytest

from tests.support.rtc_client import until
from tests.support.rtc_room import scene
from tests.support.voices import PACKET, RATE, Line, Samples, Voice, dialogue, hum, levels

pytestmark = pytest.mark.alone

VOICES = {"mo": Voice("en", 150, 35), "zoe": Voice("fr", 170, 70)}
LINES = [
    Line("mo", 0.7, "What would you like to have clear, at the end of this hour?"),
    Line("zoe", 3.1, "J'avance peu, et je relis toujours les mêmes articles."),
    Line("mo", 5.0, "I had the same trouble, so I made a rule."),
]
SECONDS = 8.0
TOLD_S = 3.0


def encoded(track: Samples) -> list[bytes]:
    """One packet of Opus for each 20 ms."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout = RATE, "s16", "mono"
    encoder.bit_rate = 24_000
    encoder.options = {"application": "voip", "frame_duration": "20"}
    pcm = (track * 32767).astype(np.int16)
    packets = []
    for start in range(0, len(pcm) - PACKET + 1, PACKET):
        frame = av.AudioFrame.from_ndarray(pcm[None, start : start + PACKET], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, start
        packets += [bytes(each) for each in encoder.encode(frame)]
    return packets


async def test_two_who_speak_over_each_other_are_each_told_their_time() -> None:
    tracks, said = dialogue(LINES, VOICES, SECONDS, {"mo": hum(56, 1), "zoe": hum(60, 2)})
    packets = {who: list(zip(encoded(track), levels(track), strict=False)) for who, track in tracks.items()}
    async with scene() as stage:
        guests = {who: await stage.join(who) for who in VOICES}
        listener = await stage.join("chen")
        began, sent = time.monotonic(), 0

        def all_sent() -> bool:
            nonlocal sent
            while sent < min(map(len, packets.values())) and sent < (time.monotonic() - began) * 50:
                for who, guest in guests.items():
                    body, level = packets[who][sent]
                    guest.client.audio(level=level, body=body)
                sent += 1
            return sent >= min(map(len, packets.values()))

        await until(all_sent, SECONDS + 10)
        # What has been said is told every two seconds: the last of it is known by then.
        ended = time.monotonic()
        await until(lambda: time.monotonic() > ended + TOLD_S, 2 * TOLD_S)
        for who, seconds in said.items():
            assert stage.heard.talk[who] == pytest.approx(seconds, rel=0.05), who
        assert "chen" not in stage.heard.talk
        assert len(listener.client.received) > 100, "what they say is heard"
