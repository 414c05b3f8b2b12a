"""The pages of time: when people are free, and their sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from signaling.parts import Words
from web.views import View
from web.views.boxes import BoxRow
from web.views.form import Form
from web.views.home import HomePart
from web.views.recap import RecapPart
from web.views.timeline import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody else and the zone in which they read an instant."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A session as pages show it: ``state`` is its ``SessionState``, of its ``agenda`` each
    has a title, or the key and the words of its format's box, and minutes.

    ``moving_ms`` is the time that somebody asks for instead. ``ended_as`` says why it is cancelled.
    """

    id: str
    state: str
    starts_ms: int
    minutes: int
    format: str
    format_name: Words | None = None
    announced: bool = False
    seats_left: int | None = None
    moving_ms: int | None = None
    moving_minutes: int = 0
    agenda: tuple[tuple[str, str, Words | None, int], ...] = ()
    every_weeks: int = 0
    ended_as: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How much of a week two people share, to the quarter; None while one of them hasn't said."""

    name: str
    hours: float | None
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptional:
    """An exception as it stands: ``number`` is its place; ``start`` and ``end`` are "" for days off."""

    number: int
    first: str
    last: str
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityView(View):
    """``GET /availability``. Fields: ``zone``, ``from-<day>-<place>``, ``to-<day>-<place>``, ``same``,
    ``remove`` (numbers of exceptions), ``new-kind``, ``new-first``, ``new-last``, ``new-from``, ``new-to``.
    """

    template: ClassVar[str] = "scheduling/availability.html"

    form: Form
    exceptions: tuple[Exceptional, ...]
    shared: tuple[Shared, ...]
    zones: tuple[str, ...]
    places: int
    saved: bool = False
    said: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One session in a list. ``title`` is what to call it; ``others`` are those with clocks of their own."""

    session: Meeting
    title: str
    others: tuple[Other, ...]
    mine: bool = False
    """Whether an answer of the reader's is waited for."""
    opens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsView(View):
    """``GET /sessions``: what is to be answered, what comes, what was. ``feed`` is an address or ""."""

    template: ClassVar[str] = "scheduling/sessions.html"

    form: Form
    asked: tuple[Line, ...]
    coming: tuple[Line, ...]
    past: tuple[Line, ...]
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDay:
    """The common free times of one day of the reader's."""

    at_ms: int
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeView(View):
    """``GET /m/<mentorship>/sessions/new`` and ``GET /sessions/<session>/time``: choosing a time.

    ``purpose`` is "new", "counter", "move" or "again". Fields: ``starts`` (ms, or "own"), ``date``, ``time``,
    ``minutes``, and for a new one ``format``, ``title``, ``every``, ``times``, ``seats``.
    """

    template: ClassVar[str] = "scheduling/time.html"

    purpose: str
    action: str
    back: str
    title: str
    form: Form
    days: tuple[SlotDay, ...]
    others: tuple[Other, ...]
    unsaid: tuple[str, ...]
    formats: tuple[tuple[str, Words | None], ...] = ()
    announced: bool = False
    recurs: bool = False
    current_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """One person of a session. ``state`` is "coming", "asked", "waiting" or "missed"."""

    name: str
    state: str
    minutes: int | None = None
    expected_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView(View):
    """``GET /sessions/<session>``. ``can`` is what this person can do now.

    ``left``: people were in its room, and nobody is any more.
    """

    template: ClassVar[str] = "scheduling/session.html"

    session: Meeting
    title: str
    mentorship_path: str
    others: tuple[Other, ...]
    attendees: tuple[Attendee, ...]
    proposer: str
    can: frozenset[str]
    form: Form
    live: bool = False
    left: bool = False
    opens_ms: int = 0
    series: int = 1
    missing: tuple[str, ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()
    appeals: tuple[tuple[str, str], ...] = ()
    course: tuple[BoxRow, ...] = ()
    """The format's boxes, where nobody has written an agenda."""
    rows: tuple[BoxRow, ...] = ()
    """What stands in the agenda's form."""
    done: str = ""
    next_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One action on the wrap-up page: fields ``text-<n>``, ``owner-<n>``, ``due-<n>``.

    ``id-<n>`` is the action that it is already, ``line-<n>`` the line of the notes that it comes from.
    """

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpView(View):
    """``GET /sessions/<session>/wrap-up``: notes, actions, one question, the next date.

    ``done`` is "mailed" or "".
    """

    template: ClassVar[str] = "scheduling/wrap-up.html"

    session: Meeting
    title: str
    mentorship_path: str
    others: tuple[Other, ...]
    part: RecapPart
    form: Form
    rows: tuple[ActionRow, ...]
    owners: tuple[tuple[str, str], ...]
    slots: tuple[int, ...]
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSessions(HomePart):
    """On the home page: what waits for an answer, and the next sessions."""

    template: ClassVar[str] = "scheduling/home-part.html"

    lines: tuple[Line, ...]
    asked: tuple[Line, ...]
    unsaid: bool
    """Whether this person has not said yet when they are free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEntry(Entry):
    """A session on the timeline of its mentorship."""

    template: ClassVar[str] = "scheduling/entry.html"

    session: Meeting
    title: str
    others: tuple[Other, ...]
    attendees: tuple[Attendee, ...] = ()
    notes: str = ""
    actions: tuple[tuple[str, str, str, bool], ...] = field(default=())
    """What, who, by which day, whether it is done."""
