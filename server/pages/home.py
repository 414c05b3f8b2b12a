"""``/home``: what waits for whoever is signed in, in parts that each area of the programme adds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.mentoring.people import Person
from server.pages.access import visitor
from server.pages.site import SITE, Site, page
from web.views.home import HomePart, HomeView

Part = Callable[[Site, Person, int], Awaitable[HomePart | None]]
"""What an area has to say to a person now, or None."""

PARTS: list[Part] = []
"""In the order of the page."""


async def show(request: web.Request) -> web.Response:
    """``GET /home``."""
    site, person = request.app[SITE], visitor(request)
    now = site.clock()
    parts = [await part(site, person, now) for part in PARTS]
    return page(request, HomeView(parts=tuple(part for part in parts if part is not None)))
