"""The pump's table: links (one a peer), the streams that come in on them, the legs that leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from server.media.estimator import Estimator
from server.media.incoming import Incoming
from server.media.renumber import Renumber
from server.media.slots import Feed
from server.media.twcc import Arrivals
from server.media.vp8 import picture_id
from server.transport import dtls
from server.transport.ice import Path

if TYPE_CHECKING:
    from server.transport.peer import Peer
    from server.transport.tcp import Wire

OUT_BYTES = 65_536
"""A link's outgoing batch: more is never handed to the kernel in one call."""

MAX_STRANGERS = 16
"""Unknown SSRCs a peer that are decrypted to see where they belong; libsrtp keeps state for each."""


MAX_RTCP_SOURCES = 64
"""SSRCs a peer that may send us RTCP."""


RESENDS_A_SECOND = 400
"""Retransmissions a leg: 3.5 Mbit/s; what asks for more does not repair but flood."""


class Link:
    """What the pump knows of one peer: its address, its SRTP sessions, its streams, its outgoing batch.

    ``wire`` is the TCP connection that it is sent to, None where it is UDP.

    ``origin`` says from which of our addresses, as ancillary data; empty where the kernel chooses right.

    ``rx`` and ``tx`` are None before DTLS is up. The batch is ``fill`` bytes of datagrams of ``segment``
    bytes each (the last may be shorter); ``room`` is the size that the next one may have at most.

    ``rate`` is what the peer's line can carry, ``number`` the next transport-wide number (it is not cut);
    ``sizes`` and ``times`` are the estimator's own, for ``Outlet`` to write. ``received`` and ``sent`` are
    bytes of SRTP so far.
    """

    __slots__ = (
        "address",
        "arrivals",
        "buffer",
        "fill",
        "level_id",
        "limit",
        "mid_id",
        "number",
        "origin",
        "path",
        "peer",
        "pointer",
        "rate",
        "received",
        "room",
        "rtcp_sources",
        "rx",
        "segment",
        "sent",
        "sizes",
        "strangers",
        "streams",
        "tag",
        "times",
        "twcc_id",
        "tx",
        "view",
        "wire",
    )

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.path: Path | None = None
        self.wire: Wire | None = None
        self.address: tuple[str, int] = ("", 0)
        self.origin: tuple[tuple[int, int, bytes], ...] = ()
        self.rx: dtls.Handle = None
        self.tx: dtls.Handle = None
        self.tag = 16
        self.streams: dict[int, Stream] = {}
        self.strangers: set[int] = set()
        self.rtcp_sources: set[int] = set()
        self.arrivals = Arrivals()
        self.twcc_id = self.level_id = self.mid_id = 0
        self.buffer = bytearray(OUT_BYTES)
        self.view = memoryview(self.buffer)
        self.pointer: Any = dtls.pointer(self.buffer)
        self.fill = self.segment = self.room = self.limit = 0
        self.rate = Estimator()
        self.sizes, self.times = self.rate.sizes, self.rate.times
        self.number = 0
        self.received = self.sent = 0


class Stream(Incoming):
    """One incoming stream and the legs it feeds.

    ``repairs`` is the stream that this one retransmits packets of (RFC 4588), None for a stream proper.
    ``open`` is the gate: entered, and switched on. ``legs`` get every packet; ``waiting`` ones join at the
    next keyframe, or at the next packet of audio. ``wanted`` says that a keyframe is to be asked for,
    ``wanted_at`` when it was last.
    """

    __slots__ = (
        "legs",
        "levels",
        "link",
        "loudness",
        "nack",
        "octets",
        "open",
        "packets",
        "payload_type",
        "pli",
        "repairs",
        "seen_at",
        "ssrc",
        "timestamp",
        "video",
        "waiting",
        "wanted",
        "wanted_at",
    )

    def __init__(self, link: Link, payload_type: int, clock_rate: int, *, video: bool) -> None:
        super().__init__(clock_rate, repaired=video)
        self.link = link
        self.ssrc = 0
        self.payload_type = payload_type
        self.video = video
        self.repairs: Stream | None = None
        self.nack = self.pli = self.open = False
        self.legs: list[Leg] = []
        self.waiting: list[Leg] = []
        self.timestamp = -1
        self.seen_at = 0.0
        self.packets = self.octets = 0
        self.loudness = self.levels = 0
        self.wanted = False
        self.wanted_at = float("-inf")

    def pause(self) -> None:
        """Let every leg wait for a fresh start: the gate has closed, or the source begins anew."""
        for leg in self.legs:
            leg.pause(self)
        self.waiting = self.waiting + self.legs
        self.legs = []


