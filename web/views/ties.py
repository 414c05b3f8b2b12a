"""The pages of a tie: the tie itself, its agreement, pause, closing, and the list of one's ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.home import HomePart
from web.views.timeline import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class TieHead:
    """What every page of a tie begins with. ``name`` is what to call it: a group's title, or who it is with.

    ``wait`` names the sentence of what is waited for ("tie.wait.<wait>"), "" for nothing; ``wait_name`` is
    its owner, "" for the reader; ``until_ms`` its deadline.
    """

    id: str
    name: str
    kind: str
    state: str
    programme: str
    programme_name: str
    wait: str = ""
    wait_name: str = ""
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPart:
    """Somebody who takes part, as mentor, mentee or peer."""

    id: str
    name: str
    role: str
    me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLine:
    """A goal and how far it is, 0 to 100."""

    id: str
    text: str
    progress: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """Something to do. ``due`` is an ISO date; ``mine`` lets the reader tick it."""

    id: str
    text: str
    owner: str
    due: str
    late: bool
    done: bool
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One fact of how a tie is doing ("health.fact.<code>")."""

    code: str
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingLine:
    """What somebody said at the end."""

    name: str
    good: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TieView(View):
    """``GET /m/<mentorship>``. ``inside`` is whether the reader takes part; others see that it exists.

    ``leads`` is whether they decide for the whole of it, which mentees in a group don't. ``asks`` is the
    survey that waits for their answer and its path. ``unowned`` is what the last session's notes ask for and
    nobody has taken on, which is said at ``wrap_up_path``.

    Forms: ``goal_form`` posts ``goal_text``; ``action_form`` ``action_text``, ``action_owner``,
    ``action_due``; ``note_form`` ``note_text`` and ``note_visibility``.
    """

    template: ClassVar[str] = "ties/tie.html"

    head: TieHead
    inside: bool
    lives: bool
    people: tuple[PersonPart, ...]
    purpose: str
    cadence_days: int
    ends: str | None
    level: str
    facts: tuple[FactLine, ...]
    goals: tuple[GoalLine, ...]
    actions: tuple[ActionLine, ...]
    entries: tuple[Entry, ...]
    closed_as: str
    words: tuple[ClosingLine, ...]
    leads: bool
    can_leave: bool
    seats: tuple[int, int] | None
    goal_form: Form
    action_form: Form
    note_form: Form
    today: str
    find: str
    asks: tuple[str, str] | None = None
    unowned: tuple[str, ...] = ()
    wrap_up_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of an agreement; ``signed`` and ``unsigned`` are names."""

    number: int
    by: str
    at_ms: int
    goals: tuple[str, ...]
    cadence_days: int
    ends: str | None
    text: str
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView(View):
    """``GET /m/<mentorship>/agreement``.

    The form posts ``goals`` (one a line), ``cadence_days``, ``ends`` (ISO).
    """

    template: ClassVar[str] = "ties/agreement.html"

    head: TieHead
    newest: VersionLine | None
    earlier: tuple[VersionLine, ...]
    to_sign: bool
    may_change: bool
    changing: bool
    text: str
    signatures: bool
    last_day: str | None
    form: Form
    sign_form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseView(View):
    """``GET /m/<mentorship>/pause``. The form posts ``until`` (an ISO date)."""

    template: ClassVar[str] = "ties/pause.html"

    head: TieHead
    form: Form
    longest_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingView(View):
    """``GET /m/<mentorship>/closing``. The form posts ``reason``, ``good`` and ``again``.

    ``began`` is whether the step has begun, ``said`` whether the reader has added their word.
    """

    template: ClassVar[str] = "ties/closing.html"

    head: TieHead
    began: bool
    said: bool
    inside: bool
    starts: bool
    reasons: tuple[str, ...]
    words: tuple[ClosingLine, ...]
    by: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class TieLine:
    """A tie in a list; ``mine`` is whether something is the reader's turn."""

    head: TieHead
    role: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TiesView(View):
    """``GET /mentorships``: one's own ties, those that live and those that are over."""

    template: ClassVar[str] = "ties/ties.html"

    open: tuple[TieLine, ...]
    over: tuple[TieLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TiesPart(HomePart):
    """One's living ties on the home page; with ``mentors`` the way to the caseload, too."""

    template: ClassVar[str] = "ties/home-ties.html"

    ties: tuple[TieLine, ...]
    mentors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TieEventEntry(Entry):
    """Something that changed: ``what`` names the sentence ("tie.event.<what>"), ``who`` may be ""."""

    template: ClassVar[str] = "ties/entry-event.html"

    what: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEntry(Entry):
    """A note. ``private`` ones are only ever made for their author; ``remove`` is where to take it away."""

    template: ClassVar[str] = "ties/entry-note.html"

    who: str
    text: str
    private: bool
    remove: str
    once: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEntry(Entry):
    """Something that was done."""

    template: ClassVar[str] = "ties/entry-action.html"

    who: str
    text: str
