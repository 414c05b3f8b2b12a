"""What one connection agrees on: decides the answer to each offer. The browser always offers.

Pure: SSRCs and ICE credentials come in from outside. The parts a line plays are decided by order (first
sending audio is the microphone, first sending video the camera, the second the screen) and never change
afterwards, so a renegotiation can only add lines, or stop and start them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from signaling.parts import Source, VideoCodec
from signaling.sdp import (
    AUDIO_LEVEL,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
    Answer,
    AnsweredMedia,
    Codec,
    Direction,
    Fingerprint,
    Offer,
    OfferedMedia,
    Setup,
    parse_offer,
    refuse,
    write_answer,
)

AUDIO_SLOTS = 3
"""Receiving audio lines that are fed: the loudest three (media.md decision 5)."""

OPUS_PARAMETERS = "minptime=10;useinbandfec=1;usedtx=1"
"""What we ask of a sender (RFC 7587 6.1): repairable speech, and near silence while nobody speaks."""

VIDEO_PARAMETERS = "x-google-start-bitrate=600"
"""What Chromium's estimate of its line begins with, in kbit/s; others pass over it.

Below 500 its encoder drops the first large frames and begins at 320x180: a grainy 720p picture on a good line
took 29 s to come, with 600 it begins at 960x540 and takes 16 s (measured); more than 600 gains nothing.
"""

_SENDING: frozenset[Direction] = frozenset(("sendonly", "sendrecv"))
_RECEIVING: frozenset[Direction] = frozenset(("recvonly", "sendrecv"))
_DIGESTS = ("sha-256", "sha-384", "sha-512")

# One-byte header extensions (RFC 8285 4.2) have ids 1 to 14.
_LAST_ID = 14


@dataclass(frozen=True, slots=True)
class Credentials:
    """Our ICE user name fragment and password (RFC 8445 5.3)."""

    ufrag: str
    password: str


@dataclass(frozen=True, slots=True)
class Local:
    """What stays the same for every answer of one connection. ``candidates`` and ``tcp`` as in ``Answer``."""

    session_id: int
    fingerprint: Fingerprint
    candidates: tuple[tuple[str, int], ...]
    max_video_slots: int
    tcp: tuple[tuple[str, int], ...] = ()


VIDEO_CODECS: tuple[VideoCodec, ...] = ("vp8", "vp9", "h264", "av1")
"""What can be forwarded, best first: a browser sends what its line's answer names first."""


@dataclass(frozen=True, slots=True)
class Format:
    """One codec of a line as that line numbers it; ``codec`` is ``opus`` or a ``VideoCodec``."""

    codec: str
    payload_type: int
    rtx_payload_type: int | None


@dataclass(frozen=True, slots=True)
class Sending:
    """What the browser sends us on one line. ``nack`` is whether lost packets may be asked for again.

    ``payload_type`` is what it begins with, one of ``formats``; ``red_payload_type`` carries the same
    redundantly (RFC 2198), None where the browser doesn't. ``layers`` are the rids of simulcast, lowest
    first as browsers order them; then SSRCs are learnt from header extensions (RFC 8852).
    """

    source: Source
    payload_type: int
    rtx_payload_type: int | None
    formats: tuple[Format, ...]
    layers: tuple[str, ...]
    clock_rate: int
    nack: bool
    pli: bool
    ssrcs: tuple[int, ...]
    rtx: dict[int, int]
    red_payload_type: int | None


