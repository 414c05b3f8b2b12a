"""One WebRTC connection of the load: ICE (controlling), DTLS-SRTP, what it sends and what it receives.

Everything but the constructor, :meth:`Peer.connect` and the plain counters runs on the pump's thread.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from aioice import stun

from bench.load.description import OPUS, VP8, VP8_RTX, Credentials, Line, Remote, RemoteLine
from bench.load.feedback import INTERVAL, TransportFeedback
from bench.load.pump import Pump
from bench.load.receiving import SAMPLE, Incoming
from bench.load.secure import DtlsRole, Identity, SecureChannel
from bench.load.sending import AUDIO_PERIOD, FRAME_RATE, Stream, TransportCounter
from bench.load.wire import (
    PSFB,
    RR,
    RTPFB,
    SR,
    TRANSPORT_CC,
    ControlPacket,
    control_packets,
    extension_at,
    nack,
    nacked,
    receiver_report,
    remb,
    reported_sources,
)

_SOCKET_BUFFER: Final = 4 << 20
_CONNECT_TIMEOUT: Final = 10.0
_CHECK_INTERVAL: Final = 0.05
_CONSENT_INTERVAL: Final = 2.5
"""Seconds between binding requests once connected: Chromium's own interval for a stable connection."""
_REPORT_INTERVAL: Final = 1.0
_REMB_BITRATE: Final = 5_000_000
_SSRC = struct.Struct("!L")


