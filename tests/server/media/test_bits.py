from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.bits import Bits
from tests.support.bit_strings import field, golomb, packed

fields = st.integers(0, 32).flatmap(lambda width: st.tuples(st.integers(0, 2**width - 1), st.just(width)))


@given(st.lists(fields))
def test_what_was_written_is_read(written: list[tuple[int, int]]) -> None:
    bits = Bits(packed("".join(field(value, width) for value, width in written)))
    assert [bits.read(width) for _, width in written] == [value for value, _ in written]
    assert bits.read(1) == 1
    assert not bits.cut


@given(st.lists(st.integers(0, 2**32 - 2)))
def test_numbers_of_any_length_are_read(written: list[int]) -> None:
    bits = Bits(packed("".join(golomb(value) for value in written)))
    assert [bits.golomb() for _ in written] == written
    assert not bits.cut


@given(st.binary(max_size=8), st.lists(st.integers(0, 40), max_size=20))
def test_nothing_is_behind_the_end(data: bytes, widths: list[int]) -> None:
    bits = Bits(data)
    for width in widths:
        bits.read(width)
    assert bits.cut == (sum(widths) > 8 * len(data))
    bits.skip(8 * len(data))
    assert bits.read(8) == 0
    assert bits.golomb() == 0
    assert bits.cut


def test_a_number_without_an_end_is_cut_off() -> None:
    bits = Bits(bytes(5) + b"\xff" * 10)
    bits.golomb()
    assert bits.cut
