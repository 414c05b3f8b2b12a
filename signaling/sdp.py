"""Session descriptions (RFC 8866, JSEP RFC 9429): read a browser's offer, write our answer.

Only what the relay decides by is kept. Reading never raises anything but ``ProtocolError("sdp")``, and
its work is bounded: lines, media sections and lines a section have limits. aiortc's own parser is not
used here: it is quadratic in the number of formats, asserts on what it does not know, and drops rid,
simulcast and rtcp-rsize.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, cast

from signaling.errors import ProtocolError

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
Setup = Literal["actpass", "active", "passive"]

MAX_BYTES = 65_536
MAX_LINES = 4_096
MAX_MEDIA = 64
MAX_SECTION_LINES = 512
MAX_FORMATS = 128
MAX_SSRCS = 16
MAX_FINGERPRINTS = 8
MAX_LAYERS = 3

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}")
_ICE = re.compile(r"[A-Za-z0-9+/=_-]{3,256}")
_HEX_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}")
_PROTOCOL = re.compile(r"[A-Z]{2,8}(?:/[A-Z]{2,8}){0,4}")
_RID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Codec:
    """One format of a section: ``name`` in lower case, ``clock_rate`` in Hz, ``parameters`` as written."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int = 1
    parameters: str = ""
    feedback: frozenset[str] = frozenset()

    def parameter(self, key: str) -> str | None:
        """Return the value of one ``a=fmtp`` parameter, None when it is absent."""
        for part in self.parameters.split(";"):
            name, _, value = part.strip().partition("=")
            if name == key:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A certificate's digest: ``algorithm`` in lower case (``sha-256``), ``value`` colon-separated hex."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class OfferedMedia:
    """One ``m=`` section of an offer.

    ``extensions`` maps URI to id; ``rtx`` maps a primary SSRC to its repair SSRC (``ssrc-group:FID``).
    ``ssrcs`` is empty where the offerer announces none (simulcast): header extensions tell then.
    ``layers`` are the rids of ``a=simulcast:send`` (RFC 8853 5.1) in the offerer's order, each of them
    backed by an ``a=rid … send`` (RFC 8851 4): the first ``MAX_LAYERS``; empty where there is no simulcast.
    """

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    mid: str
    direction: Direction
    codecs: tuple[Codec, ...]
    extensions: dict[str, int]
    ssrcs: tuple[int, ...]
    rtx: dict[int, int]
    layers: tuple[str, ...]
    ufrag: str
    password: str
    fingerprints: tuple[Fingerprint, ...]
    setup: Setup
    rtcp_mux: bool


GCM = "x-compagnon-gcm"
"""What our page adds to its offers (``web/client/offered.ts``). Others ignore it (RFC 8866, 6)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A whole offer: its media sections in order and the mids that share one transport.

    ``gcm`` says that the offerer knows to have AES-GCM (RFC 7714), by an attribute of our own.
    """

    media: tuple[OfferedMedia, ...]
    bundle: tuple[str, ...]
    gcm: bool = False


@dataclass(slots=True)
class _Section:
    """What has been read so far of the session level (``head`` empty) or of one media section."""

    head: str = ""
    attributes: list[tuple[str, str]] = field(default_factory=list)


def refuse(detail: str) -> ProtocolError:
    """Return the error for a description that is refused; ``detail`` is for the log only."""
    return ProtocolError("sdp", "offer", detail)


def _number(text: str, limit: int) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > limit:
        raise refuse("number out of range")
    return int(text)


def _split(text: str) -> tuple[_Section, list[_Section]]:
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise refuse("too large")
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise refuse("too many lines")
    session = current = _Section()
    media: list[_Section] = []
    for raw in lines:
        line = raw.removesuffix("\r")
        if line.startswith("m="):
            current = _Section(line[2:])
            media.append(current)
            if len(media) > MAX_MEDIA:
                raise refuse("too many media sections")
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            # Candidates are of no use to an ICE-lite agent, and Firefox's mDNS ones can't be resolved.
            if name not in ("candidate", "end-of-candidates", "remote-candidates"):
                current.attributes.append((name, value))
            if len(current.attributes) > MAX_SECTION_LINES:
                raise refuse("too many lines in a section")
    return session, media