class Peer:
    """A connection that makes a socket at once and talks to ``connect``'s address.

    ``lines`` are its m-lines in order; those that send get SSRCs here.
    """

    def __init__(self, pump: Pump, identity: Identity, lines: Sequence[Line], name: str) -> None:
        self.name = name
        self.lines = tuple(_with_sources(line) for line in lines)
        self.credentials = Credentials(secrets.token_hex(4), secrets.token_hex(12), identity.fingerprint)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER)
        self.socket.setblocking(False)
        self.incoming: dict[int, Incoming] = {}
        self.streams: list[Stream] = []
        self.received = 0
        self.repaired = 0
        self.control_received = 0
        self.transport_reports = 0
        self._players: list[_Player] = []
        self._pump = pump
        self._identity = identity
        self._loop = asyncio.get_running_loop()
        self._connected: asyncio.Future[None] = self._loop.create_future()
        self._answers = 0
        self._closed = False
        self._remote = Remote()
        self._secure: SecureChannel | None = None
        self._transport_extension = 0
        self._extension_places: dict[int, int] = {}
        self._kinds: dict[int, str] = {}
        self._remb = False
        self._counter = TransportCounter()
        self._own_ssrc = next((line.ssrc for line in self.lines if line.ssrc), 1)
        self._feedback = TransportFeedback(self._own_ssrc)
        self._probe: tuple[int, int] | None = None

    @property
    def profile(self) -> str:
        """The SRTP profile in use."""
        return self._secure.profile if self._secure else ""

    @property
    def feedback_kind(self) -> str:
        """How this peer reports on what it receives."""
        if self._transport_extension and self._extension_places:
            return "transport-cc"
        return "remb" if self._remb else "rr only"

    async def connect(self, remote: Remote, role: DtlsRole) -> None:
        """ICE and DTLS with the other side; raises ConnectionError or TimeoutError."""
        if remote.address is None:
            raise ConnectionError("no address to connect to")
        self._remote = remote
        self.socket.connect(remote.address)
        self._negotiated(remote.lines)
        self._secure = SecureChannel(self._identity, role, remote.fingerprint, self._transmit)
        self._pump.call(self._begin)
        try:
            await asyncio.wait_for(self._connected, _CONNECT_TIMEOUT)
        except TimeoutError:
            state = "DTLS did not finish" if self._answers else "no answer to ICE checks"
            raise TimeoutError(f"{self.name}: {state} within {_CONNECT_TIMEOUT:g} s") from None

    def play(self, kbps: float) -> None:
        """Begins to send every stream; video at ``kbps``."""
        self._pump.call(lambda: self._start_streams(kbps))

    def pause(self) -> None:
        """Stops sending media; reports and consent go on."""
        self._pump.call(self._stop_streams)

    def close(self) -> None:
        """Gives the socket up; what is scheduled ends by itself."""
        self._closed = True
        self._pump.call(lambda: self._pump.remove(self))

    def media(self) -> list[Incoming]:
        """What it receives, retransmissions left out."""
        return [source for source in list(self.incoming.values()) if self._kind(source) != "rtx"]

    def sees(self, others: int, voices: int | None = None) -> bool:
        """Whether pictures of so many others arrive, and so many voices (as many, if not said)."""
        kinds = [self._kind(source) for source in self.media()]
        return kinds.count("video") >= others and kinds.count("audio") >= (voices or others)

    def ask_again(self) -> None:
        """Asks for one packet of the video that it has long received, to see that repair works."""
        self._pump.call(self._ask_again)

    def _kind(self, source: Incoming) -> str:
        return self._kinds.get(source.payload_type, "")

    # ------------------------------------------------------------ setting up

    def _negotiated(self, lines: Iterable[RemoteLine]) -> None:
        for theirs in lines:
            for payload in theirs.payloads.values():
                self._kinds[payload] = theirs.kind
            for payload in theirs.rtx.values():
                self._kinds[payload] = "rtx"
            if theirs.direction in ("sendonly", "sendrecv"):
                self._transport_extension = theirs.extensions.get(TRANSPORT_CC, self._transport_extension)
                self._remb = self._remb or "goog-remb" in theirs.feedback
        by_mid = {line.mid: line for line in lines}
        for ours in self.lines:
            line = by_mid.get(ours.mid)
            if ours.ssrc is not None and not ours.silent and line is not None and not line.rejected:
                repair = (VP8_RTX, ours.rtx) if ours.rtx is not None and line.rtx else None
                self.streams.append(
                    Stream(
                        ours.kind,
                        OPUS if ours.kind == "audio" else VP8,
                        ours.ssrc,
                        ours.mid,
                        _known(line.extensions),
                        self._counter,
                        self._send_media,
                        rtx=repair,
                    )
                )

    def _begin(self) -> None:
        self._pump.add(self)
        self._pump.at(time.monotonic(), self._check)

    def _check(self, now: float) -> float | None:
        """ICE checks and then consent (RFC 7675); DTLS's retransmission timer meanwhile."""
        if self._closed:
            return None
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self._remote.ufrag}:{self.credentials.ufrag}"
        message.attributes["PRIORITY"] = 1_845_501_695
        message.attributes["ICE-CONTROLLING"] = 7
        message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self._remote.password.encode())
        self._transmit(bytes(message))
        if self._answers and self._secure is not None and not self._secure.ready:
            self._secure.tick()
        return now + (_CONSENT_INTERVAL if self._connected.done() else _CHECK_INTERVAL)

    def _finish(self) -> None:
        now = time.monotonic()
        self._pump.at(now + random.random() * INTERVAL, self._report_transport)
        self._pump.at(now + random.random() * _REPORT_INTERVAL, self._report)
        self._loop.call_soon_threadsafe(self._resolve, None)

    def _resolve(self, error: Exception | None) -> None:
        if self._connected.done():
            return
        if error is None:
            self._connected.set_result(None)
        else:
            self._connected.set_exception(error)

    # ------------------------------------------------------------ receiving

    def receive(self, buffer: bytearray, length: int, now: float) -> None:
        """Sorts a datagram as RFC 7983 says."""
        first = buffer[0]
        if 127 < first < 192:
            if 192 <= buffer[1] <= 223:
                self._receive_control(bytes(buffer[:length]), now)
            else:
                self._receive_media(buffer, length, now)
        elif 19 < first < 64:
            self._receive_dtls(bytes(buffer[:length]))
        elif first < 4:
            self._receive_stun(bytes(buffer[:length]))

    def _receive_stun(self, datagram: bytes) -> None:
        try:
            message = stun.parse_message(datagram)
        except ValueError:
            return
        if message.message_class == stun.Class.RESPONSE:
            self._answers += 1
            if self._answers == 2 and self._secure is not None:
                # Not at the first answer: Janus isn't ready for a handshake then, drops it, and OpenSSL
                # repeats it a whole second later (a browser's library does after 50 ms).
                self._secure.start()
        elif message.message_class == stun.Class.REQUEST:
            response = stun.Message(message.message_method, stun.Class.RESPONSE, message.transaction_id)
            response.attributes["XOR-MAPPED-ADDRESS"] = self._remote.address
            response.add_message_integrity(self.credentials.password.encode())
            self._transmit(bytes(response))

    def _receive_dtls(self, datagram: bytes) -> None:
        if self._secure is None:
            return
        was_ready = self._secure.ready
        try:
            self._secure.receive(datagram)
        except ConnectionError as error:
            self._loop.call_soon_threadsafe(self._resolve, error)
            return
        if self._secure.ready and not was_ready:
            self._finish()

    def _receive_media(self, buffer: bytearray, length: int, now: float) -> None:
        if self._secure is None or not self._secure.ready:
            return
        sequence = buffer[2] << 8 | buffer[3]
        ssrc = _SSRC.unpack_from(buffer, 8)[0]
        source = self.incoming.get(ssrc)
        if source is None:
            source = self.incoming[ssrc] = Incoming(ssrc, buffer[1] & 0x7F, sequence)
        if self._transport_extension:
            self._note_transport(buffer, ssrc, now)
        skipped = source.arrived(sequence)
        if self._kind(source) == "rtx":
            self._repair(bytes(buffer[:length]))
            return
        self.received += 1
        if self._probe == (ssrc, sequence):
            # A server that repairs without RTX sends the very packet again.
            self._probe = None
            self.repaired += 1
        if skipped and self._kind(source) == "video":
            for missing in skipped:
                self._send_control(nack(self._own_ssrc, ssrc, missing))
        if source.count % SAMPLE == 0:
            source.sample(bytes(buffer[:length]), self._secure.unprotect)

    def _note_transport(self, buffer: bytearray, ssrc: int, now: float) -> None:
        extension = self._transport_extension
        place = self._extension_places.get(ssrc, 0)
        # Servers keep the layout of a stream's header extensions, so the last place is tried first.
        if not place or not buffer[0] & 0x10 or buffer[place - 1] != extension << 4 | 1:
            place = extension_at(buffer, extension)
            if not place:
                return
            self._extension_places[ssrc] = place
        self._feedback.arrived(buffer[place] << 8 | buffer[place + 1], int(now * 1_000_000))

    def _repair(self, packet: bytes) -> None:
        assert self._secure is not None
        plain = self._secure.unprotect(packet)
        at = 12 + 4 * (plain[0] & 0x0F)
        if plain[0] & 0x10:
            at += 4 + 4 * int.from_bytes(plain[at + 2 : at + 4], "big")
        if at + 2 >= len(plain):
            return
        original = int.from_bytes(plain[at : at + 2], "big")
        if self._probe is not None and self._probe[1] == original:
            self._probe = None
            self.repaired += 1
            return
        for source in self.incoming.values():
            extended = source.highest + ((original - source.highest + 0x8000) & 0xFFFF) - 0x8000
            if extended in source.missing and self._kind(source) == "video":
                source.arrived(original)
                self.repaired += 1

    def _receive_control(self, datagram: bytes, now: float) -> None:
        if self._secure is None or not self._secure.ready:
            return
        self.control_received += 1
        for packet in control_packets(self._secure.unprotect_control(datagram)):
            self._handle_control(packet, now)

    def _handle_control(self, packet: ControlPacket, now: float) -> None:
        if packet.kind in (SR, RR):
            reported = set(reported_sources(packet))
            for stream in self.streams:
                if stream.ssrc in reported:
                    stream.settle()
            if packet.kind == SR:
                source = self.incoming.get(_SSRC.unpack_from(packet.body)[0])
                if source is not None:
                    source.last_report = int.from_bytes(packet.body[6:10], "big")
                    source.reported_at = now
        elif packet.kind == RTPFB and packet.count == 15:
            self.transport_reports += 1
        elif packet.kind == RTPFB and packet.count == 1:
            for stream in self.streams:
                if stream.ssrc == packet.media_ssrc:
                    for sequence in nacked(packet):
                        stream.resend(sequence)
        elif packet.kind == PSFB and packet.count in (1, 4):
            for stream in self.streams:
                if stream.kind == "video":
                    stream.ask_keyframe()

    # ------------------------------------------------------------ sending

    def _start_streams(self, kbps: float) -> None:
        if self._players:
            return
        now = time.monotonic()
        self._players = [_Player(stream, kbps) for stream in self.streams]
        for player in self._players:
            self._pump.at(now + random.random() * player.period, player.tick)

    def _stop_streams(self) -> None:
        for player in self._players:
            player.stopped = True
        self._players = []

    def _send_media(self, packet: bytes) -> None:
        assert self._secure is not None
        self._transmit(self._secure.protect(packet))

    def _send_control(self, packet: bytes) -> None:
        assert self._secure is not None
        self._transmit(self._secure.protect_control(packet))

    def _transmit(self, datagram: bytes) -> None:
        try:
            self.socket.send(datagram)
        except (BlockingIOError, ConnectionRefusedError):
            # As on any network the datagram is lost; the server's port may not be open yet.
            return

    def _report_transport(self, now: float) -> float | None:
        if self._closed:
            return None
        media = next(iter(self.incoming), 0)
        report = self._feedback.report(media)
        if report is not None:
            self._send_control(report)
        return now + INTERVAL

    def _report(self, now: float) -> float | None:
        """SR for what it sends, RR for what it receives, and REMB where there is no transport-wide report."""
        if self._closed:
            return None
        if self._players:
            for stream in self.streams:
                self._send_control(stream.report(now, time.time()))
        # One packet for each source, as browsers send them: Janus heeds only the first block of a report.
        for source in self.media():
            self._send_control(receiver_report(self._own_ssrc, [source.block(now)]))
        if self._remb and self.incoming and not self._extension_places:
            report = receiver_report(self._own_ssrc, [])
            self._send_control(report + remb(self._own_ssrc, _REMB_BITRATE, list(self.incoming)))
        return now + _REPORT_INTERVAL

    def _ask_again(self) -> None:
        for source in self.incoming.values():
            if self._kind(source) == "video" and source.count:
                sequence = source.highest & 0xFFFF
                self._probe = source.ssrc, sequence
                self._send_control(nack(self._own_ssrc, source.ssrc, sequence))
                return


class _Player:
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


def _with_sources(line: Line) -> Line:
    if line.direction != "sendonly":
        return line
    ssrc, rtx = (random.getrandbits(31) | 1 for _ in range(2))
    return replace(line, ssrc=ssrc, rtx=rtx if line.kind == "video" else None)


def _known(extensions: Mapping[str, int]) -> dict[str, int]:
    """One-byte header extensions hold ids 1 to 14 only (RFC 8285 section 4.2)."""
    return {uri: id_ for uri, id_ in extensions.items() if 0 < id_ < 15}
