"""What stands around every page: headers that keep browsers strict, refusals, error pages, the access log."""

from __future__ import annotations

import logging
import re
import time
from contextlib import suppress
from functools import cache

from aiohttp import web
from redis.exceptions import RedisError

from server.origin import own_page
from server.pages.forms import sent_before
from server.pages.site import SITE, VISITOR, Handler, PageError, page, see_other
from server.storage import people, signins
from server.storage.people import ChangedMeanwhileError
from server.storage.records import DoneBeforeError
from web.views import ErrorView, PageErrorCode

log = logging.getLogger(__name__)
access = logging.getLogger("server.access")

MOST_BODY = 10 * 1024 * 1024
"""Largest request body in bytes."""

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), usb=()",
    # A link's token never reaches another site. "no-referrer" would: but it makes browsers send forms with
    # "Origin: null" (Fetch, 3.2), and over plain HTTP nothing else tells our own forms from a stranger's.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@cache
def policy(inline: str) -> str:
    """Return the Content-Security-Policy of every page; ``inline`` is the hash of the one script in a page.

    No other inline script or style can run, nothing comes from elsewhere, nobody frames a page that has a
    camera. ``connect-src 'self'`` covers the WebSocket of the same host.
    """
    return (
        f"default-src 'self'; script-src 'self' {inline}; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


_codes: dict[int, PageErrorCode] = {
    400: "bad-request",
    404: "not-found",
    405: "not-found",
    413: "too-large",
    429: "too-many-requests",
}

# WHIP and WHEP are for pages of any site: a bearer token opens them, and nothing a browser sends by itself.
_bearer_only = frozenset({"whip", "whip-session", "whep", "whep-session"})

_secret = re.compile(r"[A-Za-z0-9_-]{32,100}")

_for_machines = ("/static/", "/ws", "/healthz", "/readyz", "/metrics")


def setup(app: web.Application) -> None:
    """Puts the guards around every route of ``app``."""
    app.middlewares.extend([_logged, _sent_twice, _refusals, _own_forms, _recognised])
    app.on_response_prepare.append(_headers)


async def _headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    site = request.app[SITE]
    response.headers.setdefault("Content-Security-Policy", policy(site.renderer.inline_source))
    response.headers.pop("Server", None)
    config = site.config
    if config.tls and not config.tls_self_signed:
        response.headers["Strict-Transport-Security"] = "max-age=15552000"


@web.middleware
async def _logged(request: web.Request, handler: Handler) -> web.StreamResponse:
    """One line for each request: the route's name, never its path, which may be somebody's link."""
    started = time.perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    finally:
        name = request.match_info.route.name or "none"
        if name not in {"static", "healthz", "readyz", "metrics"} or status >= 400:
            took_ms = round((time.perf_counter() - started) * 1000, 1)
            access.info(
                "request",
                extra={"route": name, "method": request.method, "status": status, "took_ms": took_ms},
            )


@web.middleware
async def _sent_twice(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A form that was taken and comes again leads where it led the first time.

    What it did can be what refuses it now: the note is gone, the invitation answered, the version old.
    """
    response = await handler(request)
    if request.method == "POST" and response.status in {404, 409, 422}:
        with suppress(RedisError, ValueError):
            location = await sent_before(request)
            return response if location is None else see_other(location)
    return response


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong becomes a page that says so, in the person's language, without a trace."""
    try:
        return await handler(request)
    except PageError as error:
        return _refuse(request, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        refusal = _refuse(request, PageError(error.status, _codes.get(error.status, "bad-request")))
        if "Allow" in error.headers:
            refusal.headers["Allow"] = error.headers["Allow"]
        return refusal
    except DoneBeforeError as error:
        # The form was sent twice: the second time leads where the first one did.
        return see_other(error.location)
    except ChangedMeanwhileError:
        # Somebody else was faster by a moment, and the page has no form to say so in.
        return _refuse(request, PageError(409, "changed-meanwhile"))
    except RedisError:
        log.warning("page-without-store", exc_info=True)
        return _refuse(request, PageError(503, "store-unavailable", retry=True))
    except Exception:
        log.exception("page-failed", extra={"route": request.match_info.route.name})
        return _refuse(request, PageError(500, "server-error", retry=True))


def _refuse(request: web.Request, error: PageError) -> web.StreamResponse:
    if request.path.startswith(_for_machines):
        return web.Response(
            text=f"{error.code}\n", status=error.status, headers={"Cache-Control": "no-store"}
        )
    response = page(
        request, ErrorView(status=error.status, code=error.code, retry=error.retry), status=error.status
    )
    if error.status in {429, 503}:
        response.headers["Retry-After"] = "10"
    return response


@web.middleware
async def _own_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only our own pages may change something."""
    changes = request.method not in {"GET", "HEAD"} and request.match_info.route.name not in _bearer_only
    if changes and not own_page(request.headers, request.app[SITE].config.base_url):
        raise PageError(403, "foreign-origin")
    return await handler(request)


BROWSER_COOKIE = "compagnon"
"""Holds the secret of a browser that is signed in."""


@web.middleware
async def _recognised(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Notes who is signed in, for the pages that ask."""
    secret = request.cookies.get(BROWSER_COOKIE, "")
    if _secret.fullmatch(secret) and not request.path.startswith(_for_machines):
        site = request.app[SITE]
        browser = await signins.find_browser(site.store, secret, site.clock())
        person = None if browser is None else await people.load_living(site.store, browser.person)
        if person is not None:
            request[VISITOR] = person
    return await handler(request)
