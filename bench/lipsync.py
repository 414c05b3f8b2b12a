"""How far sound and picture of ``bench.load.flashes`` are apart for somebody who watches by WHEP.

A player puts what it receives on the sender's clock by the newest sender report of each stream (RFC 3550
6.4.1) and plays together what has the same time. The offset is the beep's time less its flash's.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

from bench.load.flashes import FPS, HEIGHT, RATE, WIDTH, encoding
from server.media import rtcp
from tests.support.doors import Caller, caller
from tests.support.rtc_client import Rtp
from tests.support.server import Server

GOAL_S = 0.080
BRIGHT = 180
LOUD = 0.05
"""Mean of a flash's luma, and amplitude of a beep's beginning (full scale is 1)."""

VIDEO_RATE = 90_000

ROUND_S = 0.1
CONSENT_ROUNDS = 25


class Clock:
    """One stream's events, by RTP timestamp, on the sender's clock as soon as a report tells of it."""

    def __init__(self, rate: int) -> None:
        self.times: list[float] = []
        self._rate = rate
        self._report: tuple[int, int] | None = None
        self._untold: list[int] = []

    def report(self, ntp: int, rtp: int) -> None:
        """Take a sender report."""
        self._report = ntp, rtp
        untold, self._untold = self._untold, []
        for timestamp in untold:
            self.event(timestamp)

    def event(self, timestamp: int) -> None:
        """Note what was seen or heard at this timestamp."""
        if self._report is None:
            self._untold.append(timestamp)
            return
        ntp, rtp = self._report
        passed = (timestamp - rtp + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        self.times.append(ntp / (1 << 32) + passed / self._rate)


class Picture:
    """Finds flashes in H.264 (RFC 6184, packetization mode 1)."""

    def __init__(self) -> None:
        self._decoder: Any = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        self._unit = b""
        self._bright = True

    def packet(self, packet: Rtp) -> list[int]:
        """Take a packet, in order; return the timestamps of flashes that begin."""
        payload = packet.payload
        kind = payload[0] & 31
        if kind == 28:
            if payload[1] & 0x80:
                self._unit += b"\0\0\0\1" + bytes((payload[0] & 0xE0 | payload[1] & 31,))
            self._unit += payload[2:]
        elif kind == 24:
            at = 1
            while at + 2 < len(payload):
                end = at + 2 + int.from_bytes(payload[at : at + 2])
                self._unit += b"\0\0\0\1" + payload[at + 2 : end]
                at = end
        else:
            self._unit += b"\0\0\0\1" + payload
        if not packet.marker:
            return []
        unit = av.Packet(self._unit)
        unit.pts = packet.timestamp
        self._unit = b""
        return [frame.pts for frame in self._decoder.decode(unit) if self._begins(frame)]

    def _begins(self, frame: Any) -> bool:
        bright = float(frame.to_ndarray(format="gray").mean()) > BRIGHT
        begins = bright and not self._bright
        self._bright = bright
        return begins


class Sound:
    """Finds beeps in Opus."""

    def __init__(self) -> None:
        self._decoder: Any = av.CodecContext.create("libopus", "r")
        self._decoder.sample_rate, self._decoder.layout = RATE, "stereo"
        self._quiet = 0

    def packet(self, packet: Rtp) -> list[int]:
        """Take a packet, in order; return the timestamps of beeps that begin."""
        found = []
        for frame in self._decoder.decode(av.Packet(packet.payload)):
            samples = frame.to_ndarray()
            level = np.abs(samples.astype(np.float64)) / (32_768 if samples.dtype.kind == "i" else 1)
            level = level.max(axis=0) if frame.format.is_planar else level.reshape(-1, 2).max(axis=1)
            loud = np.flatnonzero(level > LOUD)
            # A sine's own zeros are no silence.
            if len(loud) and self._quiet > RATE // 4:
                found.append((packet.timestamp + int(loud[0])) & 0xFFFFFFFF)
            self._quiet = len(level) - 1 - int(loud[-1]) if len(loud) else self._quiet + len(level)
        return found


class LipSync:
    """What a player sees and hears; ``ssrcs`` by kind. ``lost`` counts packets that never came."""

    def __init__(self, ssrcs: dict[str, int]) -> None:
        self._clocks = {ssrcs["audio"]: Clock(RATE), ssrcs["video"]: Clock(VIDEO_RATE)}
        self._finders: dict[int, Picture | Sound] = {ssrcs["audio"]: Sound(), ssrcs["video"]: Picture()}
        self._audio, self._video = self._clocks[ssrcs["audio"]], self._clocks[ssrcs["video"]]
        self._last: dict[int, int] = {}
        self.lost = 0

    def take(self, player: Caller) -> None:
        """Take what has come since the last time."""
        packets, player.client.received = player.client.received, []
        reports, player.client.reports = player.client.reports, []
        for report in reports:
            if isinstance(report, rtcp.SenderReport) and report.ssrc in self._clocks:
                self._clocks[report.ssrc].report(report.ntp, report.rtp)
        for packet in packets:
            if packet.ssrc in self._clocks:
                before = self._last.get(packet.ssrc, packet.sequence - 1)
                self.lost += (packet.sequence - before - 1) & 0xFFFF
                self._last[packet.ssrc] = packet.sequence
                for timestamp in self._finders[packet.ssrc].packet(packet):
                    self._clocks[packet.ssrc].event(timestamp)

    def offsets(self) -> list[float]:
        """Return by how many seconds each beep that has a flash is later than it."""
        found = []
        for beep in self._audio.times:
            flash = min(self._video.times, key=lambda time: abs(time - beep), default=None)
            if flash is not None and abs(beep - flash) < 0.5:
                found.append(beep - flash)
        return found


async def watch(player: Caller, encoder: asyncio.subprocess.Process) -> LipSync:
    """Watch by WHEP, as a player of H.264, until the encoder has ended."""
    profile = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
    offer = player.offer().replace("96 VP8/90000", f"96 H264/90000\r\na=fmtp:96 {profile}")
    await player.open(offer)
    await player.client.connect(player.answer)
    seen = LipSync(player.ssrcs)
    ended = asyncio.ensure_future(encoder.wait())
    rounds = 0
    while not ended.done():
        await asyncio.wait({ended}, timeout=ROUND_S)
        seen.take(player)
        rounds += 1
        if rounds % CONSENT_ROUNDS == 0:
            # A player's consent to receive lasts 30 s (RFC 7675 5.1). Nobody answers any more at the end.
            check = asyncio.ensure_future(player.client.check())
            await asyncio.wait({ended, check}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                check.cancel()
                break
            await check
            player.client.responses.clear()
    return seen


async def measure(seconds: float) -> int:
    """Run it and print what was found; the status of the process."""
    with tempfile.TemporaryDirectory() as folder:
        async with Server.running(Path(folder)) as server:
            room = await server.new_room("open", ("Mo:mentor", "Encoder:mentee"))
            viewer, publisher = (link.rsplit("/", 1)[1] for link in room.personal)
            async with (
                encoding(f"{server.url}/whip", publisher, seconds, Path(folder)) as encoder,
                caller(server.url, "whep", viewer) as player,
            ):
                # An empty room answers 409 until the encoder is in it.
                while encoder.returncode is None:
                    async with player.post() as answer:
                        if answer.status == 201:
                            player.url = answer.headers["Location"]
                            break
                    await asyncio.sleep(0.2)
                async with player.delete():
                    seen = await watch(player, encoder)
    offsets = seen.offsets()
    if encoder.returncode or not offsets:
        print(f"the encoder ended with status {encoder.returncode}, {len(offsets)} beeps with their flash")
        return 1
    mean = sum(offsets) / len(offsets)
    print(f"{seconds:.0f} s of H.264 {WIDTH}x{HEIGHT}, {FPS} fps, and Opus by FFmpeg's WHIP muxer")
    print(f"beeps with their flash: {len(offsets)}, packets lost: {seen.lost}")
    print(f"mean audio-to-video offset: {mean * 1000:+.2f} ms")
    worst = max(offsets, key=abs)
    print(f"worst audio-to-video offset: {worst * 1000:+.2f} ms")
    return 0 if abs(worst) <= GOAL_S else 1


def main(arguments: Sequence[str]) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="bench/whip", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    return asyncio.run(measure(parser.parse_args(arguments).seconds))
