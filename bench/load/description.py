"""Session descriptions of the load: offers like a browser's, and what to keep of the other side's. Pure.

RFC 8866 (SDP), RFC 8843 (BUNDLE), RFC 8839 (ICE), RFC 8122 (fingerprint), RFC 8285 (extmap).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from bench.load.wire import LEVEL, MID, SEND_TIME, TRANSPORT_CC, Kind

Direction = Literal["sendonly", "recvonly", "inactive", "sendrecv"]

OPUS: Final = 111
VP8: Final = 96
VP8_RTX: Final = 97

_EXTENSIONS: Final[dict[Kind, dict[str, int]]] = {
    "audio": {LEVEL: 1, SEND_TIME: 2, TRANSPORT_CC: 3, MID: 4},
    "video": {SEND_TIME: 2, TRANSPORT_CC: 3, MID: 4},
}
_VIDEO_FEEDBACK: Final = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")


@dataclass(frozen=True, slots=True)
class Line:
    """One m-line of ours: ``ssrc`` (and for video ``rtx``) is set where it sends.

    A ``silent`` line is offered to send and never used, as a browser's is that has no track yet.
    """

    mid: str
    kind: Kind
    direction: Direction
    ssrc: int | None = None
    rtx: int | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What every m-line of ours repeats: ICE user and password, certificate fingerprint."""

    ufrag: str
    password: str
    fingerprint: str


@dataclass(slots=True)
class RemoteLine:
    """One m-line of the other side. ``payloads`` maps codec name in lower case to payload type."""

    kind: str
    mid: str = ""
    direction: str = "sendrecv"
    payloads: dict[str, int] = field(default_factory=dict)
    rtx: dict[int, int] = field(default_factory=dict)
    feedback: set[str] = field(default_factory=set)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)
    rejected: bool = False


@dataclass(slots=True)
class Remote:
    """The other side's description; ``address`` is its first IPv4 UDP candidate."""

    ufrag: str = ""
    password: str = ""
    fingerprint: str = ""
    setup: str = ""
    address: tuple[str, int] | None = None
    lines: list[RemoteLine] = field(default_factory=list)


def offer(credentials: Credentials, lines: Sequence[Line], session: int) -> str:
    """An offer of ``lines`` in one bundle, with repair and feedback as Chromium offers them."""
    parts = [
        _line(
            credentials, line, "actpass", _payloads(line.kind), _EXTENSIONS[line.kind], _feedback(line.kind)
        )
        for line in lines
    ]
    return _description(session, [line.mid for line in lines], parts)


def answer(credentials: Credentials, remote: Remote, session: int) -> str:
    """An answer that receives whatever ``remote`` offers to send, with the feedback it offered."""
    parts = []
    for theirs in remote.lines:
        kind: Kind = "audio" if theirs.kind == "audio" else "video"
        codec = "opus" if kind == "audio" else "vp8"
        payload = theirs.payloads[codec]
        rtx = theirs.rtx.get(payload)
        known = {uri: id_ for uri, id_ in theirs.extensions.items() if uri in _EXTENSIONS[kind]}
        feedback = [name for name in _feedback(kind) if name in theirs.feedback]
        ours = Line(theirs.mid, kind, "recvonly")
        parts.append(_line(credentials, ours, "active", (payload, rtx), known, feedback))
    return _description(session, [theirs.mid for theirs in remote.lines], parts)


def without_transport_reports(remote: Remote) -> None:
    """Takes transport-wide feedback out of an offer, as if it had not been offered."""
    for line in remote.lines:
        line.extensions.pop(TRANSPORT_CC, None)
        line.feedback.discard("transport-cc")


def parse(text: str) -> Remote:
    """Reads an offer or answer; raises ValueError when it has no ICE, no certificate or no address."""
    remote = Remote()
    line: RemoteLine | None = None
    for row in text.splitlines():
        kind, _, value = row.partition("=")
        if kind == "m":
            words = value.split()
            line = RemoteLine(words[0], rejected=words[1] == "0")
            remote.lines.append(line)
        elif kind == "a":
            name, _, rest = value.partition(":")
            _session_attribute(remote, name, rest)
            if line is not None:
                _line_attribute(line, name, rest)
    if not (remote.ufrag and remote.fingerprint and remote.address):
        raise ValueError("the description lacks ICE credentials, a fingerprint or a UDP candidate")
    return remote


