"""The load that benchmarks use: its bytes as others read them, its counting, its handshake."""

from __future__ import annotations

import struct
import time
from itertools import count

import pytest
from aiortc import sdp
from aiortc.rtp import RtpPacket, pack_remb_fci
from hypothesis import given
from hypothesis import strategies as st

from bench.load import description, wire
from bench.load.description import Credentials, Line, without_transport_reports
from bench.load.feedback import TransportFeedback
from bench.load.pump import Pump
from bench.load.receiving import Incoming
from bench.load.secure import Identity, SecureChannel
from bench.load.sending import Stream, TransportCounter
from server.media import vp8
from signaling import negotiation
from signaling.negotiation import Local, Negotiation
from signaling.sdp import Fingerprint

EXTENSIONS = {wire.LEVEL: 1, wire.SEND_TIME: 2, wire.TRANSPORT_CC: 3, wire.MID: 4}


# ---------------------------------------------------------------- RTP


def elements(packet: bytes) -> dict[int, bytes]:
    """The one-byte header extensions of a packet, by id."""
    parsed = RtpPacket.parse(packet)
    words = struct.unpack_from("!H", packet, 14)[0]
    assert packet[12:14] == b"\xbe\xde"
    found, at, end = {}, 16, 16 + 4 * words
    while at < end:
        if packet[at]:
            size = (packet[at] & 15) + 1
            found[packet[at] >> 4] = packet[at + 1 : at + 1 + size]
            at += size
        at += 1
    assert parsed.payload == packet[end:]
    return found


def test_a_voice_packet_says_what_it_should() -> None:
    template = wire.PacketTemplate("audio", 111, 0x1234, "7", EXTENSIONS, 30)
    packet = template.audio(65_536 + 5, 960, 65_536 + 9, 1.5, 80)
    parsed = RtpPacket.parse(packet)
    assert (parsed.ssrc, parsed.payload_type, parsed.sequence_number, parsed.timestamp) == (
        0x1234,
        111,
        5,
        960,
    )
    assert (parsed.marker, len(parsed.payload)) == (0, 80)
    assert parsed.payload.startswith(wire.MAGIC)
    assert elements(packet) == {
        1: bytes([0x80 | 30]),
        2: (3 << 17).to_bytes(3, "big"),
        3: b"\x00\x09",
        4: b"7",
    }


def test_a_frame_is_cut_and_marked_as_a_browser_does_it() -> None:
    sent: list[bytes] = []
    counter = TransportCounter()
    stream = Stream("video", 96, 77, "1", EXTENSIONS, counter, sent.append, rtx=(97, 78))
    stream.frame(1.0, 5_000)
    keyframe = list(sent)
    sent.clear()
    stream.frame(1.04, 5_000)
    for packets, first_bytes in ((keyframe, True), (sent, False)):
        parsed = [RtpPacket.parse(packet) for packet in packets]
        assert [packet.marker for packet in parsed] == [0] * (len(parsed) - 1) + [1]
        assert len({packet.timestamp for packet in parsed}) == 1
        sizes = [len(packet.payload) for packet in parsed]
        assert sizes == sorted(sizes)
        assert sizes[-1] - sizes[0] <= 1
        assert max(len(packet) for packet in packets) <= wire.MTU
        plain = [packet[:12] + RtpPacket.parse(packet).payload for packet in packets]
        plain = [bytes([packet[0] & 0xEF]) + packet[1:] for packet in plain]
        starts = [vp8.keyframe_starts(packet, 12) for packet in plain]
        assert starts == [first_bytes] + [False] * (len(parsed) - 1)
        assert len({vp8.numbers(packet, 12)[0] for packet in plain}) == 1
        assert all(wire.MAGIC in packet for packet in packets)
    numbers = [RtpPacket.parse(packet).sequence_number for packet in keyframe + sent]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert [elements(packet)[3] for packet in keyframe + sent] == [
        struct.pack("!H", index + 1) for index in range(len(numbers))
    ]


def test_the_mid_is_left_out_once_the_stream_is_known() -> None:
    sent: list[bytes] = []
    stream = Stream("audio", 111, 5, "0", EXTENSIONS, TransportCounter(), sent.append)
    stream.sound(1.0)
    stream.settle()
    stream.sound(1.02)
    assert [4 in elements(packet) for packet in sent] == [True, False]


def test_a_lost_packet_is_sent_again_by_rtx() -> None:
    sent: list[bytes] = []
    stream = Stream("video", 96, 77, "1", EXTENSIONS, TransportCounter(), sent.append, rtx=(97, 78))
    stream.frame(1.0, 3_000)
    lost = RtpPacket.parse(sent[1])
    stream.resend(lost.sequence_number)
    again = RtpPacket.parse(sent[-1])
    assert (again.ssrc, again.payload_type, again.marker) == (78, 97, lost.marker)
    assert again.payload == struct.pack("!H", lost.sequence_number) + lost.payload
    before = len(sent)
    stream.resend(lost.sequence_number ^ 0x8000)
    assert len(sent) == before