@dataclass(frozen=True, slots=True)
class Receiving:
    """What we send the browser on one line: slot ``index`` of its kind, with fixed SSRCs.

    ``rtx_ssrc`` is 0 where the browser takes no retransmissions. ``number_id`` is the header extension that
    carries transport-wide numbers, 0 where the browser doesn't report by them. ``formats`` are
    all that it can decode.
    """

    index: int
    kind: Literal["audio", "video"]
    payload_type: int
    rtx_payload_type: int | None
    formats: tuple[Format, ...]
    clock_rate: int
    ssrc: int
    rtx_ssrc: int
    stream: str
    number_id: int
    red_payload_type: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One m-line as it stands: what it carries each way, both None while it is rejected or inactive."""

    mid: str
    sending: Sending | None = None
    receiving: Receiving | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """The outcome of one offer. ``extensions`` maps URI to the id that is used on the whole transport.

    ``restarted`` says that the browser asked for an ICE restart (RFC 8445 2.4): ``credentials`` are new.
    ``setup`` is our own role: ``passive`` waits for the browser's ClientHello. ``gcm`` says that the browser
    has AES-GCM for certain.
    """

    answer: str
    lines: tuple[Line, ...]
    extensions: dict[str, int]
    credentials: Credentials
    restarted: bool
    fingerprints: tuple[Fingerprint, ...]
    setup: Setup
    gcm: bool = False


def _setup(offered: Setup | str, *, gcm: bool) -> Setup:
    """Our role in the handshake.

    Whoever begins saves half a round trip (RFC 8842 5.3), and a flight of ours that is lost goes again after
    0.1 s, a browser's after two round trips. But whoever does not begin chooses the cipher, and Chromium
    takes AES-CM with SHA-1 (1.4 µs a packet where AES-GCM takes 0.7). So we begin where nothing but AES-GCM
    need be offered.
    """
    if offered == "actpass":
        return "active" if gcm else "passive"
    return "passive" if offered == "active" else "active"


@dataclass(frozen=True, slots=True)
class _Part:
    """What was settled for an m-line when it was first seen; SSRCs outlive a line's being stopped."""

    mid: str
    kind: str
    source: Source | None
    slot: int | None
    ssrc: int
    rtx_ssrc: int


Choice = tuple[tuple[Codec, Codec | None], ...]
"""The codecs that are taken of a section, best first, each with its repair format where there is one."""


def _choose(media: OfferedMedia) -> Choice:
    """Return what we take of a section; nothing when there is nothing in common."""
    taken: dict[str, tuple[Codec, Codec | None]] = {}
    for codec in sorted(media.codecs, key=_is_loose):
        if codec.name not in taken and (_is_opus(codec) if media.kind == "audio" else _is_video(codec)):
            apt = str(codec.payload_type)
            rtx = next((c for c in media.codecs if c.name == "rtx" and c.parameter("apt") == apt), None)
            taken[codec.name] = codec, rtx
    order = ("opus", *VIDEO_CODECS)
    return tuple(taken[name] for name in sorted(taken, key=order.index))


def _red(media: OfferedMedia, codec: Codec) -> Codec | None:
    """Return the format that carries this codec's frames redundantly (RFC 2198), None if there is none."""
    for other in media.codecs:
        carried = {part.strip() for part in other.parameters.split("/")}
        same = other.name == "red" and other.clock_rate == codec.clock_rate
        if same and carried == {str(codec.payload_type)}:
            return other
    return None


def _is_opus(codec: Codec) -> bool:
    return (codec.name, codec.clock_rate) == ("opus", 48_000)


def _is_loose(codec: Codec) -> bool:
    """Return whether this is H.264 that is not said to be constrained; of two, the other one is taken."""
    profile = (codec.parameter("profile-level-id") or "").lower()
    return codec.name == "h264" and not profile.startswith("42e0")


def _is_video(codec: Codec) -> bool:
    """Return whether this is a profile that every implementation of its codec can decode.

    VP9 and AV1: profile 0. H.264: baseline in packetization mode 1 (RFC 7742 6.2), which encoders
    offer without saying that it is constrained (FFmpeg: 42000c).
    """
    if codec.clock_rate != 90_000:
        return False
    if codec.name == "h264":
        profile = (codec.parameter("profile-level-id") or "").lower()
        return profile.startswith("42") and codec.parameter("packetization-mode") == "1"
    if codec.name == "vp9":
        return codec.parameter("profile-id") in (None, "0")
    return codec.name == "vp8" or (codec.name == "av1" and codec.parameter("profile") in (None, "0"))


