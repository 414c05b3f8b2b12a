"""``/sessions/<session>/join``: into the room of a confirmed session, without a link of its own."""

from __future__ import annotations

from aiohttp import web

from server.meeting_rooms import way_in
from server.mentoring.meetings import Session
from server.pages.access import mentorship_of, session_of, visitor
from server.pages.scheduling.shown import is_open, people_of
from server.pages.site import SITE, Site, see_other
from server.storage.actions import load_actions
from server.storage.meetings import sessions_in


async def join(request: web.Request) -> web.Response:
    """``GET /sessions/<session>/join``: to the room while it is open, else to the session's page.

    A series has one address in calendars: it leads to the date that is now.
    """
    site, person, tie = request.app[SITE], visitor(request), mentorship_of(request)
    session = await _now(site, session_of(request))
    if not is_open(session, site.clock()) or person.id not in session.coming:
        return see_other(f"/sessions/{session.id}?done=closed")
    people = await people_of(site, [session], *tie.people, person.id)
    actions = [each for each in await load_actions(site.store, tie.id) if each.done_ms is None]
    return see_other(await way_in(site, session, tie, person, people, actions))


async def _now(site: Site, session: Session) -> Session:
    now = site.clock()
    if session.series is None or is_open(session, now):
        return session
    dates = [
        each for each in await sessions_in(site.store, session.mentorship) if each.series == session.series
    ]
    opened = next((each for each in dates if is_open(each, now)), None)
    if opened is not None:
        return opened
    ahead = (each for each in dates if each.state == "confirmed" and each.starts_ms > now)
    return next(ahead, session)
