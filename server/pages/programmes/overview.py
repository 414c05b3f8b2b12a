"""``/p/{programme}``: what the programme is, one's own part in it, and what to do first."""

from __future__ import annotations

from aiohttp import web

from server.mentoring.programmes import Enrolment, Programme
from server.mentoring.taking_part import MOST_UNANSWERED, is_paused, needs_training
from server.pages.access import programme_of, subject, visitor
from server.pages.programmes.frame import nav
from server.pages.site import SITE, page
from server.storage.availability import load_availability
from server.storage.invitations import invitations_in
from server.storage.programmes import ROLES, enrolled, load_people, load_profile, numbers_enrolled
from web.views.programmes import OverviewView, Part, Step


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}``."""
    site, person = request.app[SITE], visitor(request)
    programme, mine = programme_of(request), subject(request).enrolments
    now = site.clock()
    leading = await enrolled(site.store, programme.id, "coordinator")
    people = await load_people(site.store, [each.person for each in leading])
    coordinator = "coordinator" in mine
    counts = await numbers_enrolled(site.store, programme.id) if coordinator else {}
    view = OverviewView(
        nav=nav(request, "overview"),
        summary=programme.summary,
        kinds=programme.kinds,
        cadence_days=programme.cadence_days,
        starts=programme.starts or "",
        ends=programme.ends or "",
        partners=programme.partners,
        coordinators=tuple(each.shown for each in people.values()),
        parts=tuple(_part(programme, each, now) for each in mine.values()),
        steps=await _steps(request, programme, person.id),
        counts=tuple((role, counts[role]) for role in ROLES) if coordinator else (),
        waiting=len(await invitations_in(site.store, programme.id)) if coordinator else 0,
        agreement=programme.agreement,
    )
    return page(request, view)


def _part(programme: Programme, mine: Enrolment, now_ms: int) -> Part:
    state = ""
    if mine.role == "mentor":
        state = "offered"
        if needs_training(programme, [mine]):
            state = "untrained"
        elif is_paused(mine, now_ms):
            state = "paused"
        elif mine.unanswered >= MOST_UNANSWERED:
            state = "silent"
        elif mine.active >= mine.capacity:
            state = "full"
    return Part(
        role=mine.role,
        state=state,
        capacity=mine.capacity,
        active=mine.active,
        until_ms=mine.paused_until_ms if state == "paused" else None,
    )


async def _steps(request: web.Request, programme: Programme, person: str) -> tuple[Step, ...]:
    """What somebody who is new does first; none once all of it is done."""
    store, mine = request.app[SITE].store, subject(request).enrolments
    if not set(mine) & {"mentor", "mentee"}:
        return ()
    profile = await load_profile(store, person)
    availability = await load_availability(store, person)
    said = profile.offers if "mentor" in mine else profile.seeks
    home = f"/p/{programme.id}"
    steps = [
        Step(key="profile", path=f"{home}/profile", done=bool(said and profile.languages)),
        Step(key="availability", path="/availability", done=bool(availability.windows)),
    ]
    if programme.training.strip():
        trained = not needs_training(programme, mine.values())
        steps.insert(0, Step(key="training", path=f"{home}/training", done=trained))
    return () if all(each.done for each in steps) else tuple(steps)
