"""What every page needs of the running server, and the answers they have in common."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web
from redis.asyncio import Redis

from server.clock import now_ms
from server.config import Config
from server.mentoring.people import Person
from server.rates import Rates, client_key
from server.room.record import GuestRecord
from signaling.parts import Box, Language
from web.i18n import as_language, negotiate
from web.render import Renderer
from web.views import Account, Chrome, PageErrorCode, View

LANGUAGE_COOKIE = "language"

_authority = re.compile(r"[a-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9a-f:.]{2,45}\](:\d{1,5})?", re.I)


class PageError(Exception):
    """A page that can't be shown; the person is told ``code`` in their language."""

    def __init__(self, status: int, code: PageErrorCode, *, retry: bool = False) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code: PageErrorCode = code
        self.retry = retry


class Rooms(Protocol):
    """The live rooms, as far as pages are concerned."""

    async def guest_changed(self, room: str, guest: GuestRecord) -> None:
        """A guest's link was revoked, restored or renewed in the store."""

    async def replan(self, room: str, boxes: tuple[Box, ...]) -> None:
        """A session's page has another agenda, in the store already: a live room takes it over."""

    async def notes_text(self, room: str) -> str:
        """The notes of a room, live or not, as Markdown. Raises ``RedisError``."""

    async def tick(self, room: str, action: str, *, done: bool) -> None:
        """Ticks an action in a room's notes, live or not, or opens it again. Raises ``ProtocolError``."""


class MediaPort(Protocol):
    """The UDP port; ``port`` is 0 while it is closed."""

    @property
    def port(self) -> int:
        """Its number."""


class Counted(Protocol):
    """What the server counts."""

    async def page(self) -> bytes:
        """Everything in Prometheus' text format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The running server as pages see it. ``secret`` signs links; ``clock`` is the instant, in ms since the
    epoch.

    ``sign_ins`` counts by asker, ``links_to`` by the address that a sign-in link goes to and by asker,
    ``letters_to`` by that address alone; ``guests_letters`` are all that went to typed addresses, ``papers``
    the PDFs of an asker.
    ``due_soon`` is to be set when something was stored that falls due at once (``server/jobs.py``).
    """

    config: Config
    store: Redis
    secret: str
    renderer: Renderer
    rooms: Rooms
    relay: MediaPort
    metrics: Counted
    creations: Rates = field(default_factory=lambda: Rates(burst=60, per_s=60))
    visits: Rates = field(default_factory=lambda: Rates(burst=600, per_s=60))
    # A whole class may come from one address.
    sign_ins: Rates = field(default_factory=lambda: Rates(burst=120, per_s=600))
    links_to: Rates = field(default_factory=lambda: Rates(burst=5, per_s=900))
    letters_to: Rates = field(default_factory=lambda: Rates(burst=30, per_s=3600))
    guests_letters: Rates = field(default_factory=lambda: Rates(burst=200, per_s=3600))
    papers: Rates = field(default_factory=lambda: Rates(burst=30, per_s=600))
    clock: Callable[[], int] = now_ms
    due_soon: asyncio.Event = field(default_factory=asyncio.Event)


SITE = web.AppKey("site", Site)

VISITOR = web.RequestKey("visitor", Person)
"""Who is signed in here; missing for everybody else."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def language_of(request: web.Request) -> Language:
    """The reader's language: as chosen in this browser, else the account's, else as the browser asks."""
    person = request.get(VISITOR)
    return (
        as_language(request.cookies.get(LANGUAGE_COOKIE))
        or (person.language if person is not None else None)
        or negotiate(request.headers.get("Accept-Language", ""))
    )


def page(request: web.Request, view: View, *, status: int = 200, keep: bool = False) -> web.Response:
    """The drawn page. ``keep`` lets browsers keep it for going back, unlike a page behind a link."""
    # A form's own path can't be gone back to, but for /start, which shows the empty form.
    here = request.path_qs if request.method in {"GET", "HEAD"} or request.path == "/start" else "/"
    person = request.get(VISITOR)
    chrome = Chrome(
        language=language_of(request),
        path=here,
        person=None if person is None else Account(name=person.shown, zone=person.zone),
    )
    text = request.app[SITE].renderer.render(view, chrome)
    response = web.Response(text=text, status=status, content_type="text/html")
    response.headers["Cache-Control"] = "no-cache" if keep else "no-store"
    response.headers["Content-Language"] = chrome.language
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def see_other(path: str) -> web.Response:
    """Sends the browser on to a path of ours after a POST (RFC 9110, 15.4.4)."""
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def site_url(request: web.Request) -> str:
    """Where people reach this site, without a slash at the end: for links that are copied and mailed.

    Raises ``PageError`` when the browser's ``Host`` is no name or address.
    """
    config = request.app[SITE].config
    if config.base_url is not None:
        return config.base_url
    host = request.headers.get("Host", "")
    if not _authority.fullmatch(host):
        raise PageError(400, "bad-request")
    forwarded = config.trust_proxy and request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https"
    return f"{'https' if config.tls or forwarded else 'http'}://{host}"


def asker(request: web.Request) -> str:
    """Whose turn it is, for rates."""
    return client_key(
        request.remote,
        request.headers.get("X-Forwarded-For"),
        trust_proxy=request.app[SITE].config.trust_proxy,
    )
