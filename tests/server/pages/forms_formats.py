"""The forms of a programme's session formats: rows of ``forms_table.py``."""

from __future__ import annotations

from tests.server.pages import forms_ready as ready
from tests.server.pages.forms_row import Fields, Row, button


def _format() -> Fields:
    """A format of two boxes."""
    boxes = [
        {
            "of": "",
            "title-en": "Hello",
            "title-fr": "Bonjour",
            "minutes": "5",
            "speaks": "turns",
            "turn": "30",
        },
        {
            "of": "1",
            "title-en": "Work",
            "prompt-en": "What now?",
            "minutes": "25",
            "writes": ["notes", "actions"],
        },
    ]
    return {
        "from": "quick-30",
        "name-en": "Ours",
        "name-fr": "Le nôtre",
        "rounds": "1",
        **{f"{name}-{at}": value for at, box in enumerate(boxes) for name, value in box.items()},
    }


FORMATS = {
    "format-make": Row(
        who="coordinator",
        fields=lambda _: _format(),
        texts=("name-en", "title-fr-0", "prompt-en-1"),
        wrong=lambda _: {"minutes-0": "many", "rounds": "99"},
    ),
    "format-save": Row(
        who="coordinator",
        fields=lambda _: {**_format(), "version": "1"},
        texts=("name-fr", "title-en-1"),
        wrong=lambda _: {"turn-1": "60", "minutes-1": "0"},
        versioned=True,
        ready=ready.own_format,
    ),
    "format-turn": button("coordinator", ready.own_format, shelf="archive"),
}
