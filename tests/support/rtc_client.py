"""A browser in miniature: a controlling ICE agent with aiortc's DTLS that sends and receives raw RTP.

It shares no code with the relay but the RTCP parser, so that both can't be wrong the same way.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from aioice import stun
from aiortc import RTCCertificate, sdp
from aiortc.rtcdtlstransport import RTCDtlsParameters, RTCDtlsTransport

from bench.load.feedback import TransportFeedback
from server.media import rtcp
from server.media.red import Frame, wrap
from signaling.parts import Advice, Encoding, PictureSource, Quality, Slot
from tests.support.rtc_offers import DIGEST, offer, section
from tests.support.rtc_twcc import decode

AUDIO, RED, VIDEO, RTX = 111, 63, 96, 97
MID_ID, TWCC_ID, LEVEL_ID = 4, 3, 1
Address = tuple[str, int]


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until the condition holds; it is looked at every 5 ms."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError("it did not come about in time")
        await asyncio.sleep(0.005)


class Heard:
    """A room listener that remembers."""

    def __init__(self) -> None:
        self.slots: dict[str, tuple[Slot, ...]] = {}
        self.encodings: dict[tuple[str, PictureSource], tuple[Encoding, ...]] = {}
        self.wanted: dict[str, int] = {}
        self.speakers: list[str | None] = []
        self.speaker_of: dict[str, str | None] = {}
        self.talk: dict[str, float] = {}
        self.media: list[tuple[str, bool]] = []
        self.quality: dict[str, Quality] = {}
        self.scores: dict[str, int | None] = {}
        self.advice: dict[str, Advice | None] = {}
        self.silent: list[str] = []

    def slots_changed(self, member: str, slots: tuple[Slot, ...]) -> None:
        self.slots[member] = slots

    def encodings_changed(self, member: str, source: PictureSource, encodings: tuple[Encoding, ...]) -> None:
        self.encodings[member, source] = encodings

    def slots_wanted(self, member: str, video: int) -> None:
        self.wanted[member] = video

    def speaker_changed(self, part: str, member: str | None) -> None:
        self.speakers.append(member)
        self.speaker_of[part] = member

    def talked(self, part: str, seconds: Mapping[str, float]) -> None:
        self.talk |= seconds

    def media_changed(self, member: str, connected: bool) -> None:
        self.media.append((member, connected))

    def quality_changed(self, member: str, quality: Quality, score: int | None) -> None:
        self.quality[member] = quality
        self.scores[member] = score

    def unheard(self, member: str) -> None:
        self.silent.append(member)

    def advice_changed(self, member: str, advice: Advice | None) -> None:
        self.advice[member] = advice

    def shown(self, member: str) -> list[tuple[str, str]]:
        """Who is in this member's slots: (source, member) of those that are not empty."""
        return [(slot.source, slot.member) for slot in self.slots.get(member, ()) if slot.member]


class Rtp(NamedTuple):
    """A received packet, decrypted."""

    ssrc: int
    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    payload: bytes
    number: int | None
    """Transport-wide, None where there is no such header extension."""


class Track:
    """What one sending line has sent so far; with ``red`` each packet carries the frame before it too."""

    def __init__(self, mid: str, kind: str, ssrc: int, rtx_ssrc: int) -> None:
        self.mid, self.kind, self.ssrc, self.rtx_ssrc = mid, kind, ssrc, rtx_ssrc
        self.sequence = secrets.randbelow(0x10000)
        self.red = False
        self.rtx_sequence = secrets.randbelow(0x8000)
        self.timestamp = secrets.randbits(32)
        self.picture = secrets.randbits(15)
        self.sent: dict[int, tuple[int, bool, bytes]] = {}
        self.count = 0


