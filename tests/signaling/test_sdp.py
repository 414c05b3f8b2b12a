from __future__ import annotations

import contextlib

import pytest
from aiortc import sdp as aiortc_sdp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signaling.errors import ProtocolError
from signaling.sdp import AUDIO_LEVEL, MAX_BYTES, MAX_MEDIA, MID, TRANSPORT_CC, parse_offer
from tests.support.rtc_offers import credentials, negotiation, offer, recorded, section, ssrcs

BROWSERS = ("chromium-156", "firefox-153", "aiortc-1.16")


@pytest.mark.parametrize("name", BROWSERS)
def test_a_recorded_offer_is_read_in_order(name: str) -> None:
    media = parse_offer(recorded(name)).media
    sending = [part.kind for part in media if part.direction == "sendonly"]
    receiving = [part.kind for part in media if part.direction == "recvonly"]
    assert sending[:2] == ["audio", "video"]
    assert receiving == ["audio"] * 3 + ["video"] * 2
    assert [part.mid for part in media] == [str(index) for index in range(len(media))]
    for part in media:
        assert part.setup == "actpass"
        assert len(part.ufrag) >= 4
        assert len(part.password) >= 22
        assert part.fingerprints[0].algorithm == "sha-256"
        assert part.rtcp_mux
        assert MID in part.extensions


@pytest.mark.parametrize("name", BROWSERS)
def test_a_recorded_offer_keeps_its_codecs_and_sources(name: str) -> None:
    microphone, camera = parse_offer(recorded(name)).media[:2]
    opus = next(codec for codec in microphone.codecs if codec.name == "opus")
    assert (opus.clock_rate, opus.channels) == (48_000, 2)
    vp8 = next(codec for codec in camera.codecs if codec.name == "vp8")
    assert vp8.clock_rate == 90_000
    assert {"nack", "nack pli"} <= vp8.feedback
    rtx = next(codec for codec in camera.codecs if codec.parameter("apt") == str(vp8.payload_type))
    assert rtx.name == "rtx"
    assert AUDIO_LEVEL in microphone.extensions
    assert len(microphone.ssrcs) == 1
    assert len(camera.ssrcs) == 1
    assert list(camera.rtx) == [camera.ssrcs[0]]


def test_browsers_offer_transport_wide_feedback() -> None:
    for name in ("chromium-156", "firefox-153"):
        for media in parse_offer(recorded(name)).media:
            assert TRANSPORT_CC in media.extensions


def test_session_level_lines_are_the_defaults_of_every_section() -> None:
    text = recorded("firefox-153")
    head = text.split("m=", 1)[0]
    assert "a=fingerprint:" in head
    assert all(media.fingerprints for media in parse_offer(text).media)


def test_line_ends_may_be_bare() -> None:
    text = recorded("chromium-156")
    assert parse_offer(text.replace("\r\n", "\n")) == parse_offer(text)


def test_candidates_are_passed_over() -> None:
    plain = section("audio", "0", "sendonly")
    mdns = "a=candidate:0 1 UDP 2122252543 f1df61cb-b349-4066-ab18-89b2b4d6015f.local 55864 typ host"
    noisy = [*plain, mdns, "a=candidate:garbage", "a=end-of-candidates"]
    assert parse_offer(offer(plain)) == parse_offer(offer(noisy))


REFUSED = {
    "empty": "",
    "no media": "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n",
    "no version": offer(section("audio", "0", "sendonly"))[5:],
    "media line cut off": offer(section("audio", "0", "sendonly"), ["m=video 9"]),
    "port beyond 65535": offer(section("audio", "0", "sendonly", port=65_536)),
    "port not a number": offer(section("audio", "0", "sendonly")).replace("audio 9", "audio nine"),
    "mid twice": offer(section("audio", "0", "sendonly"), section("video", "0", "sendonly")),
    "mid with a space": offer(section("audio", "0 1", "sendonly")),
    "rtpmap without clock": offer(section("audio", "0", "sendonly", extra=("a=rtpmap:111 opus",))),
    "payload type 300": offer(section("audio", "0", "sendonly", extra=("a=rtpmap:300 opus/48000/2",))),
    "huge number": offer(section("audio", "0", "sendonly", extra=(f"a=ssrc:{'9' * 5_000} cname:x",))),
    "ssrc beyond 32 bits": offer(section("audio", "0", "sendonly", extra=("a=ssrc:4294967296 cname:x",))),
    "extension id": offer(section("audio", "0", "sendonly", extra=("a=extmap:x urn:x",))),
    "setup": offer(section("audio", "0", "sendonly", extra=("a=setup:maybe",))),
    "fingerprint": offer(section("audio", "0", "sendonly", extra=("a=fingerprint:sha-256 XY",))),
    "ufrag": offer(section("audio", "0", "sendonly", extra=("a=ice-ufrag:with space",))),
    "too many sections": offer(*[section("audio", str(i), "recvonly") for i in range(MAX_MEDIA + 1)]),
    "too many lines": offer(section("audio", "0", "sendonly", extra=("a=x",) * 600)),
    "too many lines in all": "v=0\n" * 5_000,
    "too many formats": offer(section("audio", "0", "sendonly")).replace("SAVPF 111", "SAVPF" + " 1" * 200),
    "too many sources": offer(
        section("audio", "0", "sendonly", extra=tuple(f"a=ssrc:{i} cname:x" for i in range(100)))
    ),
    "too large": offer(section("audio", "0", "sendonly")) + "a=" + "x" * MAX_BYTES,
    "too large in bytes": offer(section("audio", "0", "sendonly")) + "a=" + "é" * (MAX_BYTES // 2),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_can_not_be_answered_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_offer(text)
    assert caught.value.code == "sdp"


LINES = sorted({line for name in BROWSERS for line in recorded(name).splitlines()})


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A recorded offer with lines dropped, doubled, moved, cut, or with characters changed."""
    lines = recorded(draw(st.sampled_from(BROWSERS))).split("\r\n")
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, draw(st.sampled_from(LINES)))
            case 2:
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case 3:
                cut = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:cut] + draw(st.text(max_size=4)) + lines[at][cut + 1 :]
            case _:
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
        if not lines:
            break
    return "\r\n".join(lines)


@settings(max_examples=300, deadline=None)
@given(mangled())
@example("v=0\nm=audio 9 RTP/SAVPF 0\na=rtpmap:")
@example("v=0\nm=\na=mid:\udcff")
@example(recorded("chromium-156").replace("m=video 9 UDP/", "m=video 9 0DP/", 1))
def test_a_mangled_offer_is_answered_or_refused(text: str) -> None:
    try:
        agreed = negotiation().answer(text, credentials(), ssrcs())
    except ProtocolError:
        return
    assert aiortc_sdp.SessionDescription.parse(agreed.answer).media


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, "v=0\r\n" + text, "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + text):
        with contextlib.suppress(ProtocolError):
            parse_offer(candidate)


def test_the_longest_offer_within_the_limits_is_read_whole() -> None:
    extra = tuple(f"a=rtcp-fb:96 n{i}" for i in range(480))
    text = offer(*[section("video", str(i), "sendonly", extra=extra) for i in range(5)])
    assert len(text) < MAX_BYTES
    for media in parse_offer(text).media:
        assert {f"n{i}" for i in range(480)} < media.codecs[0].feedback
