"""What C does with plain packets is what Python does with them, and Python does what is not plain."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.media.twcc import NOTED
from tests.support import lacking
from tests.support.pumping import LEVEL, PICTURES, SPEECH, TWCC, VIDEO, VOICE, Pumping, pumping

pytestmark = lacking.unless(lacking.inner_loop())


class Sent(NamedTuple):
    """A packet: ``step`` on from the one before, ``tick`` further in time; ``head`` says how it looks."""

    voice: bool
    step: int
    tick: int
    kind: int
    level: int
    head: int
    size: int
    flush: bool


_plain = st.builds(
    Sent,
    voice=st.booleans(),
    step=st.sampled_from([1, 1, 1, 1, 1, 1, 2, 0, -1, 4]),
    tick=st.sampled_from([0, 3_000, 960]),
    kind=st.sampled_from([0, 0, 0, 0, 0, 0, 1]),
    level=st.sampled_from([0, 20, 79, 80, 127]),
    head=st.integers(0, 7),
    size=st.integers(0, 900),
    flush=st.booleans(),
)


def packet(sent: Sent, sequence: int, timestamp: int, number: int) -> bytes:
    """The packet in the clear: contributing sources, extensions and padding as ``head`` has it."""
    sources, unknown, padded = sent.head & 1, sent.head & 2, sent.head & 4
    extensions = bytes((TWCC << 4 | 1,)) + struct.pack("!H", number & 0xFFFF)
    extensions += bytes((LEVEL << 4, 0x80 | sent.level)) if sent.voice else b"\0"
    extensions += b"\x91\1\2" if unknown else b""
    extensions += bytes(-len(extensions) % 4)
    first = 0x90 | (0x20 if padded else 0) | (2 if sources else 0)
    kind = (SPEECH if sent.voice else PICTURES) + sent.kind
    header = struct.pack("!BBHLL", first, kind, sequence, timestamp, VOICE if sent.voice else VIDEO)
    header += bytes(8 if sources else 0) + struct.pack("!HH", 0xBEDE, len(extensions) // 4) + extensions
    payload = bytes(20)
    if not sent.voice:
        # A keyframe's first packet each time, with a picture id of 15 bits and a tl0picidx.
        payload = (
            b"\x90\xe0"
            + struct.pack("!H", 0x8000 | sequence & 0x7FFF)
            + bytes((sequence & 0xFF, 0x20, 0))
            + payload
        )
    return header + payload + bytes(sent.size) + (b"\0\0\0\4" if padded else b"")


def play(packets: Sequence[Sent], *, native: bool, gcm: bool, host: str) -> object:
    """Everything that can be seen of the same packets, but for when they came."""
    with pumping(native=native, gcm=gcm, host=host) as made:
        sequences, stamps = {True: 65_530, False: 65_500}, {True: 0xFFFFFF00, False: 0xFFFFF000}
        for number, sent in enumerate(packets):
            sequences[sent.voice] = (sequences[sent.voice] + sent.step) & 0xFFFF
            stamps[sent.voice] = (stamps[sent.voice] + sent.tick) & 0xFFFFFFFF
            clear = packet(sent, sequences[sent.voice], stamps[sent.voice], number)
            try:
                datagram = made.protection.protect(clear)
            except Exception:
                # libsrtp does not number a packet twice, as no sender does.
                continue
            made.send(datagram)
            if sent.flush:
                made.take()
        made.send(b"")
        while not made.stats.drops.get("short"):
            made.take()
        return seen(made)


def seen(made: Pumping) -> object:
    streams = [
        (list(stream.cells[:3]), list(stream.cells[4:]), sorted(stream.holes), list(stream.ring.sizes))
        for stream in (made.stream, made.voice)
    ]
    kept = [
        stream.ring.recall(sequence)
        for stream in (made.stream, made.voice)
        for sequence in range(stream.ring.count)
    ]
    links = [leg.link for stream in (made.stream, made.voice) for leg in [*stream.legs, *stream.waiting]]
    sent = [(link.number, link.sent, list(link.sizes[:200]), list(link.marks[:200])) for link in links]
    counts = made.stats.packets_in, made.stats.bytes_in, made.stats.packets_out, made.stats.bytes_out
    arrived = list(made.link.arrivals.times)
    return sorted(made.landed()), streams, kept, sent, counts, made.stats.drops, arrived, made.link.received


def _steady(count: int, *, voice: bool) -> list[Sent]:
    return [
        Sent(voice, 1, 3_000 * (index % 3 == 0), 0, 20, index % 8, 500, index % 5 == 4)
        for index in range(count)
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(_plain, max_size=40), st.booleans(), st.sampled_from(["127.0.0.1", "0.0.0.0"]))
@example(_steady(60, voice=False), True, "127.0.0.1")
@example(_steady(60, voice=True), False, "0.0.0.0")
def test_both_do_the_same(packets: list[Sent], gcm: bool, host: str) -> None:
    native = play(packets, native=True, gcm=gcm, host=host)
    assert native == play(packets, native=False, gcm=gcm, host=host)


def taken_by_c(made: Pumping, packets: Sequence[bytes]) -> int:
    """Send packets one by one; return how many of them Python has not seen."""
    seen: list[int] = []
    look = made.inlet.look
    made.inlet.look = lambda index: (seen.append(index), look(index))[1]  # type: ignore[method-assign, func-returns-value]
    for clear in packets:
        made.send(made.protection.protect(clear))
        made.take()
    made.inlet.look = look  # type: ignore[method-assign]
    return len(packets) - len(seen)


def steady(count: int, first: int = 100) -> list[bytes]:
    return [
        packet(Sent(False, 1, 0, 0, 0, 0, 100, False), first + index, 3_000 * index, first + index)
        for index in range(count)
    ]


def test_after_the_first_python_sees_no_plain_packet() -> None:
    with pumping(native=True) as made:
        assert taken_by_c(made, steady(20)) == 19
        assert len(made.landed()) == 60
        assert made.stream.plain


def test_what_changes_a_stream_is_seen_by_python_first() -> None:
    with pumping(native=True) as made:
        taken_by_c(made, steady(5))
        legs = made.stream.legs
        made.stream.legs = legs[:2]
        made.landed()
        assert taken_by_c(made, steady(5, 105)) == 4
        assert len(made.landed()) == 10
        made.stream.legs = legs
        made.stream.open = False
        assert taken_by_c(made, steady(5, 110)) == 0
        assert made.landed() == []
        # Of all links one has moved: what was laid out counts no more.
        made.stream.open = True
        taken_by_c(made, steady(2, 115))
        made.link.renew()
        assert taken_by_c(made, steady(3, 117)) == 2


def test_a_stream_with_holes_is_pythons_until_they_are_filled() -> None:
    with pumping(native=True) as made:
        taken_by_c(made, steady(5))
        assert taken_by_c(made, steady(3, 106)) == 0
        assert made.asked
        assert taken_by_c(made, [*steady(1, 105), *steady(3, 109)]) == 3


def test_a_sender_who_left_is_nobody_in_c_as_well() -> None:
    with pumping(native=True) as made:
        taken_by_c(made, steady(5))
        made.table.lost(made.path.address)
        made.landed()
        assert taken_by_c(made, steady(5, 105)) == 0
        assert made.landed() == []


def test_who_has_stayed_is_known_again_after_others_have_left() -> None:
    with pumping(native=True) as made:
        taken_by_c(made, steady(5))
        made.table.drops += 1
        assert taken_by_c(made, steady(5, 105)) == 4


def test_another_path_than_the_chosen_one_is_pythons() -> None:
    with pumping(native=True) as made:
        taken_by_c(made, steady(5))
        moved = []
        made.link.peer = type("Somebody", (), {"moved": lambda self, path: moved.append(path)})()  # type: ignore[assignment]
        made.link.path = None
        made.link.renew()
        assert taken_by_c(made, steady(3, 105)) == 0
        assert moved == [made.path] * 3


def test_forged_packets_are_counted_and_go_nowhere() -> None:
    with pumping(native=True) as made:
        taken_by_c(made, steady(3))
        made.landed()
        forged = bytearray(made.protection.protect(steady(1, 103)[0]))
        forged[-1] ^= 1
        made.send(bytes(forged))
        made.take()
        made.pump.batch(())
        assert made.stats.drops["srtp"] == 1
        assert made.landed() == []


def test_arrivals_that_nobody_asks_for_are_bounded() -> None:
    with pumping(native=True) as made:
        count = NOTED + 20
        assert taken_by_c(made, steady(count)) == count - 2
        assert len(made.link.arrivals.times) == count
