"""``/p/{programme}/people``: who takes part, for coordinators; and one person's page, for everybody in it."""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from server.mentoring.audit import AuditEvent
from server.mentoring.permissions import allowed
from server.mentoring.programmes import Enrolment, ProgrammeRole
from server.mentoring.taking_part import is_paused, left
from server.pages.access import programme_of, subject, visitor
from server.pages.forms import fresh, once, posted
from server.pages.programmes.frame import nav
from server.pages.programmes.letters import part_ended
from server.pages.programmes.settings import whole
from server.pages.programmes.training import reason_to_stay
from server.pages.site import SITE, PageError, page, see_other
from server.storage.audit import noted
from server.storage.invitations import invitations_in
from server.storage.programmes import (
    ROLES,
    enrolled_page,
    load_cohorts,
    load_enrolments,
    load_people,
    load_profile,
    numbers_enrolled,
    saved_enrolment,
)
from server.storage.records import commit
from web.views.form import Fault, Form
from web.views.profiles import PeopleView, PersonLine, PersonView

_a_page = 50

Shown = ProgrammeRole | Literal["invited"]


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/people?role=…&page=…``."""
    site, programme = request.app[SITE], programme_of(request)
    counts = await numbers_enrolled(site.store, programme.id)
    waiting = await invitations_in(site.store, programme.id)
    shown: list[tuple[Shown, int]] = [*((role, counts[role]) for role in ROLES), ("invited", len(waiting))]
    asked = request.query.get("role", "mentor")
    role, total = next((each for each in shown if each[0] == asked), shown[0])
    pages = max(-(-total // _a_page), 1)
    at = min(whole(request.query.get("page", ""), 0, 10_000) or 0, pages - 1)
    cohorts = {each.id: each.name for each in await load_cohorts(site.store, programme.id)}
    if role == "invited":
        some = waiting[at * _a_page : (at + 1) * _a_page]
        people = await load_people(site.store, [each.person for each in some])
        lines = [
            PersonLine(
                id=each.id,
                name=people[each.person].name,
                email=people[each.person].email,
                role=each.role,
                cohort=cohorts.get(each.cohort or "", ""),
                partner=each.partner,
                active=0,
                capacity=0,
                trained=False,
                paused=False,
                invited_ms=each.at_ms,
            )
            for each in some
            if each.person in people
        ]
    else:
        parts = await enrolled_page(site.store, programme.id, role, at * _a_page, _a_page)
        people = await load_people(site.store, [each.person for each in parts])
        lines = [
            PersonLine(
                id=each.person,
                name=people[each.person].shown,
                email=people[each.person].email,
                role=each.role,
                cohort=cohorts.get(each.cohort or "", ""),
                partner=each.partner,
                active=each.active,
                capacity=each.capacity,
                trained=each.trained_ms is not None,
                paused=is_paused(each, site.clock()),
            )
            for each in parts
            if each.person in people
        ]
    view = PeopleView(
        nav=nav(request, "people"),
        role=role,
        counts=tuple(shown),
        people=tuple(lines),
        page=at,
        pages=pages,
        training=bool(programme.training.strip()),
        invited=whole(request.query.get("invited", ""), 0, 10_000),
        form=fresh(),
    )
    return page(request, view)


async def person(request: web.Request) -> web.Response:
    """``GET /p/{programme}/people/{person}``: seen by everybody in the programme, and by nobody else."""
    return await _person(request, fresh())


async def remove(request: web.Request) -> web.Response:
    """``POST /p/{programme}/people/{person}/remove``: ends a person's part; their open ties come first."""
    site, programme, who = request.app[SITE], programme_of(request), request.match_info["person"]
    form = await posted(request)
    parts = await load_enrolments(site.store, programme.id, who)
    going = [each for each in parts.values() if form.has("role", each.role)]
    if not going:
        fault = Fault(field="", code="choose")
        return await _person(request, form.with_faults(fault), status=422)
    refused = await reason_to_stay(request, going)
    if refused:
        return await _person(request, form, refused=refused, status=422)
    now = site.clock()
    event = AuditEvent(
        at_ms=now, programme=programme.id, who=visitor(request).id, what="person.removed", about=who
    )
    where = f"/p/{programme.id}/people?role={going[0].role}"
    changes = [change for each in going for change in saved_enrolment(left(each, now))]
    changes += part_ended(programme, visitor(request), who, now, whole=len(going) == len(parts))
    await commit(site.store, [*changes, noted(event)], once(form, where))
    site.due_soon.set()
    return see_other(where)


async def _person(request: web.Request, form: Form, *, refused: str = "", status: int = 200) -> web.Response:
    site, programme, who = request.app[SITE], programme_of(request), request.match_info["person"]
    parts = await load_enrolments(site.store, programme.id, who)
    people = await load_people(site.store, [who])
    if not parts or who not in people:
        raise PageError(404, "not-found")
    them, profile = people[who], await load_profile(site.store, who)
    about = subject(request)
    removes = allowed("people.remove", about.standings)
    here = f"/p/{programme.id}/people/{who}"
    view = PersonView(
        nav=nav(request),
        name=them.shown,
        roles=tuple(parts),
        headline=profile.headline,
        about=profile.about,
        offers=profile.offers,
        seeks=profile.seeks,
        languages=profile.languages,
        meets=profile.meets,
        connection=profile.connection,
        zone=them.zone,
        now_ms=site.clock(),
        partner=next((each.partner for each in parts.values() if each.partner), ""),
        ask=ask_path(programme.id, who) if _askable(request, parts.get("mentor"), who) else "",
        self=who == visitor(request).id,
        email=them.email if removes else "",
        removable=tuple(parts) if removes and who != visitor(request).id else (),
        remove=f"{here}/remove",
        refused=refused,
        form=form,
    )
    return page(request, view, status=status)


def ask_path(programme: str, mentor: str) -> str:
    """Where a mentee asks this mentor."""
    return f"/p/{programme}/requests/new?mentor={mentor}"


def _askable(request: web.Request, mentor: Enrolment | None, who: str) -> bool:
    mine = subject(request).enrolments
    return (
        mentor is not None
        and "mentee" in mine
        and who != visitor(request).id
        and mentor.active < mentor.capacity
        and not is_paused(mentor, request.app[SITE].clock())
    )
