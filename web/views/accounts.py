"""The pages of accounts: signing in, the outbox, ending letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from web.views import View
from web.views.form import Form
from web.views.home import HomePart


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView(View):
    """``GET /sign-in``. The form posts ``email`` and ``next``. ``passkeys_work``: browsers know them here.

    ``elsewhere`` is the name of a provider where one can sign in, too; "" for none.
    """

    template: ClassVar[str] = "accounts/sign-in.html"

    form: Form
    passkeys_work: bool = False
    elsewhere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSentView(View):
    """``GET /sign-in/sent``. ``stays``: letters stay on the server; ``outbox``: the visitor may read them."""

    template: ClassVar[str] = "accounts/sign-in-sent.html"

    email: str
    stays: bool
    outbox: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLinkView(View):
    """``GET /sign-in/<token>``: one button."""

    template: ClassVar[str] = "accounts/sign-in-link.html"

    token: str
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInGoneView(View):
    """A link to sign in that was used, is too old or never was."""

    template: ClassVar[str] = "accounts/sign-in-gone.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereFailedView(View):
    """Back from a provider without success; ``stranger``: it knows somebody who has no account here."""

    template: ClassVar[str] = "accounts/elsewhere-failed.html"

    name: str
    stranger: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StayedLetter:
    """A letter in the outbox; ``url`` is where its button leads, "" for none."""

    to: str
    subject: str
    text: str
    url: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxView(View):
    """``GET /outbox``, the newest first."""

    template: ClassVar[str] = "accounts/outbox.html"

    letters: tuple[StayedLetter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribeView(View):
    """``GET /unsubscribe/<token>``. ``wanted``: letters come; ``done``: that was just chosen."""

    template: ClassVar[str] = "accounts/unsubscribe.html"

    token: str
    topic: Literal["messages", "sessions", "programme"]
    email: str
    wanted: bool
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserLine:
    """A browser that is signed in; ``known_as`` is its name and its system, "" where not known."""

    id: str
    known_as: tuple[str, str]
    since_ms: int
    seen_ms: int
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyLine:
    """A passkey; ``name`` may be ""."""

    id: str
    name: str
    created_ms: int
    used_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLine:
    """A browser that is told by Web Push; ``known_as`` as in ``BrowserLine``."""

    id: str
    known_as: tuple[str, str]
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView(View):
    """``GET /account``. ``form`` has ``name``, ``language`` and ``zone``; ``zones`` are regions
    and their zones.

    ``letters`` are topics, and whether letters about them come. ``done`` names what was just done:
    ``account.done.<done>``.
    """

    template: ClassVar[str] = "accounts/account.html"

    email: str
    admin: bool
    form: Form
    done: str
    zones: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    letters: tuple[tuple[str, bool], ...]
    browsers: tuple[BrowserLine, ...]
    passkeys: tuple[PasskeyLine, ...]
    passkeys_work: bool
    subscriptions: tuple[SubscriptionLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPart(HomePart):
    """On an administrator's home page: letters stay here until there is a mail server."""

    template: ClassVar[str] = "accounts/home-part.html"
