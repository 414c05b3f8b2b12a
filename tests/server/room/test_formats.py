from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from server.room.formats import LONGEST_MINUTES, Format, FormatError, PlannedBox, formats, parse, scale
from server.room.formats.checks import (
    LONGEST_COURSE,
    LONGEST_PROMPT,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_TURN_S,
    MOST_BOXES,
)
from signaling.parts import Layout, Speaks, Writes

DOCS = Path(__file__).parents[3] / "docs"
LOCALES = Path(__file__).parents[3] / "web" / "locales"

made_up = st.lists(st.integers(1, 60), min_size=1, max_size=12).map(
    lambda minutes: Format(
        key="made-up",
        order=1,
        minutes=sum(minutes),
        boxes=tuple(PlannedBox(f"box-{i}", each) for i, each in enumerate(minutes)),
    )
)


def test_the_formats_are_those_that_mentoring_asks_for() -> None:
    planned = {key: [(box.key, box.minutes) for box in each.boxes] for key, each in formats().items()}
    assert {key: planned[key] for key in ("open", "quick-30", "grow-45", "grow-60")} == {
        "open": [("conversation", 60)],
        "quick-30": [("check-in", 5), ("topic", 15), ("next-steps", 10)],
        "grow-45": [("past-actions", 5), ("goal", 5), ("reality", 15), ("options", 10), ("will", 10)],
        "grow-60": [("past-actions", 5), ("goal", 10), ("reality", 15), ("options", 20), ("will", 10)],
    }
    assert list(formats()) == [
        "open", "quick-30", "grow-45", "grow-60",
        "troika-30", "circle-60", "codevelopment-90", "mastermind-120", "speed-60", "office-hours-60",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_box_has_a_title(language: str) -> None:
    words: set[str] = set()
    for catalogue in (LOCALES / language).glob("*.json"):
        words |= json.loads(catalogue.read_text("utf-8")).keys()
    boxes = {f"box.{box.key}" for each in formats().values() for box in each.boxes}
    assert boxes <= words


@pytest.mark.parametrize("key", list(formats()))
def test_a_format_in_its_own_length_is_itself(key: str) -> None:
    agenda = formats()[key]
    assert [box.seconds for box in scale(agenda, agenda.minutes)] == [
        60 * box.minutes for box, _ in agenda.course
    ]


@given(made_up, st.data())
def test_boxes_fill_the_chosen_length_in_whole_minutes(agenda: Format, data: st.DataObject) -> None:
    minutes = data.draw(st.integers(len(agenda.boxes), LONGEST_MINUTES))
    boxes = scale(agenda, minutes)
    assert sum(box.seconds for box in boxes) == 60 * minutes
    assert [box.key for box in boxes] == [box.key for box in agenda.boxes]
    assert all(box.seconds >= 60 and box.seconds % 60 == 0 and box.spent_ms == 0 for box in boxes)


@given(made_up, st.integers(1, 8))
def test_a_multiple_of_the_length_multiplies_every_box(agenda: Format, times: int) -> None:
    minutes = agenda.minutes * times
    if minutes <= LONGEST_MINUTES:
        assert [b.seconds for b in scale(agenda, minutes)] == [60 * times * b.minutes for b in agenda.boxes]


@given(made_up, st.data())
def test_a_longer_box_never_becomes_the_shorter_one(agenda: Format, data: st.DataObject) -> None:
    minutes = data.draw(st.integers(len(agenda.boxes), LONGEST_MINUTES))
    scaled = list(zip((b.minutes for b in agenda.boxes), scale(agenda, minutes), strict=True))
    for planned, box in scaled:
        for other_planned, other in scaled:
            # One minute apart is what rounding may do to equals, no more.
            assert planned <= other_planned or box.seconds >= other.seconds - 60


@pytest.mark.parametrize("minutes", [0, -5, 4, LONGEST_MINUTES + 1])
def test_lengths_that_do_not_fit_are_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match="grow-45"):
        scale(formats()["grow-45"], minutes)