class Negotiation:
    """The offers and answers of one connection so far."""

    def __init__(self, local: Local) -> None:
        self._local = local
        self._parts: list[_Part] = []
        self._agreed: Agreed | None = None
        self._remote_ufrag = ""
        self._version = 0
        self._generation = 0

    def answer(self, text: str, credentials: Credentials, ssrcs: Iterator[int]) -> Agreed:
        """Decide on an offer. ``credentials`` are used when this is the first one or asks for a restart.

        ``ssrcs`` yields fresh random 32-bit numbers, not 0. Raises ``ProtocolError("sdp")``, and then
        nothing has changed.
        """
        offer = parse_offer(text)
        choices = [self._accept(media, offer) for media in offer.media]
        accepted = [media for media, choice in zip(offer.media, choices, strict=True) if choice]
        if not accepted:
            raise refuse("nothing in common")
        parts = self._place(offer, choices, ssrcs)
        transport = accepted[0]
        fingerprints = tuple(f for f in transport.fingerprints if f.algorithm in _DIGESTS)
        if not transport.ufrag or not transport.password or not fingerprints:
            raise refuse("no transport")
        before = self._agreed
        if before and set(before.fingerprints) != set(fingerprints):
            raise refuse("another certificate: this is a new connection")
        restarted = before is not None and transport.ufrag != self._remote_ufrag
        used = credentials if before is None or restarted else before.credentials
        setup = before.setup if before else _setup(transport.setup, gcm=offer.gcm)
        extensions = dict(before.extensions) if before else {}
        for media in accepted:
            for uri in (MID, AUDIO_LEVEL, TRANSPORT_CC, RID, REPAIRED_RID):
                if media.extensions.get(uri, 99) <= _LAST_ID:
                    extensions.setdefault(uri, media.extensions[uri])
        sections, lines = [], []
        for media, choice, part in zip(offer.media, choices, parts, strict=True):
            section, line = self._line(media, choice, part, extensions)
            sections.append(section)
            lines.append(line)
        answer = write_answer(
            Answer(
                session_id=self._local.session_id,
                version=self._version,
                ufrag=used.ufrag,
                password=used.password,
                fingerprint=self._local.fingerprint,
                setup=setup,
                candidates=self._local.candidates,
                media=tuple(sections),
                tcp=self._local.tcp,
                generation=self._generation + restarted,
            )
        )
        self._generation += restarted
        self._parts, self._remote_ufrag, self._version = parts, transport.ufrag, self._version + 1
        self._agreed = Agreed(
            answer, tuple(lines), extensions, used, restarted, fingerprints, setup, offer.gcm
        )
        return self._agreed

    def _accept(self, media: OfferedMedia, offer: Offer) -> Choice:
        """Return the codecs to use, none when the section has to be rejected.

        Port 0 in an offer means "stopped", unless the section is bundle-only (RFC 9143 6).
        """
        bundled = media.mid in offer.bundle
        usable = media.kind in ("audio", "video") and media.protocol.endswith("RTP/SAVPF") and media.rtcp_mux
        if not usable or not media.mid or not bundled or (media.port == 0 and not media.ufrag):
            return ()
        return _choose(media)

    def _place(self, offer: Offer, choices: Sequence[Choice], ssrcs: Iterator[int]) -> list[_Part]:
        """Give each new line its part, keeping those already given."""
        if len(offer.media) < len(self._parts):
            raise refuse("lines are missing")
        parts: list[_Part] = []
        taken = {part.source for part in self._parts}
        slots = {"audio": 0, "video": 0}
        for part in self._parts:
            slots[part.kind] = slots.get(part.kind, 0) + (part.slot is not None)
        limits = {"audio": AUDIO_SLOTS, "video": self._local.max_video_slots}
        for index, (media, choice) in enumerate(zip(offer.media, choices, strict=True)):
            old = self._parts[index] if index < len(self._parts) else None
            if old and (old.mid != media.mid or old.kind != media.kind):
                if old.source or old.slot is not None:
                    raise refuse("lines have moved")
                old = None
            part = old or _Part(media.mid, media.kind, None, None, 0, 0)
            if choice and media.direction in _SENDING and part.source is None:
                source = next((s for s in _sources(media.kind) if s not in taken), None)
                taken.add(source)
                part = replace(part, source=source)
            wants_slot = choice and media.direction in _RECEIVING and part.slot is None
            if wants_slot and slots[media.kind] < limits[media.kind]:
                part = replace(part, slot=slots[media.kind], ssrc=next(ssrcs), rtx_ssrc=next(ssrcs))
                slots[media.kind] += 1
            parts.append(part)
        return parts

    def _line(
        self,
        media: OfferedMedia,
        choice: Choice,
        part: _Part,
        extensions: dict[str, int],
    ) -> tuple[AnsweredMedia, Line]:
        if not choice:
            return AnsweredMedia(media), Line(media.mid)
        codec, rtx = choice[0]
        sends = media.direction in _SENDING and part.source is not None
        receives = media.direction in _RECEIVING and part.slot is not None
        feedback = _feedback(codec, sends=sends, receives=receives, repair=rtx is not None)
        codecs: list[Codec] = []
        for each, repair in choice:
            kinds = _feedback(each, sends=sends, receives=receives, repair=repair is not None)
            codecs.append(replace(each, feedback=kinds, parameters=_parameters(each, sends=sends)))
            if repair:
                apt = f"apt={each.payload_type}"
                codecs.append(Codec(repair.payload_type, "rtx", repair.clock_rate, 1, apt))
        red = _red(media, codec) if media.kind == "audio" else None
        if red is not None:
            # The browser sends what comes first: its own order stays.
            at = int(media.codecs.index(red) > media.codecs.index(codec))
            codecs.insert(at, replace(red, feedback=codecs[0].feedback))
        red_type = red.payload_type if red else None
        formats = tuple(
            Format(each.name, each.payload_type, repair.payload_type if repair else None)
            for each, repair in choice
        )
        reported = receives and "transport-cc" in feedback
        used = set(extensions) if sends else {TRANSPORT_CC} if reported else set()
        agreed = [uri for uri, id_ in extensions.items() if media.extensions.get(uri) == id_ and uri in used]
        layers = media.layers if sends and RID in agreed else ()
        section = AnsweredMedia(
            media,
            direction=_DIRECTIONS[sends, receives],
            codecs=tuple(codecs),
            extensions=tuple(agreed),
            layers=layers,
        )
        rtx_type = rtx.payload_type if rtx else None
        sending = receiving = None
        if sends and part.source is not None:
            sending = Sending(
                source=part.source,
                payload_type=codec.payload_type,
                rtx_payload_type=rtx_type,
                formats=formats,
                layers=layers,
                clock_rate=codec.clock_rate,
                nack="nack" in feedback and media.kind == "video",
                pli="nack pli" in feedback,
                ssrcs=media.ssrcs,
                rtx=media.rtx,
                red_payload_type=red_type,
            )
        if receives and part.slot is not None:
            stream, rtx_ssrc = f"slot-{part.slot}", part.rtx_ssrc if rtx else 0
            kind: Literal["audio", "video"] = "audio" if media.kind == "audio" else "video"
            section = replace(
                section, stream=stream, track=f"{kind}-{part.slot}", ssrc=part.ssrc, rtx_ssrc=rtx_ssrc
            )
            receiving = Receiving(
                index=part.slot,
                kind=kind,
                payload_type=codec.payload_type,
                rtx_payload_type=rtx_type,
                formats=formats,
                clock_rate=codec.clock_rate,
                ssrc=part.ssrc,
                rtx_ssrc=rtx_ssrc,
                stream=stream,
                number_id=extensions[TRANSPORT_CC] if reported and TRANSPORT_CC in agreed else 0,
                red_payload_type=red_type,
            )
        return section, Line(media.mid, sending, receiving)


