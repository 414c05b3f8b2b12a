from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.caps import Caps, Capture
from server.media.rendering import (
    ENOUGH,
    HEADERS,
    SMALLEST,
    Layer,
    Use,
    allowed,
    bent,
    camera_steps,
    differ,
    encodings,
    framerate,
    heights,
    screen_heights,
    screen_needs,
    screen_steps,
    steady,
    useful,
    within,
)
from signaling.parts import Encoding

THREE = [Layer(180, there=True, rate=0), Layer(360, there=True, rate=0), Layer(720, there=True, rate=0)]
layers = st.lists(
    st.builds(Layer, st.integers(1, 1080), st.booleans(), st.floats(0, 4e6)), min_size=1, max_size=3
).map(lambda found: sorted(found, key=lambda layer: layer.lines))
uses = st.lists(st.builds(Use, st.integers(0, 2), st.none() | st.floats(0, 4e6)), max_size=5)


def test_layers_are_halves_of_what_is_captured() -> None:
    assert heights(Capture(720, 3), 3) == [180, 360, 720]
    assert heights(Capture(1080, 3), 3) == [180, 360, 720]
    assert heights(Capture(360, 2), 3) == [180, 360]
    assert heights(Capture(240, 1), 3) == [240]
    assert heights(Capture(720, 3), 1) == [720]


def test_a_tile_is_filled_by_the_smallest_layer_that_is_sharp_on_it() -> None:
    assert [useful(THREE, lines, None) for lines in (0, 90, 220, 240, 440, 460, 2_000)] == [
        0,
        0,
        0,
        1,
        1,
        2,
        2,
    ]
    assert useful(THREE, None, None) == 2
    assert useful(THREE, None, 360) == 1
    assert useful(THREE, None, 100) == 0


def test_what_does_not_come_is_passed_over() -> None:
    top_missing = [THREE[0], THREE[1], THREE[2]._replace(there=False)]
    assert useful(top_missing, None, None) == 1
    only_top = [THREE[0]._replace(there=False), THREE[1]._replace(there=False), THREE[2]]
    assert useful(only_top, 90, None) == 2
    assert useful([THREE[0]._replace(there=False)], None, None) == -1


@given(layers, st.integers(0, 2), st.booleans(), st.booleans())
def test_steps_rise_and_name_layers_that_are_there(
    found: list[Layer], top: int, alone: bool, screen: bool
) -> None:
    steps = (screen_steps if screen else camera_steps)(found, top, alone=alone)
    bits = [step.bits for step in steps]
    assert bits == sorted(set(bits))
    assert [step.layer for step in steps] == sorted(step.layer for step in steps)
    assert all(found[step.layer].there for step in steps)
    assert bool(steps) == any(layer.there for layer in found[: top + 1])


@given(layers, st.booleans(), st.floats(50e3, 3e6))
def test_steps_within_a_bound_are_those_that_need_no_more(
    found: list[Layer], alone: bool, most: float
) -> None:
    steps = camera_steps(found, 2, alone=alone)
    kept = within(steps, most)
    assert bool(kept) == bool(steps)
    assert {step.layer for step in kept} == {
        step.layer for step in steps if step.bits <= most
    } or kept == steps[:1]
    assert all(step.bits <= most for step in kept) or kept == steps[:1]
    if alone and steps and steps[0].bits <= most:
        # Its sender bends it: all of the bound is used.
        assert kept[-1].bits == min(most, [step.bits for step in steps if step.layer == kept[-1].layer][-1])


def test_one_viewer_has_the_picture_bent_to_their_line() -> None:
    steps = camera_steps(THREE, 2, alone=True)
    assert steps[0] == (0, SMALLEST)
    assert steps[-1] == (2, ENOUGH)
    assert [layer for layer, bits in steps if bits <= 240e3] == [0, 1]


def test_a_picture_of_one_layer_that_several_see_fits_as_it_is_or_not_at_all() -> None:
    (step,) = camera_steps([Layer(720, there=True, rate=900e3)], 0, alone=False)
    assert 900e3 < step.bits < 1e6


def test_only_what_is_used_is_sent() -> None:
    asked = encodings(
        THREE, [Use(0, None), Use(2, None)], (), alone=False, screen=False, limit=None, framerate=None
    )
    assert [each.active for each in asked] == [True, False, True]
    assert not any(
        each.active
        for each in encodings(THREE, [], (), alone=False, screen=False, limit=None, framerate=None)
    )
    kept = encodings(THREE, [Use(2, None)], (1,), alone=False, screen=False, limit=None, framerate=None)
    assert [each.active for each in kept] == [False, True, True]


def test_what_a_single_viewer_leaves_does_not_take_the_bits_of_what_comes_instead() -> None:
    low, following, _ = encodings(
        THREE, [Use(1, 300e3)], (0,), alone=True, screen=False, limit=None, framerate=None
    )
    assert low.active
    assert low.bitrate is not None
    assert low.bitrate < 100e3
    assert following.active
    assert following.bitrate is None


