from __future__ import annotations

import pytest
from aiortc import rtp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.media import rtcp
from server.media.twcc import TransportFeedback

u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
u64 = st.integers(0, 0xFFFFFFFFFFFFFFFF)
block = st.builds(rtcp.Block, u32, st.integers(0, 255), st.integers(-0x800000, 0x7FFFFF), u32, u32, u32, u32)
blocks = st.lists(block, max_size=31).map(tuple)


@given(u32, blocks)
def test_receiver_reports_come_back(ssrc: int, found: tuple[rtcp.Block, ...]) -> None:
    assert rtcp.parse(rtcp.receiver_report(ssrc, found)) == [rtcp.ReceiverReport(ssrc, found)]


@given(u32, u64, u32, u32, u32, blocks)
def test_sender_reports_come_back(
    ssrc: int, ntp: int, stamp: int, packets: int, octets: int, found: tuple[rtcp.Block, ...]
) -> None:
    report = rtcp.SenderReport(ssrc, ntp, stamp, packets, octets, found)
    assert rtcp.parse(rtcp.sender_report(report)) == [report]


@given(u32, u32, st.sets(u16, min_size=1, max_size=60), u16)
def test_nacks_come_back_in_order_of_the_stream(sender: int, ssrc: int, lost: set[int], start: int) -> None:
    ordered = sorted(lost, key=lambda number: (number - start) & 0xFFFF)
    (packet,) = rtcp.parse(rtcp.nack(sender, ssrc, ordered))
    assert isinstance(packet, rtcp.Nack)
    assert packet.ssrc == ssrc
    assert set(packet.lost) == lost


def test_a_burst_is_one_pair() -> None:
    assert len(rtcp.nack(1, 2, range(65_530, 65_530 + 6))) == 16
    assert len(rtcp.nack(1, 2, [(65_530 + i) & 0xFFFF for i in range(17)])) == 16
    assert len(rtcp.nack(1, 2, [(65_530 + i) & 0xFFFF for i in range(18)])) == 20


@given(u32, u32, st.lists(u32, max_size=31))
def test_what_we_build_another_parser_reads(sender: int, ssrc: int, sources: list[int]) -> None:
    data = rtcp.receiver_report(sender, ()) + rtcp.source_description(sender, "slot-1")
    data += rtcp.pli(sender, ssrc) + rtcp.nack(sender, ssrc, (7, 9)) + rtcp.bye(sources)
    report, description, pli, nack, bye = rtp.RtcpPacket.parse(data)
    assert isinstance(report, rtp.RtcpRrPacket)
    assert isinstance(description, rtp.RtcpSdesPacket)
    assert description.chunks[0].ssrc == sender
    assert description.chunks[0].items == [(1, b"slot-1")]
    assert (pli.fmt, pli.media_ssrc) == (rtp.RTCP_PSFB_PLI, ssrc)
    assert (nack.media_ssrc, nack.lost) == (ssrc, [7, 9])
    assert bye.sources == sources


def test_compound_packets_are_read_in_order() -> None:
    fir = bytes.fromhex("84ce0004 00000001 00000000 0000abcd 05000000")
    remb = bytes.fromhex("8fce0004 00000001 00000000 52454d42 01060000")
    data = rtcp.receiver_report(5, ()) + remb + fir + rtcp.bye([8])
    assert rtcp.parse(data) == [
        rtcp.ReceiverReport(5, ()),
        rtcp.Remb(0x20000 << 1),
        rtcp.KeyframeRequest(0xABCD),
        rtcp.Bye((8,)),
    ]


def test_transport_feedback_is_no_nack() -> None:
    feedback = bytes.fromhex("8fcd0005 00000001 00000002 0001 0001 00000100 2001 0400")
    assert rtcp.parse(feedback) == [TransportFeedback(1, 1, 0, range(1), [260])]


def test_padding_is_not_read() -> None:
    whole = bytearray(rtcp.nack(1, 2, (5,)) + bytes((0, 0, 0, 4)))
    whole[0] |= 0x20
    whole[3] += 1
    assert rtcp.parse(bytes(whole)) == [rtcp.Nack(2, (5,))]
    whole[-1] = 200
    assert rtcp.parse(bytes(whole)) == []


def test_parsing_stops_at_the_first_unsound_packet() -> None:
    good = rtcp.pli(1, 2)
    assert rtcp.parse(good + b"\x81\xc9\x00\x01\0\0\0\1") == [rtcp.KeyframeRequest(2)]
    assert rtcp.parse(good + b"\x80\xc9\xff\xff\0\0\0\1" + good) == [rtcp.KeyframeRequest(2)]
    assert rtcp.parse(good + b"\x00\xc9\x00\x01\0\0\0\1" + good) == [rtcp.KeyframeRequest(2)]


sound = st.lists(
    st.one_of(
        st.builds(rtcp.receiver_report, u32, blocks),
        st.builds(rtcp.nack, u32, u32, st.lists(u16, min_size=1, max_size=9)),
        st.builds(rtcp.pli, u32, u32),
        st.builds(rtcp.bye, st.lists(u32, max_size=3)),
    ),
    min_size=1,
    max_size=4,
).map(b"".join)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(sound))
    for _ in range(draw(st.integers(1, 6))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=1_500), damaged()))
@example(b"\x81\xcd\xff\xff" + bytes(1_496))
@example(b"\xa0\xcb\x00\x00")
def test_nothing_that_arrives_raises(data: bytes) -> None:
    packets = rtcp.parse(data)
    assert len(packets) <= len(data) // 4
    assert sum(len(p.lost) for p in packets if isinstance(p, rtcp.Nack)) <= len(data) // 4 * 17


@pytest.mark.parametrize("bitrate", [40_000, 262_143, 262_144, 1_234_567, 12_000_000])
def test_a_limit_is_read_back_to_a_part_in_a_hundred_thousand(bitrate: int) -> None:
    built = rtcp.remb(1, bitrate, [7, 8])
    assert len(built) == 4 * (int.from_bytes(built[2:4]) + 1)
    (read,) = rtcp.parse(built)
    assert isinstance(read, rtcp.Remb)
    assert bitrate * 0.99999 <= read.bitrate <= bitrate
