"""``/outbox``: letters that stayed here because there is no mail server."""

from __future__ import annotations

import ipaddress

from aiohttp import web

from server.mentoring.people import Person
from server.pages.site import SITE, VISITOR, PageError, Site, page
from server.storage import outbox
from web.views.accounts import OutboxPart, OutboxView
from web.views.accounts import StayedLetter as Stayed


def may_read(request: web.Request) -> bool:
    """Whether the visitor may read everybody's letters, which let them sign in as anybody.

    Only while there is no mail server: an administrator, or whoever sits at the machine in development.
    """
    config = request.app[SITE].config
    if config.mail.server is not None:
        return False
    person = request.get(VISITOR)
    if person is not None and person.admin:
        return True
    return config.dev and config.loopback and not config.public_addresses and _here(request)


def _here(request: web.Request) -> bool:
    """Whether the request comes from this machine itself, and through no proxy."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ipaddress.ip_address((request.remote or "").partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback


async def home_part(site: Site, person: Person, now_ms: int) -> OutboxPart | None:
    """What an administrator is reminded of until there is a mail server."""
    return OutboxPart() if person.admin and site.config.mail.server is None else None


async def show(request: web.Request) -> web.Response:
    """``GET /outbox``: the newest first."""
    if not may_read(request):
        raise PageError(404, "not-found")
    letters = await outbox.kept(request.app[SITE].store)
    return page(
        request,
        OutboxView(
            letters=tuple(
                Stayed(to=each.to, subject=each.subject, text=each.text, url=each.url, at_ms=each.at_ms)
                for each in letters
            )
        ),
    )
