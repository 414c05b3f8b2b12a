"""Erasing a person: by themself, or by a coordinator of the one programme that they are in."""

from __future__ import annotations

from aiohttp import web

from server.mentoring.mentorships import OPEN_STATES
from server.mentoring.people import Person, PersonId
from server.pages.access import programme_of, visitor
from server.pages.forms import fresh, once, posted
from server.pages.site import SITE, PageError, Site, page, see_other
from server.storage.mentorships import mentorships_of
from server.storage.people import load as load_person
from server.storage.programmes import enrolled, enrolments_of
from server.ties.erasing import erase
from web.i18n import translator
from web.views.coordination import EraseView
from web.views.form import Fault, Form


async def ask(request: web.Request) -> web.Response:
    """``GET /p/{programme}/people/{person}/erase``."""
    return await _page(request, await _theirs(request), fresh(), _of(request))


async def do(request: web.Request) -> web.Response:
    """``POST /p/{programme}/people/{person}/erase``."""
    return await _erased(request, await _theirs(request), f"/p/{programme_of(request).id}", _of(request))


async def ask_own(request: web.Request) -> web.Response:
    """``GET /account/erase``."""
    return await _page(request, visitor(request), fresh(), "/account/erase")


async def do_own(request: web.Request) -> web.Response:
    """``POST /account/erase``."""
    return await _erased(request, visitor(request), "/", "/account/erase")


def _of(request: web.Request) -> str:
    return f"/p/{programme_of(request).id}/people/{request.match_info['person']}/erase"


async def _theirs(request: web.Request) -> Person:
    """The person of the path, who is in the programme. Raises ``PageError`` 404."""
    site = request.app[SITE]
    found = await load_person(site.store, request.match_info["person"])
    inside = [] if found is None else await enrolments_of(site.store, found.id)
    if found is None or found.gone or programme_of(request).id not in {each.programme for each in inside}:
        raise PageError(404, "not-found")
    return found


async def _erased(request: web.Request, person: Person, after: str, at: str) -> web.Response:
    site, form = request.app[SITE], await posted(request)
    reason = await _reason(site, person, visitor(request).id)
    if reason:
        return await _page(request, person, form, at, status=422)
    if form.text("email").casefold() != person.email.casefold():
        wrong = form.with_faults(Fault(field="email", code="erase-email"))
        return await _page(request, person, wrong, at, status=422)
    name = translator(person.language).text("erase.name")
    await erase(site.store, person.id, name, visitor(request).id, site.clock(), once(form, after))
    site.due_soon.set()
    return see_other(after)


async def _reason(site: Site, person: Person, by: PersonId) -> str:
    """Why it can't be: "elsewhere" they are in other programmes too, "coordinator" nobody else leads one."""
    parts = await enrolments_of(site.store, person.id)
    if by != person.id and (person.admin or len({each.programme for each in parts}) > 1):
        return "elsewhere"
    for each in parts:
        if each.role == "coordinator" and len(await enrolled(site.store, each.programme, "coordinator")) == 1:
            return "coordinator"
    return ""


async def _page(request: web.Request, person: Person, form: Form, at: str, status: int = 200) -> web.Response:
    site = request.app[SITE]
    ties = await mentorships_of(site.store, person.id)
    view = EraseView(
        at=at,
        own=person.id == visitor(request).id,
        person_name=person.shown,
        email=person.email,
        ties=sum(tie.state in OPEN_STATES for tie in ties),
        reason=await _reason(site, person, visitor(request).id),
        form=form,
    )
    return page(request, view, status=status)