class Client:
    """One connection. ``offer`` first, then ``connect`` with the answer, then send and look at what came.

    ``lose_out`` and ``lose_in`` see RTP packets in the clear and return whether the line loses them.
    """

    role = "controlling"

    def __init__(self, *, announce: bool = True, host: str = "127.0.0.1") -> None:
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.certificate = RTCCertificate.generateCertificate()
        self.host = host
        self.announce = announce
        self.tracks: dict[str, Track] = {}
        self.received: list[Rtp] = []
        self.reports: list[rtcp.Packet] = []
        self.arrivals = TransportFeedback(5)
        self.twcc: dict[int, int | None] = {}
        self.responses: list[stun.Message] = []
        self.raw_in = 0
        self.lose_out: Callable[[Track, int], bool] = lambda track, sequence: False
        self.lose_in: Callable[[Rtp], bool] = lambda packet: False
        self.lose_dtls: Callable[[bytes], bool] = lambda data: False
        self.repairs = True
        self.remote: Address = ("", 0)
        self.remote_ufrag = self.remote_password = ""
        self.transport_sequence = 0
        self.gcm = True
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()
        self.dtls = RTCDtlsTransport(self, [self.certificate])  # type: ignore[arg-type]
        self.sock = self._socket()

    def _socket(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((self.host, 0))
        sock.setblocking(False)
        self.loop.add_reader(sock.fileno(), self._readable)
        return sock

    # ------------------------------------------------------------ negotiation

    def offer(self, *, senders: str = "acs", audio: int = 3, video: int = 2) -> str:
        """An offer that sends ``a``\\ udio, ``c``\\ amera and ``s``\\ creen, and receives so many lines."""
        sections = []
        for mid, letter in enumerate(senders):
            kind = "audio" if letter == "a" else "video"
            track = self.tracks.get(letter)
            if track is None:
                ssrc = secrets.randbelow(1 << 30) + 2
                track = self.tracks[letter] = Track(str(mid), kind, ssrc, ssrc + 1)
            extra = [f"a=ssrc:{track.ssrc} cname:me"]
            if kind == "video":
                extra += [f"a=ssrc-group:FID {track.ssrc} {track.rtx_ssrc}"]
                extra += [f"a=ssrc:{track.rtx_ssrc} cname:me"]
            sections.append(self._section(kind, str(mid), "sendonly", extra if self.announce else []))
        at = len(senders)
        for kind, count in (("audio", audio), ("video", video)):
            sections += [self._section(kind, str(at + i), "recvonly", []) for i in range(count)]
            at += count
        whole = offer(*sections)
        return whole if self.gcm else whole.replace("a=x-compagnon-gcm\r\n", "")

    def _section(self, kind: str, mid: str, direction: str, extra: list[str]) -> list[str]:
        lines = section(kind, mid, direction, extra=tuple(extra), ufrag=self.ufrag)
        digest = next(f.value for f in self.certificate.getFingerprints() if f.algorithm == "sha-256")
        return [
            line.replace(DIGEST, digest).replace("passwordpasswordpassword", self.password) for line in lines
        ]

    def accept(self, answer: str) -> sdp.SessionDescription:
        """Take the remote side's address and credentials from an answer."""
        read = sdp.SessionDescription.parse(answer)
        media = next(m for m in read.media if m.port)
        self.remote_ufrag, self.remote_password = media.ice.usernameFragment, media.ice.password
        self.remote = (media.ice_candidates[0].ip, media.ice_candidates[0].port)
        return read

    async def connect(self, answer: str) -> None:
        """Do ICE and DTLS; returns when both are up."""
        read = self.accept(answer)
        media = next(m for m in read.media if m.port)
        await self.check()
        self.dtls._set_role("server" if media.dtls.role == "client" else "client")
        await self.dtls.start(RTCDtlsParameters(fingerprints=media.dtls.fingerprints))
        assert self.dtls.state == "connected", self.dtls.state

    def restart_ice(self) -> None:
        """Take new credentials; the next offer then asks for an ICE restart."""
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)

    def move(self) -> None:
        """Go on from another address, as after a change of network."""
        self.loop.remove_reader(self.sock.fileno())
        self.sock.close()
        self.sock = self._socket()

    async def check(self, *, nominate: bool = True, **attributes: Any) -> stun.Message:
        """Send a connectivity check until it is answered; return the answer."""
        request = self.request(nominate=nominate, **attributes)
        for _ in range(50):
            self.sock.sendto(bytes(request), self.remote)
            try:
                await until(lambda: self._response(request) is not None, 0.2)
            except AssertionError:
                continue
            found = self._response(request)
            assert found is not None
            return found
        raise AssertionError("no answer to a connectivity check")

    def request(self, *, nominate: bool = True, **attributes: Any) -> stun.Message:
        """A binding request as a browser makes it; ``None`` leaves an attribute out."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        wanted: dict[str, Any] = {
            "USERNAME": f"{self.remote_ufrag}:{self.ufrag}",
            "PRIORITY": 1_845_501_695,
            "ICE-CONTROLLING": 7,
        }
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        for name, value in (wanted | {k.replace("_", "-"): v for k, v in attributes.items()}).items():
            if value is not None:
                request.attributes[name] = value
        request.add_message_integrity(self.remote_password.encode())
        return request

    def _response(self, request: stun.Message) -> stun.Message | None:
        return next((r for r in self.responses if r.transaction_id == request.transaction_id), None)

    # ------------------------------------------------------------ in

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        if not self.lose_dtls(data):
            self.sock.sendto(data, self.remote)

    def _readable(self) -> None:
        while True:
            try:
                data = self.sock.recv(2_048)
            except BlockingIOError:
                return
            self.raw_in += 1
            if data[0] < 4:
                self.responses.append(stun.parse_message(data))
            elif data[0] < 64:
                if not self.lose_dtls(data):
                    self.queue.put_nowait(data)
            elif 192 <= data[1] <= 223:
                self._rtcp(self.dtls._rx_srtp.unprotect_rtcp(data))
            else:
                self._rtp(self.dtls._rx_srtp.unprotect(data))

    def _rtp(self, data: bytes) -> None:
        first, kind, sequence, timestamp, ssrc = struct.unpack_from("!BBHLL", data)
        assert first >> 6 == 2
        at, number = 12, None
        if first & 0x10:
            # The only extension that a receiver is sent (RFC 8285 4.2).
            profile, words, head, number = struct.unpack_from("!HHBH", data, 12)
            assert (profile, words, head) == (0xBEDE, 1, TWCC_ID << 4 | 1)
            at = 20
        packet = Rtp(ssrc, kind & 127, bool(kind >> 7), sequence, timestamp, data[at:], number)
        if not self.lose_in(packet):
            self.received.append(packet)
            if number is not None:
                self.arrivals.arrived(number, time.monotonic_ns() // 1_000)

    def _rtcp(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            end = at + 4 + 4 * int.from_bytes(data[at + 2 : at + 4])
            if data[at + 1] == 205 and data[at] & 31 == 15:
                told = decode(data[at:end])[1]
                self.twcc |= {n: when for n, when in told.items() if when is not None or n not in self.twcc}
            at = end
        for report in rtcp.parse(data):
            self.reports.append(report)
            if isinstance(report, rtcp.Nack) and self.repairs:
                self._repair(report)

    # ------------------------------------------------------------ out

    def send(self, track: Track, payload: bytes, *, marker: bool = False, level: int | None = None) -> int:
        """Send one media packet; return its sequence number."""
        track.sequence = (track.sequence + 1) & 0xFFFF
        kind = AUDIO if track.kind == "audio" else VIDEO
        body = payload
        before = track.sent.get((track.sequence - 1) & 0xFFFF)
        track.sent[track.sequence] = (track.timestamp, marker, body)
        if track.red:
            kind = RED
            earlier = [Frame((track.timestamp - before[0]) & 0xFFFFFFFF, before[2])] if before else []
            body = wrap(AUDIO, payload, earlier)
        track.count += 1
        if not self.lose_out(track, track.sequence):
            self._emit(track, track.ssrc, kind, track.sequence, track.timestamp, body, marker, level)
        return track.sequence

    def _emit(
        self,
        track: Track,
        ssrc: int,
        kind: int,
        sequence: int,
        timestamp: int,
        payload: bytes,
        marker: bool,
        level: int | None = None,
    ) -> None:
        mid = track.mid.encode()
        extension = bytes((MID_ID << 4 | len(mid) - 1,)) + mid
        extension += bytes((TWCC_ID << 4 | 1,)) + self.transport_sequence.to_bytes(2)
        self.transport_sequence = (self.transport_sequence + 1) & 0xFFFF
        if level is not None:
            extension += bytes((LEVEL_ID << 4, level))
        extension += self.extensions(track)
        extension += bytes(-len(extension) % 4)
        head = struct.pack("!BBHLL", 0x90, kind | marker << 7, sequence, timestamp, ssrc)
        head += struct.pack("!HH", 0xBEDE, len(extension) // 4) + extension
        self.sock.sendto(self.dtls._tx_srtp.protect(head + payload), self.remote)

    def extensions(self, track: Track) -> bytes:
        """Further header extensions of a packet."""
        return b""

    def _repair(self, nack: rtcp.Nack) -> None:
        for track in self.tracks.values():
            if track.ssrc != nack.ssrc:
                continue
            for lost in nack.lost:
                if lost in track.sent:
                    timestamp, marker, payload = track.sent[lost]
                    track.rtx_sequence = (track.rtx_sequence + 1) & 0xFFFF
                    again = lost.to_bytes(2) + payload
                    self._emit(track, track.rtx_ssrc, RTX, track.rtx_sequence, timestamp, again, marker)

    def audio(self, *, level: int = 30, body: bytes = b"opus") -> int:
        """Send 20 ms of sound at ``level`` (-dBov)."""
        track = self.tracks["a"]
        track.timestamp = (track.timestamp + 960) & 0xFFFFFFFF
        return self.send(track, body, level=level)

    def frame(self, *, key: bool = False, packets: int = 3, source: str = "c", size: int = 400) -> list[int]:
        """Send a VP8 frame of so many packets, each of ``size`` bytes and with its own number inside."""
        track = self.tracks[source]
        track.timestamp = (track.timestamp + 3_000) & 0xFFFFFFFF
        track.picture = (track.picture + 1) & 0x7FFF
        sequences = []
        for index in range(packets):
            start = 0x10 if index == 0 else 0
            descriptor = bytes((0x80 | start, 0x80)) + (0x8000 | track.picture).to_bytes(2)
            first = bytes((0x00 if key else 0x01,)) if index == 0 else b"\xff"
            body = (descriptor + first + track.count.to_bytes(4)).ljust(size, b"\xee")
            sequences.append(self.send(track, body, marker=index == packets - 1))
        return sequences

    def tell_arrivals(self) -> None:
        """Report on what has come since the last time, as browsers do each 50 ms."""
        report = self.arrivals.report(7)
        if report is not None:
            self.control(report)

    def control(self, data: bytes) -> None:
        """Send RTCP."""
        self.sock.sendto(self.dtls._tx_srtp.protect_rtcp(data), self.remote)

    def asked(self, source: str = "c") -> bool:
        """Whether a keyframe of this source has been asked for since the last time this was called."""
        wanted = rtcp.KeyframeRequest(self.tracks[source].ssrc)
        found = wanted in self.reports
        self.reports = [report for report in self.reports if report != wanted]
        return found

    def of(self, ssrc: int) -> list[Rtp]:
        """What has come on this SSRC."""
        return [packet for packet in self.received if packet.ssrc == ssrc]

    async def close(self) -> None:
        """Say goodbye and let go of the socket."""
        await self.dtls.stop()
        self.loop.remove_reader(self.sock.fileno())
        self.sock.close()
