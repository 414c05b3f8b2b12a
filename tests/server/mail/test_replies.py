"""What people write above a quoted letter is found, in the ways in which mail programs quote."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mail.compose import markers
from server.mail.replies import written

MARKERS = markers()
ABOVE = sorted(MARKERS)[0]

LETTER = (
    f"{ABOVE}\n\nHello Zoë,\n\nBao wrote:\n\n> How are you?\n\nOpen the conversation:\nhttps://x.example/m/1"
)


def quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


INTRODUCTIONS = [
    "On Thu, 29 Oct 2026 at 14:00, Compagnon <reply+abc@meet.example> wrote:",
    "On 29.10.26 14:00, Compagnon wrote:",
    "On Thu, 29 Oct 2026 at 14:00, Compagnon\n<reply+abc@meet.example> wrote:",
    "On Oct 29, 2026, at 14:00, Compagnon\n<compagnon@meet.example>\nwrote:",
    "Le jeu. 29 oct. 2026 à 14:00, Compagnon <compagnon@meet.example> a écrit :",
    "Le jeu. 29 oct. 2026 à 14:00, Compagnon <compagnon@meet.example> a écrit\u00a0:",
    "Le 29/10/2026 à 14:00, Compagnon a écrit\u202f:",
    "Am 29.10.2026 um 14:00 schrieb Compagnon <compagnon@meet.example>:",
    "El jue, 29 oct 2026 a las 14:00, Compagnon (<compagnon@meet.example>) escribió:",
    "Il giorno gio 29 ott 2026 alle ore 14:00 Compagnon <c@meet.example> ha scritto:",
    "Em qui., 29 de out. de 2026 às 14:00, Compagnon <c@meet.example> escreveu:",
    "Op do 29 okt 2026 om 14:00 schreef Compagnon <c@meet.example>:",
]
BLOCKS = [
    "-----Original Message-----\nFrom: Compagnon <c@meet.example>\nSent: Thursday\nTo: Zoë\nSubject: Hello",
    "-------- Message d'origine --------\nDe : Compagnon\nEnvoyé : jeudi\nObjet : Bonjour",
    "______________________\nFrom: Compagnon <c@meet.example>\nSent: Thursday\nTo: Zoë\nSubject: Hi",
    "______________________\nDe : Compagnon <c@meet.example>\nEnvoyé : jeudi\nÀ : Zoë\nObjet : Salut",
    "*From:* Compagnon <c@meet.example>\n*Sent:* Thursday\n*To:* Zoë\n*Subject:* Hi",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("own", ["Yes, gladly.", "First line\n\nSecond: on Monday I wrote:\n- this\n- that"])
def test_an_answer_above_a_quoted_letter(introduction: str, own: str) -> None:
    assert written(f"{own}\n\n{introduction}\n\n{quoted(LETTER)}\n", MARKERS) == own
    assert written(f"{own}\r\n\r\n{introduction}\r\n{quoted(LETTER)}", MARKERS) == own


@pytest.mark.parametrize("block", [*BLOCKS, *INTRODUCTIONS])
def test_an_answer_above_a_letter_that_is_quoted_without_marks(block: str) -> None:
    assert written(f"Yes, gladly.\n\n{block}\n\n{LETTER}", MARKERS) == "Yes, gladly."


def test_a_line_of_ours_tells_where_the_letter_begins() -> None:
    for line in MARKERS:
        letter = LETTER.replace(ABOVE, line)
        assert written(f"Hallo\n\nDen 29. oktober skrev Compagnon\n\n{letter}", MARKERS).startswith("Hallo")
        assert "Zoë" not in written(f"Hallo\n\nskrev:\n{letter}", MARKERS)
        assert written(f"Hallo\n\n{quoted(letter, '>> ')}", MARKERS) == "Hallo"


def test_signatures_are_left_out() -> None:
    assert written("Yes\n\n-- \nZoë Ngô\n+33 1 23 45") == "Yes"
    assert written("Yes\n\n--\nZoë") == "Yes"
    assert written("Oui\n\nEnvoyé de mon iPhone") == "Oui"
    assert written("Yes\n\nSent from my Galaxy\n\nOn Monday, Bao wrote:\n> hi") == "Yes"


def test_an_answer_point_by_point_keeps_what_it_answers() -> None:
    text = f"On Monday, Bao wrote:\n{quoted('How are you?')}\nWell, thank you.\n{quoted('When?')}\nOn Friday."
    assert written(text) == text
    with_end = f"{text}\n{quoted('the rest of the letter')}\n"
    assert written(with_end) == text


@pytest.mark.parametrize(
    "text",
    [
        "I wrote:\nthis",
        "From: what I know it is fine\nand it goes on",
        "We met on Monday. She wrote: come.\nSo I went.",
        "> I only quote\nand add",
        "---\nA rule is no signature\n---",
    ],
)
def test_what_only_looks_like_a_letter_is_kept(text: str) -> None:
    assert written(text) == text


def test_a_letter_sent_back_without_a_word_is_empty() -> None:
    assert written(f"\n\nOn Monday, Compagnon wrote:\n{quoted(LETTER)}", MARKERS) == ""
    assert written(quoted(LETTER), MARKERS) == ""
    assert written("", MARKERS) == ""


own_line = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30
).filter(
    lambda line: not line.startswith((">", "-", "_", "*")) and line[-1] not in ":" and line not in MARKERS
)
own_text = st.lists(own_line, min_size=1, max_size=6).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(own=own_text, introduction=st.sampled_from(INTRODUCTIONS), letter=own_text, blank=st.booleans())
def test_any_words_above_any_letter_come_out_whole(
    own: str, introduction: str, letter: str, blank: bool
) -> None:
    gap = "\n\n" if blank else "\n"
    assert written(f"{own}\n\n{introduction}{gap}{quoted(letter)}\n", MARKERS) == own


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=600))
def test_nothing_is_made_up_and_once_is_enough(text: str) -> None:
    found = written(text, MARKERS)
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    at = 0
    for line in found.split("\n") if found else []:
        at = lines.index(line, at) + 1
    assert written(found, MARKERS) == found


@pytest.mark.parametrize(
    "text",
    [
        "On " * 40_000,
        "On a wrote " * 9_000,
        ">" * 100_000,
        "On x\n" * 20_000,
        "-" * 100_000,
        "From: x\n" * 12_000,
        "On " + "a " * 140 + "\n" * 2 + ("wrote" * 100 + "\n") * 190,
    ],
)
def test_text_made_to_be_slow_is_not(text: str) -> None:
    start = time.perf_counter()
    written(text, MARKERS)
    assert time.perf_counter() - start < 3