@given(st.integers(1, 60_000), st.integers(100, 1_160))
def test_splitting_keeps_every_byte(size: int, most: int) -> None:
    parts = wire.split_evenly(size, most)
    assert sum(parts) == size
    assert max(parts) <= most
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts)
    assert len(parts) == -(-size // most)


# ---------------------------------------------------------------- RTCP


def test_reports_are_read_by_the_server_as_written() -> None:
    block = wire.ReportBlock(9, 12, 3, 70_000, 5, 0xABCD, 65_536)
    compound = wire.sender_report(8, 1_700_000_000.5, 1234, 10, 2_000, "load")
    compound += wire.receiver_report(1, [block])
    packets = list(wire.control_packets(compound))
    assert [packet.kind for packet in packets] == [wire.SR, wire.SDES, wire.RR]
    ssrc, ntp, timestamp, sent, octets = struct.unpack("!LQLLL", packets[0].body)
    assert (ssrc, timestamp, sent, octets) == (8, 1234, 10, 2_000)
    assert ntp >> 32 == 1_700_000_000 + 2_208_988_800
    assert ntp & 0xFFFF_FFFF == 1 << 31
    assert list(wire.reported_sources(packets[2])) == [9]
    assert packets[2].body[4:] == struct.pack("!LLLLLL", 9, 12 << 24 | 3, 70_000, 5, 0xABCD, 65_536)


def test_more_sources_than_fit_make_several_reports() -> None:
    blocks = [wire.ReportBlock(ssrc, 0, 0, 0, 0, 0, 0) for ssrc in range(40)]
    packets = list(wire.control_packets(wire.receiver_report(1, blocks)))
    assert [packet.count for packet in packets] == [31, 9]
    assert [ssrc for packet in packets for ssrc in wire.reported_sources(packet)] == list(range(40))


def test_a_nack_names_the_packet() -> None:
    (packet,) = wire.control_packets(wire.nack(1, 99, 65_535))
    assert (packet.kind, packet.count, packet.media_ssrc) == (wire.RTPFB, 1, 99)
    assert list(wire.nacked(packet)) == [65_535]


@given(st.integers(1_000, 2**40), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4))
def test_a_bitrate_is_written_as_aiortc_writes_it(bitrate: int, sources: list[int]) -> None:
    (packet,) = wire.control_packets(wire.remb(1, bitrate, sources))
    ours = packet.body[8:]
    assert ours[:5] == b"REMB" + bytes([len(sources)])
    exponent, mantissa = ours[5] >> 2, int.from_bytes(ours[5:8], "big") & 0x3FFFF
    assert bitrate >> exponent == mantissa
    assert ours[8:] == pack_remb_fci(1_000, sources)[8:]


