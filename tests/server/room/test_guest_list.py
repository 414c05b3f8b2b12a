"""Lists of people as they are pasted: from letters, from tables, with and without roles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.room.guest_list import Listed, read_list
from signaling.parts import Role

ROLES: dict[str, Role] = {"mentor": "mentor", "mentore": "mentor", "mentee": "mentee"}


def test_a_list_from_a_letter() -> None:
    text = "Zoë, Mentor\n\n  Bao \n- Ada : mentee\n3. Jean-Luc\tmentore\r\nAnne ;\n"
    assert list(read_list(text, ROLES)) == [
        Listed(1, "Zoë", "mentor"),
        Listed(3, "Bao", "mentee"),
        Listed(4, "Ada", "mentee"),
        Listed(5, "Jean-Luc", "mentor"),
        Listed(6, "Anne", "mentee"),
    ]


def test_what_is_no_role_is_said_with_its_line() -> None:
    assert list(read_list("Ada\nSmith, John\n, mentor", ROLES)) == [
        Listed(1, "Ada", "mentee"),
        Listed(2, "Smith", None),
        Listed(3, "", "mentor"),
    ]


@given(st.text())
def test_any_text_is_read_line_by_line(text: str) -> None:
    lines = [each.line for each in read_list(text, ROLES)]
    assert lines == sorted(set(lines))
    assert all(1 <= line <= len(text.splitlines()) for line in lines)
