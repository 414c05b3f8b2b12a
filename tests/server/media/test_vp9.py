from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.vp9 import keyframe_starts, numbers, picture_size, shift
from tests.support.bit_strings import field, packed


def descriptor(
    picture: int | None, *, layers: tuple[int, int] | None, tl0: int, flags: int, flexible: bool
) -> bytes:
    """RFC 9628 4.2: I P L F B E V Z, picture id of 15 bits, T U S D, TL0PICIDX."""
    first = flags | (0x80 if picture is not None else 0) | (0x20 if layers else 0) | (0x10 if flexible else 0)
    out = bytes((first,))
    if picture is not None:
        out += (0x8000 | picture).to_bytes(2)
    if layers:
        out += bytes((layers[0] << 5 | layers[1] << 1,))
        if not flexible:
            out += bytes((tl0,))
    return out


pictures = st.none() | st.integers(0, 0x7FFF)
indices = st.none() | st.tuples(st.integers(0, 7), st.integers(0, 7))


@given(pictures, indices, st.booleans(), st.booleans(), st.booleans())
def test_a_keyframe_is_known_by_its_first_packet(
    picture: int | None, layers: tuple[int, int] | None, predicted: bool, begins: bool, flexible: bool
) -> None:
    flags = (0x40 if predicted else 0) | (0x08 if begins else 0)
    packet = bytes(12) + descriptor(picture, layers=layers, tl0=4, flags=flags, flexible=flexible) + b"data"
    lowest = layers is None or layers[1] == 0
    assert keyframe_starts(packet, 12) == (begins and not predicted and lowest)


@given(pictures, indices, st.integers(0, 255), st.booleans(), st.integers(0, 0x7FFF), st.integers(0, 255))
def test_numbers_are_read_and_shifted_in_place(
    picture: int | None, layers: tuple[int, int] | None, tl0: int, flexible: bool, more: int, further: int
) -> None:
    packet = bytearray(
        bytes(12) + descriptor(picture, layers=layers, tl0=tl0, flags=8, flexible=flexible) + b"data"
    )
    before = bytes(packet)
    has_tl0 = picture is not None and layers is not None and not flexible
    assert numbers(packet, 12) == (picture, tl0 if has_tl0 else None)
    shift(packet, 12, more, further)
    assert numbers(packet, 12) == (
        None if picture is None else (picture + more) & 0x7FFF,
        (tl0 + further) & 0xFF if has_tl0 else None,
    )
    shift(packet, 12, -more, -further)
    assert packet == before


def test_what_is_cut_off_is_no_keyframe_and_left_alone() -> None:
    for packet in (bytes(12), bytes(12) + b"\xa8", bytes(12) + b"\xa8\x80"):
        assert not keyframe_starts(packet, 12)
        assert numbers(packet, 12) == (None, None)
        again = bytearray(packet)
        shift(again, 12, 7, 7)
        assert again == packet


def test_a_short_picture_id_is_left_alone() -> None:
    packet = bytearray(bytes(12) + b"\x88\x05data")
    assert numbers(packet, 12) == (None, None)
    shift(packet, 12, 9, 9)
    assert packet[12:14] == b"\x88\x05"


sizes = st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF)), min_size=1, max_size=8)
groups = st.none() | st.lists(st.integers(0, 3), max_size=255)


def frame(width: int, height: int, *, profile: int = 0, space: int = 2, kind: str = "00") -> bytes:
    """The beginning of a frame (VP9 6.2); ``kind``: show_existing_frame, and whether it is predicted."""
    bits = "10" + str(profile & 1) + str(profile >> 1) + ("0" if profile == 3 else "") + kind + "10"
    bits += field(0x498342, 24) + ("1" if profile > 1 else "") + field(space, 3)
    if space != 7:
        bits += "0"
    if profile & 1:
        bits += "0" if space == 7 else "110"
    return packed(bits + field(width - 1, 16) + field(height - 1, 16)) + bytes(40)


sides = st.integers(1, 0x10000)


@given(sides, sides, st.integers(0, 3), st.integers(0, 7))
def test_the_size_of_a_frame_is_read_in_each_profile(
    width: int, height: int, profile: int, space: int
) -> None:
    packet = bytes(12) + b"\x08" + frame(width, height, profile=profile, space=space)
    assert picture_size(packet, 12) == (width, height)


def structure(named: list[tuple[int, int]] | None, group: list[int] | None) -> bytes:
    """RFC 9628 4.2.1: N_S Y G, sizes, then the pictures of a group with what they are predicted from."""
    count = len(named) if named else 1
    first = (count - 1) << 5 | (0x10 if named else 0) | (0 if group is None else 0x08)
    out = bytes((first,))
    for width, height in named or []:
        out += width.to_bytes(2) + height.to_bytes(2)
    if group is not None:
        out += bytes((len(group),)) + b"".join(bytes((each << 2,)) + b"\1" * each for each in group)
    return out


@given(pictures, indices, st.booleans(), st.none() | sizes, groups)
def test_the_size_is_the_largest_of_the_structure_or_the_frames_own(
    picture: int | None,
    layers: tuple[int, int] | None,
    flexible: bool,
    named: list[tuple[int, int]] | None,
    group: list[int] | None,
) -> None:
    layers = layers and (layers[0], 0)
    head = descriptor(picture, layers=layers, tl0=4, flags=0x0A, flexible=flexible)
    packet = bytes(12) + head + structure(named, group) + frame(322, 182)
    assert picture_size(packet, 12) == (max(named) if named else (322, 182))
    plain = descriptor(picture, layers=layers, tl0=4, flags=0x08, flexible=flexible)
    assert picture_size(bytes(12) + plain + frame(322, 182), 12) == (322, 182)
    predicted = descriptor(picture, layers=layers, tl0=4, flags=0x48, flexible=flexible)
    assert picture_size(bytes(12) + predicted + frame(322, 182), 12) is None


@given(sizes, st.integers(1))
def test_a_structure_that_is_cut_off_tells_nothing(named: list[tuple[int, int]], short: int) -> None:
    packet = bytes(12) + b"\x0a" + structure(named, None)
    assert picture_size(packet[: max(12, len(packet) - short)], 12) is None


def test_what_shows_another_frame_or_is_predicted_has_no_size() -> None:
    for kind in ("10", "01", "11"):
        assert picture_size(bytes(12) + b"\x08" + frame(322, 182, kind=kind), 12) is None
    whole = bytes(12) + b"\x08" + frame(322, 182)
    assert picture_size(whole, 12) == (322, 182)
    for at in (13, 15):
        broken = bytearray(whole)
        broken[at] ^= 0x40
        assert picture_size(broken, 12) is None
