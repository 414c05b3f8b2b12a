"""The training of a programme: a page to read and to confirm. And leaving the programme again."""

from __future__ import annotations

from aiohttp import web

from server.mentoring.audit import AuditEvent
from server.mentoring.mentorships import OPEN_STATES
from server.mentoring.programmes import Enrolment
from server.mentoring.taking_part import left, trained
from server.pages.access import programme_of, subject, visitor
from server.pages.forms import fresh, once, posted
from server.pages.programmes.frame import nav
from server.pages.site import SITE, PageError, page, see_other
from server.storage.audit import noted
from server.storage.due import Due, falls_due
from server.storage.mentorships import mentorships_of
from server.storage.programmes import enrolled, load_enrolments, saved_enrolment
from server.storage.records import Change, commit, deciding
from server.storage.ties import TRAINED
from web.views.form import Fault, Form
from web.views.programmes import LeaveView, TrainingView


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/training``."""
    return _page(request, fresh())


async def confirm(request: web.Request) -> web.Response:
    """``POST /p/{programme}/training``: read and understood."""
    site, person, programme = request.app[SITE], visitor(request), programme_of(request)
    form = await posted(request)
    if not form.has("read", "yes"):
        return _page(request, form.with_faults(Fault(field="read", code="confirm")), status=422)
    now = site.clock()

    async def decide() -> None:
        changes: list[Change] = []
        for mine in (await load_enrolments(site.store, programme.id, person.id)).values():
            after = trained(mine, now)
            if after is not mine:
                changes += saved_enrolment(after)
        if changes:
            event = AuditEvent(
                at_ms=now, programme=programme.id, who=person.id, what="training.confirmed", about=person.id
            )
            moves = falls_due(Due(TRAINED, f"{programme.id}:{person.id}"), now)
            await commit(site.store, [*changes, noted(event), moves])

    await deciding(decide)
    site.due_soon.set()
    return see_other(f"/p/{programme.id}")


def _page(request: web.Request, form: Form, status: int = 200) -> web.Response:
    programme, mine = programme_of(request), subject(request).enrolments
    if not programme.training.strip():
        raise PageError(404, "not-found")
    done = [each.trained_ms for each in mine.values() if each.role != "coordinator"]
    view = TrainingView(
        nav=nav(request),
        text=programme.training,
        done_ms=max((each for each in done if each is not None), default=None) if all(done) else None,
        form=form,
    )
    return page(request, view, status=status)


async def ask_to_leave(request: web.Request) -> web.Response:
    """``GET /p/{programme}/leave``: what leaving means, before it is done."""
    return await _leaving(request, fresh({"role": tuple(subject(request).enrolments)}))


async def leave(request: web.Request) -> web.Response:
    """``POST /p/{programme}/leave``: ends the chosen parts, unless mentorships are still open."""
    site, person, programme = request.app[SITE], visitor(request), programme_of(request)
    form = await posted(request)
    mine = subject(request).enrolments
    going = [each for each in mine.values() if form.has("role", each.role)]
    if not going:
        return await _leaving(request, form.with_faults(Fault(field="role", code="choose")), status=422)
    if await reason_to_stay(request, going):
        return await _leaving(request, form, status=422)
    now = site.clock()
    event = AuditEvent(at_ms=now, programme=programme.id, who=person.id, what="person.left", about=person.id)
    changes = [change for each in going for change in saved_enrolment(left(each, now))]
    where = "/programmes" if len(going) == len(mine) else f"/p/{programme.id}"
    await commit(site.store, [*changes, noted(event)], once(form, where))
    return see_other(where)


async def reason_to_stay(request: web.Request, going: list[Enrolment]) -> str:
    """Why these parts can't end yet: "ties" are open, or "coordinator" for the last one; "" for none."""
    store = request.app[SITE].store
    if await open_ties(request, going):
        return "ties"
    if any(each.role == "coordinator" for each in going):
        leading = await enrolled(store, going[0].programme, "coordinator")
        if len(leading) == 1:
            return "coordinator"
    return ""


async def open_ties(request: web.Request, going: list[Enrolment]) -> int:
    """How many mentorships of these parts are still open."""
    if not going:
        return 0
    person, programme = going[0].person, going[0].programme
    roles = {each.role for each in going}
    ties = await mentorships_of(request.app[SITE].store, person)
    return sum(
        1
        for each in ties
        if each.programme == programme
        and each.state in OPEN_STATES
        and (part := each.part_of(person)) is not None
        and part.role in roles
    )


async def _leaving(request: web.Request, form: Form, status: int = 200) -> web.Response:
    mine = list(subject(request).enrolments.values())
    leading = await reason_to_stay(request, [each for each in mine if each.role == "coordinator"])
    view = LeaveView(
        nav=nav(request),
        roles=tuple((each.role, each.role) for each in mine),
        open_ties=await open_ties(request, mine),
        last_coordinator=leading == "coordinator",
        form=form,
    )
    return page(request, view, status=status)
