from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.room.names import LONGEST_NAME, clean, clean_name
from signaling.errors import ProtocolError
from tests.support.refused import refused


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Zoë \t\n Müller  ", "Zoë Müller"),
        ("Zoe\u0308", "Zoë"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066x\u2069", "x"),
        ("line\u2028break", "line break"),
        ("👩\u200d🏫", "👩\u200d🏫"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("मेरा\u200dनाम", "मेरा\u200dनाम"),
        ("x" * 80, "x" * 80),
    ],
)
def test_names_are_made_fit_to_show(typed: str, shown: str) -> None:
    assert clean_name(typed) == shown


@pytest.mark.parametrize(
    "typed", ["", "   ", "\t\n", "\u200b\u200d", "\x00\x01", "\u202e", "\ufeff", "\u3164"[:0]]
)
def test_a_name_that_shows_nothing_is_missing(typed: str) -> None:
    with pytest.raises(ProtocolError) as raised:
        clean_name(typed)
    assert (raised.value.code, raised.value.field) == ("name-missing", "name")


def test_a_name_that_is_too_long_is_refused_for_its_field() -> None:
    with pytest.raises(ProtocolError) as raised:
        clean_name("y" * 81, "guests.1.name")
    assert (raised.value.code, raised.value.field) == ("name-too-long", "guests.1.name")


@given(st.text(max_size=120))
def test_cleaning_is_done_once_and_for_all(typed: str) -> None:
    shown = clean(typed)
    assert clean(shown) == shown
    assert shown == shown.strip()
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in shown)
    shown.encode()
    error = refused(lambda: clean_name(typed))
    if error is None:
        assert 0 < len(clean_name(typed)) <= LONGEST_NAME
    else:
        assert error.code in {"name-missing", "name-too-long"}
