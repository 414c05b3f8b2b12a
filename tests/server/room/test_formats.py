from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.room.formats import LONGEST_MINUTES, Format, PlannedBox, formats, parse, scale

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
        "troika-30", "circle-60", "codevelopment-90", "mastermind-120", "speed-60",
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
