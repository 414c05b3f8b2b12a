from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.incoming import HISTORY, Incoming
from server.media.loss import AGAIN_S, GIVE_UP_S, LONGEST_REORDER_S, MAX_ASKS, MAX_MISSING, REORDER_S, Missing


def packet(sequence: int, body: bytes = b"") -> bytes:
    return b"\x80\x60" + (sequence & 0xFFFF).to_bytes(2) + bytes(8) + body


def stream(start: int = 100) -> Incoming:
    incoming = Incoming(90_000, repaired=True)
    incoming.arrive(start, 0.0)
    return incoming


def test_in_order_numbers_extend_over_wraps() -> None:
    incoming = Incoming(90_000, repaired=True)
    numbers = [incoming.arrive((65_000 + i) & 0xFFFF, 0.0) for i in range(140_000)]
    assert numbers == list(range(numbers[0], numbers[0] + 140_000))
    assert not incoming.holes
    assert incoming.received == 140_000


@pytest.mark.parametrize("first", [0, 1, 32_768, 65_535])
def test_any_first_number_will_do(first: int) -> None:
    incoming = Incoming(90_000, repaired=True)
    numbers = [incoming.arrive((first + i) & 0xFFFF, 0.0) for i in (0, 1, 3)]
    assert [n - numbers[0] for n in numbers] == [0, 1, 3]
    assert list(incoming.holes) == [numbers[0] + 2]
    assert incoming.report(7, 0.0).lost == 1


def test_a_late_packet_fills_its_hole_once() -> None:
    incoming = stream(100)
    ahead = incoming.arrive(102, 0.0)
    assert list(incoming.holes) == [ahead - 1]
    assert incoming.arrive(101, 0.0) == ahead - 1
    assert incoming.arrive(101, 0.0) == -1
    assert incoming.arrive(102, 0.0) == -1
    assert incoming.arrive(99, 0.0) == -1
    assert not incoming.holes


