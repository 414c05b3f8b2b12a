"""The routes of accounts."""

from __future__ import annotations

from aiohttp import web

from server.pages import home
from server.pages.access import guarded
from server.pages.accounts import account, elsewhere, outbox, passkeys, push, sign_in, unsubscribe


def add(app: web.Application) -> None:
    """Adds them."""
    do = "sign-in.do"
    guarded(app, "GET", "/sign-in", sign_in.show, name="signin", action=do)
    guarded(app, "POST", "/sign-in", sign_in.ask, name="signin-ask", action=do)
    guarded(app, "GET", "/sign-in/sent", sign_in.sent, name="signin-sent", action=do)
    guarded(app, "GET", "/sign-in/elsewhere", elsewhere.leave, name="signin-elsewhere", action=do)
    guarded(app, "GET", "/sign-in/elsewhere/back", elsewhere.back, name="signin-elsewhere-back", action=do)
    guarded(app, "POST", "/sign-in/passkey", passkeys.sign_in, name="signin-passkey", action=do)
    guarded(
        app,
        "POST",
        "/sign-in/passkey/options",
        passkeys.sign_in_options,
        name="signin-passkey-options",
        action=do,
    )
    guarded(app, "GET", "/sign-in/{token}", sign_in.look, name="signin-look", action=do)
    guarded(app, "POST", "/sign-in/{token}", sign_in.enter, name="signin-enter", action=do)
    guarded(app, "POST", "/sign-out", sign_in.leave, name="signout", action=do)
    own = "account.change"
    at = "/account"
    guarded(app, "GET", at, account.show, name="account", action="account.see")
    guarded(app, "POST", at, account.save, name="account-save", action=own)
    guarded(app, "POST", f"{at}/letters", account.letters, name="account-letters", action=own)
    guarded(
        app, "POST", f"{at}/browsers/end-others", account.end_others, name="browsers-end-others", action=own
    )
    guarded(
        app, "POST", f"{at}/browsers/{{browser}}/end", account.end_browser, name="browser-end", action=own
    )
    guarded(app, "POST", f"{at}/passkeys", passkeys.add, name="passkey-add", action=own)
    guarded(app, "POST", f"{at}/passkeys/options", passkeys.options, name="passkey-options", action=own)
    guarded(app, "POST", f"{at}/passkeys/{{passkey}}/name", passkeys.rename, name="passkey-name", action=own)
    guarded(
        app, "POST", f"{at}/passkeys/{{passkey}}/remove", passkeys.remove, name="passkey-remove", action=own
    )
    guarded(app, "GET", f"{at}/push/key", push.key, name="push-key", action="account.see")
    guarded(app, "POST", f"{at}/push", push.add, name="push-add", action=own)
    guarded(app, "POST", f"{at}/push/{{subscription}}/remove", push.remove, name="push-remove", action=own)
    stop = "letters.stop"
    guarded(app, "GET", "/unsubscribe/{token}", unsubscribe.show, name="unsubscribe", action=stop)
    guarded(app, "POST", "/unsubscribe/{token}", unsubscribe.change, name="unsubscribe-do", action=stop)
    guarded(app, "GET", "/outbox", outbox.show, name="outbox", action="outbox.see")


home.PARTS.append(outbox.home_part)
