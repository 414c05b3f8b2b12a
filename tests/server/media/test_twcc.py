from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.load.feedback import TransportFeedback as Browser
from server.media.twcc import LONGEST_HOLD_NS, MAX_SPAN, MAX_TOLD, Arrivals, joined
from server.media.twcc import decode as read
from tests.support.rtc_twcc import decode

MS = 1_000_000


def told(arrivals: Arrivals, later: int = 0) -> dict[int, int | None]:
    """What is told so many ns after the newest has come."""
    found: dict[int, int | None] = {}
    now = max(arrivals.times.values(), default=0) + later
    for packet in arrivals.feedback(1, 0xCAFE, now):
        assert packet[4:12] == bytes((0, 0, 0, 1, 0, 0, 0xCA, 0xFE))
        assert len(packet) <= 1_100
        found |= decode(packet)[1]
    return found


def test_nothing_came_nothing_is_told() -> None:
    assert Arrivals().feedback(1, 2, 0) == []


def test_consecutive_arrivals() -> None:
    arrivals = Arrivals()
    for i in range(30):
        arrivals.times[100 + i] = 5_000 * MS + i * 3 * MS
    found = told(arrivals)
    assert list(found) == list(range(100, 130))
    first = found[100]
    assert first is not None
    assert [at - first for at in found.values() if at is not None] == [i * 3_000 for i in range(30)]
    assert told(arrivals) == {}


def test_the_usual_report_is_small() -> None:
    arrivals = Arrivals()
    for i in range(17):
        arrivals.times[i] = i * 6 * MS
    (packet,) = arrivals.feedback(1, 2, 0)
    assert len(packet) <= 20 + 2 + 17 + 3


def test_what_was_jumped_over_is_told_as_lost_once() -> None:
    arrivals = Arrivals()
    arrivals.times.update({10: MS, 11: 2 * MS})
    told(arrivals)
    arrivals.times.update({14: 3 * MS, 15: 4 * MS})
    found = told(arrivals)
    assert [found[n] is None for n in (12, 13, 14, 15)] == [True, True, False, False]
    arrivals.times.update({16: 5 * MS})
    assert list(told(arrivals)) == [16]


def test_a_late_packet_is_told_after_all() -> None:
    arrivals = Arrivals()
    arrivals.times.update({10: MS, 12: 2 * MS})
    assert told(arrivals)[11] is None
    arrivals.times.update({11: 3 * MS, 13: 4 * MS})
    found = told(arrivals)
    assert found[11] is not None
    assert found[13] is not None
    arrivals.times.update({14: 5 * MS})
    assert list(told(arrivals)) == [14]


def test_numbers_wrap() -> None:
    arrivals = Arrivals()
    arrivals.times.update({65_534: 0, 65_535: MS, 0: 2 * MS, 1: 3 * MS})
    assert list(told(arrivals)) == [65_534, 65_535, 0, 1]


def test_feedback_packets_are_counted() -> None:
    arrivals = Arrivals()
    counts = []
    for i in range(300):
        arrivals.times[i] = i * MS
        counts.append(decode(arrivals.feedback(1, 2, 0)[0])[2])
    assert counts == [i & 0xFF for i in range(300)]


