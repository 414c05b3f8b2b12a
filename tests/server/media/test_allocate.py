from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.allocate import ENOUGH, SMALLEST, VOICE, picture_share, upstream_limit


@given(st.floats(0, 1e7), st.integers(0, 3), st.integers(0, 9))
def test_pictures_get_what_sound_leaves_and_never_more(line: float, voices: int, pictures: int) -> None:
    share = picture_share(line, voices, pictures)
    assert share >= 0
    assert share == 0 or pictures * share + voices * VOICE <= line


def test_sound_goes_first() -> None:
    assert picture_share(100_000, 3, 1) == 0
    assert picture_share(300_000, 1, 1) == pytest.approx(237_000)


def test_one_viewer_decides_what_is_sent() -> None:
    assert upstream_limit([237_000]) == 237_000
    assert upstream_limit([10_000]) == SMALLEST
    assert upstream_limit([0.0]) == upstream_limit([0.0, 0.0]) == SMALLEST


def test_a_good_line_never_suffers_from_a_bad_one() -> None:
    assert upstream_limit([100_000, 900_000]) == 900_000
    assert upstream_limit([100_000, None]) is None
    assert upstream_limit([100_000, ENOUGH]) is None


def test_what_nobody_limits_has_no_limit() -> None:
    assert upstream_limit([]) is None
    assert upstream_limit([None]) is None
