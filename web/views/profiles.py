"""What the pages need on which people show themselves and find each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from web.views.form import Form
from web.views.programmes import Choices, ProgrammePage


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView(ProgrammePage):
    """``GET /p/{programme}/profile``: one's own. ``windows`` is how many stretches of a week are free.

    ``kinds`` is empty for all of them; ``silent`` when a request went without an answer.
    """

    template: ClassVar[str] = "programmes/profile.html"

    headline: str
    about: str
    offers: tuple[str, ...]
    seeks: tuple[str, ...]
    languages: tuple[str, ...]
    meets: tuple[str, ...]
    connection: str
    zone: str
    windows: int
    mentor: bool
    capacity: int
    active: int
    kinds: tuple[str, ...]
    until_ms: int | None
    silent: bool
    self_path: str
    saved: bool
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePieceView(ProgrammePage):
    """``GET /p/{programme}/profile/{part}``: one piece's form and its choices."""

    template: ClassVar[str] = "programmes/profile_piece.html"

    part: str
    form: Form
    languages: Choices
    meets: Choices
    connections: Choices
    kinds: Choices
    action: str
    mentor: bool
    mentee: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView(ProgrammePage):
    """``GET /p/{programme}/people/{person}``. ``ask`` is where to ask them for mentoring, "" for nowhere.

    ``email`` and ``removable`` (roles that may be ended) are for coordinators. ``now_ms`` tells the time
    there.
    """

    template: ClassVar[str] = "programmes/person.html"

    name: str
    roles: tuple[str, ...]
    headline: str
    about: str
    offers: tuple[str, ...]
    seeks: tuple[str, ...]
    languages: tuple[str, ...]
    meets: tuple[str, ...]
    connection: str
    zone: str
    now_ms: int
    partner: str
    ask: str
    self: bool
    email: str
    removable: tuple[str, ...]
    remove: str
    refused: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """Somebody in the coordinator's list. ``id`` is a person's, or with ``invited_ms`` an invitation's."""

    id: str
    name: str
    email: str
    role: str
    cohort: str
    partner: str
    active: int
    capacity: int
    trained: bool
    paused: bool
    invited_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView(ProgrammePage):
    """``GET /p/{programme}/people``: one role at a time, ``page`` from 0 of ``pages``.

    ``invited`` is how many were just asked in.
    """

    template: ClassVar[str] = "programmes/people.html"

    role: str
    counts: tuple[tuple[str, int], ...]
    people: tuple[PersonLine, ...]
    page: int
    pages: int
    training: bool
    invited: int | None
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """Why a mentor is shown: ``code`` names a sentence (``bank.why.<code>``)."""

    code: str
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorCard:
    """A mentor in the bank; ``tie`` is the path of a mentorship with the reader, "" for none."""

    id: str
    name: str
    headline: str
    offers: tuple[str, ...]
    partner: str
    tie: str
    reasons: tuple[ReasonLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankView(ProgrammePage):
    """``GET /p/{programme}/bank``. ``form`` holds q, language, kind, together; ``asks`` whether the reader
    may ask for mentoring; ``known`` whether the reader has said when they are free.
    """

    template: ClassVar[str] = "bank/bank.html"

    form: Form
    languages: Choices
    kinds: Choices
    seeks: tuple[str, ...]
    cards: tuple[MentorCard, ...]
    total: int
    some: bool
    page: int
    pages: int
    before: str
    after: str
    asks: bool
    known: bool
