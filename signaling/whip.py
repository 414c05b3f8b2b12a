"""What WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) ask of descriptions; ICE fragments (RFC 8840).

Pure text work around ``negotiation``: an offer is checked and brought into the form that browsers use, an
answer gets what the documents add, and an ICE restart becomes the offer that it stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from signaling.sdp import MAX_BYTES, Direction, OfferedMedia, parse_offer

Door = Literal["whip", "whep"]

MOST_CANDIDATES = 64
"""Candidate lines of one fragment; none is kept, since an ICE-lite agent sends no checks (RFC 8445 2.5)."""

_DIRECTIONS: dict[Door, Direction] = {"whip": "sendonly", "whep": "recvonly"}
_ICE_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_ICE_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")


class DescriptionError(Exception):
    """A description can't be used. ``malformed`` (400) or, understood but not possible, not (422)."""

    def __init__(self, field: str, detail: str, *, malformed: bool = False) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail
        self.malformed = malformed


@dataclass(frozen=True, slots=True)
class Offered:
    """A checked offer. ``sdp`` is one-way in every section; the ICE credentials are the bundle's."""

    sdp: str
    ufrag: str
    password: str
    mids: tuple[str, ...]
    audio: bool
    video: bool


@dataclass(frozen=True, slots=True)
class Fragment:
    """A PATCH body: the credentials of the ICE session that its candidates belong to."""

    ufrag: str
    password: str


def read_offer(door: Door, text: str) -> Offered:
    """Check an offer by the door's rules. Raises ``DescriptionError``, and ``ProtocolError("sdp")``.

    RFC 9725 4.2: one way; 4.4.1: bundled and multiplexed; 4.4.2: one stream, at most one track of each kind.
    """
    offer = parse_offer(text)
    ours = _DIRECTIONS[door]
    kinds: dict[str, int] = {}
    for media in offer.media:
        if media.kind not in ("audio", "video"):
            raise DescriptionError(f"m={media.kind}", "only audio and video can be carried")
        kinds[media.kind] = kinds.get(media.kind, 0) + 1
        if kinds[media.kind] > 1:
            raise DescriptionError(f"m={media.kind}", f"more than one {media.kind} section")
        if media.direction not in (ours, "sendrecv"):
            raise DescriptionError("direction", f"must be {ours} or sendrecv, not {media.direction}")
        if not media.mid or media.mid not in offer.bundle:
            raise DescriptionError("group:BUNDLE", "every section must be bundled")
    if len(_streams(text)) > 1:
        raise DescriptionError("msid", "more than one MediaStream")
    first = offer.media[0]
    if not first.rtcp_mux:
        raise DescriptionError("rtcp-mux", "RTP and RTCP must be multiplexed")
    if not first.ufrag or not first.password:
        raise DescriptionError("ice-ufrag", "no ICE credentials", malformed=True)
    return Offered(
        sdp=_one_way(text, ours),
        ufrag=first.ufrag,
        password=first.password,
        mids=tuple(media.mid for media in offer.media),
        audio="audio" in kinds,
        video="video" in kinds,
    )


def _streams(text: str) -> set[str]:
    """The MediaStreams that an offer's tracks belong to (RFC 8830 2: "-" is none)."""
    return set(re.findall(r"(?m)^a=msid:(\S+)", text)) - {"-"}


def _one_way(text: str, direction: Direction) -> str:
    """The same offer with one direction; sections that are bundle-only (RFC 9143 6) as if they were not."""
    lines: list[str] = []
    head, *sections = re.split(r"(?m)^(?=m=)", text)
    lines += [line for line in head.splitlines() if line not in ("a=sendrecv", f"a={direction}")]
    for section in sections:
        own = section.splitlines()
        if "a=bundle-only" in own:
            own[0] = re.sub(r"^(m=\S+) 0 ", r"\1 9 ", own[0])
            own = [line for line in own if line != "a=bundle-only"]
        own = [line for line in own if line not in ("a=sendrecv", f"a={direction}", "a=rtcp-mux")]
        lines += [*own, f"a={direction}", "a=rtcp-mux"]
    return "\r\n".join(lines) + "\r\n"


def refused_kind(answer: str) -> str | None:
    """The kind of a section that an answer rejects, None when it takes all (RFC 9725 4.4.3)."""
    return next((media.kind for media in _sections(answer) if media.port == 0), None)


def write_answer(answer: str) -> str:
    """The answer with ``rtcp-mux-only`` in every section (RFC 9725 4.4.1, RFC 8858 3)."""
    return answer.replace("a=rtcp-mux\r\n", "a=rtcp-mux\r\na=rtcp-mux-only\r\n")


def read_fragment(text: str, mids: tuple[str, ...]) -> Fragment:
    """Read a fragment (RFC 8840 9). Raises ``DescriptionError``; candidates are passed over."""
    if len(text) > MAX_BYTES:
        raise DescriptionError("body", "too large", malformed=True)
    found: dict[str, str] = {}
    candidates = 0
    for line in text.splitlines():
        if not line:
            continue
        if not re.match(r"[a-z]=\S", line):
            raise DescriptionError("body", "not an SDP fragment", malformed=True)
        name, _, value = line[2:].partition(":")
        if line.startswith("a=candidate:"):
            candidates += 1
        elif line.startswith("a=mid:") and value not in mids:
            raise DescriptionError("mid", "names no section of the offer", malformed=True)
        elif name in ("ice-ufrag", "ice-pwd") and found.setdefault(name, value) != value:
            raise DescriptionError(name, "given twice", malformed=True)
    if candidates > MOST_CANDIDATES:
        raise DescriptionError("candidate", "too many", malformed=True)
    ufrag, password = found.get("ice-ufrag", ""), found.get("ice-pwd", "")
    if not _ICE_UFRAG.fullmatch(ufrag):
        raise DescriptionError("ice-ufrag", "missing or malformed", malformed=True)
    if not _ICE_PASSWORD.fullmatch(password):
        raise DescriptionError("ice-pwd", "missing or malformed", malformed=True)
    return Fragment(ufrag, password)


def restarted(offer: Offered, fragment: Fragment) -> Offered:
    """The offer that an ICE restart stands for: nothing but the credentials differs (RFC 9725 4.3.3)."""
    sdp = re.sub(r"(?m)^a=ice-ufrag:.*?(\r?)$", rf"a=ice-ufrag:{fragment.ufrag}\1", offer.sdp)
    sdp = re.sub(r"(?m)^a=ice-pwd:.*?(\r?)$", rf"a=ice-pwd:{fragment.password}\1", sdp)
    return Offered(sdp, fragment.ufrag, fragment.password, offer.mids, offer.audio, offer.video)


def write_fragment(answer: str) -> str:
    """What an ICE restart is answered with: the answer's ICE lines, and those of its first section."""
    head, *sections = re.split(r"(?m)^(?=m=)", answer)
    lines = [line for line in head.splitlines() if line.startswith(("a=ice-", "a=group:BUNDLE"))]
    section = sections[0].splitlines()
    wanted = ("a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates")
    lines += [section[0], *(line for line in section if line.startswith(wanted))]
    return "\r\n".join(lines) + "\r\n"


def _sections(text: str) -> tuple[OfferedMedia, ...]:
    return parse_offer(text).media
