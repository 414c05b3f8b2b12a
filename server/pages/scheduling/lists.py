"""``/sessions``, the part of ``/home`` and the entries of a timeline: sessions in lists."""

from __future__ import annotations

from aiohttp import web

from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.zones import DAY_MS
from server.pages.access import visitor
from server.pages.forms import fresh, once, posted
from server.pages.scheduling.feed import address
from server.pages.scheduling.session import attendees
from server.pages.scheduling.shown import awaits, clocks, lines, meeting, people_of, title_of
from server.pages.site import SITE, Site, page, see_other
from server.storage.actions import load_actions, load_notes
from server.storage.availability import load_availability
from server.storage.calendars import Feed, load_feed, saved_feed
from server.storage.meetings import sessions_in, sessions_of
from server.storage.people import ChangedMeanwhileError
from server.storage.records import commit
from web.views.home import HomePart
from web.views.scheduling import NextSessions, SessionEntry, SessionsView
from web.views.timeline import Entry

PAST_MS = 365 * DAY_MS
MOST_PAST = 30
ON_HOME = 4


async def show(request: web.Request) -> web.Response:
    """``GET /sessions``."""
    site, person = request.app[SITE], visitor(request)
    now = site.clock()
    found = await sessions_of(site.store, person.id, now - PAST_MS)
    mine = [each for each in found if person.id in each.people]
    people = await people_of(site, mine, person.id)
    asked = [each for each in mine if awaits(each, person.id, now)]
    coming = [each for each in mine if _comes(each, now) and each not in asked]
    past = [each for each in mine if _past(each, now)][: -MOST_PAST - 1 : -1]
    feed = await load_feed(site.store, person.id)
    view = SessionsView(
        form=fresh(version=0 if feed is None else feed.version),
        asked=lines(asked, person.id, people, now),
        coming=lines(coming, person.id, people, now),
        past=lines(past, person.id, people, now),
        feed=address(request, feed) if feed is not None and feed.on else "",
    )
    return page(request, view)


async def change_feed(request: web.Request) -> web.Response:
    """``POST /sessions/feed``: ``do`` is "on", "renew" (the old address falls) or "off"."""
    site, person = request.app[SITE], visitor(request)
    form = await posted(request)
    known = await load_feed(site.store, person.id)
    if known is None:
        changed = Feed(person=person.id)
    else:
        serial = known.serial if form.text("do") == "off" else known.serial + 1
        changed = Feed(
            person=person.id, serial=serial, on=form.text("do") != "off", version=known.version + 1
        )
    try:
        await commit(site.store, saved_feed(changed), once(form, "/sessions#feed"))
    except ChangedMeanwhileError:
        # Another tab was faster: the page shows what holds now.
        return see_other("/sessions#feed")
    return see_other("/sessions#feed")


async def on_home(site: Site, person: Person, now_ms: int) -> HomePart | None:
    """What waits for an answer, and what comes next."""
    found = await sessions_of(site.store, person.id, now_ms - DAY_MS, now_ms + 60 * DAY_MS)
    mine = [each for each in found if person.id in each.people]
    asked = [each for each in mine if awaits(each, person.id, now_ms)][:ON_HOME]
    coming = [each for each in mine if each.stands and person.id in each.coming and each.ends_ms > now_ms][
        :ON_HOME
    ]
    said = (await load_availability(site.store, person.id)).version > 0
    if not asked and not coming and said:
        return None
    people = await people_of(site, [*asked, *coming], person.id)
    return NextSessions(
        lines=lines([each for each in coming if each not in asked], person.id, people, now_ms),
        asked=lines(asked, person.id, people, now_ms),
        unsaid=not said,
    )


async def on_timeline(site: Site, tie: Mentorship, viewer: Person) -> list[Entry]:
    """Every session of a tie, with its notes for those who were invited and what was agreed to do."""
    sessions = await sessions_in(site.store, tie.id)
    people = await people_of(site, sessions, viewer.id, *tie.people)
    actions = await load_actions(site.store, tie.id)
    found: list[Entry] = []
    for each in sessions:
        notes = await load_notes(site.store, each.id) if viewer.id in each.people else None
        found.append(
            SessionEntry(
                at_ms=each.starts_ms,
                session=meeting(each),
                title=title_of(each, viewer.id, people),
                others=clocks(each.people, viewer.id, people),
                attendees=tuple(one for one in attendees(each, people) if one.minutes is not None),
                notes="" if notes is None else notes.text,
                actions=tuple(
                    (
                        one.text,
                        people[one.owner].shown if one.owner in people else "?",
                        one.due,
                        one.done_ms is not None,
                    )
                    for one in actions
                    if one.session == each.id and viewer.id in tie.people
                ),
            )
        )
    return found


def _comes(session: Session, now_ms: int) -> bool:
    return session.state in {"proposed", "countered", "confirmed", "live"} and session.ends_ms > now_ms


def _past(session: Session, now_ms: int) -> bool:
    return not _comes(session, now_ms)
