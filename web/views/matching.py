"""What the pages of matching need to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from web.views.form import Form
from web.views.home import HomePart
from web.views.programmes import ProgrammePage


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence: its key in the catalogues and what fills it. ``tongue`` is a language tag to be named."""

    key: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    tongue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run in the list. ``mean`` is in hundredths."""

    id: str
    created_ms: int
    method: str
    state: str
    pairs: int
    mean: int
    alone: int
    blocking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingView(ProgrammePage):
    """``GET /p/{programme}/matching``: the runs, and the form for a new one.

    ``ranked`` counts people who have ranked somebody; ``kinds`` are empty where the programme has no kind
    that a run can make.
    """

    template: ClassVar[str] = "matching/index.html"

    form: Form
    parts: tuple[str, ...]
    kinds: tuple[str, ...]
    runs: tuple[RunLine, ...]
    mentors: int
    mentees: int
    ranked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView(ProgrammePage):
    """``GET /p/{programme}/matching/{run}`` while it is made, or when that failed."""

    template: ClassVar[str] = "matching/progress.html"

    run: str
    step: str
    steps: tuple[str, ...]
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """One pair. ``fit`` is in hundredths; ``value`` is its two ids, for a form. Places are 0 where neither
    ranked nor listed the other.
    """

    value: str
    mentor: str
    mentee: str
    fit: int
    reasons: tuple[Said, ...]
    mentee_place: int
    mentor_place: int
    pinned: bool
    skipped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AloneRow:
    """Somebody without a pair, and why (``matching.why.<why>``)."""

    id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a list."""

    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView(ProgrammePage):
    """``GET /p/{programme}/matching/{run}``: what it found. Scores are in hundredths."""

    template: ClassVar[str] = "matching/run.html"

    run: RunLine
    form: Form
    worst: int
    profile: tuple[int, ...]
    off_list: int
    rows: tuple[PairRow, ...]
    weakest: bool
    page: int
    pages: int
    mentees_alone: tuple[AloneRow, ...]
    mentors_alone: tuple[AloneRow, ...]
    vetoes: tuple[Option, ...]
    pins: tuple[Option, ...]
    dropped: tuple[str, ...]
    blocked: tuple[str, ...]
    mentors: tuple[Option, ...]
    others: tuple[RunLine, ...]
    seed: int
    input_hash: str
    made: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """A mentee who would be with somebody else; "" is nobody. Fits are in hundredths."""

    mentee: str
    before: str
    after: str
    before_fit: int
    after_fit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareView(ProgrammePage):
    """``GET /p/{programme}/matching/{run}/compare``: the run of the page beside an earlier one."""

    template: ClassVar[str] = "matching/compare.html"

    one: RunLine
    other: RunLine
    worst: tuple[int, int]
    same: int
    moved: tuple[MoveRow, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionCard:
    """Somebody who can be ranked."""

    id: str
    name: str
    headline: str
    about: str
    reasons: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankList:
    """A list to rank as mentor or mentee; ``form`` holds a place for each id ("mentee-<id>", by its role)."""

    role: str
    form: Form
    options: tuple[OptionCard, ...]
    closes_ms: int
    closed: bool
    changed_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistView(ProgrammePage):
    """``GET /p/{programme}/shortlist``: whom somebody was offered."""

    template: ClassVar[str] = "matching/shortlist.html"

    lists: tuple[RankList, ...]
    saved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """A list that waits to be ranked; ``name`` is its programme's."""

    programme: str
    name: str
    closes_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistsPart(HomePart):
    """Lists that wait to be ranked, on the home page."""

    template: ClassVar[str] = "matching/home.html"

    lists: tuple[OpenList, ...]
