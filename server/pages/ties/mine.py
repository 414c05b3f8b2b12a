"""``/mentorships``: one's own ties, and those that live on the home page."""

from __future__ import annotations

from aiohttp import web

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.pages.access import visitor
from server.pages.site import SITE, Site, page
from server.pages.ties.heads import head, names_of
from server.pages.ties.tie import LIVES
from server.storage.mentorships import mentorships_of
from server.storage.programmes import load_programmes_by_id
from web.views.ties import TieLine, TiesPart, TiesView

MINE = frozenset({"write", "sign", "resign", "word"})
"""What is waited for from the reader."""

MOST_HOME = 6


async def _lines(site: Site, me: Person) -> list[TieLine]:
    """One's ties, those where something is one's turn first, then the one changed last."""
    ties = [
        tie
        for tie in await mentorships_of(site.store, me.id)
        if tie.state in {*LIVES, "closed"} and tie.part_of(me.id) is not None
    ]
    names = await names_of(site.store, ties)
    programmes = await load_programmes_by_id(site.store, {tie.programme for tie in ties})

    def line(tie: Mentorship) -> TieLine:
        shown = head(tie, programmes[tie.programme], me.id, names)
        part = tie.part_of(me.id)
        return TieLine(head=shown, role=part.role if part is not None else "", mine=shown.wait in MINE)

    found = [line(tie) for tie in ties if tie.programme in programmes]
    return sorted(found, key=lambda each: not each.mine)


async def show(request: web.Request) -> web.Response:
    """``GET /mentorships``."""
    lines = await _lines(request.app[SITE], visitor(request))
    view = TiesView(
        open=tuple(each for each in lines if each.head.state != "closed"),
        over=tuple(each for each in lines if each.head.state == "closed"),
    )
    return page(request, view)


async def home_part(site: Site, person: Person, now_ms: int) -> TiesPart | None:
    """The ties that live, on the home page."""
    lines = [each for each in await _lines(site, person) if each.head.state != "closed"]
    mentors = any(each.role == "mentor" for each in lines)
    return TiesPart(ties=tuple(lines[:MOST_HOME]), mentors=mentors) if lines else None
