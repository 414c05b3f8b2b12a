"""``/calendar/<token>.ics``: a person's sessions for any calendar to subscribe to; one session as a file."""

from __future__ import annotations

import hashlib

from aiohttp import web
from itsdangerous import BadData, URLSafeSerializer

from server import ical
from server.ical import Invited, Place
from server.mentoring.zones import DAY_MS
from server.pages.access import session_of, visitor
from server.pages.scheduling.shown import people_of
from server.pages.site import SITE, PageError, asker, site_url
from server.session_letters import words_for
from server.storage import people as accounts
from server.storage.calendars import Feed, load_feed
from server.storage.meetings import sessions_of
from web.i18n import translator

PAST_MS = 60 * DAY_MS
MOST = 300


def address(request: web.Request, feed: Feed) -> str:
    """The absolute address of a feed, as a calendar is given it."""
    site = request.app[SITE]
    return f"{site_url(request)}/calendar/{_serializer(site.secret).dumps([feed.person, feed.serial])}.ics"


async def serve(request: web.Request) -> web.Response:
    """``GET /calendar/<token>.ics``: the sessions that stand, two months back and all that come."""
    site = request.app[SITE]
    if not site.visits.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    try:
        person, serial = _serializer(site.secret).loads(request.match_info["token"])
    except (BadData, ValueError, TypeError):
        raise PageError(404, "not-found") from None
    feed = await load_feed(site.store, str(person))
    reader = await accounts.load(site.store, str(person))
    if feed is None or reader is None or not feed.on or feed.serial != serial:
        raise PageError(404, "not-found")
    now = site.clock()
    found = await sessions_of(site.store, reader.id, now - PAST_MS)
    standing = {"confirmed", "live", "held", "recapped"}
    mine = [each for each in found if each.state in standing and reader.id in each.coming][:MOST]
    people = await people_of(site, mine, reader.id)
    text = ical.feed(
        [(each, words_for(each, reader, people)) for each in mine],
        Place(base=site_url(request), sender=site.config.mail.sender),
        translator(reader.language).text("ical.name"),
        now,
    )
    return _calendar(text, "compagnon.ics")


async def one(request: web.Request) -> web.Response:
    """``GET /sessions/<session>/session.ics``: a confirmed session as a file for one's own calendar."""
    site, person, session = request.app[SITE], visitor(request), session_of(request)
    if not session.stands or person.id not in session.coming:
        raise PageError(404, "not-found")
    people = await people_of(site, [session], person.id)
    place = Place(base=site_url(request), sender=site.config.mail.sender)
    to = Invited(name=person.shown, address=person.email)
    text = ical.request([session], words_for(session, person, people), place, to, site.clock())
    return _calendar(text, "session.ics")


def _calendar(text: str, name: str) -> web.Response:
    answer = web.Response(text=text, content_type="text/calendar", charset="utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt="compagnon calendar",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
