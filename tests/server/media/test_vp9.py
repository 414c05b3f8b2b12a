from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.vp9 import keyframe_starts, numbers, shift


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
