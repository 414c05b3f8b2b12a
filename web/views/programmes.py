"""What the pages of programmes need to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.home import HomePart

Choices = tuple[tuple[str, str], ...]
"""Pairs of value and text."""

Zones = tuple[tuple[str, Choices], ...]
"""Pairs of region and its zones, each with its city (``web/zones.py``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabLink:
    """One way to another page of a programme; ``key`` names its word (``programme.tab.<key>``)."""

    key: str
    path: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeNav:
    """What stands above every page of a programme."""

    id: str
    name: str
    tabs: tuple[TabLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePage(View):
    """A page of a programme: ``templates/programmes/frame.html`` draws what is around it."""

    nav: ProgrammeNav


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeCard:
    """A programme in a list; ``roles`` are the reader's, empty for an administrator who is not in it."""

    id: str
    name: str
    summary: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCard:
    """Something that the reader is asked into; ``by`` is a name."""

    id: str
    programme: str
    role: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammesPart(HomePart):
    """Programmes and invitations on the home page."""

    template: ClassVar[str] = "programmes/home.html"

    programmes: tuple[ProgrammeCard, ...]
    invitations: tuple[InvitationCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammesView(View):
    """``GET /programmes``."""

    template: ClassVar[str] = "programmes/list.html"

    programmes: tuple[ProgrammeCard, ...]
    invitations: tuple[InvitationCard, ...]
    may_make: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """A template to begin a programme with, in the reader's language."""

    key: str
    name: str
    purpose: str
    kinds: tuple[str, ...]
    months: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProgrammeView(View):
    """``GET /programmes/new``. Fields: template, name, languages, starts, zone."""

    template: ClassVar[str] = "programmes/new.html"

    form: Form
    templates: tuple[TemplateChoice, ...]
    languages: Choices
    zones: Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that somebody new does, done or not. ``key`` names its words (``programme.step.<key>``)."""

    key: str
    path: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The reader's part in a programme. ``state`` is "offered", "paused", "full", "silent" or "untrained"
    for a mentor, "" for others; ``until_ms`` is the end of the pause.
    """

    role: str
    state: str = ""
    capacity: int = 0
    active: int = 0
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView(ProgrammePage):
    """``GET /p/{programme}``. ``counts`` are for coordinators: pairs of role and how many."""

    template: ClassVar[str] = "programmes/overview.html"

    summary: str
    kinds: tuple[str, ...]
    cadence_days: int
    starts: str
    ends: str
    partners: tuple[str, ...]
    coordinators: tuple[str, ...]
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    counts: tuple[tuple[str, int], ...]
    waiting: int
    agreement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLine:
    """A cohort in the settings; dates as people say them, or ""."""

    id: str
    name: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView(ProgrammePage):
    """``GET /p/{programme}/settings``: everything as it stands, each piece with its own form."""

    template: ClassVar[str] = "programmes/settings.html"

    summary: str
    languages: tuple[str, ...]
    zone: str
    kinds: tuple[str, ...]
    cadence_days: int
    answer_days: int
    starts: str
    ends: str
    training: str
    agreement: str
    signatures: bool
    partners: tuple[str, ...]
    cohorts: tuple[CohortLine, ...]
    saved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingView(ProgrammePage):
    """``GET /p/{programme}/settings/{part}``: the form of one piece. ``kinds`` and so on are its choices."""

    template: ClassVar[str] = "programmes/setting.html"

    part: str
    form: Form
    kinds: Choices
    languages: Choices
    zones: Zones
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingView(ProgrammePage):
    """``GET /p/{programme}/training``; ``text`` is Markdown, ``done_ms`` when it was confirmed."""

    template: ClassVar[str] = "programmes/training.html"

    text: str
    done_ms: int | None
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveView(ProgrammePage):
    """``GET /p/{programme}/leave``; ``open_ties`` are mentorships that have to be closed first."""

    template: ClassVar[str] = "programmes/leave.html"

    roles: Choices
    open_ties: int
    last_coordinator: bool
    form: Form
