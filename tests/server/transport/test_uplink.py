"""Which stream a source's packets belong to, and how a leg goes from one layer to another."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from server.transport.link import Link
from server.transport.streams import Leg, Stream
from server.transport.uplink import Uplink
from signaling.negotiation import Format, Line, Sending

FORMATS = (Format("vp8", 96, 97), Format("vp9", 98, 99))


def link() -> Link:
    return Link(cast(Any, None))


def uplink(*layers: str) -> tuple[Uplink, Link]:
    ours = link()
    sending = Sending(
        "camera",
        96,
        97,
        FORMATS,
        layers,
        90_000,
        nack=True,
        pli=True,
        ssrcs=(),
        rtx={},
        red_payload_type=None,
    )
    up = Uplink(ours)
    up.agreed([Line("1", sending)])
    return up, ours


def test_layers_are_learnt_from_their_first_packets() -> None:
    up, ours = uplink("q", "h", "f")
    low, _, high = up.layers["camera"]
    assert up.learn(11, 96, ("1", "q", "")) is low
    assert up.learn(13, 98, ("1", "f", "")) is high
    repair = up.learn(23, 97, ("1", "", "f"))
    assert repair is not None
    assert repair.repairs is high
    assert sorted(ours.streams) == [11, 13, 23]
    assert [stream.rid for stream in up.streams()] == ["q", "h", "f"]
    assert up.lowest["camera"] is low


def test_what_names_no_layer_belongs_to_none() -> None:
    up, ours = uplink("q", "h", "f")
    assert up.learn(11, 96, ("1", "", "")) is None
    assert up.learn(11, 96, ("1", "x", "")) is None
    assert up.learn(11, 100, ("1", "q", "")) is None
    assert up.learn(11, 96, ("2", "q", "")) is None
    assert ours.streams == {}


def test_without_simulcast_the_line_is_enough() -> None:
    up, _ = uplink()
    assert up.learn(11, 96, ("1", "", "")) is up.lowest["camera"]


def test_layers_that_are_offered_no_more_let_their_legs_go() -> None:
    up, ours = uplink("q", "f")
    up.learn(12, 96, ("1", "f", ""))
    leg = viewer()
    leg.attach(up.layers["camera"][1])
    sending = Sending(
        "camera",
        96,
        97,
        FORMATS,
        (),
        90_000,
        nack=True,
        pli=True,
        ssrcs=(7,),
        rtx={7: 8},
        red_payload_type=None,
    )
    up.agreed([Line("1", sending)])
    assert leg.stream is None
    assert sorted(ours.streams) == [7, 8]


def viewer() -> Leg:
    leg = Leg(link(), "9", "video", 500, 501, 90_000, (1_000, 77, 5))
    leg.formats = {"vp8": (120, 121)}
    return leg


class Layer:
    """A sender's layer: 15 frames a second of one to four packets, with numbers of its own."""

    def __init__(self, stream: Stream, chance: random.Random) -> None:
        self.stream, self.chance = stream, chance
        self.sequence, self.stamp = chance.randrange(0x10000), chance.randrange(1 << 32)
        self.picture, self.tl0 = chance.randrange(0x8000), chance.randrange(256)
        stream.clock = (10 << 32, self.stamp)
        self.begun = self.stamp

    def frame(self, now: float, *, key: bool) -> list[tuple[int, int, int, int, bytes]]:
        """Send a frame as the pump takes it; return what left: sequence, timestamp, picture, tl0, packet."""
        out = []
        self.stamp = (self.begun + int(now * 90_000)) & 0xFFFFFFFF
        self.picture, self.tl0 = (self.picture + 1) & 0x7FFF, (self.tl0 + 1) & 0xFF
        for index in range(self.chance.randrange(1, 5)):
            self.sequence = (self.sequence + 1) & 0xFFFF
            start = 0x10 if index == 0 else 0
            head = bytes((0x80 | start, 0xC0)) + (0x8000 | self.picture).to_bytes(2) + bytes((self.tl0,))
            packet = bytes((0x80, 96)) + self.sequence.to_bytes(2) + bytes(8) + head + bytes((not key,)) * 9
            number = self.stream.arrive(self.sequence, now)
            self.stream.timestamp, self.stream.seen_at = self.stamp, now
            self.stream.keep(packet, self.sequence)
            if self.stream.starts(packet, 12):
                numbers = self.stream.numbers(packet)
                joined = [
                    leg
                    for leg in self.stream.waiting
                    if leg.join(self.stream, number, self.stamp, numbers, now)
                ]
                self.stream.legs += joined
                self.stream.waiting = [leg for leg in self.stream.waiting if leg not in joined]
            for leg in self.stream.legs:
                sequence = (self.sequence + leg.sequence_offset) & 0xFFFF
                stamp = (self.stamp + leg.timestamp_offset) & 0xFFFFFFFF
                picture = (self.picture + leg.picture_offset) & 0x7FFF
                out.append((sequence, stamp, picture, (self.tl0 + leg.tl0_offset) & 0xFF, packet))
        return out


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 32))
def test_over_any_switches_of_layers_nothing_is_missing_or_twice(seed: int) -> None:
    """Sequence numbers, picture ids and tl0picidx count on; time never goes back and keeps the
    sender's pace.
    """
    chance = random.Random(seed)
    up, _ = uplink("q", "h", "f")
    layers = [Layer(stream, chance) for stream in up.layers["camera"]]
    leg = viewer()
    leg.attach(layers[0].stream)
    sent: list[tuple[int, int, int, int, bytes]] = []
    switched = 0
    for index in range(1, 120):
        if chance.random() < 0.15:
            leg.switch(chance.choice(layers).stream)
        before = leg.stream
        for layer in layers:
            sent += layer.frame(index / 15, key=index == 1 or chance.random() < 0.1)
        switched += leg.stream is not before
    for one, two in pairwise(sent):
        assert (two[0] - one[0]) & 0xFFFF == 1
        assert (two[2] - one[2]) & 0x7FFF in (0, 1)
        assert (two[3] - one[3]) & 0xFF == (two[2] - one[2]) & 0x7FFF
        assert (two[1] - one[1]) & 0xFFFFFFFF < 1 << 31
    drift = (sent[-1][1] - sent[0][1]) & 0xFFFFFFFF
    stamps = int(119 / 15 * 90_000) - int(1 / 15 * 90_000)
    assert abs(drift - stamps) <= 6_000 * 2 + switched
    for sequence, _, _, _, packet in sent[-30:]:
        found = leg.behind(sequence)
        if found is not None:
            assert found[1] == packet
            at = int.from_bytes(packet[2:4])
            assert (at + found[0].sequence_offset) & 0xFFFF == sequence
    assert leg.behind(sent[-1][0]) is not None


