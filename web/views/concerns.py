"""The pages of concerns: saying what worries, and looking after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.home import HomePart
from web.views.programmes import Choices, ProgrammePage
from web.views.ties import TieHead


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseView(View):
    """``GET /m/<mentorship>/concern``. ``readers`` are the names of who reads it, none: administrators."""

    template: ClassVar[str] = "ties/concern-raise.html"

    head: TieHead
    readers: str
    sent: bool
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernLine:
    """A concern in a list, without what it says."""

    id: str
    by: str
    at_ms: int
    state: str
    programme_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernsView(ProgrammePage):
    """``GET /p/<programme>/concerns``. ``form`` (for administrators) posts ``readers``: coordinators' ids."""

    template: ClassVar[str] = "ties/concerns.html"

    concerns: tuple[ConcernLine, ...]
    coordinators: Choices
    names_readers: bool
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernNoteLine:
    """What was noted about a concern."""

    by: str
    at_ms: int
    text: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernView(View):
    """``GET /concerns/<concern>``. The form posts ``note`` and ``state``."""

    template: ClassVar[str] = "ties/concern.html"

    id: str
    programme: str
    programme_name: str
    mentorship: str
    people: str
    by: str
    at_ms: int
    text: str
    state: str
    notes: tuple[ConcernNoteLine, ...]
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernsPart(HomePart):
    """Open concerns, on the home page of who looks after them."""

    template: ClassVar[str] = "ties/home-concerns.html"

    concerns: tuple[ConcernLine, ...]
