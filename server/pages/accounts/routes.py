"""The routes of accounts."""

from __future__ import annotations

from aiohttp import web

from server.pages.access import guarded
from server.pages.accounts import outbox, sign_in, unsubscribe


def add(app: web.Application) -> None:
    """Adds them."""
    do = "sign-in.do"
    guarded(app, "GET", "/sign-in", sign_in.show, name="signin", action=do)
    guarded(app, "POST", "/sign-in", sign_in.ask, name="signin-ask", action=do)
    guarded(app, "GET", "/sign-in/sent", sign_in.sent, name="signin-sent", action=do)
    guarded(app, "GET", "/sign-in/{token}", sign_in.look, name="signin-look", action=do)
    guarded(app, "POST", "/sign-in/{token}", sign_in.enter, name="signin-enter", action=do)
    guarded(app, "POST", "/sign-out", sign_in.leave, name="signout", action=do)
    stop = "letters.stop"
    guarded(app, "GET", "/unsubscribe/{token}", unsubscribe.show, name="unsubscribe", action=stop)
    guarded(app, "POST", "/unsubscribe/{token}", unsubscribe.change, name="unsubscribe-do", action=stop)
    guarded(app, "GET", "/outbox", outbox.show, name="outbox", action="outbox.see")
