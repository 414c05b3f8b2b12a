"""``/p/{programme}/audit``: who changed what, in words. The record only grows; this page only reads."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.mentoring.audit import AuditEvent
from server.mentoring.people import Person, PersonId
from server.pages.access import programme_of
from server.pages.programmes.frame import nav
from server.pages.site import SITE, page
from server.storage.audit import events
from server.storage.programmes import load_people
from web.views.coordination import AuditLine, AuditView

MOST = 500

KNOWN = frozenset(
    {
        "cohort.changed",
        "code.made",
        "code.opened",
        "code.closed",
        "invitation.declined",
        "invitation.withdrawn",
        "matching.lists-opened",
        "matching.published",
        "matching.run",
        "mentorship.accepted",
        "mentorship.agreement-written",
        "mentorship.began",
        "mentorship.closed",
        "mentorship.closing",
        "mentorship.declined",
        "mentorship.expired",
        "mentorship.goal-added",
        "mentorship.goal-moved",
        "mentorship.joined",
        "mentorship.left",
        "mentorship.matched",
        "mentorship.opened",
        "mentorship.paused",
        "mentorship.proposed",
        "mentorship.resumed",
        "mentorship.seat-passed-on",
        "mentorship.signed",
        "mentorship.trained",
        "mentorship.withdrawn",
        "people.invited",
        "person.erased",
        "person.joined",
        "person.left",
        "person.removed",
        "programme.changed",
        "programme.made",
        "mentorship.goal-reached",
        "mentorship.said-goodbye",
        "mentorship.no-start",
        "session.proposed",
        "session.countered",
        "session.confirmed",
        "session.live",
        "session.held",
        "session.recapped",
        "session.cancelled",
        "session.rescheduled",
        "session.no-show",
        "session.moved",
        "session.appealed",
        "session.unanswered",
        "mentorship.queued",
        "mentorship.unqueued",
        "training.confirmed",
    }
)
"""What has a sentence of its own ("audit.<what>"); everything else is shown by its name."""

HIDDEN = "concern."
"""Concerns are told to those alone who look after them."""


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/audit``."""
    site, programme = request.app[SITE], programme_of(request)
    found = await events(site.store, programme.id, MOST)
    shown = [each for each in found if not each.what.startswith(HIDDEN)]
    ids = {who for each in shown for who in (each.who, each.about) if who is not None}
    people = await load_people(site.store, sorted(ids))
    view = AuditView(
        nav=nav(request, "audit"),
        lines=tuple(_line(each, people) for each in shown),
        whole=len(found) < MOST,
    )
    return page(request, view)


def _line(event: AuditEvent, people: Mapping[PersonId, Person]) -> AuditLine:
    whom = people.get(event.about)
    return AuditLine(
        at_ms=event.at_ms,
        who="" if event.who is None else (people[event.who].shown if event.who in people else event.who),
        key=event.what if event.what in KNOWN else "",
        about=event.about if whom is None else whom.shown,
        values={"what": event.what},
    )
