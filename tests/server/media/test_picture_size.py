"""How large a picture is, from what real encoders send, whole or not, and from what nobody would."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.payloads import PAYLOADS
from tests.support.encoded import ENCODERS, keyframe

codecs = st.sampled_from(sorted(ENCODERS))


@functools.cache
def real(codec: str) -> bytes:
    return keyframe(codec, 322, 182)[0]


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (322, 182), (642, 358), (1280, 720)])
@pytest.mark.parametrize("codec", sorted(ENCODERS))
def test_a_keyframe_tells_its_size_in_its_first_packet(codec: str, size: tuple[int, int]) -> None:
    first, *others = keyframe(codec, *size)
    payload = PAYLOADS[codec]
    assert payload.starts(first, 12)
    assert payload.size(first, 12) == size
    assert others
    assert not any(payload.starts(each, 12) for each in others)


@pytest.mark.parametrize(
    ("codec", "pixels", "options"),
    [
        ("vp9", "yuv444p", {}),
        ("vp9", "gbrp", {}),
        ("av1", "yuv420p10le", {}),
        ("h264", "yuv420p", {"preset": "veryfast", "profile": "high"}),
        ("h264", "yuv422p", {}),
        ("h264", "yuv444p", {}),
        ("h264", "yuv420p10le", {}),
        ("h264", "gray", {}),
        ("h264", "yuv420p", {"x264-params": "interlaced=1"}),
    ],
)
def test_other_pixels_are_no_other_size(codec: str, pixels: str, options: dict[str, str]) -> None:
    assert PAYLOADS[codec].size(keyframe(codec, 322, 180, pixels, options)[0], 12) == (322, 180)


@pytest.mark.parametrize("codec", sorted(ENCODERS))
def test_what_is_cut_off_tells_its_size_or_nothing(codec: str) -> None:
    packet = real(codec)
    told = [PAYLOADS[codec].size(packet[:end], 12) for end in range(12, len(packet))]
    assert told[0] is None
    assert set(told) == {None, (322, 182)}


@given(codecs, st.binary(max_size=80))
def test_any_payload_is_safe(codec: str, payload: bytes) -> None:
    packet = bytes(12) + payload
    PAYLOADS[codec].starts(packet, 12)
    size = PAYLOADS[codec].size(packet, 12)
    assert size is None or all(0 <= side <= 0x10000 for side in size)


@given(codecs, st.lists(st.tuples(st.integers(12, 60), st.integers(0, 255)), max_size=6), st.integers(12))
def test_a_keyframe_with_false_bytes_is_safe(codec: str, false: list[tuple[int, int]], end: int) -> None:
    packet = bytearray(real(codec))
    for at, byte in false:
        packet[at] = byte
    size = PAYLOADS[codec].size(bytes(packet[:end]), 12)
    assert size is None or all(0 <= side <= 0x10000 for side in size)
