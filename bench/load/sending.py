"""What one person sends: a voice and a picture as RTP, paced like a browser's, with reports and repair."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from bench.load.wire import MTU, Kind, PacketTemplate, retransmission, sender_report, split_evenly

if TYPE_CHECKING:
    from bench.load.clip import Clip

AUDIO_BYTES: Final = 80
"""An Opus payload: 32 kbit/s in packets of 20 ms."""
AUDIO_PERIOD: Final = 0.02
FRAME_RATE: Final = 25
_FRAME_SPREAD: Final = 0.3
"""Frames are up to so much smaller or larger than their mean."""
_KEYFRAME_SIZE: Final = 3
"""A keyframe is about so many times as large as another."""
_LARGEST_PAYLOAD: Final = MTU - 40
_HISTORY: Final = 512


class TransportCounter:
    """The transport-wide sequence number that all streams of a connection share."""

    def __init__(self) -> None:
        self._next = 0

    def take(self) -> int:
        """The next number."""
        self._next += 1
        return self._next


class Stream:
    """One outgoing SSRC. ``send`` protects and sends RTP; times are monotonic seconds.

    The mid extension stands in each packet until the receiver's first report, as in Chromium.
    """

    clock: Final[int]

    def __init__(
        self,
        kind: Kind,
        payload_type: int,
        ssrc: int,
        mid: str,
        extensions: Mapping[str, int],
        transport: TransportCounter,
        send: Callable[[bytes], None],
        *,
        level: int = 30,
        rtx: tuple[int, int] | None = None,
    ) -> None:
        self.kind = kind
        self.ssrc = ssrc
        self.sent = 0
        self.resent = 0
        self.keyframes_asked = 0
        self.clock = 48_000 if kind == "audio" else 90_000
        self._octets = 0
        self._plain = PacketTemplate(kind, payload_type, ssrc, "", extensions, level)
        self._template = PacketTemplate(kind, payload_type, ssrc, mid, extensions, level)
        self._settled = False
        self._transport = transport
        self._send = send
        self._sequence = random.getrandbits(15)
        self._start = random.getrandbits(30)
        self._picture = random.getrandbits(14)
        self._keyframe = True
        self._rtx = rtx
        self._rtx_sequence = random.getrandbits(15)
        self._history: dict[int, bytes] = {}
        self._clip: Clip | None = None
        self._at = 0

    def settle(self) -> None:
        """The receiver has reported on this stream: it knows its mid."""
        if not self._settled:
            self._settled = True
            self._template = self._plain

    def ask_keyframe(self) -> None:
        """The receiver sent PLI or FIR."""
        self._keyframe = True
        self.keyframes_asked += 1

    def show(self, clip: Clip) -> None:
        """Sends this from now on, in place of bytes that mean nothing."""
        self._clip = clip
        self._at = 0

    def sound(self, now: float) -> None:
        """Sends one 20 ms packet."""
        self._sequence += 1
        timestamp = self._timestamp(now)
        content = b""
        if self._clip is not None:
            content = self._clip.sounds[self._at % len(self._clip.sounds)]
            # The player's times are rounded; a decoder takes each sample for one.
            timestamp = self._start + self._at * int(AUDIO_PERIOD * self.clock)
            self._at += 1
        size = len(content) or AUDIO_BYTES
        packet = self._template.audio(self._sequence, timestamp, self._transport.take(), now, size, content)
        self._send(packet)
        self.sent += 1
        self._octets += size

    def frame(self, now: float, mean: int) -> None:
        """Sends a frame of about ``mean`` bytes at once: Chromium's pacer lets 40 ms out in one burst."""
        timestamp = self._timestamp(now)
        self._picture += 1
        keyframe, self._keyframe = self._keyframe, False
        if self._clip is not None:
            self._real_frame(now, timestamp, self._clip, again=keyframe)
            return
        size = int(mean * random.uniform(1 - _FRAME_SPREAD, 1 + _FRAME_SPREAD))
        if keyframe:
            size *= _KEYFRAME_SIZE
        parts = split_evenly(max(size, 60), _LARGEST_PAYLOAD)
        for index, part in enumerate(parts):
            self._sequence += 1
            packet = self._template.video(
                self._sequence,
                timestamp,
                self._transport.take(),
                now,
                part,
                picture=self._picture,
                first=index == 0,
                last=index == len(parts) - 1,
                keyframe=keyframe,
            )
            self._keep(packet)
            self._send(packet)
        self.sent += len(parts)
        self._octets += size

    def _real_frame(self, now: float, timestamp: int, clip: Clip, *, again: bool) -> None:
        if again:
            self._at = 0
        number = self._at % len(clip.frames)
        self._at += 1
        rest = clip.frames[number]
        parts = split_evenly(len(rest), _LARGEST_PAYLOAD)
        self._octets += len(rest)
        for index, part in enumerate(parts):
            self._sequence += 1
            content, rest = rest[:part], rest[part:]
            packet = self._template.video(
                self._sequence,
                timestamp,
                self._transport.take(),
                now,
                part,
                picture=self._picture,
                first=index == 0,
                last=not rest,
                keyframe=number == 0,
                content=content,
            )
            self._keep(packet)
            self._send(packet)
        self.sent += len(parts)

    def _keep(self, packet: bytes) -> None:
        self._history[self._sequence & 0xFFFF] = packet
        self._history.pop((self._sequence - _HISTORY) & 0xFFFF, None)

    def resend(self, sequence: int) -> None:
        """Answers a NACK from the history, by RTX where it was negotiated."""
        packet = self._history.get(sequence)
        if packet is None or self._rtx is None:
            return
        payload_type, ssrc = self._rtx
        self._rtx_sequence += 1
        self._send(retransmission(packet, payload_type, ssrc, self._rtx_sequence))
        self.resent += 1

    def report(self, now: float, wall: float) -> bytes:
        """A sender report; ``wall`` is seconds since the Unix epoch."""
        return sender_report(self.ssrc, wall, self._timestamp(now), self.sent, self._octets, "load")

    def _timestamp(self, now: float) -> int:
        return self._start + int(now * self.clock)


class Player:
    """Sends one stream until it is stopped."""

    def __init__(self, stream: Stream, kbps: float) -> None:
        self.stopped = False
        self.period = AUDIO_PERIOD if stream.kind == "audio" else 1 / FRAME_RATE
        self._stream = stream
        self._frame = int(kbps * 1000 / 8 / FRAME_RATE)

    def tick(self, now: float) -> float | None:
        """One audio packet or one frame; gives when the next is due."""
        if self.stopped:
            return None
        if self._stream.kind == "audio":
            self._stream.sound(now)
        else:
            self._stream.frame(now, self._frame)
        return now + self.period
