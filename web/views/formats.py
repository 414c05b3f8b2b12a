"""What the pages of a programme's session formats need to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from signaling.parts import Words
from web.views.form import Form
from web.views.programmes import ProgrammePage


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatCard:
    """A format in a list. ``name`` and ``summary`` stand in for the catalogues' words; of its ``boxes`` each
    has a key, words in place of the catalogues', and minutes.
    """

    key: str
    name: Words | None
    summary: Words | None
    minutes: int
    rounds: int
    boxes: tuple[tuple[str, Words | None, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatsView(ProgrammePage):
    """``GET /p/{programme}/formats``. ``done`` is "saved", "archive", "restore" or ""."""

    template: ClassVar[str] = "programmes/formats.html"

    own: tuple[FormatCard, ...]
    archived: tuple[FormatCard, ...]
    built_in: tuple[FormatCard, ...]
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatView(ProgrammePage):
    """``GET /p/{programme}/formats/new`` and ``…/{own}``. Fields: ``server/pages/programmes/format_form.py``.

    ``boxes`` is how many there are; ``speaks``, ``layouts`` and ``writes`` are what can be chosen.
    """

    template: ClassVar[str] = "programmes/format.html"

    action: str
    back: str
    new: bool
    form: Form
    boxes: int
    speaks: tuple[str, ...]
    layouts: tuple[str, ...]
    writes: tuple[str, ...]
