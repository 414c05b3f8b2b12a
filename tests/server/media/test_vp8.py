from __future__ import annotations

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from server.media.vp8 import keyframe_starts, numbers, shift

KEY, DELTA = b"\x10\x02\x00\x9d\x01\x2a", b"\x11\x02\x00"

descriptors = st.builds(
    VpxPayloadDescriptor,
    partition_start=st.integers(0, 1),
    partition_id=st.integers(0, 7),
    picture_id=st.none() | st.integers(0, 0x7FFF),
    tl0picidx=st.none() | st.integers(0, 255),
    tid=st.none() | st.tuples(st.integers(0, 3), st.integers(0, 1)),
    keyidx=st.none() | st.integers(0, 31),
)


@given(descriptors, st.booleans())
def test_a_keyframe_is_known_by_its_first_packet(descriptor: VpxPayloadDescriptor, key: bool) -> None:
    packet = bytes(12) + bytes(descriptor) + (KEY if key else DELTA)
    first = descriptor.partition_start == 1 and descriptor.partition_id == 0
    assert keyframe_starts(packet, 12) == (key and first)


@given(descriptors)
def test_the_picture_id_is_read(descriptor: VpxPayloadDescriptor) -> None:
    packet = bytes(12) + bytes(descriptor) + DELTA
    if descriptor.picture_id is None or descriptor.picture_id > 0x7F:
        assert numbers(packet, 12) == (
            descriptor.picture_id,
            descriptor.tl0picidx if descriptor.picture_id else None,
        )


def test_a_short_picture_id_is_left_alone() -> None:
    packet = bytearray(bytes(12) + b"\x90\x80\x05" + KEY)
    assert numbers(packet, 12) == (None, None)
    shift(packet, 12, 9, 9)
    assert packet[12:15] == b"\x90\x80\x05"
    assert keyframe_starts(packet, 12)


@given(st.integers(0, 0x7FFF), st.integers(0, 0x7FFF), descriptors)
def test_the_picture_id_is_shifted_in_place(
    picture: int, offset: int, descriptor: VpxPayloadDescriptor
) -> None:
    descriptor.picture_id = picture
    packet = bytearray(bytes(12) + bytes(descriptor) + DELTA)
    before = bytes(packet)
    shift(packet, 12, offset, offset)
    found, tl0 = numbers(packet, 12)
    assert found in (None, (picture + offset) & 0x7FFF)
    if found is not None and descriptor.tl0picidx is not None:
        assert tl0 == (descriptor.tl0picidx + offset) & 0xFF
    shift(packet, 12, -offset, -offset)
    assert bytes(packet) == before


@given(st.binary(max_size=20), st.integers(0, 0x7FFF))
def test_any_payload_is_safe(payload: bytes, offset: int) -> None:
    packet = bytes(12) + payload
    keyframe_starts(packet, 12)
    numbers(packet, 12)
    room = bytearray(packet + bytes(16))
    shift(room, 12, offset, offset)
    assert room[:12] == bytes(12)
    assert len(room) == len(packet) + 16


@pytest.mark.parametrize("payload", [b"", b"\x10", b"\x90", b"\x90\x80", b"\x90\x80\x80", b"\x90\xf0"])
def test_a_cut_descriptor_is_no_keyframe(payload: bytes) -> None:
    assert not keyframe_starts(bytes(12) + payload, 12)