def test_a_jump_is_bounded() -> None:
    arrivals = Arrivals()
    arrivals.times.update({0: 0})
    told(arrivals)
    arrivals.times.update({30_000: MS})
    assert len(told(arrivals)) <= MAX_SPAN
    for number in range(0, 65_536, 3):
        arrivals.times[number] = number
    assert len(told(arrivals)) <= MAX_SPAN


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.5), st.floats(0, 0.2), st.integers(1, 900), st.integers(1, 40))
def test_random_networks_are_told_truly(
    seed: int, loss: float, reorder: float, count: int, spread_ms: int
) -> None:
    """Whatever is lost or swapped: everything that came is told with its time, nothing that did not."""
    chance = random.Random(seed)
    arrivals = Arrivals()
    start, now = chance.randrange(65_536), chance.randrange(10**15)
    sent: dict[int, int] = {}
    held: list[int] = []
    reported: dict[int, int | None] = {}
    for i in range(count):
        now += chance.randrange(spread_ms * MS)
        number = (start + i) & 0xFFFF
        if chance.random() < loss:
            continue
        if chance.random() < reorder:
            held.append(number)
            continue
        for one in (number, *held):
            sent[one] = arrivals.times[one] = now
        held.clear()
        if chance.random() < 0.1:
            reported |= {n: at for n, at in told(arrivals).items() if at is not None or n not in reported}
    last = told(arrivals, later=LONGEST_HOLD_NS)
    reported |= {n: at for n, at in last.items() if at is not None or n not in reported}
    assert {n for n, at in reported.items() if at is not None} == set(sent)
    # Reference times count from 0 in 24 bits of 64 ms and wrap; differences are what a sender uses.
    wrap = (1 << 24) * 64_000
    order = sorted(sent, key=lambda number: (number - start) & 0xFFFF)
    for index, number in enumerate(order):
        came, at = reported[number], sent[number]
        assert came is not None
        # What was overtaken may be told as if it had come with what overtook it, never earlier.
        earliest = min(sent[later] for later in order[index:])
        early = (at // 1_000 - came + wrap // 2) % wrap - wrap // 2
        assert -250 <= early <= (at - earliest) // 1_000 + 250


def test_what_was_overtaken_is_told_as_if_it_had_come_with_what_overtook_it() -> None:
    arrivals = Arrivals()
    arrivals.times.update({10: 1_000 * MS, 12: 1_050 * MS, 13: 1_060 * MS, 11: 1_300 * MS})
    found = told(arrivals)
    first = found[10]
    assert first is not None
    assert [at - first for at in found.values() if at is not None] == [0, 50_000, 50_000, 60_000]


@pytest.mark.parametrize(("jitter_ms", "scattered"), [(0, False), (40, False), (300, True)])
@pytest.mark.parametrize("seed", range(5))
def test_a_way_up_scatters_where_packets_come_long_after_those_that_overtook_them(
    seed: int, jitter_ms: int, *, scattered: bool
) -> None:
    arrivals, chance = Arrivals(), random.Random(seed)
    came = sorted((20 * number + chance.uniform(0, jitter_ms), number) for number in range(1_000))
    for report in range(200):
        low, high = 100 * report, 100 * (report + 1)
        arrivals.times.update({number: int(at * MS) for at, number in came if low <= at < high})
        arrivals.feedback(1, 1, high * MS)
    assert arrivals.scattered == scattered


def test_where_packets_come_late_the_report_waits_for_them_but_not_for_ever() -> None:
    arrivals = Arrivals()
    at = 1_000 * MS
    for number in range(0, 60, 2):
        # Each comes after the one that was sent later, and after that was told.
        arrivals.times.update({number + 1: at})
        told(arrivals)
        arrivals.times.update({number: at + 40 * MS})
        told(arrivals)
        at += 100 * MS
    arrivals.times.update({60: at, 62: at + MS})
    assert list(told(arrivals, later=20 * MS)) == [60]
    assert told(arrivals, later=20 * MS) == {}
    arrivals.times.update({61: at + 50 * MS})
    assert None not in told(arrivals, later=20 * MS).values()
    arrivals.times.update({64: at + 60 * MS})
    found = told(arrivals, later=LONGEST_HOLD_NS)
    assert found[63] is None
    assert found[64] is not None


def same(packet: bytes) -> None:
    """Our reader and the one that was written from the draft alone understand the same."""
    base, arrivals, count = decode(packet)
    found = read(packet, 0, len(packet) - (packet[-1] if packet[0] & 0x20 else 0))
    assert found is not None
    assert (found.base, found.total, found.serial) == (base, len(arrivals), count)
    told = {(base + offset) & 0xFFFF: tick for offset, tick in zip(found.offsets, found.ticks, strict=True)}
    expected = {number: at // 250 for number, at in arrivals.items() if at is not None}
    assert {number: (tick - expected[number]) % 2**32 for number, tick in told.items()} == dict.fromkeys(
        expected, 0
    )


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from((0.0, 0.02, 0.5)), st.integers(1, 900), st.integers(1, 40))
def test_what_is_reported_to_us_is_read_truly(seed: int, loss: float, count: int, spread_ms: int) -> None:
    chance = random.Random(seed)
    arrivals, browser = Arrivals(), Browser(1)
    start, now = chance.randrange(65_536), chance.randrange(10**12)
    for i in range(count):
        now += chance.randrange(spread_ms * 1_000)
        if chance.random() >= loss:
            arrived = max(0, now - chance.choice((0, 0, 0, 90_000)))
            arrivals.times[(start + i) & 0xFFFF] = arrived * 1_000
            browser.arrived((start + i) & 0xFFFF, arrived)
        if chance.random() < 0.05:
            for packet in (*arrivals.feedback(1, 2, 0), browser.report(2)):
                if packet is not None:
                    same(packet)


@given(st.integers(0, 0xFFFF), st.integers(1, 60), st.integers(1, 60), st.integers(0, 40))
def test_two_reports_that_follow_each_other_are_one(base: int, one: int, other: int, spread_ms: int) -> None:
    arrivals, each = Arrivals(), []
    at = 5_000 * MS
    for count in (one, other):
        for _ in range(count):
            arrivals.times[base] = at
            base, at = (base + 1) & 0xFFFF, at + spread_ms * MS
        (packet,) = arrivals.feedback(1, 1, at)
        found = read(packet, 0, len(packet) - (packet[-1] if packet[0] & 0x20 else 0))
        assert found is not None
        each.append(found)
    first, second = each
    both = joined(first, second)
    if not (isinstance(first.offsets, range) and isinstance(second.offsets, range)):
        assert both is None
        return
    assert both is not None
    assert (both.base, both.total, both.serial, both.reports) == (first.base, one + other, second.serial, 2)
    assert list(both.offsets) == list(range(one + other))
    assert list(both.ticks) == [*first.ticks, *second.ticks]
    assert joined(second, first) is None
    assert joined(first, second._replace(serial=(second.serial + 1) & 0xFF)) is None
    assert joined(first, second._replace(offsets=list(second.offsets))) is None


def test_one_bit_vectors_are_read() -> None:
    head = bytes.fromhex("8fcd0006 00000001 00000002 fffe 0010 fffffe 07")
    packet = head + bytes.fromhex("a801 2002 04 08 0c 10 14 00 0000")
    packet = packet[:3] + bytes((len(packet) // 4 - 1,)) + packet[4:]
    found = read(packet, 0, len(packet))
    assert found is not None
    assert (found.base, found.total, found.serial) == (0xFFFE, 16, 7)
    assert list(found.offsets) == [0, 2, 13, 14, 15]
    assert [tick - found.ticks[0] for tick in found.ticks] == [0, 8, 20, 36, 56]


def test_a_report_on_more_than_anybody_was_sent_is_refused() -> None:
    """Each chunk of two bytes may stand for 8,191 statuses: the work for it must stay bounded."""
    head = bytes.fromhex("8fcd0100 00000001 00000002 0001")
    for total in (0, MAX_TOLD + 1, 0xFFFF):
        packet = head + total.to_bytes(2) + bytes(4) + b"\x1f\xff" * 500
        assert read(packet, 0, len(packet)) is None
    packet = head + MAX_TOLD.to_bytes(2) + bytes(4) + b"\x1f\xff" * 500
    found = read(packet, 0, len(packet))
    assert found is not None
    assert (found.total, len(found.offsets)) == (MAX_TOLD, 0)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_report_raises_or_says_more_than_it_has(body: bytes, total: int) -> None:
    packet = bytes.fromhex("8fcd0000 00000001 00000002 0001") + total.to_bytes(2) + bytes(4) + body
    found = read(packet, 0, len(packet))
    if found is not None:
        assert len(found.offsets) == len(found.ticks) <= min(len(body), total)
        assert all(0 <= offset < total for offset in found.offsets)
