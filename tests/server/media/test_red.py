"""Redundant sound: what is wrapped comes out again, and what is malformed is refused."""

from __future__ import annotations

import random

import pytest

from server.media.red import Frame, unwrap, wrap
from server.media.voice import HOLD_S, ROOM_TO_REPEAT, Missed, Redundancy

HEAD = bytes(12)


def test_a_packet_as_rfc_2198_draws_it() -> None:
    packet = wrap(111, b"own", [Frame(960, b"earlier")])
    assert packet == bytes((0x80 | 111, 960 >> 6, (960 & 63) << 2, 7, 111)) + b"earlier" + b"own"


@pytest.mark.parametrize("seed", range(50))
def test_frames_come_out_as_they_went_in(seed: int) -> None:
    chance = random.Random(seed)
    earlier = [
        Frame(960 * back, chance.randbytes(chance.randint(3, 300)))
        for back in range(chance.randint(0, 3), 0, -1)
    ]
    own = chance.randbytes(chance.randint(1, 300))
    assert unwrap(HEAD + wrap(111, own, earlier), 12) == [*earlier, Frame(0, own)]


def test_what_does_not_fit_the_fields_or_is_silence_is_left_out() -> None:
    earlier = [
        Frame(0x4000, b"too old"),
        Frame(1_920, bytes(0x400)),
        Frame(960, b"\x78\x01"),
        Frame(480, b"kept"),
    ]
    assert unwrap(HEAD + wrap(111, b"own", earlier), 12) == [Frame(480, b"kept"), Frame(0, b"own")]


@pytest.mark.parametrize("seed", range(200))
def test_any_bytes_are_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    packet = HEAD + chance.randbytes(chance.randint(0, 40))
    frames = unwrap(packet, 12)
    if frames is not None:
        assert sum(len(frame.payload) for frame in frames) < len(packet) - 12


def test_more_is_said_again_as_more_is_lost_and_less_only_after_a_while() -> None:
    again = Redundancy()
    assert not again.update(0.0, 0.0)
    assert again.update(0.05, 2.0)
    assert again.depth == 1
    again.update(0.15, 4.0)
    again.update(0.15, 6.0)
    assert again.depth == 2
    now = 6.0
    while again.depth == 2:
        now += 2.0
        again.update(0.0, now)
    assert again.depth == 1
    quiet = now
    while again.depth:
        now += 2.0
        again.update(0.0, now)
    assert now - quiet >= HOLD_S / 2


def test_what_is_lost_to_a_full_line_is_no_reason_to_say_more_once_it_has_room() -> None:
    again = Redundancy()
    again.carried(None)
    again.update(0.3, 0.0)
    assert again.depth == 2
    # Its estimate swings about the bound: nothing is switched on and off with it.
    for step in range(20):
        again.carried(ROOM_TO_REPEAT * (0.8 if step % 2 else 1.2))
        again.update(0.3, 2.0 * step)
        assert step == 0 or again.depth == 0
    again.carried(ROOM_TO_REPEAT * 1.4)
    assert again.depth == 0
    again.update(0.0, 50.0)
    assert again.depth == 0
    again.update(0.05, 52.0)
    assert again.depth == 1


def test_what_did_not_come_by_itself_counts_as_missed_though_it_was_repaired() -> None:
    missed, life = Missed(), object()
    assert missed.look(life, 10, 10) is None
    assert missed.look(life, 50, 45) == 0.1
    assert missed.look(life, 60, 55) is None
    assert missed.look(life, 100, 95) == 0.0
    assert missed.look(object(), 50, 25) == 0.5