def test_cut_control_packets_are_refused() -> None:
    whole = wire.nack(1, 2, 3)
    for end in range(1, len(whole)):
        with pytest.raises(ValueError, match="cut short"):
            list(wire.control_packets(whole[:end]))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 90_000)), min_size=1, max_size=80),
    st.integers(0, 65_535),
)
def test_transport_reports_say_what_came_and_when(steps: list[tuple[int, int]], first: int) -> None:
    """Decoded as the draft says (section 3.1), against what was noted."""
    feedback = TransportFeedback(1)
    now, sequence = 10_000_000, first
    noted: dict[int, int] = {}
    for skipped, later in steps:
        sequence, now = (sequence + 1 + skipped) & 0xFFFF, now + later
        noted[sequence] = now
        feedback.arrived(sequence, now)
    report = feedback.report(2)
    assert report is not None
    assert decode(report) == {number: at // 250 for number, at in noted.items()}
    assert feedback.report(2) is None
    feedback.arrived((sequence + 3) & 0xFFFF, now + 1_000)
    following = feedback.report(2)
    assert following is not None
    base, packets = struct.unpack_from("!HH", following, 12)
    assert (base, packets) == ((sequence + 1) & 0xFFFF, 3)


def decode(report: bytes) -> dict[int, int]:
    """Arrival times in units of 250 µs by sequence number, rounded down."""
    padding = report[-1] if report[0] & 0x20 else 0
    assert len(report) % 4 == 0
    assert struct.unpack_from("!H", report, 2)[0] == len(report) // 4 - 1
    base, packets = struct.unpack_from("!HH", report, 12)
    now = int.from_bytes(report[16:19], "big") * 256
    at, symbols = 20, []
    while len(symbols) < packets:
        (chunk,) = struct.unpack_from("!H", report, at)
        at += 2
        if chunk & 0x8000:
            assert chunk & 0x4000
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
    times = {}
    for index, symbol in enumerate(symbols[:packets]):
        if symbol == 1:
            now += report[at]
            at += 1
        elif symbol == 2:
            now += struct.unpack_from("!h", report, at)[0]
            at += 2
        if symbol:
            times[(base + index) & 0xFFFF] = now
    assert at == len(report) - padding
    return times


# ---------------------------------------------------------------- counting


def test_losses_and_repairs_are_counted_over_the_wrap() -> None:
    source = Incoming(1, 96, 65_533)
    for sequence in (65_533, 65_534):
        assert not source.arrived(sequence)
    assert list(source.arrived(1)) == [65_535, 65_536]
    assert (source.expected, source.count, source.lost) == (5, 3, 2)
    source.arrived(65_535)
    source.arrived(65_535)
    assert (source.count, source.lost) == (4, 1)
    block = source.block(0.0)
    assert (block.highest, block.lost, block.fraction) == (65_537, 1, 256 // 5)
    source.arrived(2)
    assert source.block(0.0).fraction == 0


def test_a_sample_of_another_payload_is_bad() -> None:
    source = Incoming(1, 96, 0)
    source.sample(b"", lambda _: b"...." + wire.MAGIC)
    source.sample(b"", lambda _: b"something else")
    assert (source.sampled, source.bad) == (2, 1)


# ---------------------------------------------------------------- descriptions and handshake


def offer_lines() -> list[Line]:
    return [
        Line("0", "audio", "sendonly", 1),
        Line("1", "video", "sendonly", 2, 3),
        Line("2", "audio", "recvonly"),
        Line("3", "video", "recvonly"),
    ]


def test_offers_are_understood_by_aiortc_and_by_our_server() -> None:
    identity = Identity()
    text = description.offer(Credentials("user", "password" * 3, identity.fingerprint), offer_lines(), 42)
    parsed = sdp.SessionDescription.parse(text)
    assert [(media.kind, media.direction) for media in parsed.media] == [
        ("audio", "sendonly"),
        ("video", "sendonly"),
        ("audio", "recvonly"),
        ("video", "recvonly"),
    ]
    assert parsed.media[1].ssrc_group[0].items == [2, 3]
    local = Local(1, Fingerprint("sha-256", identity.fingerprint), (("127.0.0.1", 4_000),), 9)
    agreed = Negotiation(local).answer(text, negotiation.Credentials("ours", "secret" * 4), count(1_000))
    remote = description.parse(agreed.answer)
    assert remote.address == ("127.0.0.1", 4_000)
    assert remote.fingerprint == identity.fingerprint
    assert [line.direction for line in remote.lines] == ["recvonly", "recvonly", "sendonly", "sendonly"]
    assert remote.lines[1].extensions[wire.TRANSPORT_CC] == 3
    assert len(remote.lines[3].ssrcs) == 2


def test_transport_reports_can_be_left_out_of_an_answer() -> None:
    identity = Identity()
    credentials = Credentials("user", "password" * 3, identity.fingerprint)
    theirs = description.parse(
        description.offer(credentials, offer_lines()[:2], 42)
        + "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n"
    )
    assert "transport-cc" in description.answer(credentials, theirs, 1)
    without_transport_reports(theirs)
    answered = description.answer(credentials, theirs, 1)
    assert "transport" not in answered.replace("UDP/TLS", "")
    assert "nack pli" in answered


def shake_hands(client_expects: str | None = None) -> tuple[SecureChannel, SecureChannel]:
    """Two channels after their handshake; raises what they raise."""
    first, second = Identity(), Identity()
    to_client: list[bytes] = []
    to_server: list[bytes] = []
    client = SecureChannel(first, "client", client_expects or second.fingerprint, to_server.append)
    server = SecureChannel(second, "server", first.fingerprint, to_client.append)
    client.start()
    while to_client or to_server:
        if to_server:
            server.receive(to_server.pop(0))
        if to_client:
            client.receive(to_client.pop(0))
    return client, server


def test_two_channels_shake_hands_and_understand_each_other() -> None:
    client, server = shake_hands()
    assert client.ready
    assert server.ready
    assert client.profile == server.profile == "SRTP_AES128_CM_SHA1_80"
    packet = wire.PacketTemplate("audio", 111, 7, "", {}, 30).audio(1, 2, 3, 4.0, 60)
    assert server.unprotect(client.protect(packet)) == packet
    assert client.unprotect(server.protect(packet)) == packet
    report = wire.receiver_report(1, [])
    assert server.unprotect_control(client.protect_control(report)) == report


def test_another_certificate_than_the_described_one_is_refused() -> None:
    with pytest.raises(ConnectionError, match="certificate"):
        shake_hands(Identity().fingerprint)


# ---------------------------------------------------------------- pump


def test_the_pump_does_things_in_order_and_again() -> None:
    pump = Pump()
    done: list[str] = []
    start = time.monotonic()
    times = iter([start + 0.01, start + 0.03, None])

    def again(_: float) -> float | None:
        done.append("again")
        return next(times)

    def once(_: float) -> None:
        done.append("once")

    pump.start()
    pump.call(lambda: pump.at(start + 0.02, once))
    pump.call(lambda: pump.at(start, again))
    while len(done) < 4 and time.monotonic() < start + 5:
        pump.check()
    pump.stop()
    assert done == ["again", "again", "once", "again"]


def test_a_failure_on_the_pumps_thread_is_raised_where_it_is_stopped() -> None:
    pump = Pump()
    pump.start()

    def fail() -> None:
        raise KeyError("wrong")

    pump.call(fail)
    with pytest.raises(RuntimeError, match="pump failed"):
        pump.stop()
