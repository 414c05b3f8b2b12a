"""One person's WebRTC connection: what it sends, what it receives, how it reports and repairs.

Everything but the constructor, :meth:`Peer.connect`, the properties and plain counters runs on the pump's
thread.
"""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bench.load.description import OPUS, VP8, VP8_RTX, Credentials, Line, Remote, RemoteLine
from bench.load.feedback import INTERVAL, TransportFeedback
from bench.load.pump import Pump
from bench.load.receiving import SAMPLE, Incoming
from bench.load.secure import DtlsRole, Identity
from bench.load.sending import Player, Stream, TransportCounter
from bench.load.transport import Transport
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

if TYPE_CHECKING:
    from bench.load.clip import Clip

_REPORT_INTERVAL: Final = 1.0
_REMB_BITRATE: Final = 5_000_000
_SSRC = struct.Struct("!L")


class Peer:
    """``lines`` are its m-lines in order; those that send get SSRCs here."""

    def __init__(self, pump: Pump, identity: Identity, lines: Sequence[Line], name: str) -> None:
        self.name = name
        self.lines = tuple(_with_sources(line) for line in lines)
        self.incoming: dict[int, Incoming] = {}
        self.streams: list[Stream] = []
        self.received = 0
        self.repaired = 0
        self.control_received = 0
        self.transport_reports = 0
        self._players: list[Player] = []
        self._pump = pump
        self._transport = Transport(pump, identity, self, name)
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
        return self._transport.profile

    @property
    def credentials(self) -> Credentials:
        """What its descriptions say of its transport."""
        return self._transport.credentials

    @property
    def feedback_kind(self) -> str:
        """How this peer reports on what it receives."""
        if self._transport_extension and self._extension_places:
            return "transport-cc"
        return "remb" if self._remb else "rr only"

    async def connect(self, remote: Remote, role: DtlsRole) -> None:
        """ICE and DTLS with the other side; raises ConnectionError or TimeoutError."""
        self._negotiated(remote.lines)
        await self._transport.connect(remote, role)

    def play(self, kbps: float, clip: Clip | None = None) -> None:
        """Begins to send every stream; video at ``kbps``, or as it is in ``clip``."""
        self._pump.call(lambda: self._start_streams(kbps, clip))

    def pause(self) -> None:
        """Stops sending media; reports and consent go on."""
        self._pump.call(self._stop_streams)

    def close(self) -> None:
        """Gives the socket up; what is scheduled ends by itself."""
        self._transport.close()

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
                        self._transport.send_media,
                        rtx=repair,
                    )
                )

    def ready(self) -> None:
        """The connection stands: reports begin."""
        now = time.monotonic()
        self._pump.at(now + random.random() * INTERVAL, self._report_transport)
        self._pump.at(now + random.random() * _REPORT_INTERVAL, self._report)

    # ------------------------------------------------------------ receiving

    def receive_media(self, buffer: bytearray, length: int, now: float) -> None:
        """Counts a packet, asks for what was skipped before it, looks at a sample."""
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
                self._transport.send_control(nack(self._own_ssrc, ssrc, missing))
        if source.count % SAMPLE == 0:
            source.sample(bytes(buffer[:length]), self._transport.unprotect)

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
        plain = self._transport.unprotect(packet)
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

    def receive_control(self, packet: bytes, now: float) -> None:
        """Takes reports, requests and acknowledgements."""
        self.control_received += 1
        for part in control_packets(packet):
            self._handle_control(part, now)

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

    def _start_streams(self, kbps: float, clip: Clip | None) -> None:
        if self._players:
            return
        if clip is not None:
            for stream in self.streams:
                stream.show(clip)
        now = time.monotonic()
        self._players = [Player(stream, kbps) for stream in self.streams]
        for player in self._players:
            self._pump.at(now + random.random() * player.period, player.tick)

    def _stop_streams(self) -> None:
        for player in self._players:
            player.stopped = True
        self._players = []

    def _report_transport(self, now: float) -> float | None:
        if self._transport.closed:
            return None
        media = next(iter(self.incoming), 0)
        report = self._feedback.report(media)
        if report is not None:
            self._transport.send_control(report)
        return now + INTERVAL

    def _report(self, now: float) -> float | None:
        """SR for what it sends, RR for what it receives, and REMB where there is no transport-wide report."""
        if self._transport.closed:
            return None
        if self._players:
            for stream in self.streams:
                self._transport.send_control(stream.report(now, time.time()))
        # One packet for each source, as browsers send them: Janus heeds only the first block of a report.
        for source in self.media():
            self._transport.send_control(receiver_report(self._own_ssrc, [source.block(now)]))
        if self._remb and self.incoming and not self._extension_places:
            report = receiver_report(self._own_ssrc, [])
            self._transport.send_control(report + remb(self._own_ssrc, _REMB_BITRATE, list(self.incoming)))
        return now + _REPORT_INTERVAL

    def _ask_again(self) -> None:
        for source in self.incoming.values():
            if self._kind(source) == "video" and source.count:
                sequence = source.highest & 0xFFFF
                self._probe = source.ssrc, sequence
                self._transport.send_control(nack(self._own_ssrc, source.ssrc, sequence))
                return


def _with_sources(line: Line) -> Line:
    if line.direction != "sendonly":
        return line
    ssrc, rtx = (random.getrandbits(31) | 1 for _ in range(2))
    return replace(line, ssrc=ssrc, rtx=rtx if line.kind == "video" else None)


def _known(extensions: Mapping[str, int]) -> dict[str, int]:
    """One-byte header extensions hold ids 1 to 14 only (RFC 8285 section 4.2)."""
    return {uri: id_ for uri, id_ in extensions.items() if 0 < id_ < 15}
