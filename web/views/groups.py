"""The pages of groups, peer circles and office hours: which there are, opening one, taking a seat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.programmes import Choices, ProgrammePage
from web.views.ties import TieHead


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """A group in a list. ``leaders`` are names; ``mine`` is whether the reader takes part."""

    id: str
    title: str
    kind: str
    leaders: str
    purpose: str
    free: int
    seats: int
    waiting: int
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsView(ProgrammePage):
    """``GET /p/<programme>/groups``. ``kinds`` are those that the reader can open."""

    template: ClassVar[str] = "ties/groups.html"

    groups: tuple[GroupLine, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenView(ProgrammePage):
    """``GET /p/<programme>/groups/new?kind=…``.

    The form posts ``title``, ``purpose``, ``seats``, ``mentor`` (where there is a choice).
    """

    template: ClassVar[str] = "ties/open.html"

    kind: str
    mentors: Choices
    least: int
    most: int
    agreement: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView(View):
    """``GET /m/<mentorship>/seat``.

    ``place`` is the reader's in the queue (None: not in it), ``offered_ms`` until when a seat is kept for
    them, ``waiting`` how many wait.
    """

    template: ClassVar[str] = "ties/seat.html"

    head: TieHead
    leaders: str
    purpose: str
    goals: tuple[str, ...]
    cadence_days: int
    ends: str | None
    agreement: str
    free: int
    seats: int
    waiting: int
    place: int | None
    offered_ms: int | None
    inside: bool
    may_leave: bool
    may_join: bool
    open: bool
    form: Form
