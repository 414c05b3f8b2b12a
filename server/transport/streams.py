"""The pump's table: the streams that come in on links, and the legs that leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from server.media.cells import Cell, Clock
from server.media.hush import Hush
from server.media.incoming import Incoming
from server.media.layers import OVERHEAD, Flow
from server.media.payloads import PAYLOADS, Shift
from server.media.red import Frame
from server.media.renumber import Numbers, Renumber
from server.media.ring import Ring
from server.media.sharing import Dry
from server.media.slots import Feed
from server.transport.link import Link
from server.transport.watched import Watched
from signaling.parts import PauseReason

if TYPE_CHECKING:
    from server.transport.fan import Plan
    from server.transport.rush import Source

RESENDS_A_SECOND = 400
"""Retransmissions a leg: 3.5 Mbit/s; what asks for more does not repair but flood."""


RECENT = 8
"""Newest packets of sound that are at hand, to be said again (RFC 2198) or heard late. A power of two."""

BEFORE = 2
"""So many packets before the first that is loud belong to what is said: an h, an f."""


class Stream(Incoming):
    """One incoming stream, a layer of a source or all of it, and the legs it feeds.

    ``repairs`` is the stream that this one retransmits packets of (RFC 4588), None for a stream proper.
    ``open`` is the gate: entered, and switched on. ``legs`` get every packet; ``waiting`` ones join at the
    next keyframe, or at the next packet of audio. ``wanted`` says that a keyframe is to be asked for,
    ``wanted_at`` when it was last. ``layer`` counts from 0, the lowest; ``rid`` is empty without simulcast.
    ``formats`` names the codec of each payload type that may come, ``repairs_of`` the payload type that each
    repair format repairs. ``clock`` is one instant by the sender: NTP time (64 bits) and RTP timestamp.
    ``lines`` is the short side of the picture in pixels, 0 while unknown. ``asked_at`` is since when its
    sender is asked for it in vain, ``failed_at`` when that was given up, ``failures`` how often in turn,
    ``starved`` whether for want of bits, ``dry`` since when its sender has had too little. Of sound,
    ``red_payload_type`` is what it comes in redundantly (RFC 2198), ``recent`` are its newest packets,
    and ``redundant`` is whether some leg is sent them again. Of a picture, ``slow`` is whether some leg's
    line is paced. ``plans`` are its legs as ``Fan`` has laid them out, ``source`` is all of it as C knows it.
    """

    timestamp = Cell(4)
    packets = Cell(5)
    octets = Cell(6)
    level = Cell(7)
    loudness = Cell(8)
    levels = Cell(9)
    seen_at = Clock(2)
    heard: Watched[bool] = Watched("_heard")
    legs: Watched[list[Leg]] = Watched("_legs")
    open: Watched[bool] = Watched("_open")
    payload_type: Watched[int] = Watched("_payload_type")
    redundant: Watched[bool] = Watched("_redundant")
    slow: Watched[bool] = Watched("_slow")
    waiting: Watched[list[Leg]] = Watched("_waiting")

    __slots__ = (
        "_heard",
        "_legs",
        "_open",
        "_payload_type",
        "_redundant",
        "_slow",
        "_waiting",
        "asked_at",
        "clock",
        "codec",
        "dry",
        "failed_at",
        "failures",
        "flow",
        "formats",
        "hush",
        "layer",
        "lines",
        "link",
        "nack",
        "onset",
        "plans",
        "pli",
        "recent",
        "red_payload_type",
        "repairs",
        "repairs_of",
        "rid",
        "source",
        "ssrc",
        "starts",
        "starved",
        "video",
        "wanted",
        "wanted_at",
    )

    def __init__(self, link: Link, payload_type: int, clock_rate: int, *, video: bool) -> None:
        super().__init__(clock_rate, repaired=video)
        self.link = link
        self.ssrc = 0
        self.rid = ""
        self.layer = 0
        self.payload_type = payload_type
        self.formats: Mapping[int, str] = {}
        self.repairs_of: Mapping[int, int] = {}
        self.video = video
        self.codec = "vp8" if video else "opus"
        self.starts = PAYLOADS["vp8"].starts
        self.repairs: Stream | None = None
        self.nack = self.pli = self.open = self.redundant = self.slow = False
        self.red_payload_type: int | None = None
        self.recent = Ring(RECENT)
        self.legs = []
        self.plans: list[Plan] = []
        self.source: Source | None = None
        self.waiting = []
        self.timestamp = -1
        self.clock: tuple[int, int] | None = None
        self.seen_at = 0.0
        self.lines = 0
        self.packets = self.octets = 0
        self.flow = Flow()
        self.asked_at: float | None = None
        self.failed_at: float | None = None
        self.failures = 0
        self.starved = False
        self.dry = Dry()
        self.loudness = self.levels = self.level = 0
        self.hush = Hush()
        self.heard = True
        self.onset: int | None = None
        self.wanted = False
        self.wanted_at = float("-inf")

    @property
    def ring(self) -> Ring:
        """Where its newest packets are kept."""
        return self.recent if self.history is None else self.history

    def earlier(self, sequence: int, timestamp: int, count: int) -> list[Frame]:
        """Return up to so many frames right before this packet of sound, oldest first."""
        frames = []
        for back in range(count, 0, -1):
            packet = self.recent.recall((sequence - back) & 0xFFFF)
            if packet is not None and len(packet) > 12:
                offset = (timestamp - int.from_bytes(packet[4:8])) & 0xFFFFFFFF
                frames.append(Frame(offset, packet[12:]))
        return frames

    def lead_in(self, number: int) -> list[bytes]:
        """Return the packets of sound before this one, from just before its onset on, oldest first."""
        onset, self.onset = self.onset, None
        first = number if onset is None else max(onset - BEFORE, number - RECENT + 1)
        packets: list[bytes] = []
        for earlier in range(number - 1, first - 1, -1):
            packet = self.recent.recall(earlier & 0xFFFF)
            if packet is None or len(packet) <= 12:
                break
            packets.insert(0, packet)
        return packets

    def weigh(self) -> None:
        """See whether some leg is sent again what came before, and whether one is on a paced line."""
        self.redundant = any(leg.redundancy for leg in self.legs)
        self.slow = self.video and any(leg.link.paced for leg in self.legs)

    def pause(self, last: int | None = None) -> None:
        """Let every leg wait for a fresh start: the gate has closed, or the source begins anew.

        ``last`` is the number of the last packet that they were to have, the newest unless it is told.
        """
        for leg in self.legs:
            leg.pause(self, self.high if last is None else last)
        self.waiting = self.waiting + self.legs
        self.legs = []
        self.plans.clear()

    def hold_back(self, leg: Leg) -> None:
        """Let one leg wait for a fresh start."""
        leg.pause(self, self.high)
        self.legs = [each for each in self.legs if each is not leg]
        self.plans.clear()
        self.waiting = [*self.waiting, leg]

    def turn(self, payload_type: int) -> bool:
        """Go on in another codec with the newest packet, if this is one that was agreed: every leg waits for
        its keyframe.
        """
        codec = self.formats.get(payload_type)
        if codec is None or not self.video:
            return False
        self.pause(self.high - 1)
        self.speak(payload_type)
        return True

    def speak(self, payload_type: int) -> None:
        """Take this payload type, and its codec, for what comes."""
        self.payload_type = payload_type
        self.codec = self.formats.get(payload_type, self.codec)
        if self.codec in PAYLOADS:
            self.starts = PAYLOADS[self.codec].starts

    def numbers(self, packet: bytes) -> Numbers:
        """Return what has to count on in the payload of a packet without header extensions."""
        return PAYLOADS[self.codec].numbers(packet, 12) if self.video else (None, None)

    def look(self, packet: bytes) -> None:
        """Read how large the picture is from the first packet of a keyframe, without header extensions."""
        size = PAYLOADS[self.codec].size(packet, 12)
        self.lines = min(size) if size else 0

    def measure(self, now: float) -> None:
        """Note what has come by now; ``flow`` knows the rate from it. To be called a few times a second."""
        self.flow.update(self.octets + OVERHEAD * self.packets, now)


class Numbering(NamedTuple):
    """How packets ``start`` to ``end`` of a stream's ``life`` were numbered when a leg carried them."""

    stream: Stream
    life: object
    start: int
    end: int
    sequence_offset: int
    timestamp_offset: int
    picture_offset: int
    tl0_offset: int
    rtx_payload_type: int | None
    shift: Shift

    def number(self, sequence: int) -> int:
        """Return the stream's number behind an outgoing one; negative when it was not one of these."""
        number = self.end - ((self.end + self.sequence_offset - sequence) & 0xFFFF)
        return number if number >= self.start else -1