def _session_attribute(remote: Remote, name: str, value: str) -> None:
    if name == "ice-ufrag":
        remote.ufrag = value
    elif name == "ice-pwd":
        remote.password = value
    elif name == "setup":
        remote.setup = remote.setup or value
    elif name == "fingerprint":
        algorithm, _, digest = value.partition(" ")
        if algorithm.lower() == "sha-256":
            remote.fingerprint = digest
    elif name == "candidate" and remote.address is None:
        words = value.split()
        if words[2].lower() == "udp" and ":" not in words[4]:
            remote.address = words[4], int(words[5])


def _line_attribute(line: RemoteLine, name: str, value: str) -> None:
    if name == "mid":
        line.mid = value
    elif name in ("sendonly", "recvonly", "inactive", "sendrecv"):
        line.direction = name
    elif name == "rtpmap":
        payload, _, codec = value.partition(" ")
        line.payloads.setdefault(codec.split("/")[0].lower(), int(payload))
    elif name == "fmtp":
        payload, _, parameters = value.partition(" ")
        if parameters.startswith("apt="):
            line.rtx[int(parameters[4:])] = int(payload)
    elif name == "rtcp-fb":
        line.feedback.add(value.partition(" ")[2])
    elif name == "extmap":
        id_, _, uri = value.partition(" ")
        line.extensions[uri.split()[0]] = int(id_.split("/")[0])
    elif name == "ssrc":
        ssrc = int(value.split()[0])
        if ssrc not in line.ssrcs:
            line.ssrcs.append(ssrc)


def _payloads(kind: Kind) -> tuple[int, int | None]:
    return (OPUS, None) if kind == "audio" else (VP8, VP8_RTX)


def _feedback(kind: Kind) -> Sequence[str]:
    return ("transport-cc",) if kind == "audio" else _VIDEO_FEEDBACK


def _line(
    credentials: Credentials,
    line: Line,
    setup: str,
    payloads: tuple[int, int | None],
    extensions: Mapping[str, int],
    feedback: Sequence[str],
) -> list[str]:
    main, rtx = payloads
    listed = f"{main}" if rtx is None else f"{main} {rtx}"
    rows = [
        f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {listed}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{credentials.ufrag}",
        f"a=ice-pwd:{credentials.password}",
        "a=ice-options:trickle",
        f"a=fingerprint:sha-256 {credentials.fingerprint}",
        f"a=setup:{setup}",
        f"a=mid:{line.mid}",
        *(f"a=extmap:{id_} {uri}" for uri, id_ in extensions.items()),
        f"a={line.direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]
    if line.kind == "audio":
        rows += [f"a=rtpmap:{main} opus/48000/2", f"a=fmtp:{main} minptime=10;useinbandfec=1"]
    else:
        rows.append(f"a=rtpmap:{main} VP8/90000")
    rows += [f"a=rtcp-fb:{main} {name}" for name in feedback]
    if rtx is not None:
        rows += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={main}"]
    if line.ssrc is not None:
        rows.append(f"a=msid:load {line.mid}")
        if line.rtx is not None:
            rows.append(f"a=ssrc-group:FID {line.ssrc} {line.rtx}")
        for ssrc in (line.ssrc, line.rtx):
            if ssrc is not None:
                rows += [f"a=ssrc:{ssrc} cname:load", f"a=ssrc:{ssrc} msid:load {line.mid}"]
    return rows


def _description(session: int, mids: Sequence[str], parts: Sequence[Sequence[str]]) -> str:
    rows = [
        "v=0",
        f"o=- {session} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(mids),
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
        *(row for part in parts for row in part),
    ]
    return "\r\n".join(rows) + "\r\n"