def test_the_lowest_layer_bends_to_the_worst_line_and_the_others_to_none() -> None:
    low, _, top = encodings(
        THREE,
        [Use(0, 90e3), Use(0, 150e3), Use(2, 1.8e6)],
        (),
        alone=False,
        screen=False,
        limit=None,
        framerate=None,
    )
    assert low.bitrate == int(90e3 / HEADERS)
    assert top.bitrate is not None
    assert top.bitrate > 1.5e6


def test_one_layer_is_told_by_remb_what_the_best_line_carries() -> None:
    assert bent([Use(0, 100e3), Use(0, 300e3)]) == 300e3
    assert bent([Use(0, 100e3), Use(0, None)]) is None
    assert bent([Use(0, 0.0)]) == SMALLEST
    assert bent([]) is None
    (only,) = encodings(THREE[2:], [Use(0, 100e3)], (), alone=True, screen=False, limit=None, framerate=None)
    assert only.active
    assert only.bitrate is None


@given(layers, uses, st.floats(0, 5e6), st.booleans())
def test_a_sender_is_never_asked_for_more_than_it_may_send(
    found: list[Layer], used: list[Use], limit: float, alone: bool
) -> None:
    asked = encodings(found, used, (), alone=alone, screen=False, limit=limit, framerate=None)
    assert len(asked) == len(found)
    assert sum((each.bitrate or 0) * HEADERS for each in asked) <= limit + 1
    assert all(each.bitrate is not None for each in asked if each.active)


def test_a_bound_on_lines_or_bits_leaves_upper_layers_out() -> None:
    assert allowed(720, Caps())
    assert not allowed(720, Caps(lines=360))
    assert not allowed(720, Caps(up_bps=300e3))
    assert allowed(360, Caps(up_bps=400e3))


def test_a_narrow_line_has_fewer_frames_and_more_again_only_with_room_to_spare() -> None:
    assert framerate([Use(0, 40e3)], None) == 9
    assert framerate([Use(0, 55e3)], None) == 12
    assert framerate([Use(0, 55e3)], 9) == 9
    assert framerate([Use(0, 60e3)], 9) == 12
    assert framerate([Use(0, 90e3)], None) is None
    assert framerate([Use(0, 90e3)], 12) == 12
    assert framerate([Use(0, 115e3)], 12) is None
    assert framerate([Use(1, 50e3)], None) is None
    assert framerate([Use(0, None)], 12) is None


def test_small_changes_are_not_told() -> None:
    told = (Encoding(rid="q", active=True, bitrate=100_000),)
    assert not differ(told, (Encoding(rid="q", active=True, bitrate=108_000),))
    assert differ(told, (Encoding(rid="q", active=True, bitrate=120_000),))
    assert differ(told, (Encoding(rid="q", active=False, bitrate=None),))
    assert differ(told, (Encoding(rid="q", active=True, bitrate=None),))
    assert differ(None, told)


def test_a_screen_is_sharp_before_it_moves_and_small_only_where_nothing_else_fits() -> None:
    assert screen_heights(Capture(1440, 2), 2) == [720, 1080]
    assert screen_heights(Capture(600, 2), 2) == [600, 600]
    assert screen_heights(Capture(1080, 1), 2) == [1080]
    found = [Layer(720, there=True, rate=0.0), Layer(1080, there=True, rate=0.0)]
    alone = screen_steps(found, 1, alone=True)
    assert [layer for layer, bits in alone if bits <= 100e3] == [0]
    assert [layer for layer, bits in alone if bits <= 200e3] == [0, 1]
    assert screen_needs(alone=True) < screen_needs(alone=False)


def test_a_screen_that_several_see_comes_in_both_layers_each_within_its_own() -> None:
    found = [Layer(720, there=True, rate=0.0), Layer(1080, there=True, rate=0.0)]
    low, high = encodings(
        found,
        [Use(0, 100e3), Use(1, None)],
        (),
        alone=False,
        screen=True,
        limit=None,
        framerate=None,
    )
    assert low.bitrate == int(100e3 / HEADERS)
    assert high.bitrate is not None
    assert high.bitrate > 1.4e6


def test_the_lowest_layer_is_sent_evenly_over_a_narrow_line() -> None:
    used = [Use(0, 170e3)]
    bound = steady(THREE, used, None)
    assert bound is not None
    low, *_ = encodings(THREE, used, (), alone=True, screen=False, limit=bound, framerate=None)
    assert low.active
    assert low.bitrate is not None
    assert 100e3 < low.bitrate < 170e3
    assert steady(THREE, [Use(0, None)], 300e3) == bound
    assert steady(THREE, [Use(0, None)], 2e6) is None, "a small tile on a good line is not the line's matter"
    assert steady(THREE, [Use(1, 400e3)], 300e3) is None
    assert steady(THREE[:1], used, 300e3) is None
    assert steady(THREE, [], 300e3) is None