def test_a_repair_counts_as_lost_and_never_leads() -> None:
    incoming = stream(100)
    incoming.arrive(103, 0.0)
    assert incoming.arrive(101, 0.0, repair=True) > 0
    assert incoming.arrive(110, 0.0, repair=True) == -1
    report = incoming.report(7, 0.0)
    assert (report.lost, report.fraction) == (2, 256 * 2 // 4)


def test_a_wide_gap_is_an_outage() -> None:
    incoming = stream(100)
    incoming.arrive(100 + MAX_MISSING + 2, 0.0)
    assert not incoming.holes
    assert incoming.missing.gave_up


def test_reports_follow_rfc_3550() -> None:
    incoming = stream(65_530)
    for i in range(1, 100):
        if i % 10:
            incoming.arrive((65_530 + i) & 0xFFFF, i * 0.01)
    incoming.last_sr, incoming.last_sr_at = 0x12345678, 1.0
    report = incoming.report(9, 1.5)
    assert report.ssrc == 9
    assert report.lost == 9
    assert report.fraction == 256 * 9 // 100
    assert report.highest == (1 << 16 | 93)
    assert (report.last_sr, report.delay) == (0x12345678, 32_768)
    assert incoming.report(9, 1.5).fraction == 0


def test_jitter_follows_arrival_not_the_clock() -> None:
    steady, uneven = stream(), stream()
    for i in range(1_000):
        steady.time(i * 3_000, i / 30)
        uneven.time(i * 3_000, i / 30 + (i % 2) * 0.01)
    assert steady.jitter < 1
    assert 800 < uneven.jitter < 1_000


def test_jitter_survives_a_wrapping_timestamp() -> None:
    incoming = stream()
    for i in range(200):
        incoming.time((0xFFFFFFFF - 90_000 + i * 3_000) & 0xFFFFFFFF, i / 30)
    assert incoming.jitter < 1


def test_history_gives_back_what_is_recent() -> None:
    incoming = Incoming(90_000, repaired=True)
    for i in range(HISTORY + 10):
        incoming.arrive(60_000 + i & 0xFFFF, 0.0)
        incoming.keep(packet(60_000 + i, bytes([i & 0xFF])), 60_000 + i & 0xFFFF)
    newest = incoming.high
    assert incoming.recall(newest) == packet(60_000 + HISTORY + 9, bytes([(HISTORY + 9) & 0xFF]))
    assert incoming.recall(newest - HISTORY + 1) is not None
    assert incoming.recall(newest - HISTORY) is None
    assert incoming.recall(newest + 1) is None


def test_a_packet_that_never_came_is_not_confused_with_an_older_one() -> None:
    incoming = stream(0)
    incoming.keep(packet(0), 0)
    for i in range(1, HISTORY + 1):
        incoming.arrive(i, 0.0)
    assert incoming.recall(incoming.high) is None


def test_audio_keeps_nothing() -> None:
    incoming = Incoming(48_000, repaired=False)
    incoming.arrive(5, 0.0)
    assert incoming.recall(incoming.high) is None


def test_a_restart_forgets() -> None:
    incoming = stream(100)
    incoming.keep(packet(100), 100)
    incoming.arrive(105, 0.0)
    before = incoming.life
    incoming.restart()
    assert incoming.life is not before
    assert not incoming.holes
    assert incoming.recall(incoming.high) is None
    assert incoming.report(1, 0.0).highest == 0


def test_asking_waits_for_reordering_and_then_for_a_round_trip() -> None:
    missing = Missing()
    missing.gap(10, 12, 5.0)
    assert missing.ask(5.0 + REORDER_S / 2, 0.1) == []
    assert missing.ask(5.0 + REORDER_S, 0.1) == [10, 11]
    assert missing.ask(5.05, 0.1) == []
    assert missing.found(10, 5.06, repair=True)
    assert missing.ask(5.2, 0.1) == [11]
    assert not missing.gave_up


def test_where_packets_overtake_each_other_it_waits_for_longer_and_not_for_ever() -> None:
    missing, chance, asked = Missing(), random.Random(1), 0
    for number in range(400):
        now = number / 10
        missing.gap(number, number + 1, now)
        late = chance.uniform(0, 0.1)
        while now < number / 10 + late:
            now += 0.005
            asked += bool(missing.ask(now, 0.3)) and number >= 100
        assert missing.found(number, now, repair=False)
    assert asked < 0.3 * 300
    assert REORDER_S < missing.wait <= LONGEST_REORDER_S
    for number in range(400, 700):
        missing.gap(number, number + 1, number / 10)
        assert missing.ask(number / 10 + LONGEST_REORDER_S, 0.3) == [number]
        assert missing.found(number, number / 10 + 0.4, repair=True)
    assert missing.wait == REORDER_S


def test_a_lossy_line_is_asked_twice_and_the_next_time_when_browsers_answer_again() -> None:
    missing = Missing()
    missing.hurried = True
    missing.gap(10, 11, 0.0)
    rtt = 0.04
    asked = [now for now in range(1, 200) if missing.ask(now / 1_000, rtt)]
    first, twice, again, _ = asked[:4]
    assert twice - first == pytest.approx(AGAIN_S * 1_000, abs=1)
    # Chromium leaves a packet alone that it has sent again within a round trip and 5 ms.
    assert rtt * 1_000 + 5 < again - first < rtt * 1_000 + 20


def test_what_never_comes_is_given_up() -> None:
    missing = Missing()
    missing.gap(1, 2, 0.0)
    asked = [now for now in range(1, 3_000) if missing.ask(now / 1_000, 0.01)]
    assert 1 <= len(asked) <= MAX_ASKS
    assert asked[-1] / 1_000 <= GIVE_UP_S
    assert missing.gave_up
    assert not missing.holes


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.3), st.floats(0.01, 0.3))
def test_on_a_lossy_line_everything_is_repaired_or_given_up(seed: int, loss: float, rtt: float) -> None:
    """A scripted line: losses both of media and of repairs; a retransmission takes one round trip."""
    chance = random.Random(seed)
    incoming = Incoming(90_000, repaired=True)
    start = chance.randrange(65_536)
    got: set[int] = set()
    repairs: list[tuple[float, int]] = []
    asks = 0
    base = incoming.arrive(start, 0.0)
    count = 400
    for tick in range(1, count * 5):
        now = tick * 0.002
        if tick % 5 == 0 and tick // 5 < count and (tick // 5 == count - 1 or chance.random() >= loss):
            number = incoming.arrive((start + tick // 5) & 0xFFFF, now)
            assert number == base + tick // 5
            got.add(number)
        for due, number in [r for r in repairs if r[0] <= now]:
            repairs.remove((due, number))
            if incoming.arrive(number & 0xFFFF, now, repair=True) == number:
                assert number not in got
                got.add(number)
        for number in incoming.missing.ask(now, rtt):
            asks += 1
            assert number not in got
            if chance.random() >= loss:
                repairs.append((now + rtt, number))
    everything = set(range(base + 1, incoming.high + 1))
    assert got | set(incoming.holes) == everything or incoming.missing.gave_up
    assert len(everything - got - set(incoming.holes)) <= count * loss**2 * 4 + 8 or rtt > 0.2
    assert asks <= MAX_ASKS * len(everything)


def test_what_was_repaired_and_comes_by_itself_after_all_is_not_lost() -> None:
    stream = Incoming(48_000, repaired=False)
    for sequence in (1, 2, 4, 5):
        stream.arrive(sequence, 0.0)
    assert stream.arrive(3, 0.01, repair=True) > 0
    assert (stream.received, stream.repaired, stream.expected) == (4, 1, 5)
    assert stream.arrive(3, 0.1) == -1
    assert (stream.received, stream.repaired) == (5, 0)
    assert stream.report(1, 1.0).fraction == 0
    # Once, and a second repair is none of it.
    assert stream.arrive(3, 0.2) == -1
    assert stream.arrive(3, 0.2, repair=True) == -1
    assert (stream.received, stream.repaired) == (5, 0)