_DIRECTIONS: dict[tuple[bool, bool], Direction] = {
    (True, True): "sendrecv",
    (True, False): "recvonly",
    (False, True): "sendonly",
    (False, False): "inactive",
}
"""Ours, by (the browser sends, the browser receives)."""


def _sources(kind: str) -> tuple[Source, ...]:
    return ("microphone",) if kind == "audio" else ("camera", "screen")


def _parameters(codec: Codec, *, sends: bool) -> str:
    """Return the ``a=fmtp`` of an answered codec: what identifies it, and what we ask of its sender."""
    if codec.name == "opus":
        return OPUS_PARAMETERS
    told = [VIDEO_PARAMETERS] if sends else []
    if codec.name == "h264":
        # RFC 6184 8.2.2: the level may be asymmetric, so that what we take need not be what they take.
        level = codec.parameter("profile-level-id")
        told = ["level-asymmetry-allowed=1", "packetization-mode=1", f"profile-level-id={level}", *told]
    elif codec.name == "vp9":
        told = ["profile-id=0", *told]
    return ";".join(told)


def _feedback(codec: Codec, *, sends: bool, receives: bool, repair: bool) -> frozenset[str]:
    """Return the RTCP feedback kinds of a line: those offered that the relay uses in that direction.

    Towards a receiver NACK is only agreed where the repair goes on its own SSRC (RFC 4588): sending a
    changed packet again under a used sequence number would break AES-GCM.
    """
    used = set()
    if sends:
        used |= {"transport-cc", "nack", "nack pli", "ccm fir"}
    if receives:
        used |= {"transport-cc", "goog-remb", "nack pli", "ccm fir"} | ({"nack"} if repair else set())
    return frozenset(used) & codec.feedback
