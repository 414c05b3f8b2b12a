from __future__ import annotations

import re

import pytest
from aiortc import sdp as aiortc_sdp

from signaling.errors import ProtocolError
from signaling.negotiation import Agreed, Negotiation
from signaling.sdp import AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_CC
from tests.support.rtc_offers import credentials, negotiation, offer, recorded, section, ssrcs

BROWSERS = ("chromium-156", "firefox-153", "aiortc-1.16")


def room_offer(video: int = 2, **options: str) -> str:
    sending = [section("audio", "0", "sendonly", **options)]
    sending += [section("video", mid, "sendonly", **options) for mid in ("1", "2")]
    receiving = [section("audio", str(3 + i), "recvonly", **options) for i in range(3)]
    receiving += [section("video", str(6 + i), "recvonly", **options) for i in range(video)]
    return offer(*sending, *receiving)


def answer(ours: Negotiation, text: str, number: int = 1, start: int = 1_000) -> Agreed:
    return ours.answer(text, credentials(number), ssrcs(start))


def parts(agreed: Agreed) -> list[str]:
    """The answer's media sections as text, each with its ``m=`` line first."""
    return ["m=" + part for part in agreed.answer.split("m=")[1:]]


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_is_answered(name: str) -> None:
    agreed = answer(negotiation(), recorded(name))
    sources = [line.sending.source for line in agreed.lines if line.sending]
    assert sources[:2] == ["microphone", "camera"]
    slots = [(line.receiving.kind, line.receiving.index) for line in agreed.lines if line.receiving]
    assert slots == [("audio", 0), ("audio", 1), ("audio", 2), ("video", 0), ("video", 1)]
    assert agreed.setup == "passive"
    assert MID in agreed.extensions
    assert AUDIO_LEVEL in agreed.extensions


@pytest.mark.parametrize("name", BROWSERS)
def test_the_answer_is_what_browsers_need(name: str) -> None:
    agreed = answer(negotiation(), recorded(name))
    head = agreed.answer.split("m=", 1)[0]
    assert "a=ice-lite\r\n" in head
    bundle = next(line for line in head.splitlines() if line.startswith("a=group:BUNDLE"))
    assert bundle.split()[1:] == [line.mid for line in agreed.lines]
    for part, line in zip(parts(agreed), agreed.lines, strict=True):
        lines = part.splitlines()
        assert "a=rtcp-mux" in lines
        assert "a=rtcp-rsize" in lines
        assert "a=setup:passive" in lines
        assert "a=ice-ufrag:ours1" in lines
        assert f"a=candidate:1 1 udp {(64 << 24) + (32 + 31 << 8) + 255} 192.0.2.7 8080 typ host" in lines
        assert lines[-1] == "a=end-of-candidates"
        assert f"a=mid:{line.mid}" in lines
        assert ("a=recvonly" if line.sending else "a=sendonly") in lines


def test_the_answer_is_understood_by_another_parser() -> None:
    agreed = answer(negotiation(), recorded("chromium-156"))
    read = aiortc_sdp.SessionDescription.parse(agreed.answer)
    assert [media.rtp.muxId for media in read.media] == [line.mid for line in agreed.lines]
    slot = read.media[6]
    receiving = agreed.lines[6].receiving
    assert receiving is not None
    assert slot.ssrc[0].ssrc == receiving.ssrc
    assert slot.ssrc_group[0].items == [receiving.ssrc, receiving.rtx_ssrc]
    assert [codec.mimeType for codec in slot.rtp.codecs] == [
        name for codec in ("VP8", "VP9", "H264", "AV1") for name in (f"video/{codec}", "video/rtx")
    ]
    assert slot.msid == "slot-0 video-0"
    assert read.media[3].msid == "slot-0 audio-0"


def test_only_what_both_sides_use_is_agreed() -> None:
    _, camera, _, _, _, _, slot, _ = parts(answer(negotiation(), room_offer()))
    for feedback in ("nack", "nack pli", "ccm fir", "transport-cc"):
        assert f"a=rtcp-fb:96 {feedback}\r\n" in camera
    assert "goog-remb" not in camera
    assert "a=rtcp-fb:96 nack\r\n" in slot
    assert "a=rtcp-fb:96 transport-cc\r\n" in slot
    assert "a=rtcp-fb:96 goog-remb\r\n" in slot
    assert re.findall("a=extmap:(.*)\r\n", slot) == [f"3 {TRANSPORT_CC}"]


