"""``/sessions/<session>/time``: another time for a session that is proposed, confirmed, or to be given up."""

from __future__ import annotations

from dataclasses import replace as with_values

from aiohttp import web

from server.appointments import Step, new_id, settle
from server.mentoring.calendars import OverlapError
from server.mentoring.meeting_rules import (
    MeetingError,
    countered,
    may_meet,
    move_asked,
    proposed,
    rescheduled,
)
from server.mentoring.meetings import Session
from server.mentoring.people import Person
from server.pages.access import mentorship_of, session_of, visitor
from server.pages.forms import changed_meanwhile, fresh, once, posted, too_long
from server.pages.scheduling.acts import LONGEST_WHY
from server.pages.scheduling.refusals import faults_of
from server.pages.scheduling.shown import clocks, people_of, title_of
from server.pages.scheduling.times import check_free, chosen, length, offered
from server.pages.site import SITE, Site, page, see_other
from server.room.names import clean
from server.storage.meetings import load_session, sessions_in
from server.storage.people import ChangedMeanwhileError
from server.storage.records import not_done_before
from web.views.form import Form
from web.views.scheduling import TimeView


async def show(request: web.Request) -> web.Response:
    """``GET /sessions/<session>/time``; ``again`` in the query gives the present time up at once."""
    session = session_of(request)
    minutes = request.query.get("minutes", "") or str(session.minutes)
    again = "yes" if "again" in request.query else ""
    typed = {name: request.query.get(name, "")[:LONGEST_WHY] for name in ("why", "date", "time")}
    form = fresh({**typed, "minutes": minutes[:10], "again": again}, session.version)
    return page(request, await _view(request.app[SITE], visitor(request), session, form))


async def save(request: web.Request) -> web.Response:
    """``POST /sessions/<session>/time``."""
    site, person, session = request.app[SITE], visitor(request), session_of(request)
    form = await posted(request, texts=("why",))
    try:
        faults = too_long(form, why=LONGEST_WHY)
        if faults:
            return await _refused(request, session, form.with_faults(*faults))
        if form.version != session.version:
            raise ChangedMeanwhileError
        steps, location = await _steps(request, form)
        await settle(site, steps, by=person.id, now_ms=site.clock(), once=once(form, location))
    except (MeetingError, OverlapError) as error:
        await not_done_before(site.store, once(form, ""))
        return await _refused(request, session, form.with_faults(*faults_of(error, request)))
    except ChangedMeanwhileError:
        await not_done_before(site.store, once(form, ""))
        session = await load_session(site.store, session.id) or session
        return await _refused(request, session, changed_meanwhile(form, session.version))
    return see_other(location)


async def _steps(request: web.Request, form: Form) -> tuple[list[Step], str]:
    site, person, session = request.app[SITE], visitor(request), session_of(request)
    tie, now = mentorship_of(request), site.clock()
    starts_ms, minutes = chosen(form, person.zone), length(form, session.minutes)
    others = [each for each in await sessions_in(site.store, tie.id) if each.id != session.id]
    may_meet(tie, others, [starts_ms], person.zone)
    if not session.announced:
        # Who announced a session moves it for those who can: others lose their seat, and are told.
        await check_free(site, session, [starts_ms], minutes)
    here = f"/sessions/{session.id}?done="
    if session.waits:
        return [Step(session, countered(session, person.id, starts_ms, minutes, now))], f"{here}countered"
    if not form.has("again", "yes"):
        after = move_asked(session, person.id, starts_ms, minutes, now)
        return [Step(session, after)], f"{here}{'moved' if session.announced else 'move-asked'}"
    given_up = rescheduled(session, person.id, clean(form.text("why")), now)
    fresh_one = Session(
        id=new_id(),
        programme=session.programme,
        mentorship=session.mentorship,
        organiser=person.id,
        people=session.people,
        state="proposed",
        starts_ms=starts_ms,
        minutes=minutes,
        zone=person.zone,
        format=session.format,
        format_name=session.format_name,
        created_ms=now,
        title=session.title,
        agenda=session.agenda,
        planned_ms=starts_ms,
        follows=session.id,
    )
    steps = [Step(session, given_up), Step(None, proposed(fresh_one, now))]
    return steps, f"/sessions/{fresh_one.id}?done=new"


async def _refused(request: web.Request, session: Session, form: Form) -> web.Response:
    form = with_values(form, version=session.version)
    return page(request, await _view(request.app[SITE], visitor(request), session, form), status=422)


async def _view(site: Site, person: Person, session: Session, form: Form) -> TimeView:
    people = await people_of(site, [session], person.id)
    try:
        minutes = length(form, session.minutes)
    except MeetingError:
        minutes = session.minutes
    who = session.coming if session.announced else session.people
    found = await offered(site, who, person, minutes, site.clock(), but=session.id)
    if not form.text("starts") and not found.days:
        form = with_values(form, values={**form.values, "starts": ("own",)})
    purpose = "counter"
    if session.state not in {"proposed", "countered"}:
        purpose = "again" if form.has("again", "yes") else "move"
    return TimeView(
        purpose=purpose,
        action=f"/sessions/{session.id}/time",
        back=f"/sessions/{session.id}",
        title=title_of(session, person.id, people),
        form=form,
        days=found.days,
        others=clocks(session.people, person.id, people),
        unsaid=tuple(people[each].shown for each in found.unsaid if each in people and each != person.id),
        current_ms=session.starts_ms,
    )