def _pick(value: str, pattern: re.Pattern[str], what: str) -> str:
    if not pattern.fullmatch(value):
        raise refuse(f"bad {what}")
    return value


def _fingerprint(value: str) -> Fingerprint:
    algorithm, _, digest = value.partition(" ")
    digest = digest.strip()
    return Fingerprint(
        _pick(algorithm.lower(), _TOKEN, "fingerprint"), _pick(digest, _HEX_PAIRS, "fingerprint").upper()
    )


@dataclass(slots=True)
class _Transport:
    """ICE and DTLS lines; the session level's are the defaults of every media section."""

    ufrag: str = ""
    password: str = ""
    setup: Setup = "actpass"
    fingerprints: tuple[Fingerprint, ...] = ()

    def read(self, section: _Section) -> _Transport:
        out = _Transport(self.ufrag, self.password, self.setup, self.fingerprints)
        found: list[Fingerprint] = []
        for name, value in section.attributes:
            if name == "ice-ufrag":
                out.ufrag = _pick(value.strip(), _ICE, name)
            elif name == "ice-pwd":
                out.password = _pick(value.strip(), _ICE, name)
            elif name == "setup":
                if value.strip() not in ("actpass", "active", "passive"):
                    raise refuse("bad setup")
                out.setup = cast(Setup, value.strip())
            elif name == "fingerprint":
                found.append(_fingerprint(value.strip()))
        if len(found) > MAX_FINGERPRINTS:
            raise refuse("too many fingerprints")
        out.fingerprints = tuple(found) or out.fingerprints
        return out


@dataclass(slots=True)
class _Formats:
    """``rtpmap``, ``fmtp`` and ``rtcp-fb`` lines of a section, gathered before they are joined."""

    names: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    feedback: dict[int, set[str]] = field(default_factory=dict)
    everyone: set[str] = field(default_factory=set)

    def read(self, name: str, value: str) -> None:
        head, _, rest = value.partition(" ")
        if name == "rtcp-fb":
            known = self.everyone if head == "*" else self.feedback.setdefault(_number(head, 127), set())
            known.add(" ".join(rest.split()))
        elif name == "fmtp":
            self.parameters[_number(head, 127)] = rest.strip()
        else:
            parts = rest.strip().split("/")
            if len(parts) not in (2, 3):
                raise refuse("bad rtpmap")
            channels = _number(parts[2], 255) if len(parts) == 3 else 1
            encoding = _pick(parts[0].lower(), _TOKEN, "rtpmap")
            self.names[_number(head, 127)] = (encoding, _number(parts[1], 1_000_000), channels)

    def codecs(self, formats: Sequence[str]) -> Iterator[Codec]:
        for text in formats:
            payload_type = int(text) if _NUMBER.fullmatch(text) else -1
            if payload_type in self.names:
                encoding, clock_rate, channels = self.names[payload_type]
                yield Codec(
                    payload_type,
                    encoding,
                    clock_rate,
                    channels,
                    self.parameters.get(payload_type, ""),
                    frozenset(self.feedback.get(payload_type, set()) | self.everyone),
                )


def _ssrcs(section: _Section) -> tuple[tuple[int, ...], dict[int, int]]:
    """Return the primary SSRCs in order of appearance, and the repair SSRC of each that has one."""
    seen: dict[int, None] = {}
    rtx: dict[int, int] = {}
    for name, value in section.attributes:
        if name == "ssrc":
            seen[_number(value.partition(" ")[0], 0xFFFFFFFF)] = None
        elif name == "ssrc-group":
            words = value.split()
            if len(words) == 3 and words[0] == "FID":
                rtx[_number(words[1], 0xFFFFFFFF)] = _number(words[2], 0xFFFFFFFF)
    if len(seen) > MAX_SSRCS or len(rtx) > MAX_SSRCS:
        raise refuse("too many sources")
    repair = set(rtx.values())
    return tuple(ssrc for ssrc in seen if ssrc not in repair), rtx


