from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.av1 import keyframe_starts, picture_size
from tests.support.bit_strings import field, golomb, packed
from tests.support.encoded import keyframe

SEQUENCE_HEADER, FRAME, METADATA = 1, 6, 5


def leb128(value: int) -> bytes:
    """AV1 4.10.5."""
    out = b""
    while value > 127:
        out += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return out + bytes((value,))


def unit(kind: int, body: bytes, *, sized: bool = False, layered: bool = False) -> bytes:
    """An OBU (AV1 5.3)."""
    head = bytes((kind << 3 | 4 * layered | 2 * sized,)) + b"\x28" * layered
    return head + (leb128(len(body)) if sized else b"") + body


def packet(*units: bytes, told: bool = False, flags: int = 0x08) -> bytes:
    """AV1 RTP 4.3: elements; the last has no length when their number is ``told``."""
    count = len(units) if told else 0
    out = bytes(12) + bytes((flags | count << 4,))
    for index, each in enumerate(units):
        out += (b"" if told and index == count - 1 else leb128(len(each))) + each
    return out


points = st.lists(st.tuples(st.integers(0, 31), st.booleans(), st.booleans()), min_size=1, max_size=32)


@st.composite
def headers(draw: st.DrawFn) -> tuple[bytes, tuple[int, int]]:
    """A sequence header (AV1 5.5.1) up to what follows the size, and the size."""
    reduced, timing, equal, model, display = (draw(st.booleans()) for _ in range(5))
    bits = field(draw(st.integers(0, 2)), 3) + field(draw(st.integers(0, 1)), 1) + str(int(reduced))
    if reduced:
        bits += field(8, 5)
    else:
        model = model and timing
        delay = draw(st.integers(1, 32))
        bits += str(int(timing))
        if timing:
            bits += field(1, 32) + field(30, 32) + str(int(equal))
            bits += golomb(draw(st.integers(0, 2**32 - 2))) if equal else ""
            bits += str(int(model))
            bits += field(delay - 1, 5) + field(1, 32) + field(9, 5) + field(9, 5) if model else ""
        bits += str(int(display))
        operating = draw(points)
        bits += field(len(operating) - 1, 5)
        for level, modelled, displayed in operating:
            bits += field(0x101, 12) + field(level, 5) + ("1" if level > 7 else "")
            if model:
                bits += str(int(modelled)) + (field(1, delay) * 2 + "1" if modelled else "")
            if display:
                bits += str(int(displayed)) + (field(9, 4) if displayed else "")
    width, height = draw(st.integers(1, 0x10000)), draw(st.integers(1, 0x10000))
    wide, high = (draw(st.integers(max(1, (side - 1).bit_length()), 16)) for side in (width, height))
    bits += field(wide - 1, 4) + field(high - 1, 4) + field(width - 1, wide) + field(height - 1, high)
    return packed(bits + "010101"), (width, height)


@given(headers(), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_the_size_is_read_from_any_sequence_header(
    header: tuple[bytes, tuple[int, int]], told: bool, sized: bool, layered: bool, before: bool, behind: bool
) -> None:
    body, size = header
    units = [unit(METADATA, bytes(200), sized=sized)] * before
    units += [unit(SEQUENCE_HEADER, body, sized=sized, layered=layered)]
    units += [unit(FRAME, bytes(300), sized=sized, layered=layered)] * behind
    assert picture_size(packet(*units, told=told), 12) == size


def test_only_the_first_packet_of_a_sequence_tells() -> None:
    first = bytearray(keyframe("av1", 320, 180)[0])
    assert keyframe_starts(first, 12)
    assert picture_size(first, 12) == (320, 180)
    first[12] &= ~0x08
    assert picture_size(first, 12) is None
    first[12] |= 0x88
    assert not keyframe_starts(first, 12)
    assert picture_size(first, 12) is None


def test_what_has_no_sequence_header_or_false_lengths_is_unknown() -> None:
    frame = unit(FRAME, bytes(40))
    for payload in (
        packet(frame, told=True),
        packet(*[unit(METADATA, b"")] * 4, unit(SEQUENCE_HEADER, bytes(20))),
        packet(unit(SEQUENCE_HEADER, b"")),
        packet(b"", told=True),
        packet(),
        bytes(12) + b"\x08" + b"\xff" * 9 + unit(SEQUENCE_HEADER, bytes(20)),
        bytes(12) + b"\x08\x0a\x0c",
        bytes(12),
    ):
        assert picture_size(payload, 12) is None
