from __future__ import annotations

from datetime import date

import pytest

from server.mentoring.actions import (
    MOST_LINES,
    ActionLine,
    action_id,
    action_lines,
    read_actions,
    read_day,
)

NAMES = {"a": "Amina Traoré", "b": "Bao Nguyen", "c": "Amina Diallo"}
TODAY = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- [ ] @Bao write the CV (2026-11-03)", ("write the CV", "b", "2026-11-03")),
        ("  * [ ] @bao nguyen: write the CV (3 Nov)", ("write the CV", "b", "2026-11-03")),
        ("- [ ] @Amina Traore écrire à tous (3 novembre)", ("écrire à tous", "a", "2026-11-03")),
        ("- [ ] Call the lab @Bao (mardi 3 nov.)", ("Call the lab", "b", "2026-11-03")),
        # Two are called Amina: the page asks which.
        ("- [ ] @Amina read (3/11)", ("@Amina read", None, "2026-11-03")),
        ("- [ ] read chapter 2 (page 40)", ("read chapter 2 (page 40)", None, None)),
        ("- [ ] @Bao read (12/1)", ("read", "b", "2027-01-12")),
        ("- [ ] @Bao read (by Nov 3rd, 2026)", ("read", "b", "2026-11-03")),
        ("- [ ] @Bao lire (d\u2019ici le 3 novembre)", ("lire", "b", "2026-11-03")),
        ("- [ ] @Bao lire (pour le mardi 3/11/26)", ("lire (pour le mardi 3/11/26)", "b", None)),
        ("- [ ] @Bao lire (mardi 3)", ("lire (mardi 3)", "b", None)),
        ("- [ ] @Bao lire (pour le 3/11/26)", ("lire", "b", "2026-11-03")),
        ("- [ ] @Karim read (3 Nov)", ("@Karim read", None, "2026-11-03")),
        ("- [ ] mail ana@example.org (1er déc 2026)", ("mail ana@example.org", None, "2026-12-01")),
    ],
)
def test_a_line_says_who_does_what_by_when(line: str, expected: tuple[str, str | None, str | None]) -> None:
    [read] = read_actions(f"# Notes\n\n{line}\n", NAMES, TODAY)
    assert (read.text, read.owner, read.due) == expected
    assert not read.done


def test_other_lines_are_no_actions_and_each_counts_once() -> None:
    text = "- a list\n[ ] no list\n- [x] @Bao Done it\n- [ ]\n- [ ] @Bao  done   IT\n"
    assert read_actions(text, NAMES, TODAY) == [ActionLine(text="Done it", owner="b", done=True)]
    assert len(read_actions("\n".join(f"- [ ] thing {n}" for n in range(100)), NAMES, TODAY)) == 30


def test_reading_again_finds_the_same_action() -> None:
    assert action_id("s", "Écrire  le CV") == action_id("s", "ecrire le cv")
    assert action_id("s", "x") != action_id("t", "x")


@pytest.mark.parametrize("text", ["31/2", "soon", "2026-13-01", "3 foo", "", "12"])
def test_what_names_no_day(text: str) -> None:
    assert read_day(text, TODAY) is None


def test_nobody_keeps_the_server_busy_with_lines() -> None:
    people = {str(number): f"Person Number{number}" for number in range(100)}
    text = "- [ ] @Person Number77 do it please (3 Nov)\n" * 20_000
    assert [each.owner for each in read_actions(text, people, TODAY)] == ["77"]
    assert sum(1 for _ in action_lines(text, people, TODAY)) == MOST_LINES
