"""The pages of requests: asking a mentor, answering, and what there is to wait for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.home import HomePart
from web.views.programmes import ProgrammePage


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A request in a list. ``name`` is the other person's; ``turn`` says who is to act: "me", "them", ""."""

    id: str
    name: str
    kind: str
    state: str
    turn: str
    until_ms: int | None
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsView(ProgrammePage):
    """``GET /p/<programme>/requests``. ``hidden``: requests ran out, the bank doesn't show this mentor."""

    template: ClassVar[str] = "ties/requests.html"

    received: tuple[RequestLine, ...]
    sent: tuple[RequestLine, ...]
    over: tuple[RequestLine, ...]
    is_mentor: bool
    is_mentee: bool
    hidden: bool
    resting_until_ms: int | None
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView(View):
    """``GET /p/<programme>/requests/new?mentor=…``. Choices are pairs of value and text."""

    template: ClassVar[str] = "ties/ask.html"

    programme: str
    programme_name: str
    mentor_name: str
    mentor_headline: str
    kinds: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    days: int
    form: Form
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """One mentor who was asked."""

    name: str
    outcome: str
    sentence: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView(View):
    """``GET /r/<request>``. ``viewer`` is "mentor" (whose answer is waited for), "mentee" or "other".

    ``choices`` are mentors to name or to ask next, pairs of id and name; ``following`` those on the list.
    """

    template: ClassVar[str] = "ties/request.html"

    id: str
    programme: str
    programme_name: str
    kind: str
    state: str
    purpose: str
    mentee_name: str
    mentor_name: str
    viewer: str
    coordinates: bool = False
    until_ms: int | None
    asked: tuple[AskedLine, ...]
    following: tuple[str, ...]
    suggested: tuple[str, str] | None
    choices: tuple[tuple[str, str], ...]
    mentorship: str | None
    form: Form
    declining: bool
    today: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsPart(HomePart):
    """Requests whose turn it is, and those that are waited for, on the home page."""

    template: ClassVar[str] = "ties/home-requests.html"

    requests: tuple[RequestLine, ...]