class Leg(Renumber):
    """One outgoing stream: a receiving slot of one browser, and the stream that feeds it now.

    ``feed`` is whose source it carries, ``active`` is false while the browser has stopped the line.
    ``reports`` remembers when recent sender reports left, by their middle 32 bits, to know the round trip.
    ``credit`` is how many packets may still be sent again in this second. ``extension`` is the byte in front
    of a transport-wide number (RFC 8285 4.2: id and length), 0 where the browser doesn't report by them.
    """

    __slots__ = (
        "_octets",
        "_packets",
        "active",
        "credit",
        "extension",
        "feed",
        "kind",
        "link",
        "mid",
        "payload_type",
        "reports",
        "rtx_payload_type",
        "rtx_sequence",
        "rtx_ssrc",
        "ssrc",
        "stream",
        "sync",
    )

    def __init__(
        self,
        link: Link,
        mid: str,
        kind: Literal["audio", "video"],
        ssrc: int,
        rtx_ssrc: int,
        clock_rate: int,
        numbers: tuple[int, int, int],
    ) -> None:
        super().__init__(clock_rate, *numbers)
        self.link = link
        self.mid = mid
        self.kind = kind
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.rtx_sequence = numbers[0] ^ 0x2AAA
        self.payload_type = 0
        self.extension = 0
        self.rtx_payload_type: int | None = None
        self.sync = ""
        self.active = True
        self.feed: Feed | None = None
        self.stream: Stream | None = None
        self.reports: dict[int, float] = {}
        self.credit = RESENDS_A_SECOND
        self._packets = self._octets = 0

    def counts(self) -> tuple[int, int]:
        """Return packets and payload octets sent so far, for sender reports: no counting per packet."""
        packets, octets = self._packets, self._octets
        if self.stream is not None and self in self.stream.legs:
            packets, octets = packets + self.stream.packets, octets + self.stream.octets
        return packets & 0xFFFFFFFF, octets & 0xFFFFFFFF

    def join(self, stream: Stream, number: int, timestamp: int, picture: int | None, now: float) -> None:
        """Begin at this packet of the stream; the pump moves the leg from ``waiting`` to ``legs``."""
        self.begin(stream.life, number, timestamp, picture, now)
        self._packets -= stream.packets
        self._octets -= stream.octets

    def attach(self, stream: Stream) -> None:
        """Be fed by this stream from its next keyframe (video) or packet (audio) on."""
        self.detach()
        self.stream = stream
        stream.waiting = [*stream.waiting, self]

    def detach(self) -> None:
        """Be fed by nobody; the outgoing stream pauses where it is."""
        stream, self.stream = self.stream, None
        if stream is None:
            return
        if self in stream.legs:
            self._part(stream)
            stream.legs = [leg for leg in stream.legs if leg is not self]
        stream.waiting = [leg for leg in stream.waiting if leg is not self]

    def pause(self, stream: Stream) -> None:
        """Wait for the stream to come back; ``Stream.pause`` moves the leg."""
        self._part(stream)

    def sent_report(self, middle: int, now: float) -> None:
        """Remember when a sender report left; the last four are enough for any round trip."""
        self.reports[middle] = now
        while len(self.reports) > 4:
            del self.reports[next(iter(self.reports))]

    def _part(self, stream: Stream) -> None:
        newest = stream.recall(stream.high)
        picture = picture_id(newest, 12) if newest is not None else None
        self.end(stream.high, stream.timestamp, picture, stream.seen_at)
        self._packets += stream.packets
        self._octets += stream.octets