def _layers(simulcast: str, rids: Container[str]) -> tuple[str, ...]:
    """Return the rids that are sent at the same time, in the offerer's order (RFC 8853 5.1).

    Of alternatives (separated by commas) the first counts; ``~`` marks a layer that begins paused.
    """
    words = simulcast.split()
    sent = next((what for way, what in pairwise(words) if way == "send"), "")
    names = [streams.split(",")[0].removeprefix("~") for streams in sent.split(";")]
    return tuple(name for name in dict.fromkeys(names) if name in rids)[:MAX_LAYERS]


def _media(section: _Section, defaults: _Transport, session_direction: Direction) -> OfferedMedia:
    words = section.head.split()
    if len(words) < 4 or len(words) > 3 + MAX_FORMATS:
        raise refuse("bad media line")
    kind, port, protocol = words[0], words[1].partition("/")[0], words[2]
    formats = tuple(_pick(word, _TOKEN, "format") for word in words[3:])
    transport = defaults.read(section)
    gathered = _Formats()
    extensions: dict[str, int] = {}
    direction, mid, rids, simulcast, rtcp_mux = session_direction, "", set[str](), "", False
    for name, value in section.attributes:
        if name in ("rtpmap", "fmtp", "rtcp-fb") and kind in ("audio", "video"):
            gathered.read(name, value)
        elif name == "extmap":
            head, _, uri = value.partition(" ")
            uri = uri.split(" ")[0]
            extensions.setdefault(uri, _number(head.partition("/")[0], 4_095))
        elif name in ("sendrecv", "sendonly", "recvonly", "inactive"):
            direction = cast(Direction, name)
        elif name == "mid":
            mid = _pick(value.strip(), _TOKEN, "mid")
        elif name == "rid":
            name_, _, rest = value.partition(" ")
            if rest.split(" ")[0] == "send":
                rids.add(_pick(name_, _RID, "rid"))
        elif name == "simulcast":
            simulcast = value
        elif name == "rtcp-mux":
            rtcp_mux = True
    ssrcs, rtx = _ssrcs(section)
    return OfferedMedia(
        kind=_pick(kind, _TOKEN, "media kind"),
        port=_number(port, 65_535),
        protocol=_pick(protocol, _PROTOCOL, "protocol"),
        formats=formats,
        mid=mid,
        direction=direction,
        codecs=tuple(gathered.codecs(formats)),
        extensions=extensions,
        ssrcs=ssrcs,
        rtx=rtx,
        layers=_layers(simulcast, rids),
        ufrag=transport.ufrag,
        password=transport.password,
        fingerprints=transport.fingerprints,
        setup=transport.setup,
        rtcp_mux=rtcp_mux,
    )


def parse_offer(text: str) -> Offer:
    """Read an offer. Raises ``ProtocolError("sdp")`` for anything that can't be answered sensibly."""
    session, sections = _split(text)
    if not text.startswith("v=0"):
        raise refuse("not a session description")
    if not sections:
        raise refuse("no media")
    defaults = _Transport().read(session)
    direction: Direction = "sendrecv"
    bundle: tuple[str, ...] = ()
    for name, value in session.attributes:
        if name in ("sendrecv", "sendonly", "recvonly", "inactive"):
            direction = cast(Direction, name)
        elif name == "group" and value.startswith("BUNDLE"):
            bundle = tuple(value.split()[1:])
    media = tuple(_media(section, defaults, direction) for section in sections)
    mids = [part.mid for part in media if part.mid]
    if len(set(mids)) != len(mids):
        raise refuse("a mid is used twice")
    return Offer(media, bundle, any(name == GCM for name, _ in session.attributes))


