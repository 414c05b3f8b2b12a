"""The pages of accounts in every state."""

from __future__ import annotations

from collections.abc import Callable

from signaling.parts import Language
from web.views import View
from web.views.accounts import (
    AccountView,
    BrowserLine,
    ElsewhereFailedView,
    OutboxView,
    PasskeyLine,
    SignInGoneView,
    SignInLinkView,
    SignInSentView,
    SignInView,
    StayedLetter,
    SubscriptionLine,
    UnsubscribeView,
)
from web.views.form import Fault, Form
from web.zones import zone_choices

AT_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC


def sign_in(typed: str, *faults: Fault) -> SignInView:
    """The form that asks for the address."""
    values = {"email": (typed,), "next": ("/home",)}
    return SignInView(form=Form(values=values, once="o" * 22, faults=faults), passkeys_work=True)


def account(name: str, language: Language, *faults: Fault, done: str = "") -> AccountView:
    """The account of somebody with several browsers and passkeys."""
    values = {"name": (name,), "language": (language,), "zone": ("Europe/Paris",)}
    return AccountView(
        email="zoe@example.org",
        admin=True,
        form=Form(values=values, once="o" * 22, version=3, faults=faults),
        done=done,
        zones=zone_choices(language),
        letters=(("messages", True), ("sessions", True), ("programme", False)),
        browsers=(
            BrowserLine(id="b1", known_as=("Firefox", "Linux"), since_ms=AT_MS, seen_ms=AT_MS, here=True),
            BrowserLine(id="b2", known_as=("", "iPhone"), since_ms=AT_MS, seen_ms=AT_MS, here=False),
            BrowserLine(id="b3", known_as=("", ""), since_ms=AT_MS, seen_ms=AT_MS, here=False),
        ),
        passkeys=(
            PasskeyLine(id="k1", name=name, created_ms=AT_MS, used_ms=AT_MS),
            PasskeyLine(id="k2", name="", created_ms=AT_MS, used_ms=None),
        ),
        passkeys_work=True,
        subscriptions=(SubscriptionLine(id="s1", known_as=("Firefox", "Linux"), created_ms=AT_MS),),
    )


PAGES: dict[str, Callable[[str, Language], View]] = {
    "sign-in": lambda name, language: sign_in(""),
    "sign-in-wrong": lambda name, language: sign_in(name, Fault(field="email", code="email")),
    "sign-in-many": lambda name, language: sign_in(name, Fault(field="email", code="links-sent")),
    "sign-in-sent": lambda name, language: SignInSentView(email=name, stays=False, outbox=False),
    "sign-in-sent-here": lambda name, language: SignInSentView(email=name, stays=True, outbox=True),
    "sign-in-link": lambda name, language: SignInLinkView(token="t" * 43, name=name, email=name),
    "sign-in-gone": lambda name, language: SignInGoneView(),
    "account": lambda name, language: account(name, language, done="saved"),
    "account-wrong": lambda name, language: account(
        name, language, Fault(field="name", code="missing"), Fault(field="zone", code="choose")
    ),
    "sign-in-elsewhere": lambda name, language: SignInView(
        form=Form(values={"email": ("",), "next": ("/home?a=1&b=2",)}, once="o" * 22), elsewhere=name
    ),
    "elsewhere-failed": lambda name, language: ElsewhereFailedView(name=name, stranger=False),
    "elsewhere-stranger": lambda name, language: ElsewhereFailedView(name=name, stranger=True),
    "outbox": lambda name, language: OutboxView(
        letters=(
            StayedLetter(to=name, subject=name, text=name, url="https://meet.example/x", at_ms=AT_MS),
            StayedLetter(to=name, subject=name, text=name, url="", at_ms=AT_MS),
        )
    ),
    "outbox-empty": lambda name, language: OutboxView(letters=()),
    "stop": lambda name, language: UnsubscribeView(
        token="tok.en", topic="messages", email=name, wanted=True, done=False
    ),
    "stopped": lambda name, language: UnsubscribeView(
        token="tok.en", topic="sessions", email=name, wanted=False, done=True
    ),
    "stop-undone": lambda name, language: UnsubscribeView(
        token="tok.en", topic="programme", email=name, wanted=True, done=True
    ),
}
"""Page by name, made with a person's name and a language."""