def test_a_repair_is_found_across_a_switch() -> None:
    chance = random.Random(4)
    up, _ = uplink("q", "f")
    low, high = (Layer(stream, chance) for stream in up.layers["camera"])
    leg = viewer()
    leg.attach(low.stream)
    first = low.frame(0.1, key=True)
    leg.switch(high.stream)
    first += low.frame(0.2, key=False)
    assert leg.running
    assert leg.stream is low.stream
    second = high.frame(0.3, key=True)
    assert leg.stream is high.stream
    assert low.frame(0.4, key=False) == []
    for sequence, _, _, _, packet in [*first, *second]:
        found = leg.behind(sequence)
        assert found is not None
        numbering, kept = found
        assert kept == packet
        source = low if packet in [each[4] for each in first] else high
        assert numbering.stream is source.stream
        assert (numbering.end + numbering.sequence_offset - sequence) & 0xFFFF < 0x8000
    leg.detach()
    assert leg.behind(first[0][0]) is None


def test_a_codec_the_browser_can_not_decode_is_waited_out() -> None:
    up, _ = uplink("q")
    stream = up.lowest["camera"]
    leg = viewer()
    leg.attach(stream)
    assert stream.turn(98)
    assert stream.codec == "vp9"
    assert not leg.join(stream, 70_000, 5, (None, None), 1.0)
    assert not stream.turn(55)


def test_another_codec_begins_right_after_the_last_packet_of_the_one_before() -> None:
    up, _ = uplink("q")
    layer = Layer(up.lowest["camera"], random.Random(6))
    leg = viewer()
    leg.formats = {"vp8": (120, 121), "vp9": (122, 123)}
    leg.attach(layer.stream)
    before = layer.frame(0.1, key=True)[-1]
    stream = layer.stream
    sequence = (layer.sequence + 1) & 0xFFFF
    number = stream.arrive(sequence, 0.2)
    assert stream.turn(98)
    # RFC 9628 4.2: a picture id, the beginning of a frame that is predicted from nothing.
    packet = bytes((0x80, 98)) + sequence.to_bytes(2) + bytes(8) + b"\x88\x81\x05data"
    assert stream.starts(packet, 12)
    assert leg.join(stream, number, layer.stamp + 6_000, stream.numbers(packet), 0.2)
    assert leg.payload_type == 122
    assert (sequence + leg.sequence_offset - before[0]) & 0xFFFF == 1
    shifted = bytearray(packet)
    leg.shift(shifted, 12, leg.picture_offset, leg.tl0_offset)
    assert stream.numbers(bytes(shifted))[0] == (before[2] + 1) & 0x7FFF