BOX = '[[boxes]]\nkey = "a"\nminutes = 5\n'


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (BOX + 'minutes = "five"', ""),
        (BOX + "turn_s = 60", "boxes.0.turn_s"),
        (BOX + 'speaks = "turns"\nturn_s = -1', "boxes.0.turn_s"),
        (BOX + 'speaks = "nobody"', "boxes.0.speaks"),
        (BOX + 'layout = "circle"', "boxes.0.layout"),
        (BOX + 'colour = "red"', "boxes.0.colour"),
        (BOX + 'writes = ["notes", "notes"]', "boxes.0.writes"),
        (BOX + "rotate_s = 301", "boxes.0.rotate_s"),
        (BOX + "queue = true", "boxes.0.turn_s"),
        (BOX + 'queue = true\nturn_s = 60\nspeaks = "turns"', "boxes.0.queue"),
        (BOX + 'writes = ["verse"]', "boxes.0.writes.0"),
        (BOX + 'title = { de = "Frage" }', "boxes.0.title.de"),
        (BOX + f'prompt = {{ fr = "{"é" * 301}" }}', "boxes.0.prompt.fr"),
        ("[[boxes]]\nminutes = 5", "boxes.0.title"),
        ('[[boxes]]\nminutes = 5\ntitle = { en = "" }', "boxes.0.title"),
        ('[[boxes]]\nkey = "A b"\nminutes = 5', "boxes.0.key"),
        (BOX + '[[boxes]]\nkey = "b"\nminutes = 0', "boxes.1.minutes"),
        (BOX + '[[boxes]]\nkey = "b"\nminutes = 3', "minutes"),
        ("rounds = 13\n" + BOX, "rounds"),
        ("boxes = []", "boxes"),
        (BOX * 25, "boxes"),
        ('name = { en = "' + "n" * 61 + '" }\n' + BOX, "name.en"),
    ],
)
def test_a_wrong_file_is_named_with_its_field(text: str, field: str) -> None:
    with pytest.raises(FormatError) as wrong:
        parse("made-up", f"order = 1\nminutes = 5\n{text}")
    assert wrong.value.field == field
    assert str(wrong.value).startswith(f"made-up.toml: {field}" if field else "made-up.toml: ")


def test_the_documented_example_is_a_format_and_every_field_has_its_row() -> None:
    text = (DOCS / "formats.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    agenda = parse("example", example.group(1))
    assert [(box.seconds // 60, box.layout) for box in scale(agenda, 45)] == [
        (5, "auto"), (10, "speaker"), (20, "grid"), (10, "speaker"),
    ]  # fmt: skip
    of_format, of_box = (
        set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) for part in text.split("## A box")
    )
    assert of_format == {field.name for field in fields(Format)} - {"key"}
    assert of_box == {field.name for field in fields(PlannedBox)}
    for words in (Speaks, Layout, Writes):
        assert all(f"`{word}`" in text for word in get_args(words))
    for bound in (MOST_BOXES, LONGEST_COURSE, LONGEST_TITLE, LONGEST_PROMPT, LONGEST_SUMMARY, LONGEST_TURN_S):
        assert re.search(rf"\b{bound}\b", text)


@pytest.mark.parametrize(
    "text",
    [
        "order = 1\nminutes = 5\nboxes = []",
        'order = 1\nminutes = 5\n[[boxes]]\nkey = "a"\nminutes = 4',
        'order = 1\nminutes = 0\n[[boxes]]\nkey = "a"\nminutes = 0',
        'order = 1\nminutes = 5\n[[boxes]]\nkey = "a"\nminutes = 5\ncolour = "red"',
        'order = 1\nminutes = 5\n[[boxes]]\nkey = "a"\nminutes = 5\nrotate_s = 301',
        "minutes = ",
    ],
)
def test_a_file_that_is_no_format_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - TOML's, msgspec's and our own
        parse("wrong", text)