KEPT = 4
"""So many earlier feeds of a leg answer NACKs: a switch must not take back what was promised."""


class Leg(Renumber):
    """One outgoing stream: a receiving slot of one browser, and the stream that feeds it now.

    ``feed`` is whose source it carries, ``active`` is false while the browser has stopped the line.
    ``stream`` feeds it or is waited for; ``next`` takes over at its next keyframe, and ``stream`` goes on
    until then. ``formats`` has the payload types (media, repair) of each codec that the browser can decode.
    ``reports`` remembers when recent sender reports left, by their middle 32 bits, to know the round trip.
    ``credit`` is how many packets may still be sent again in this second. ``extension`` is the byte in front
    of a transport-wide number (RFC 8285 4.2: id and length), 0 where the browser doesn't report by them.
    Of a picture, ``wants`` is the layer that it is to have (-1 none), ``share`` the bits/s of the line for it
    (None: no limit; 0 while ``paused`` says why it is held back), ``since`` when it last flowed.
    ``shift`` renumbers the payload. Of sound, ``redundancy`` is how many earlier frames go with each packet,
    in ``red_payload_type``; the frames themselves are ``plain_payload_type``.
    """

    __slots__ = (
        "_clock",
        "_octets",
        "_packets",
        "active",
        "credit",
        "extension",
        "feed",
        "formats",
        "kind",
        "link",
        "mid",
        "next",
        "past",
        "paused",
        "payload_type",
        "plain_payload_type",
        "red_payload_type",
        "redundancy",
        "reports",
        "rtx_payload_type",
        "rtx_sequence",
        "rtx_ssrc",
        "share",
        "shift",
        "since",
        "ssrc",
        "stream",
        "sync",
        "wants",
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
        self.payload_type = self.plain_payload_type = self.redundancy = 0
        self.red_payload_type: int | None = None
        self.extension = 0
        self.rtx_payload_type: int | None = None
        self.formats: Mapping[str, tuple[int, int | None]] = {}
        self.sync = ""
        self.active = True
        self.feed: Feed | None = None
        self.paused: PauseReason | None = None
        self.share: float | None = None
        self.shift: Shift = PAYLOADS["vp8"].shift
        self.since = 0.0
        self.wants = -1
        self.stream: Stream | None = None
        self.next: Stream | None = None
        self.past: list[Numbering] = []
        self.reports: dict[int, float] = {}
        self.credit = RESENDS_A_SECOND
        self._clock: tuple[Link, int, int, int] | None = None
        self._packets = self._octets = 0

    @property
    def running(self) -> bool:
        """Whether packets of ``stream`` go out now."""
        return self.stream is not None and self in self.stream.legs

    def counts(self) -> tuple[int, int]:
        """Return packets and payload octets sent so far, for sender reports: no counting per packet."""
        packets, octets = self._packets, self._octets
        if self.stream is not None and self in self.stream.legs:
            packets, octets = packets + self.stream.packets, octets + self.stream.octets
        return packets & 0xFFFFFFFF, octets & 0xFFFFFFFF

    def join(self, stream: Stream, number: int, timestamp: int, numbers: Numbers, now: float) -> bool:
        """Begin at this packet of the stream, leaving the one before; the pump moves the leg to ``legs``.

        False when the browser can't decode the stream's codec, or its line has no room for a keyframe yet:
        then nothing changes.
        """
        kinds = self.formats.get(stream.codec)
        if kinds is None or (stream.video and self.link.pacer.clogged):
            return False
        if self.next is stream:
            self._leave()
            self.stream, self.next = stream, None
        self.plain_payload_type, self.rtx_payload_type = kinds
        if stream.video:
            self.shift = PAYLOADS[stream.codec].shift
        self.repeat(self.redundancy)
        self.link.renew()
        self.begin(stream.life, number, timestamp, numbers, now, self._aligned(stream))
        self._packets -= stream.packets
        self._octets -= stream.octets
        return True

    def repeat(self, depth: int) -> None:
        """Send so many earlier frames with each packet from now on, where the browser can read it."""
        self.redundancy = depth if self.red_payload_type is not None else 0
        self.payload_type = self.plain_payload_type
        if self.redundancy and self.red_payload_type is not None:
            self.payload_type = self.red_payload_type
        self.link.renew()
        if self.stream is not None:
            self.stream.weigh()

    def attach(self, stream: Stream) -> None:
        """Be fed by this stream from its next keyframe (video) or packet (audio) on, and by nothing
        until then.
        """
        self.detach()
        self.stream = stream
        stream.waiting = [*stream.waiting, self]

    def switch(self, stream: Stream) -> None:
        """Be fed by this stream, another layer of the same source, from its next keyframe on."""
        if not self.running:
            if self.stream is not stream:
                self.attach(stream)
            return
        if stream is self.next:
            return
        self._cancel()
        if stream is not self.stream:
            self.next = stream
            stream.waiting = [*stream.waiting, self]

    def detach(self) -> None:
        """Be fed by nobody; the outgoing stream pauses where it is."""
        self._cancel()
        self._leave()
        self.stream = None
        # What another source sent is nothing that this line could ask for again, and must not be kept alive.
        self.past.clear()
        self._clock = None

    def pause(self, stream: Stream, last: int) -> None:
        """Wait for the stream to come back after packet ``last``; ``Stream.pause`` moves the leg."""
        self._part(stream, last)

    def sent_report(self, middle: int, now: float) -> None:
        """Remember when a sender report left; the last four are enough for any round trip."""
        self.reports[middle] = now
        while len(self.reports) > 4:
            del self.reports[next(iter(self.reports))]

    def behind(self, sequence: int) -> tuple[Numbering, bytes] | None:
        """Return the kept packet that went out under this number, and how it was numbered."""
        stream = self.stream
        current = [self._numbering(stream)] if stream is not None and self in stream.legs else []
        for numbering in [*current, *self.past]:
            number = numbering.number(sequence)
            if number >= 0:
                source = numbering.stream
                kept = source.recall(number) if source.life is numbering.life else None
                return None if kept is None else (numbering, kept)
        return None

    def _numbering(self, stream: Stream) -> Numbering:
        return Numbering(
            stream,
            stream.life,
            self.start,
            stream.high,
            self.sequence_offset,
            self.timestamp_offset,
            self.picture_offset,
            self.tl0_offset,
            self.rtx_payload_type,
            self.shift,
        )

    def _aligned(self, stream: Stream) -> int | None:
        """Return the timestamp offset by which lip sync stays: the sender's clock tells both layers' time.

        Layers of one source count from random numbers of their own (RFC 3550 5.1); sender reports say at
        which of each the same instant was.
        """
        if self._clock is None or stream.clock is None or self._clock[0] is not stream.link:
            return None
        _, ntp, rtp, offset = self._clock
        passed = round((stream.clock[0] - ntp) * self.clock_rate / (1 << 32))
        return (offset + rtp + passed - stream.clock[1]) & 0xFFFFFFFF

    def _cancel(self) -> None:
        """No longer wait for ``next``."""
        if self.next is not None:
            self.next.waiting = [leg for leg in self.next.waiting if leg is not self]
            self.next = None

    def _leave(self) -> None:
        """Take the leg out of its stream."""
        stream = self.stream
        if stream is None:
            return
        if self in stream.legs:
            self._part(stream, stream.high)
            stream.legs = [leg for leg in stream.legs if leg is not self]
            stream.plans.clear()
        stream.waiting = [leg for leg in stream.waiting if leg is not self]

    def _part(self, stream: Stream, last: int) -> None:
        newest = stream.recall(last)
        if stream.video:
            self.past = [self._numbering(stream), *self.past[: KEPT - 1]]
        if stream.clock is not None:
            self._clock = (stream.link, *stream.clock, self.timestamp_offset)
        numbers = (None, None) if newest is None else stream.numbers(newest)
        self.end(last, stream.timestamp, numbers, stream.seen_at)
        self._packets += stream.packets
        self._octets += stream.octets
