from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.renumber import Renumber


def out(legs: Renumber, number: int, timestamp: int) -> tuple[int, int]:
    return (number + legs.sequence_offset) & 0xFFFF, (timestamp + legs.timestamp_offset) & 0xFFFFFFFF


def test_numbers_begin_low_enough_for_the_roll_over_counter() -> None:
    for start in (0, 0x7FFF, 0x8000, 0xFFFF):
        leg = Renumber(90_000, start, 5, 0)
        leg.begin(object(), 70_000, 9, (None, None), 0.0)
        assert out(leg, 70_000, 9)[0] < 0x8000


def test_the_same_feed_keeps_its_clock_over_a_pause() -> None:
    leg, feed = Renumber(48_000, 10, 1_000, 0), object()
    leg.begin(feed, 500, 48_000, (None, None), 1.0)
    offset = leg.timestamp_offset
    leg.end(520, 67_200, (None, None), 1.4)
    leg.begin(feed, 900, 480_000, (None, None), 10.0)
    assert leg.timestamp_offset == offset
    assert out(leg, 900, 0)[0] == 10 + 21


def test_another_feed_starts_as_much_later_as_time_has_passed() -> None:
    leg = Renumber(90_000, 0, 1_000, 0)
    leg.begin(object(), 500, 7, (None, None), 1.0)
    leg.end(500, 7, (None, None), 1.0)
    leg.begin(object(), 9_000, 123_456_789, (None, None), 3.0)
    assert out(leg, 9_000, 123_456_789) == (1, 1_000 + 180_000)


def test_timestamps_never_stand_still() -> None:
    leg = Renumber(90_000, 0, 0xFFFFFFFF, 0)
    leg.begin(object(), 500, 7, (None, None), 1.0)
    leg.end(500, 7, (None, None), 1.0)
    leg.begin(object(), 800, 9, (None, None), 1.0)
    assert out(leg, 800, 9)[1] == 0


def test_a_sequence_number_leads_back_to_its_packet() -> None:
    leg = Renumber(90_000, 30_000, 0, 0)
    leg.begin(object(), 131_070, 0, (None, None), 0.0)
    for number in range(131_070, 131_200):
        sequence, _ = out(leg, number, 0)
        assert leg.source_number(sequence, 131_199) == number


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_over_any_switches_there_is_neither_gap_nor_duplicate(seed: int, switches: int) -> None:
    """Feeds with random numbers, reordering inside each: what leaves counts on, wraps included."""
    chance = random.Random(seed)
    leg = Renumber(90_000, chance.randrange(0x8000), chance.randrange(1 << 32), chance.randrange(0x8000))
    feeds = [object() for _ in range(3)]
    sequences: list[int] = []
    pictures: list[int] = []
    now = 100.0
    for _ in range(switches):
        first = 0x10000 + chance.randrange(0x30000)
        stamp, picture = chance.randrange(1 << 32), chance.randrange(0x8000)
        leg.begin(
            chance.choice(feeds) if chance.random() < 0.5 else object(),
            first,
            stamp,
            (picture, picture & 0xFF),
            now,
        )
        count = chance.randrange(1, 3_000)
        for i in range(count):
            sequence, _ = out(leg, first + i, stamp + i * 3_000)
            sequences.append(sequence)
            pictures.append((picture + i + leg.picture_offset) & 0x7FFF)
        now += count / 30
        leg.end(
            first + count - 1,
            stamp + (count - 1) * 3_000,
            ((picture + count - 1) & 0x7FFF, (picture + count - 1) & 0xFF),
            now,
        )
        now += chance.random()
    assert all((b - a) & 0xFFFF == 1 for a, b in pairwise(sequences))
    assert all((b - a) & 0x7FFF == 1 for a, b in pairwise(pictures))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1 << 32), st.floats(0.001, 60)), min_size=2, max_size=10))
def test_other_feeds_always_move_forward(feeds: list[tuple[int, float]]) -> None:
    leg = Renumber(90_000, 0, 0xFFFFF000, 0)
    last, now = None, 0.0
    for stamp, pause in feeds:
        leg.begin(object(), 70_000, stamp & 0xFFFFFFFF, (None, None), now)
        moved = out(leg, 70_000, stamp)[1]
        if last is not None:
            assert 0 < (moved - last) & 0xFFFFFFFF < 1 << 31
        last = moved
        leg.end(70_000, stamp & 0xFFFFFFFF, (None, None), now)
        now += pause


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1 << 32), st.integers(-90_000, 90_000)), min_size=2, max_size=12))
def test_layers_aligned_by_their_senders_clock_never_go_back(feeds: list[tuple[int, int]]) -> None:
    """Whatever a sender's reports say, a frame never shares a timestamp with the last, nor comes
    before it.
    """
    leg = Renumber(90_000, 0, 0xFFFFF000, 0)
    last, now = None, 0.0
    for stamp, error in feeds:
        offset = leg.timestamp_offset + error
        leg.begin(object(), 70_000, stamp & 0xFFFFFFFF, (None, None), now, offset & 0xFFFFFFFF)
        moved = out(leg, 70_000, stamp)[1]
        if last is not None:
            assert 0 < (moved - last) & 0xFFFFFFFF < 1 << 31
        last = moved
        leg.end(70_000, stamp & 0xFFFFFFFF, (None, None), now)
        now += 0.033


def test_a_senders_clock_places_a_layer_to_the_tick() -> None:
    leg = Renumber(90_000, 0, 1_000, 0)
    leg.begin(object(), 500, 7_000, (None, None), 1.0)
    leg.end(500, 7_000, (None, None), 1.0)
    # The other layer's clock is 50,000 ahead; its frame is 3,000 ticks later but came 20 ms late.
    offset = (leg.timestamp_offset - 50_000) & 0xFFFFFFFF
    leg.begin(object(), 900, 60_000, (None, None), 1.053, offset)
    assert out(leg, 900, 60_000)[1] == 1_000 + 3_000


def test_what_has_no_picture_id_is_not_renumbered() -> None:
    leg = Renumber(90_000, 0, 1_000, 77)
    leg.begin(object(), 500, 7, (5, 6), 1.0)
    leg.end(500, 7, (5, 6), 1.0)
    leg.begin(object(), 500, 7, (None, None), 2.0)
    assert (leg.picture_offset, leg.tl0_offset) == (0, 0)