@dataclass(frozen=True, slots=True)
class AnsweredMedia:
    """One section of an answer. Without codecs it is rejected (port 0).

    ``stream`` and ``track`` (``a=msid``), ``ssrc`` and ``rtx_ssrc`` are set where we send, ``layers`` where
    we receive simulcast.
    """

    offered: OfferedMedia
    direction: Direction = "inactive"
    codecs: tuple[Codec, ...] = ()
    extensions: tuple[str, ...] = ()
    stream: str = ""
    track: str = ""
    ssrc: int = 0
    rtx_ssrc: int = 0
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it is written.

    ``candidates`` (UDP) and ``tcp`` (passive, RFC 6544) are (address, port) pairs, best first.
    ``generation`` counts ICE restarts.
    """

    session_id: int
    version: int
    ufrag: str
    password: str
    fingerprint: Fingerprint
    setup: Setup
    candidates: tuple[tuple[str, int], ...]
    media: tuple[AnsweredMedia, ...]
    tcp: tuple[tuple[str, int], ...] = ()
    generation: int = 0


def _write_codec(codec: Codec) -> Iterator[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    name = codec.name if codec.name in ("opus", "rtx", "red") else codec.name.upper()
    yield f"a=rtpmap:{codec.payload_type} {name}/{codec.clock_rate}{channels}"
    for kind in sorted(codec.feedback):
        yield f"a=rtcp-fb:{codec.payload_type} {kind}"
    if codec.parameters:
        yield f"a=fmtp:{codec.payload_type} {codec.parameters}"


def _write_rejected(part: AnsweredMedia) -> Iterator[str]:
    offered = part.offered
    yield f"m={offered.kind} 0 {offered.protocol} {' '.join(offered.formats)}"
    yield "c=IN IP4 0.0.0.0"
    if offered.mid:
        yield f"a=mid:{offered.mid}"
    yield "a=inactive"


def _write_media(part: AnsweredMedia, answer: Answer) -> Iterator[str]:
    offered = part.offered
    formats = " ".join(str(codec.payload_type) for codec in part.codecs)
    yield f"m={offered.kind} 9 {offered.protocol} {formats}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{offered.mid}"
    yield f"a={part.direction}"
    yield f"a=ice-ufrag:{answer.ufrag}"
    yield f"a=ice-pwd:{answer.password}"
    yield f"a=fingerprint:{answer.fingerprint.algorithm} {answer.fingerprint.value}"
    yield f"a=setup:{answer.setup}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for uri in part.extensions:
        yield f"a=extmap:{offered.extensions[uri]} {uri}"
    for codec in part.codecs:
        yield from _write_codec(codec)
    if part.layers:
        yield from (f"a=rid:{rid} recv" for rid in part.layers)
        yield f"a=simulcast:recv {';'.join(part.layers)}"
    if part.ssrc:
        yield f"a=msid:{part.stream} {part.track}"
        if part.rtx_ssrc:
            yield f"a=ssrc-group:FID {part.ssrc} {part.rtx_ssrc}"
        for ssrc in (part.ssrc, part.rtx_ssrc) if part.rtx_ssrc else (part.ssrc,):
            yield f"a=ssrc:{ssrc} cname:{part.stream}"
            yield f"a=ssrc:{ssrc} msid:{part.stream} {part.track}"
    yield from _write_candidates(answer)


def _priority(generation: int, *, udp: bool, index: int) -> int:
    """Return a candidate's priority: later generations, then UDP, then earlier addresses are preferred.

    After a restart Chromium stays with the pair it had until that is 5 s without an answer, unless a new one
    has a higher priority. A pair's priority is above all the lower one of its two candidates' (RFC 8445
    6.1.2.3): a type preference below that of browsers' own TCP candidates (90, RFC 8445 recommends 126)
    makes ours decide, so whatever a restart finds is taken at once.
    """
    local = min(generation, 1_023) << 6 | udp << 5 | max(31 - index, 0)
    return 64 << 24 | local << 8 | 255


def _write_candidates(answer: Answer) -> Iterator[str]:
    for index, (address, port) in enumerate(answer.candidates):
        priority = _priority(answer.generation, udp=True, index=index)
        yield f"a=candidate:{index + 1} 1 udp {priority} {address} {port} typ host"
    for index, (address, port) in enumerate(answer.tcp):
        priority = _priority(answer.generation, udp=False, index=index)
        number = len(answer.candidates) + index + 1
        yield f"a=candidate:{number} 1 tcp {priority} {address} {port} typ host tcptype passive"
    yield "a=end-of-candidates"


def write_answer(answer: Answer) -> str:
    """Write the answer as text with CRLF line ends."""
    accepted = " ".join(part.offered.mid for part in answer.media if part.codecs)
    lines = [
        "v=0",
        f"o=- {answer.session_id} {answer.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {accepted}",
        "a=msid-semantic: WMS *",
    ]
    for part in answer.media:
        lines.extend(_write_media(part, answer) if part.codecs else _write_rejected(part))
    return "\r\n".join(lines) + "\r\n"
