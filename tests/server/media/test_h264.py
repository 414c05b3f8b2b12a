from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.h264 import keyframe_starts, picture_size
from tests.support.bit_strings import field, golomb, packed, signed
from tests.support.encoded import keyframe

HIGH, BASELINE = 100, 66


def parameters(
    *,
    profile: int = BASELINE,
    chroma: int = 1,
    cycle: list[int] | None = None,
    blocks: tuple[int, int] = (20, 12),
    fields: bool = False,
    crop: tuple[int, int, int, int] | None = (0, 0, 0, 6),
) -> bytes:
    """A sequence parameter set (H.264 7.3.2.1.1) in its unit; ``crop`` is left, right, top, bottom."""
    bits = field(profile, 8) + field(0xC0, 8) + field(31, 8) + golomb(0)
    if profile == HIGH:
        bits += golomb(chroma) + ("0" if chroma == 3 else "") + golomb(0) + golomb(0) + "0" + "0"
    bits += golomb(4)
    if cycle is None:
        bits += golomb(2)
    else:
        bits += golomb(1) + "0" + signed(-3) + signed(4) + golomb(len(cycle))
        bits += "".join(signed(each) for each in cycle)
    bits += golomb(1) + "0" + golomb(blocks[0] - 1) + golomb(blocks[1] - 1)
    bits += ("00" if fields else "1") + "1"
    bits += "0" if crop is None else "1" + "".join(golomb(each) for each in crop)
    data, out = packed(bits + "0"), b""
    for byte in data:
        # H.264 7.4.1: nothing inside of a unit may look like the start of one.
        out += (b"\3" if out[-2:] == b"\0\0" and byte <= 3 else b"") + bytes((byte,))
    return b"\x67" + out


def alone(unit: bytes) -> bytes:
    return bytes(12) + unit


def first_of_several(unit: bytes) -> bytes:
    return bytes(12) + b"\x78" + len(unit).to_bytes(2) + unit + b"\0\4\x68\xce\x38\x80"


def fragment(unit: bytes) -> bytes:
    """The first of several (RFC 6184 5.8)."""
    return bytes(12) + b"\x7c\x87" + unit[1:]


@given(
    st.sampled_from((HIGH, BASELINE)),
    st.integers(0, 3),
    st.none() | st.lists(st.integers(-(2**15), 2**15), max_size=16),
    st.tuples(st.integers(8, 512), st.integers(8, 512)),
    st.booleans(),
    st.none() | st.tuples(*[st.integers(0, 7)] * 4),
    st.sampled_from((alone, first_of_several, fragment)),
)
def test_the_size_is_what_is_shown(profile, chroma, cycle, blocks, fields, crop, wrapped) -> None:  # type: ignore[no-untyped-def]
    chroma = chroma if profile == HIGH else 1
    unit = parameters(profile=profile, chroma=chroma, cycle=cycle, blocks=blocks, fields=fields, crop=crop)
    packet = wrapped(unit)
    left, right, top, bottom = crop or (0, 0, 0, 0)
    # H.264 6.2, table 6-1: chroma has half as many columns in 4:2:0 and 4:2:2, half as many rows in 4:2:0.
    across, down = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}[chroma]
    rows = 2 if fields else 1
    assert keyframe_starts(packet, 12)
    assert picture_size(packet, 12) == (
        16 * blocks[0] - across * (left + right),
        rows * (16 * blocks[1] - down * (top + bottom)),
    )


def test_other_units_begin_no_keyframe() -> None:
    unit = parameters()
    middle, last = b"\x7c\x07" + unit[1:], b"\x7c\x47" + unit[1:]
    picture, fragment_of_one = b"\x65" + bytes(30), b"\x7c\x85" + bytes(30)
    for payload in (middle, last, picture, fragment_of_one, b"", b"\x7c", b"\x78\0", b"\x78\0\3"):
        assert not keyframe_starts(bytes(12) + payload, 12)
        assert picture_size(bytes(12) + payload, 12) is None


def test_one_set_is_told_however_it_is_wrapped() -> None:
    packet = keyframe("h264", 322, 182)[0]
    assert packet[12] & 31 == 24
    unit = packet[15 : 15 + int.from_bytes(packet[13:15])]
    assert [picture_size(each(unit), 12) for each in (alone, first_of_several, fragment)] == [(322, 182)] * 3


def test_what_no_picture_can_be_is_unknown() -> None:
    assert picture_size(alone(parameters(crop=(0, 0, 90, 6))), 12) is None
    assert picture_size(alone(parameters(blocks=(20, 1 << 30), crop=None)), 12) is None
    assert picture_size(alone(parameters(cycle=[0] * 17)), 12) is None
    assert picture_size(alone(parameters(cycle=[0] * 16)), 12) == (320, 180)
    scaled = b"\x67" + packed(field(HIGH, 8) + field(31, 16) + golomb(0) + golomb(1) + "11" + "01" + "1" * 90)
    assert picture_size(alone(scaled), 12) is None
