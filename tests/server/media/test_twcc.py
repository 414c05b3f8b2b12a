from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.twcc import MAX_SPAN, Arrivals
from tests.support.rtc_twcc import decode

MS = 1_000_000


def told(arrivals: Arrivals) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for packet in arrivals.feedback(1, 0xCAFE):
        assert packet[4:12] == bytes((0, 0, 0, 1, 0, 0, 0xCA, 0xFE))
        assert len(packet) <= 1_100
        found |= decode(packet)[1]
    return found


def test_nothing_came_nothing_is_told() -> None:
    assert Arrivals().feedback(1, 2) == []


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
    (packet,) = arrivals.feedback(1, 2)
    assert len(packet) <= 20 + 2 + 17 + 3


def test_what_was_jumped_over_is_told_as_lost_once() -> None:
    arrivals = Arrivals()
    arrivals.times |= {10: MS, 11: 2 * MS}
    told(arrivals)
    arrivals.times |= {14: 3 * MS, 15: 4 * MS}
    found = told(arrivals)
    assert [found[n] is None for n in (12, 13, 14, 15)] == [True, True, False, False]
    arrivals.times |= {16: 5 * MS}
    assert list(told(arrivals)) == [16]


def test_a_late_packet_is_told_after_all() -> None:
    arrivals = Arrivals()
    arrivals.times |= {10: MS, 12: 2 * MS}
    assert told(arrivals)[11] is None
    arrivals.times |= {11: 3 * MS, 13: 4 * MS}
    found = told(arrivals)
    assert found[11] is not None
    assert found[13] is not None
    arrivals.times |= {14: 5 * MS}
    assert list(told(arrivals)) == [14]


def test_numbers_wrap() -> None:
    arrivals = Arrivals()
    arrivals.times |= {65_534: 0, 65_535: MS, 0: 2 * MS, 1: 3 * MS}
    assert list(told(arrivals)) == [65_534, 65_535, 0, 1]


def test_feedback_packets_are_counted() -> None:
    arrivals = Arrivals()
    counts = []
    for i in range(300):
        arrivals.times[i] = i * MS
        counts.append(decode(arrivals.feedback(1, 2)[0])[2])
    assert counts == [i & 0xFF for i in range(300)]


def test_a_jump_is_bounded() -> None:
    arrivals = Arrivals()
    arrivals.times |= {0: 0}
    told(arrivals)
    arrivals.times |= {30_000: MS}
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
    reported |= {n: at for n, at in told(arrivals).items() if at is not None or n not in reported}
    assert {n for n, at in reported.items() if at is not None} == set(sent)
    # Reference times count from 0 in 24 bits of 64 ms and wrap; differences are what a sender uses.
    wrap = (1 << 24) * 64_000
    for number, at in sent.items():
        came = reported[number]
        assert came is not None
        difference = (came - at // 1_000) % wrap
        assert min(difference, wrap - difference) <= 250
