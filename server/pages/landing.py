"""``/``, the choice of language, and the page of components."""

from __future__ import annotations

from aiohttp import web

from server.pages.site import LANGUAGE_COOKIE, SITE, PageError, page, see_other
from web.i18n import as_language
from web.views import DesignView, LandingView

_year_s = 365 * 24 * 3600


async def show(request: web.Request) -> web.Response:
    """``GET /``."""
    return page(request, LandingView(), keep=True)


async def language(request: web.Request) -> web.Response:
    """``POST /language``: remembers the choice, and back to where it was made."""
    form = await request.post()
    chosen = as_language(str(form.get("language", "")))
    if chosen is None:
        raise PageError(400, "bad-request")
    response = see_other(own_path(str(form.get("next", "/"))))
    response.set_cookie(
        LANGUAGE_COOKIE,
        chosen,
        max_age=_year_s,
        path="/",
        samesite="Lax",
        httponly=True,
        secure=request.app[SITE].config.start_url.startswith("https://"),
    )
    return response


async def design(request: web.Request) -> web.Response:
    """``GET /design``, in development: every component."""
    if not request.app[SITE].config.dev:
        raise PageError(404, "not-found")
    return page(request, DesignView())


def own_path(text: str) -> str:
    """The path if a browser can only read it as one of this site, else "/".

    "//host" and "/\\host" name another host (WHATWG URL: a backslash is a slash), and tabs and line ends are
    dropped before that is looked at.
    """
    safe = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not safe or len(text) > 2000 or any(not " " < letter < "\x7f" for letter in text):
        return "/"
    return text
