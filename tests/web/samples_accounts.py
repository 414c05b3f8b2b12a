"""The pages of accounts in every state."""

from __future__ import annotations

from collections.abc import Callable

from signaling.parts import Language
from web.views import View
from web.views.accounts import (
    OutboxView,
    SignInGoneView,
    SignInLinkView,
    SignInSentView,
    SignInView,
    StayedLetter,
    UnsubscribeView,
)
from web.views.form import Fault, Form

AT_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC


def sign_in(typed: str, *faults: Fault) -> SignInView:
    """The form that asks for the address."""
    values = {"email": (typed,), "next": ("/home",)}
    return SignInView(form=Form(values=values, once="o" * 22, faults=faults))


PAGES: dict[str, Callable[[str, Language], View]] = {
    "sign-in": lambda name, language: sign_in(""),
    "sign-in-wrong": lambda name, language: sign_in(name, Fault(field="email", code="email")),
    "sign-in-many": lambda name, language: sign_in(name, Fault(field="email", code="links-sent")),
    "sign-in-sent": lambda name, language: SignInSentView(email=name, stays=False, outbox=False),
    "sign-in-sent-here": lambda name, language: SignInSentView(email=name, stays=True, outbox=True),
    "sign-in-link": lambda name, language: SignInLinkView(token="t" * 43, name=name, email=name),
    "sign-in-gone": lambda name, language: SignInGoneView(),
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
