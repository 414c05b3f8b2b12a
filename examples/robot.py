"""A robot in a call: joins by a personal link, shows a pattern, plays a tone, tells what it sees and hears.

    .venv/bin/python examples/robot.py http://localhost:8080/j/TOKEN --name Robot --tone 440 --seconds 30

It knows what signaling/PROTOCOL.md says, no more. Media is aiortc's RTCPeerConnection; pattern and tone are
FFmpeg's own sources, by PyAV (man ffmpeg-filters, video sources and audio sources); numpy looks and listens.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import numpy as np
import numpy.typing as npt
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

from signaling import messages
from signaling.codec import decode_server, encode

PATTERN = "testsrc2=size=640x360:rate=20"
RATE = 48_000
VOICES = 3
REPLY_S = 10


@dataclass(frozen=True)
class Picture:
    """Somebody's last frame: ``pixels`` is height x width x (red, green, blue), ``count`` how many came."""

    pixels: npt.NDArray[Any]
    count: int

    def __str__(self) -> str:
        height, width, _ = self.pixels.shape
        red, green, blue = (int(part) for part in np.median(self.pixels, axis=(0, 1)))
        return f"{width}x{height}, mostly #{red:02x}{green:02x}{blue:02x}"


class Ear:
    """Listens to one line: keeps the last 0.4 s."""

    def __init__(self) -> None:
        self._sound = np.zeros(RATE * 2 // 5)

    def hear(self, frame: AudioFrame) -> None:
        """Takes 16-bit samples, interleaved; the first channel is enough."""
        new = frame.to_ndarray()[0][:: len(frame.layout.channels)] / 32_768
        self._sound = np.concatenate([self._sound, new])[-len(self._sound) :]

    def tone(self) -> float | None:
        """The loudest frequency in Hz, to 2.5 Hz; None in silence (below -60 dB)."""
        if np.sqrt(np.mean(self._sound**2)) < 0.001:
            return None
        spectrum = np.abs(np.fft.rfft(self._sound * np.hanning(len(self._sound))))
        return float(np.argmax(spectrum) * RATE / len(self._sound))


class Robot:
    """``async with Robot(link, name) as robot``: in the room, sending and receiving, until the block ends.

    ``member`` is its own id, ``members`` who else is there by id, ``pictures`` what each of them shows.
    ``gone`` is set when the server has let it go; ``refused`` is the last thing that it said against it.
    """

    def __init__(self, link: str, name: str, *, pattern: str = PATTERN, tone: int = 440) -> None:
        place = urlsplit(link)
        self.member = ""
        self.members: dict[str, messages.Member] = {}
        self.pictures: dict[str, Picture] = {}
        self.gone = asyncio.Event()
        self.refused: messages.Error | messages.Bye | None = None
        self._socket_url = f"{place.scheme}://{place.netloc}/ws"
        self._token = place.path.rpartition("/")[2]
        self._name = name
        self._pattern = MediaPlayer(pattern, format="lavfi")
        self._tone = MediaPlayer(f"sine=frequency={tone}:sample_rate={RATE}", format="lavfi")
        # One connection for everything; without ICE servers: ours is reached directly.
        self._peer = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._shown: dict[str, str] = {}
        self._ears: dict[str, Ear] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._watched: set[str] = set()
        self._offers = 0

    async def __aenter__(self) -> Robot:
        self._http = aiohttp.ClientSession()
        try:
            self._socket = await self._http.ws_connect(self._socket_url)
            await self._join()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._socket.closed and not self.gone.is_set():
            await self._send(messages.Leave())
            await asyncio.wait_for(self.gone.wait(), REPLY_S)
        await self._close()

    def tone_of(self, member: str) -> float | None:
        """What a member's voice sounds like now, in Hz; None when it is silent or nobody's line."""
        return next((ear.tone() for mid, ear in self._ears.items() if self._shown.get(mid) == member), None)

    # ---------------------------------------------------------------- in

    async def _join(self) -> None:
        """The first offer travels in ``join``, lines in the protocol's order; ``enter`` opens the gate."""
        assert self._tone.audio is not None
        assert self._pattern.video is not None
        self._peer.addTransceiver(self._tone.audio, "sendonly")
        self._peer.addTransceiver(self._pattern.video, "sendonly")
        for _ in range(VOICES):
            self._peer.addTransceiver("audio", "recvonly")
        self._peer.addTransceiver("video", "recvonly")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        await self._send(messages.Join(token=self._token, offer=self._peer.localDescription.sdp))
        joined = await self._reply()
        if not isinstance(joined, messages.Joined) or joined.answer is None:
            raise ConnectionError(f"not let in: {joined}")
        self.member = joined.member
        self.members = {member.id: member for member in joined.room.members if member.id != joined.member}
        self._assign(joined)
        await self._accept(joined.answer)
        await self._send(messages.Enter(name=self._name, microphone=True, camera=True))
        self._tasks.append(asyncio.create_task(self._listen()))

    async def _reply(self) -> messages.ServerMessage:
        return decode_server(await asyncio.wait_for(self._socket.receive_str(), REPLY_S))

    async def _send(self, message: messages.ClientMessage) -> None:
        await self._socket.send_str(encode(message))

    async def _accept(self, answer: str) -> None:
        await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        for line in self._peer.getTransceivers():
            mid = line.mid
            if line.direction == "recvonly" and mid is not None and mid not in self._watched:
                self._watched.add(mid)
                self._tasks.append(asyncio.create_task(self._watch(mid, line.receiver.track)))

    # ---------------------------------------------------------------- what the server tells

    async def _listen(self) -> None:
        try:
            async for frame in self._socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    await self._told(decode_server(frame.data))
        finally:
            self.gone.set()

    async def _told(self, message: messages.ServerMessage) -> None:
        match message:
            case messages.Members(present=present, left=left):
                self.members |= {member.id: member for member in present if member.id != self.member}
                for gone in left:
                    self.members.pop(gone, None)
                    self.pictures.pop(gone, None)
            case messages.Slots():
                self._assign(message)
            case messages.SlotsWanted(video=wanted):
                await self._offer_more(wanted)
            case messages.Answer(sdp=sdp):
                await self._accept(sdp)
            case messages.Error() | messages.Bye():
                self.refused = message

    def _assign(self, told: messages.Joined | messages.Slots) -> None:
        """Notes whom each line carries from now on; whoever is on no line any more is not seen any more."""
        self._shown = {slot.mid: slot.member for slot in told.slots if slot.member is not None}

    async def _offer_more(self, pictures: int) -> None:
        """Adds receiving lines: more people show themselves than there are lines for."""
        lines = [line for line in self._peer.getTransceivers() if line.kind == "video"]
        for _ in range(pictures - (len(lines) - 1)):
            self._peer.addTransceiver("video", "recvonly")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        self._offers += 1
        await self._send(messages.Offer(id=self._offers, sdp=self._peer.localDescription.sdp))

    # ---------------------------------------------------------------- what comes over a line

    async def _watch(self, mid: str, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            member = self._shown.get(mid, "")
            if isinstance(frame, AudioFrame):
                self._ears.setdefault(mid, Ear()).hear(frame)
            elif isinstance(frame, VideoFrame) and member in self.members:
                before = self.pictures.get(member)
                pixels = frame.to_ndarray(format="rgb24")
                self.pictures[member] = Picture(pixels, before.count + 1 if before else 1)

    async def _close(self) -> None:
        for track in (self._tone.audio, self._pattern.video):
            if track is not None:
                track.stop()
        await self._peer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()


async def main(arguments: argparse.Namespace) -> None:
    """Joins, and tells every two seconds who is there, until the time is up or the server says goodbye."""
    async with Robot(arguments.link, arguments.name, pattern=arguments.pattern, tone=arguments.tone) as robot:
        print(f"In the room as {arguments.name}.")
        end = asyncio.get_running_loop().time() + arguments.seconds
        while not robot.gone.is_set() and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(2)
            for member in robot.members.values():
                tone = robot.tone_of(member.id)
                sound = "silent" if tone is None else f"{tone:.0f} Hz"
                print(f"{member.name}: {robot.pictures.get(member.id, 'no picture')}; {sound}")
        if robot.refused is not None:
            print(robot.refused)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Joins a call by a personal link.")
    parser.add_argument("link")
    parser.add_argument("--name", default="Robot")
    parser.add_argument("--pattern", default=PATTERN, help="an FFmpeg video source (%(default)s)")
    parser.add_argument("--tone", type=int, default=440, help="Hz (%(default)s)")
    parser.add_argument("--seconds", type=float, default=60, help="how long to stay (%(default)s)")
    asyncio.run(main(parser.parse_args()))
