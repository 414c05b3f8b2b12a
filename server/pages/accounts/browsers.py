"""The browser that asks: signed in under a new secret, and signed out."""

from __future__ import annotations

import re
import secrets

from aiohttp import web

from server.mentoring.people import PersonId
from server.pages.guard import BROWSER_COOKIE
from server.pages.site import SITE, see_other, site_url
from server.storage import signins
from server.storage.signins import BROWSER_MS, Browser

_longest_agent = 300
_secret = re.compile(r"[A-Za-z0-9_-]{32,100}")


def secret_of(request: web.Request) -> str | None:
    """The secret in this browser's cookie, if it can be one."""
    secret = request.cookies.get(BROWSER_COOKIE, "")
    return secret if _secret.fullmatch(secret) else None


async def signed_in(request: web.Request, person: PersonId, path: str) -> web.Response:
    """Signs this browser in and sends it to a path of ours.

    Its secret is always a new one, so that nobody can have planted it; the one before opens nothing.
    """
    site = request.app[SITE]
    now = site.clock()
    secret = secrets.token_urlsafe(32)
    browser = Browser(
        id=secrets.token_urlsafe(9),
        person=person,
        agent=request.headers.get("User-Agent", "")[:_longest_agent],
        since_ms=now,
        seen_ms=now,
    )
    await signins.open_browser(site.store, secret, browser, secret_of(request))
    response = see_other(path)
    response.set_cookie(
        BROWSER_COOKIE,
        secret,
        max_age=BROWSER_MS // 1000,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=site_url(request).startswith("https://"),
    )
    return response


async def signed_out(request: web.Request, path: str = "/") -> web.Response:
    """Signs this browser out, if it is signed in, and sends it on."""
    site = request.app[SITE]
    secret = secret_of(request)
    if secret is not None:
        browser = await signins.find_browser(site.store, secret, site.clock())
        if browser is not None:
            await signins.end_browser(site.store, browser.person, browser.id)
    response = see_other(path)
    response.del_cookie(BROWSER_COOKIE, path="/")
    return response
