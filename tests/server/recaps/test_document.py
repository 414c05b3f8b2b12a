from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from server.mentoring.actions import read_actions
from server.recaps.document import LONGEST_LETTER, demoted, document, for_letter
from server.room.recap import Agreed, Attended, BoxTime, Extra, Recap
from signaling.parts import Words
from web.i18n import translator

AT = 1_793_282_400_000
"""29 October 2026, 15:00 in Paris."""

RECAP = Recap(
    title="Écrire *à* <deux>",
    format="quick-30",
    starts_ms=AT,
    ends_ms=AT + 1_800_000,
    people=(
        Attended(name="Ana", minutes=30, joined_ms=AT, left_ms=AT + 1_800_000),
        Attended(name="Bo | #2"),
    ),
    boxes=(
        BoxTime(key="check-in", planned=5, actual=7),
        BoxTime(key="", title=Words(en="My | own"), planned=9, actual=0),
    ),
    decisions=("meet _weekly_",),
    actions=(Agreed(text="write", owner="Ana", due="2026-11-03"), Agreed(text="sing", done=True)),
    notes="# Today\n\n```\n# no heading\n```\n\nœuvre\n",
    extras=(Extra(title="Which day?", text="- Monday: 3\n"),),
)


def test_everything_is_in_it_in_the_readers_words_and_zone() -> None:
    text = document(RECAP, translator("fr"), ZoneInfo("Europe/Paris"))
    assert text.startswith("# Écrire \\*à\\* \\<deux\\>\n\n29 oct. 2026, de 15:00 à 15:30 (Paris) · Bref\n")
    for line in (
        "- Ana\u00a0: de 15:00 à 15:30, 30 minutes",
        "- Bo \\| \\#2\u00a0: absence",
        "| My \\| own | 9\u00a0min | 0\u00a0min |",
        "- meet \\_weekly\\_",
        "- [ ] @Ana write (2026-11-03)",
        "- [x] sing",
        "## Which day?",
        "### Today",
        "# no heading",
        "œuvre",
    ):
        assert line in text.splitlines(), line


def test_its_actions_can_be_read_again() -> None:
    text = document(RECAP, translator("en"), UTC)
    found = read_actions(text, {"a": "Ana"}, date(2026, 10, 29))
    assert [(each.text, each.owner, each.due, each.done) for each in found] == [
        ("write", "a", "2026-11-03", False),
        ("sing", None, None, True),
    ]


def test_what_people_typed_into_fields_says_exactly_that() -> None:
    html = MarkdownIt("commonmark").enable("table").render(document(RECAP, translator("en"), UTC))
    assert "<h1>Écrire *à* &lt;deux&gt;</h1>" in html
    assert "<li>meet _weekly_</li>" in html
    assert "<td>My | own</td>" in html


def test_what_is_empty_is_left_out() -> None:
    bare = replace(
        RECAP, boxes=(), decisions=(), actions=(), notes=" \n", extras=(), people=(), ends_ms=None, title=""
    )
    assert document(bare, translator("en"), UTC) == "# Quick\n\n29 Oct 2026, from 14:00 (UTC) · Quick\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("# a\n## b\n###### c", "### a\n#### b\n###### c"),
        ("#### a", "#### a"),
        ("#no\n~~~\n# code\n~~~\n# yes", "#no\n~~~\n# code\n~~~\n### yes"),
        ("````\n```\n# code\n````\n# yes", "````\n```\n# code\n````\n### yes"),
        ("plain", "plain"),
    ],
)
def test_headings_of_what_stands_inside_go_below(text: str, after: str) -> None:
    assert demoted(text, 3) == after


def test_a_letter_carries_the_beginning_of_what_is_very_long() -> None:
    words = translator("en")
    assert for_letter("short\n", words) == "short\n"
    cut = for_letter("line\n" * LONGEST_LETTER, words)
    assert len(cut) < LONGEST_LETTER + 200
    assert cut.endswith("line\n\n*There is more: the files on the session\u2019s page have all of it.*\n")