@pytest.mark.parametrize(("name", "number"), [("chromium-156", 3), ("firefox-153", 7), ("aiortc-1.16", 0)])
def test_receivers_report_by_transport_wide_numbers_where_they_offer_to(name: str, number: int) -> None:
    agreed = answer(negotiation(), recorded(name))
    receiving = [line.receiving for line in agreed.lines]
    assert {slot.number_id for slot in receiving if slot} == {number}
    for part, slot in zip(parts(agreed), receiving, strict=True):
        if slot:
            assert (f"a=extmap:{number} {TRANSPORT_CC}\r\n" in part) == bool(number)
            assert (" transport-cc\r\n" in part) == bool(number)


def test_a_line_without_transport_wide_numbers_has_its_estimate_from_remb() -> None:
    text = room_offer().replace("a=rtcp-fb:96 transport-cc\r\n", "")
    agreed = answer(negotiation(), text)
    slot = parts(agreed)[6]
    assert agreed.lines[6].receiving is not None
    assert agreed.lines[6].receiving.number_id == 0
    assert "extmap" not in slot
    assert "a=rtcp-fb:96 goog-remb\r\n" in slot


def test_opus_asks_for_repair_data_and_silence() -> None:
    microphone = parts(answer(negotiation(), room_offer()))[0]
    assert "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n" in microphone


def test_without_a_repair_format_nothing_is_promised_again() -> None:
    text = room_offer().replace("a=fmtp:97 apt=96\r\n", "")
    agreed = answer(negotiation(), text)
    receiving = agreed.lines[6].receiving
    assert receiving is not None
    assert receiving.rtx_ssrc == 0
    assert "a=rtcp-fb:96 nack\r\n" not in parts(agreed)[6]
    assert "FID" not in agreed.answer


def test_an_unknown_codec_or_kind_rejects_its_line_only() -> None:
    text = offer(
        section("audio", "0", "sendonly"),
        [line.replace("VP8", "H264") for line in section("video", "1", "sendonly")],
        ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:2"],
    )
    agreed = answer(negotiation(), text)
    _, video, data = parts(agreed)
    assert video.startswith("m=video 0 ")
    assert data.startswith("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n")
    assert "a=group:BUNDLE 0\r\n" in agreed.answer
    assert [bool(line.sending) for line in agreed.lines] == [True, False, False]


@pytest.mark.parametrize(
    "text",
    [
        offer([line.replace("opus", "PCMU") for line in section("audio", "0", "sendonly")]),
        offer([line for line in section("audio", "0", "sendonly") if "fingerprint" not in line]),
        offer([line.replace("sha-256", "md5") for line in section("audio", "0", "sendonly")]),
        offer([line for line in section("audio", "0", "sendonly") if "ice-" not in line]),
        offer([line for line in section("audio", "0", "sendonly") if "rtcp-mux" not in line]),
        offer(section("audio", "0", "sendonly")).replace("a=group:BUNDLE 0", "a=group:BUNDLE 5"),
    ],
    ids=["codec", "fingerprint", "weak digest", "ice", "rtcp-mux", "bundle"],
)
def test_an_offer_with_nothing_usable_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        answer(negotiation(), text)


def test_a_robot_that_sends_and_receives_on_one_line() -> None:
    agreed = answer(
        negotiation(), offer(section("audio", "a", "sendrecv"), section("video", "v", "sendrecv"))
    )
    for line, source in zip(agreed.lines, ("microphone", "camera"), strict=True):
        assert line.sending is not None
        assert line.sending.source == source
        assert line.receiving is not None
    assert all("a=sendrecv\r\n" in part for part in parts(agreed))


@pytest.mark.parametrize("name", BROWSERS)
def test_we_begin_where_the_browser_is_known_to_have_aes_gcm(name: str) -> None:
    agreed = answer(negotiation(), recorded(name).replace("t=0 0\r\n", "t=0 0\r\na=x-compagnon-gcm\r\n", 1))
    assert (agreed.setup, agreed.gcm) == ("active", True)
    assert "a=setup:active\r\n" in agreed.answer


def test_a_browser_that_wants_to_begin_makes_us_passive() -> None:
    agreed = answer(negotiation(), room_offer().replace("actpass", "active"))
    assert agreed.setup == "passive"
    assert "a=setup:passive\r\n" in agreed.answer


def test_more_senders_or_slots_than_there_are_parts_stay_inactive() -> None:
    sections = [section("audio", "a0", "sendonly"), section("audio", "a1", "sendonly")]
    sections += [section("video", f"v{i}", "recvonly") for i in range(4)]
    agreed = answer(negotiation(max_video_slots=3), offer(*sections))
    assert agreed.lines[1].sending is None
    assert "a=inactive\r\n" in parts(agreed)[1]
    assert [line.receiving is not None for line in agreed.lines[2:]] == [True, True, True, False]
    assert "a=inactive\r\n" in parts(agreed)[5]


