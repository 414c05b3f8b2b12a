"""What the caseload page needs to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """One fact ("health.fact.<code>") at its level."""

    code: str
    level: str
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One tie. ``mine`` and ``theirs`` are open actions, ``late`` those whose day is over."""

    id: str
    name: str
    programme: str
    level: str
    facts: tuple[CaseFact, ...]
    unread_ms: int | None
    contact_ms: int | None
    next_ms: int | None
    mine: int
    theirs: int
    late: int
    cadence_days: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseloadView(View):
    """``GET /caseload``: the ties in which the reader is a mentor, who needs them first at the front.

    ``counts`` are pairs of a level and how many are at it; ``only`` the one that is shown, "" for all.
    ``form`` is the message to several, ``note`` a note about the tie ``note_about``.
    """

    template: ClassVar[str] = "coordination/caseload.html"

    rows: tuple[CaseRow, ...]
    counts: tuple[tuple[str, int], ...]
    only: str
    form: Form
    note: Form
    note_about: str = ""
    sent: int = 0
    saved: bool = False
    most: int = 8000
