"""What is quiet stops after a few packets, and speech is there from its first packet."""

from __future__ import annotations

import random

from server.media.hush import COMFORT_S, HANGOVER, QUIET, Hush, emptied


def said(levels: list[int], *, size: int = 40) -> list[str]:
    """What becomes of packets of 20 ms at these levels."""
    hush = Hush()
    return [hush.take(level, size, 0.02 * index) for index, level in enumerate(levels)]


def test_speech_is_forwarded_as_it_is() -> None:
    assert set(said([30] * 500)) == {"whole"}


def test_a_pause_between_words_is_forwarded_as_it_is() -> None:
    assert set(said(([30] * 5 + [127] * HANGOVER) * 20)) == {"whole"}


def test_silence_that_lasts_becomes_an_empty_frame_now_and_then() -> None:
    verdicts = said([127] * 500)
    assert verdicts[:HANGOVER] == ["whole"] * HANGOVER
    assert verdicts[HANGOVER] == "empty"
    after = verdicts[HANGOVER:]
    assert set(after) == {"empty", "nothing"}
    assert abs(after.count("empty") - len(after) * 0.02 / COMFORT_S) <= 2


def test_whatever_can_be_heard_is_forwarded_whenever_it_comes() -> None:
    chance = random.Random(1)
    levels = [chance.choice([127, 127, 127, 127, 20]) if index % 90 < 40 else 127 for index in range(5_000)]
    for level, verdict in zip(levels, said(levels), strict=True):
        assert verdict == "whole" or level >= QUIET


def test_a_sender_that_is_silent_by_itself_is_left_alone() -> None:
    hush = Hush()
    assert {hush.take(127, 1, COMFORT_S * index) for index in range(50)} == {"whole"}


def test_a_level_that_is_not_told_is_no_silence() -> None:
    assert set(said([0] * 100)) == {"whole"}


def test_an_empty_frame_keeps_header_and_configuration() -> None:
    header = bytes(range(12))
    assert emptied(header + b"\xfb\x02rest") == header + b"\xf8"
