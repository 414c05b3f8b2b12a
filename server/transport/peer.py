"""One browser's media connection: its negotiation, its transport, what it sends and what it is sent."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from server.media.caps import FREE, Caps, Capture
from server.media.codecs import Choice
from server.media.estimator import CEILING, OVERHEAD
from server.media.figures import Speeds
from server.media.incoming import Incoming
from server.media.judging import Judging
from server.media.sharing import Dry, Hold
from server.media.silence import Silence
from server.media.slots import Feed, Look
from server.media.tally import Tally
from server.media.voice import Missed, Redundancy
from server.transport.dtls import Dtls, State
from server.transport.figures import figures
from server.transport.ice import Agent, Path
from server.transport.link import Link
from server.transport.port import Port
from server.transport.streams import Leg, Stream
from server.transport.trials import Probed, TrialRun
from server.transport.uplink import Uplink
from signaling.messages import Figures
from signaling.negotiation import Agreed, Credentials, Local, Negotiation, Receiving
from signaling.parts import Encoding, PauseReason, PictureSource, Slot, Source
from signaling.sdp import AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_CC

if TYPE_CHECKING:
    from server.transport.room import RelayRoom

_GCM_TAG, _CM_TAG = 16, 10


def _ssrcs() -> Iterator[int]:
    while True:
        # Below 2**31: some stacks keep SSRCs in signed integers. 0 and 1 mean something to us.
        yield secrets.randbelow(0x7FFFFFFF - 2) + 2


def _credentials() -> Credentials:
    """Fresh ICE credentials: 48 and 144 bits (RFC 8445 5.3 asks for 24 and 128)."""
    return Credentials(secrets.token_urlsafe(6).replace("-", "+").replace("_", "/"), secrets.token_hex(18))


class Peer:
    """A member's media connection. What ``live`` calls is called on the loop and returns at once.

    ``connected`` is whether media can flow now: DTLS is up and ICE consent alive. ``loss_up`` and
    ``loss_down`` are shares of packets (0 to 1), ``rtt`` is in seconds; None while unknown.
    """

    def __init__(
        self, room: RelayRoom, port: Port, member: str, addresses: Sequence[str], video_slots: int
    ) -> None:
        self.member = member
        self.connected = False
        self.entered = False
        self.sending: set[Source] = set()
        self.legs: dict[int, Leg] = {}
        self.audio: list[Leg] = []
        self.video: list[Leg] = []
        self.link = Link(self)
        self.uplink = Uplink(self.link)
        self.rounds = 0
        self.limit = CEILING
        self.rtt: float | None = None
        self.loss_up: float | None = None
        self.loss_down: float | None = None
        self.judging = Judging()
        self.redundancy = Redundancy()
        self.redundancy_up = Redundancy()
        self._missed = Missed()
        self.speeds = Speeds()
        self.silence = Silence()
        self.tally: Tally | None = None
        self.slots_wanted = 0
        self.watches = False
        self.follows: str | None = None
        self.looks: Look | None = None
        self.lines: Mapping[Feed, int] = {}
        self.captures: dict[Source, Capture] = {}
        self.caps = FREE
        self.hold = Hold()
        self.dry = Dry()
        self.paused: dict[str, PauseReason] = {}
        self.told: dict[PictureSource, tuple[Encoding, ...]] = {}
        self.codecs: dict[PictureSource, Choice] = {"camera": Choice(), "screen": Choice()}
        self.carried = CEILING
        self._available: float | None = None
        self.room = room
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._agent = Agent(self.link, self._selected)
        self._dtls: Dtls | None = None
        self._closed = False
        self._clock_offset: int | None = None
        self._numbered = 0
        self._negotiation = Negotiation(
            Local(
                session_id=secrets.randbits(62),
                fingerprint=port.certificate.fingerprint,
                candidates=tuple((address, port.number) for address in addresses),
                max_video_slots=video_slots,
                tcp=tuple((address, port.number) for address in addresses if port.tcp_reaches(address)),
            )
        )

    # ---------------------------------------------------------------- what live calls

    def answer(self, offer_sdp: str) -> tuple[str, tuple[Slot, ...]]:
        """Answer an offer; return the answer and all receiving slots. Raises ``ProtocolError("sdp")``."""
        agreed = self._negotiation.answer(offer_sdp, _credentials(), _ssrcs())
        with self._port.lock:
            self._apply(agreed)
            return agreed.answer, self.slots()

    def _apply(self, agreed: Agreed) -> None:
        if self._dtls is None:
            self._begin(agreed)
        elif agreed.restarted:
            self._port.table.add(self._agent, agreed.credentials)
        link = self.link
        link.mid_id = agreed.extensions.get(MID, 0)
        link.level_id = agreed.extensions.get(AUDIO_LEVEL, 0)
        link.twcc_id = agreed.extensions.get(TRANSPORT_CC, 0)
        link.rid_id = agreed.extensions.get(RID, 0)
        link.repaired_id = agreed.extensions.get(REPAIRED_RID, 0)
        link.renew()
        self.uplink.agreed(agreed.lines)
        self._gates()
        for leg in self.legs.values():
            leg.active = False
        for line in agreed.lines:
            if line.receiving:
                self._receive(line.mid, line.receiving)
        self.room.changed()

    def enter(self) -> None:
        """Open the gate: media flows both ways from now on."""
        with self._port.lock:
            self.entered = True
            self._gates()

    def look_at(self, lines: Mapping[Feed, int]) -> None:
        """Say which pictures the member looks at, most important first, and how high each is on screen (px).

        Others take no line from now on.
        """
        with self._port.lock:
            self.lines = lines
            self.room.look(self, tuple(lines))

    def can_send(self, source: Source, capture: Capture) -> None:
        """Say how large a picture the member's browser captures, and how many layers of it it can send."""
        with self._port.lock:
            self.captures[source] = capture
            self.room.changed()

    def octets(self) -> tuple[int, int]:
        """Return the bytes that came from the browser and went to it on this connection, headers included."""
        with self._port.lock:
            came = sum(stream.received for stream in self.link.streams.values())
            went = sum(leg.counts()[0] for leg in self.legs.values())
            return self.link.received + OVERHEAD * came, self.link.sent + OVERHEAD * went

    def narrower(self) -> float | None:
        """Return the bits/s of the narrower way to the browser and from it, None where no limit is known."""
        known = [self.available] if self.available is not None else []
        if self.link.rate.limited:
            known.append(self.link.rate.target)
        return min(known, default=None)

    @property
    def should_repeat(self) -> bool:
        """Whether the browser should say each frame of sound twice: its line up loses some, and has room."""
        return self.redundancy_up.depth > 0

    @property
    def available(self) -> float | None:
        """What the browser says that it can send, bits/s; None where it does not say."""
        return self._available

    @available.setter
    def available(self, bits: float | None) -> None:
        with self._port.lock:
            self._available = bits
            self.redundancy_up.carried(bits)

    def set_caps(self, caps: Caps) -> None:
        """Bound what the member is sent and sends."""
        with self._port.lock:
            self.caps = caps
            self._gates()

    def look_on(self, follow: str | None) -> None:
        """Be one who only watches: is shown ``follow``, or whoever is loudest, and is no one's company."""
        self.watches, self.follows = True, follow

    def set_sending(self, source: Source, on: bool) -> None:  # noqa: FBT001 - the seam with live
        """Say whether a source is on. What arrives while it is off goes nowhere."""
        with self._port.lock:
            (self.sending.add if on else self.sending.discard)(source)
            self._gates()

    def close(self) -> None:
        """End the connection: the browser is told by DTLS, the slots of others are freed."""
        with self._port.lock:
            if not self._closed:
                self._closed = True
                self._leave()

    def _leave(self) -> None:
        self.entered = False
        self._gates()
        self._port.reports.remove(self)
        if self._dtls is not None:
            self._port.finish(self._dtls.close())
        self._disconnect()
        self._port.table.remove(self._agent)
        self.room.left(self)

    def slots(self) -> tuple[Slot, ...]:
        """Return what each receiving line carries now, audio first."""
        found = []
        for leg in [*self.audio, *self.video]:
            idle: Source = "microphone" if leg.kind == "audio" else "camera"
            source = leg.feed.source if leg.feed else idle
            member = leg.feed.member if leg.feed else None
            found.append(Slot(mid=leg.mid, source=source, member=member, paused=leg.paused))
        return tuple(found)

    # ---------------------------------------------------------------- negotiation

    def _begin(self, agreed: Agreed) -> None:
        self._port.table.add(self._agent, agreed.credentials)
        self._dtls = Dtls(
            self._port.certificate,
            agreed.fingerprints,
            active=agreed.setup == "active",
            gcm_only=agreed.setup == "active" and agreed.gcm,
            send=self._send_raw,
            on_state=self._dtls_changed,
        )
        self._port.reports.add(self)

    def importance(self, leg: Leg) -> int:
        """Return where a line's picture stands among those that the member looks at, 0 the first."""
        feeds = self.looks.feeds if self.looks is not None else ()
        return feeds.index(leg.feed) if leg.feed in feeds else len(feeds)

    @property
    def streams(self) -> Mapping[Source, Stream]:
        """What this member sends by source; of simulcast the lowest layer."""
        return self.uplink.lowest

    def _receive(self, mid: str, receiving: Receiving) -> None:
        leg = self.legs.get(receiving.ssrc)
        if leg is None:
            numbers = (secrets.randbits(15), secrets.randbits(32), secrets.randbits(15))
            leg = Leg(
                self.link,
                mid,
                receiving.kind,
                receiving.ssrc,
                receiving.rtx_ssrc,
                receiving.clock_rate,
                numbers,
            )
            self.legs[receiving.ssrc] = leg
            (self.audio if receiving.kind == "audio" else self.video).append(leg)
        leg.active = True
        leg.sync = receiving.stream
        leg.formats = {each.codec: (each.payload_type, each.rtx_payload_type) for each in receiving.formats}
        leg.red_payload_type = receiving.red_payload_type
        leg.plain_payload_type = receiving.payload_type
        leg.repeat(leg.redundancy)
        leg.rtx_payload_type = receiving.rtx_payload_type
        leg.extension = receiving.number_id << 4 | 1 if receiving.number_id else 0
        self.link.renew()

    def probe(self, done: Callable[[Probed | None], None]) -> bool:
        """Try what the line carries, before the call; ``done`` is called on the loop in 2 s or so.

        False, and nothing is done, where no media can flow yet, the member has entered, or a probe runs.
        """
        if not self.connected or self.entered or self.link.trial is not None:
            return False
        TrialRun(self, self._port, done)
        return True

    # ---------------------------------------------------------------- transport

    def handshake(self, datagram: bytes) -> None:
        """Take a DTLS datagram from an address that ICE has validated."""
        if self._dtls is not None:
            self._dtls.receive(datagram)

    def moved(self, path: Path) -> None:
        """Authentic media came on another path than the one we use: follow it where it was nominated."""
        best = self._agent.selected
        if path.nominated is not None and (best is None or path.generation >= best.generation):
            self._agent.select(path)

    def watch(self, now: float) -> None:
        """Look after consent (RFC 7675): without it the peer leaves the table until checks come back."""
        if self.connected and not self._agent.consents(now):
            self._disconnect()
            self.room.media_changed(self)
        elif not self.connected:
            self._connect(now)

    def listen(self, now: float) -> None:
        """Notice when nothing arrives any more, checks included; the room is told. Called each round.

        A browser that sends a source, or is sent packets to report on, is heard all the time.
        """
        link, silence = self.link, self.silence
        number = link.counter[0]
        numbered, self._numbered = self._numbered, number
        expected = self.entered and (number != numbered or bool(self.sending))
        silent = silence.unheard
        if silence.look((link.received, self._agent.heard), now, expected=expected):
            self.room.unheard(self)
        elif silent and not silence.unheard:
            link.rate.broken(number)
            self._refresh()

    def _refresh(self) -> None:
        """After a break both ways' pictures begin anew: what is missing is more than can be asked for."""
        shown = [leg.stream for leg in self.video if leg.stream is not None]
        for stream in [*self.uplink.streams(), *shown]:
            if stream.video:
                self._port.reports.keyframe(stream)

    def judge(self, now: float) -> None:
        """Grade the connection anew; the room is told when the grade changes."""
        speech = self.streams.get("microphone")
        pictures: list[Incoming] = [stream for stream in self.uplink.streams() if stream.video]
        measured = self.judging.measuring.take(speech, pictures, self.rtt, now)
        self._repeat(now)
        self.loss_up = self.loss_down = None
        known = self._dtls is not None and self._dtls.state == "connected"
        if not (known or self.connected):
            return
        tcp = self.link.wire is not None
        news = self.judging.period(measured, connected=self.connected, tcp=tcp, rate=self.link.rate.target)
        if self.tally is not None and self.connected:
            self.tally.period(measured, self.judging.grading.score, tcp=tcp)
        if news.grade:
            self.room.quality_changed(self)
        if news.advice:
            self.room.advice_changed(self)

    def _repeat(self, now: float) -> None:
        """Say again with each packet of sound what the line may have lost, where it has room for that; know
        whether the browser should, too.
        """
        speech = self.streams.get("microphone")
        missed = None if speech is None else self._missed.look(speech.life, speech.expected, speech.received)
        if missed is not None:
            self.redundancy_up.update(missed, now)
        # What its own queue has lost would only be made worse by saying more.
        self.redundancy.carried(self.link.rate.target if self.link.rate.limited else None)
        self.redundancy.update(self.link.rate.inherent(self.loss_down or 0.0), now)
        depth = self.redundancy.depth
        for leg in self.audio:
            if leg.redundancy != depth:
                leg.repeat(depth)

    def heard(self, concealed: float, buffer: float) -> None:
        """Take the browser's word on the speech it got: share made up (0 to 1), jitter buffer in seconds."""
        self.judging.measuring.heard(concealed, buffer, self._port.clock())

    def figures(self) -> Figures:
        """Return what is known of this connection now; rates are means since the call before."""
        with self._port.lock:
            return figures(self, self._port.clock())

    def clock_offset(self, theirs: int, ours: int) -> int:
        """Return what to add to this browser's NTP time to get ours; it stays what it first was.

        Unless the browser's clock is set: more than a second off is no drift.
        """
        offset = ours - theirs
        if self._clock_offset is None or abs(offset - self._clock_offset) > 1 << 32:
            self._clock_offset = offset
        return self._clock_offset

    def _selected(self, path: Path | None) -> None:
        if path is not None and self.link.sent:
            self.link.rate.moved(self.link.number)
        self.link.path = path
        if path is None:
            if self.connected:
                self._disconnect()
                self.room.media_changed(self)
            return
        self._port.outlet.aim(self.link, path.address)
        if self.silence.unheard:
            self._refresh()
        if self._dtls is not None and not self._closed:
            self._loop.call_soon_threadsafe(self._dtls.start)

    def _send_raw(self, data: bytes) -> None:
        if self.link.path is not None:
            self._port.outlet.send(data, self.link.path.address)

    def _dtls_changed(self, state: State) -> None:
        with self._port.lock:
            self._follow(state)

    def _follow(self, state: State) -> None:
        if state == "connected" and self._dtls is not None:
            self.link.tag = _GCM_TAG if "GCM" in self._dtls.profile else _CM_TAG
            self.link.rx, self.link.tx = self._dtls.rx, self._dtls.tx
            self.link.renew()
            self._connect(self._port.clock())
        elif state in ("closed", "failed"):
            self.link.rx = self.link.tx = None
            if self.connected:
                self._disconnect()
            self.room.media_changed(self)

    def _connect(self, now: float) -> None:
        if self._closed or self.link.tx is None or self.link.path is None or not self._agent.consents(now):
            return
        self.connected = True
        self._port.stats.connected += 1
        self._gates()
        self.room.media_changed(self)

    def _disconnect(self) -> None:
        self._port.stats.connected -= self.connected
        self.connected = False
        for leg in self.legs.values():
            leg.detach()
            leg.feed = None
        self._gates()

    def _gates(self) -> None:
        """Open or close each source's gate, and let the room place what has changed."""
        for source in self.uplink.layers:
            wanted = source in self.sending and self._may(source)
            self.uplink.gate(source, is_open=self.entered and self.connected and wanted)
        self.room.changed()

    def _may(self, source: Source) -> bool:
        """Whether the member's own bounds let a source be sent."""
        if source == "microphone":
            return self.caps.sound
        return self.caps.pictures if source == "camera" else self.caps.screen != "none"

    def line(self, kind: Literal["audio", "video"]) -> list[Leg]:
        """Return the receiving lines of one kind that the browser has not stopped."""
        return [leg for leg in (self.audio if kind == "audio" else self.video) if leg.active]
