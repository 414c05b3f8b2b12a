"""What the coordinator's pages need to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.caseload import CaseFact
from web.views.form import Form
from web.views.home import HomePart
from web.views.programmes import ProgrammePage


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRow:
    """One tie, how it is doing and why."""

    id: str
    mentors: str
    mentees: str
    kind: str
    state: str
    level: str
    facts: tuple[CaseFact, ...]
    contact_ms: int | None
    next_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """An open request: who asked, whose turn it is and until when."""

    id: str
    mentee: str
    owner: str
    until_ms: int | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyResult:
    """What five or more answered to one question (``survey.<survey>.<question>``); ``mean`` is in tenths."""

    survey: str
    question: str
    count: int
    mean: float | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A programme in numbers. ``hours`` and ``sessions`` are of the last 30 days."""

    ties: int
    hours: float
    sessions: int
    mentors: int
    mentors_busy: int
    mentees: int
    mentees_busy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationView(ProgrammePage):
    """``GET /p/{programme}/coordination``. ``counts`` are pairs of a level and how many ties are at it."""

    template: ClassVar[str] = "coordination/coordination.html"

    figures: Figures
    counts: tuple[tuple[str, int], ...]
    only: str
    rows: tuple[TieRow, ...]
    page: int
    pages: int
    waiting: tuple[WaitingRow, ...]
    results: tuple[SurveyResult, ...]
    quiet_surveys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One change: ``key`` is its sentence. ``who`` is "" where a deadline acted."""

    at_ms: int
    who: str
    key: str
    about: str
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView(ProgrammePage):
    """``GET /p/{programme}/audit``: who changed what, the newest first."""

    template: ClassVar[str] = "coordination/audit.html"

    lines: tuple[AuditLine, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseView(View):
    """``GET /account/erase`` and ``/p/{programme}/people/{person}/erase``, as ``at`` says.

    ``own`` is the reader's own account. ``email`` is to be typed; ``ties`` are open. ``reason`` says why it
    can't be ("elsewhere", "coordinator"), or "".
    """

    template: ClassVar[str] = "coordination/erase.html"

    at: str
    own: bool
    person_name: str
    email: str
    ties: int
    reason: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeCare:
    """What waits in a programme: requests beyond their day, ties at risk."""

    programme: str
    name: str
    late: int
    at_risk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePart(HomePart):
    """The programmes that somebody coordinates and where something waits, on the home page."""

    template: ClassVar[str] = "coordination/home.html"

    programmes: tuple[ProgrammeCare, ...]
