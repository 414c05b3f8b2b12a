from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.codecs import (
    BASE,
    LONGEST_STAY_S,
    NARROW,
    ROOMY,
    STAY_S,
    TIGHT,
    WIDE,
    Choice,
    best,
    ordered,
)
from signaling.negotiation import VIDEO_CODECS
from signaling.parts import VideoCodec

ALL: tuple[VideoCodec, ...] = ("vp9", "av1", "vp8", "h264")
OLD = ("vp8", "h264")
BROWSER = frozenset(ALL)


def after(
    choice: Choice, takes: list[object], seconds: float, since: float, bits: float | None = None
) -> str:
    """Looks ten times a second; what is sent at the end."""
    now = since
    while now < since + seconds:
        choice.look("vp8", ALL, takes, bits, now)  # type: ignore[arg-type]
        now += 0.1
    return choice.now or "vp8"


def test_one_who_looks_gets_what_its_sender_likes_best() -> None:
    assert best(ALL, [BROWSER]) == "vp9"
    assert best(("h264", "vp8"), [BROWSER]) == "h264"
    assert best(ALL, [OLD]) == "vp8"


def test_several_get_sizes() -> None:
    assert best(ALL, [BROWSER, BROWSER]) == BASE
    assert best(("h264",), [BROWSER, OLD]) == "h264"
    assert best(("vp9",), [BROWSER, OLD]) is None


def test_a_better_codec_is_gone_to_with_patience() -> None:
    choice = Choice()
    assert after(choice, [BROWSER], STAY_S - 1, 0) == "vp8"
    assert after(choice, [BROWSER], 2, STAY_S - 1) == "vp9"


def test_who_can_not_decode_it_waits_for_nothing() -> None:
    choice = Choice()
    after(choice, [BROWSER], STAY_S + 1, 0)
    assert choice.look("vp9", ALL, [OLD], None, 20) == "vp8"


def test_a_second_one_who_looks_gets_sizes_at_once_and_their_going_is_believed_late() -> None:
    choice = Choice()
    after(choice, [BROWSER], STAY_S + 1, 0)
    assert choice.look("vp9", ALL, [BROWSER, OLD], None, 20) == "vp8"
    assert after(choice, [BROWSER], STAY_S + 1, 30) == "vp8"
    assert after(choice, [BROWSER], STAY_S + 1, 30 + STAY_S + 1) == "vp9"


def test_who_comes_and_goes_for_ever_costs_fewer_and_fewer_keyframes() -> None:
    choice, changes, now = Choice(), 0, 0.0
    for _ in range(60):
        for takes in ([BROWSER], [BROWSER, BROWSER]):
            before = choice.now
            after(choice, list(takes), 12, now)
            changes += choice.now != before
            now += 12
    assert changes <= 4
    assert after(choice, [BROWSER], LONGEST_STAY_S + 1, now) == "vp9"


def test_av1_is_for_narrow_lines_and_does_not_flutter() -> None:
    assert ordered(ALL, "narrow") == ["av1", "vp9", "vp8", "h264"]
    assert ordered(("vp8", "vp9", "av1"), "narrow") == ["av1", "vp9", "vp8"]
    assert ordered(("vp8", "vp9", "av1"), "wide") == ["vp8", "vp9", "av1"]
    choice = Choice()
    assert after(choice, [BROWSER], 60, 0, NARROW / 2) == "av1"
    assert after(choice, [BROWSER], 200, 60, (NARROW + WIDE) / 2) == "av1"
    assert after(choice, [BROWSER], 200, 260, WIDE) == "vp9"


def test_an_old_device_goes_to_a_frugal_codec_on_a_narrow_line_and_back_on_a_wide_one() -> None:
    old: tuple[VideoCodec, ...] = ("vp8", "vp9", "av1")
    choice = Choice()
    for index in range(round(10 * STAY_S) + 2):
        choice.look("vp8", old, [BROWSER], NARROW / 2, index / 10)
    assert choice.now == "av1"
    assert choice.look("av1", old, [BROWSER], WIDE, 100) == "vp8"


def test_on_the_narrowest_lines_it_is_vp8() -> None:
    choice = Choice()
    assert after(choice, [BROWSER], 60, 0, NARROW / 2) == "av1"
    assert choice.look("av1", ALL, [BROWSER], TIGHT - 1, 61) == "vp8"
    assert after(choice, [BROWSER], 300, 61, (TIGHT + ROOMY) / 2) == "vp8"
    assert after(choice, [BROWSER], LONGEST_STAY_S + 1, 400, ROOMY) == "av1"


def test_a_device_that_bears_it_no_more_is_spared_at_once() -> None:
    choice = Choice()
    after(choice, [BROWSER], STAY_S + 1, 0)
    assert choice.look("vp9", ("vp8",), [BROWSER], None, 20) == "vp8"


def test_nobody_who_looks_and_no_word_of_the_sender_change_nothing() -> None:
    choice = Choice()
    assert choice.look("h264", (), [BROWSER], None, 0) is None
    after(choice, [BROWSER], STAY_S + 1, 0)
    assert choice.look("vp9", ALL, [], None, 20) == "vp9"


codecs = st.sampled_from(VIDEO_CODECS)
takers = st.lists(st.frozensets(codecs), min_size=0, max_size=3)


@given(st.lists(st.tuples(st.lists(codecs, unique=True), takers), min_size=1), st.floats(0.05, 30))
def test_whatever_happens_what_is_sent_can_be_decoded_where_anything_can(
    rounds: list[tuple[list[VideoCodec], list[frozenset[VideoCodec]]]], step: float
) -> None:
    choice = Choice()
    for index, (sends, takes) in enumerate(rounds):
        found = choice.look("vp8", sends, takes, None, index * step)
        common = [codec for codec in sends if all(codec in each for each in takes)]
        if takes and common:
            assert (found or "vp8") in common or found is None
            if found is None:
                assert "vp8" in common
