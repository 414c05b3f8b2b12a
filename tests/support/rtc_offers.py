"""Offers as browsers wrote them (text beside the SDP tests), and small ones made to measure."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from signaling.negotiation import Credentials, Local, Negotiation
from signaling.sdp import Fingerprint

FOLDER = Path(__file__).parents[1] / "signaling" / "test_sdp_offers"
DIGEST = ":".join(["AB"] * 32)


def recorded(name: str) -> str:
    """An offer of ``chromium-156``, ``firefox-153`` or ``aiortc-1.16``, line ends as it had them."""
    return (FOLDER / f"{name}.sdp").read_bytes().decode()


def section(
    kind: str, mid: str, direction: str, *, extra: tuple[str, ...] = (), ufrag: str = "ufra", port: int = 9
) -> list[str]:
    """One m-section with Opus (111, in RED 63) or VP8 (96, rtx 97) and the three extensions that we use."""
    formats = "111 63" if kind == "audio" else "96 97"
    lines = [f"m={kind} {port} UDP/TLS/RTP/SAVPF {formats}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}"]
    lines += [f"a={direction}", "a=rtcp-mux", "a=setup:actpass", f"a=fingerprint:sha-256 {DIGEST}"]
    lines += [f"a=ice-ufrag:{ufrag}", "a=ice-pwd:passwordpasswordpassword"]
    lines += ["a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid"]
    lines += ["a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"]
    if kind == "audio":
        lines += ["a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"]
        lines += ["a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc"]
        lines += ["a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111"]
    else:
        lines += ["a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]
        kinds = ("nack", "nack pli", "ccm fir", "transport-cc", "goog-remb")
        lines += [f"a=rtcp-fb:96 {kind}" for kind in kinds]
    return [*lines, *extra]


def offer(*sections: list[str]) -> str:
    """A whole offer that bundles all of its sections, as our page makes it in a browser that has AES-GCM."""
    mids = [line[6:] for part in sections for line in part if line.startswith("a=mid:")]
    head = [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=x-compagnon-gcm",
        f"a=group:BUNDLE {' '.join(mids)}",
    ]
    return "\r\n".join([*head, *(line for part in sections for line in part)]) + "\r\n"


def negotiation(max_video_slots: int = 9, *, tcp: bool = False) -> Negotiation:
    """A fresh negotiation on our side, reachable at one address."""
    here = (("192.0.2.7", 8080),)
    return Negotiation(
        Local(77, Fingerprint("sha-256", DIGEST), here, max_video_slots, tcp=here if tcp else ())
    )


def credentials(number: int = 1) -> Credentials:
    return Credentials(f"ours{number}", f"a-long-password-number-{number}")


def ssrcs(start: int = 1_000) -> count[int]:
    return count(start)
