"""Lists of people as spreadsheets make them, and every line that is not understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mentoring.people_list import NotTextError, Sheet, as_text, read_people


def read(text: str, most: int = 500) -> Sheet:
    return read_people(text, "mentee", {"automne"}, most)


def people(text: str) -> list[tuple[str, str, str | None]]:
    sheet = read(text)
    assert sheet.faults == ()
    return [(row.email, row.name, row.role) for row in sheet.rows]


def faults(text: str, most: int = 500) -> list[tuple[int, str, str]]:
    return [(each.line, each.code, each.value) for each in read(text, most).faults]


@pytest.mark.parametrize(
    "text",
    [
        "Email,Name,Role\nada@example.org,Ada Lovelace,mentor\n",
        "Courriel;Nom complet;Rôle\r\nADA@Example.org;Ada  Lovelace;Mentor\r\n",
        "Nom\tPrénom\tAdresse e-mail\tRôle\nLovelace\tAda\tada@example.org\tmentore",
        "\ufeffsep=;\nPrénom;Nom de famille;E-mail;Rôle\nAda;Lovelace;ada@example.org;mentor",
        '"Role","Something else","E-mail","Name"\n"mentor","x, y","ada@example.org","Ada Lovelace"\n',
        "Ada Lovelace,ada@example.org,mentor",
        "mentor;ada@example.org;Ada Lovelace",
        "\n\nemail,name,role\n\nada@example.org,Ada Lovelace,mentor\n,,\n",
    ],
)
def test_a_table_is_read_however_it_was_made(text: str) -> None:
    assert people(text) == [("ada@example.org", "Ada Lovelace", "mentor")]


def test_whoever_has_no_role_gets_the_one_that_was_chosen() -> None:
    assert people("a@example.org\nb@example.org") == [
        ("a@example.org", "", "mentee"),
        ("b@example.org", "", "mentee"),
    ]


def test_a_quoted_cell_may_hold_lines_and_separators() -> None:
    assert people('email;name\na@example.org;"Ada;\nLovelace"\nb@example.org;Bao') == [
        ("a@example.org", "Ada; Lovelace", "mentee"),
        ("b@example.org", "Bao", "mentee"),
    ]


def test_every_line_that_is_not_understood_is_named_and_none_is_dropped() -> None:
    text = (
        "email,name,role,cohort,language\n"
        "ada@example.org,Ada,mentor,Automne,fr\n"
        "nowhere,Bao,,,\n"
        ",Chloé,,,\n"
        "ADA@example.org,Ada again,,,\n"
        "d@example.org,D,boss,,\n"
        "e@example.org,E,,Spring,\n"
        "f@example.org,F,,,elvish\n"
        f"g@example.org,{'G' * 81},,,\n"
    )
    assert faults(text) == [
        (3, "email", "nowhere"),
        (4, "email-missing", ""),
        (5, "twice", "2"),
        (6, "role", "boss"),
        (7, "cohort", "Spring"),
        (8, "language", "elvish"),
        (9, "name-too-long", "G" * 60),
    ]


@pytest.mark.parametrize("cell", ["=HYPERLINK(0)", "+1", "-1+1", "@SUM(A1)", "|cmd", "%0A"])
def test_what_a_spreadsheet_would_carry_out_is_refused(cell: str) -> None:
    assert faults(f'email,name\na@example.org,"{cell}"') == [(2, "formula", cell)]


def test_an_empty_list_and_one_that_is_too_long_are_told() -> None:
    assert faults(" \n\n") == [(1, "empty", "")]
    assert faults("email,name\n") == [(1, "empty", "")]
    assert faults("a@example.org\nb@example.org\nc@example.org", most=2) == [(3, "too-many", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_as_spreadsheets_write_it(encoding: str) -> None:
    text = "Prénom;Zoë\n"
    assert as_text(text.encode(encoding)).removeprefix("\ufeff") == text


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\x00", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xfea"])
def test_a_file_that_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotTextError):
        as_text(data)


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    sheet = read(text)
    assert sheet.rows or sheet.faults