def test_more_slots_keep_what_was_agreed() -> None:
    ours = negotiation()
    first = answer(ours, room_offer(2))
    second = answer(ours, room_offer(4), number=2, start=5_000)
    assert second.lines[:8] == first.lines
    assert [line.receiving.index for line in second.lines[6:] if line.receiving] == [0, 1, 2, 3]
    assert second.credentials == first.credentials
    assert not second.restarted
    numbers = [line.receiving.ssrc for line in second.lines if line.receiving]
    assert len(set(numbers)) == len(numbers)
    versions = [int(a.answer.split("o=- ", 1)[1].split()[1]) for a in (first, second)]
    assert versions[1] == versions[0] + 1


def test_an_ice_restart_gets_new_credentials() -> None:
    ours = negotiation()
    answer(ours, room_offer())
    again = answer(ours, room_offer(ufrag="other"), number=2)
    assert again.restarted
    assert again.credentials == credentials(2)
    assert not answer(ours, room_offer(ufrag="other"), number=3).restarted


def test_what_a_restart_finds_is_preferred_to_what_was_before() -> None:
    """A pair's priority is above all the lower of two; browsers' own TCP ones have 80 << 24 at least."""
    ours = negotiation(tcp=True)
    ranks = []
    for number, ufrag in enumerate(("first", "second", "third"), start=1):
        sdp = answer(ours, room_offer(ufrag=ufrag), number=number, start=1_000 * number).answer
        section = sdp.split("m=")[1]
        lines = [line.split() for line in section.splitlines() if line.startswith("a=candidate:")]
        assert [line[2] for line in lines] == ["udp", "tcp"]
        ranks.append([int(line[3]) for line in lines])
    assert all(rank < 80 << 24 for both in ranks for rank in both)
    assert all(udp > tcp for udp, tcp in ranks)
    assert min(ranks[1]) > max(ranks[0])
    assert min(ranks[2]) > max(ranks[1])


def test_a_stopped_slot_comes_back_with_its_ssrc() -> None:
    ours = negotiation()
    first = answer(ours, room_offer())
    text = room_offer()
    at = text.index("a=mid:7")
    stopped = answer(ours, text[:at] + text[at:].replace("a=recvonly", "a=inactive", 1), start=5_000)
    assert stopped.lines[7].receiving is None
    assert answer(ours, text, start=9_000).lines == first.lines


@pytest.mark.parametrize(
    "text",
    [
        room_offer(1),
        room_offer().replace("a=mid:0\r\n", "a=mid:x\r\n").replace("BUNDLE 0", "BUNDLE x"),
        room_offer().replace("AB:AB", "CD:CD"),
        "v=0",
    ],
    ids=["fewer lines", "another mid", "another certificate", "garbage"],
)
def test_a_refused_renegotiation_changes_nothing(text: str) -> None:
    ours = negotiation()
    first = answer(ours, room_offer(2))
    with pytest.raises(ProtocolError):
        answer(ours, text)
    assert answer(ours, room_offer(2)).lines == first.lines


def test_extensions_with_two_byte_ids_are_not_used() -> None:
    text = room_offer().replace("extmap:3 ", "extmap:15 ")
    agreed = answer(negotiation(), text)
    assert TRANSPORT_CC not in agreed.extensions
    assert "transport-wide-cc" not in agreed.answer


SIMULCAST = (
    "a=rid:q send",
    "a=rid:h send",
    "a=rid:f send",
    "a=simulcast:send q;~h;f",
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
)


def test_simulcast_is_answered_with_the_same_layers() -> None:
    text = offer(section("audio", "0", "sendonly"), section("video", "1", "sendonly", extra=SIMULCAST))
    agreed = answer(negotiation(), text)
    lines = parts(agreed)[1].splitlines()
    for line in ("a=rid:q recv", "a=rid:h recv", "a=rid:f recv", "a=simulcast:recv q;h;f"):
        assert line in lines
    assert {RID, REPAIRED_RID} <= agreed.extensions.keys()
    sending = agreed.lines[1].sending
    assert sending is not None
    assert sending.layers == ("q", "h", "f")


def test_layers_that_can_not_be_told_apart_are_not_agreed() -> None:
    extra = tuple(line for line in SIMULCAST if "extmap" not in line)
    agreed = answer(negotiation(), offer(section("video", "1", "sendonly", extra=extra)))
    assert "simulcast" not in agreed.answer
    sending = agreed.lines[0].sending
    assert sending is not None
    assert sending.layers == ()
