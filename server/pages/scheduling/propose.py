"""``/m/<mentorship>/sessions/new``: proposing a session, or announcing one to a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as with_values

from aiohttp import web
from msgspec.structs import replace

from server.appointments import Step, new_id, settle
from server.mentoring.calendars import OverlapError
from server.mentoring.kinds import POLICIES
from server.mentoring.meeting_rules import MeetingError, may_meet, proposed
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.recurrence import MOST_TIMES, occurrences
from server.pages.access import mentorship_of, visitor
from server.pages.forms import LONGEST_FIELD, fresh, once, posted, too_long
from server.pages.scheduling.refusals import faults_of
from server.pages.scheduling.shown import clocks
from server.pages.scheduling.times import check_free, chosen, counted, length, offered
from server.pages.site import SITE, Site, page, see_other
from server.room.formats import formats
from server.room.formats.schema import Format
from server.room.names import clean
from server.storage.formats import formats_for
from server.storage.meetings import sessions_in
from server.storage.programmes import load_people
from server.storage.records import not_done_before
from web.views.form import Form
from web.views.scheduling import TimeView

LONGEST_TITLE = 80
MOST_SEATS = 99
EVERY = ("0", "1", "2", "4")

KEPT = ("title", "every", "times", "seats", "date", "time")
"""What stays as typed when other times are asked for."""


async def show(request: web.Request) -> web.Response:
    """``GET /m/<mentorship>/sessions/new``; ``minutes`` and ``format`` in the query ask for other slots."""
    site, person, tie = request.app[SITE], visitor(request), mentorship_of(request)
    policy = POLICIES[tie.kind]
    offered_formats = await formats_for(site.store, tie.programme)
    agenda = offered_formats.get(request.query.get("format", ""), formats()[policy.format])
    usual = policy.minutes if agenda.key == policy.format else agenda.minutes
    minutes = request.query.get("minutes", "")[:10]
    typed = {name: request.query[name][:LONGEST_FIELD] for name in KEPT if name in request.query}
    values = {"every": "0", "times": "6", **typed, "format": agenda.key, "minutes": minutes or str(usual)}
    form = fresh(values)
    return page(request, await _view(site, person, tie, form))


async def make(request: web.Request) -> web.Response:
    """``POST /m/<mentorship>/sessions/new``."""
    site, person, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    now = site.clock()
    try:
        faults = too_long(form, title=LONGEST_TITLE)
        if faults:
            return page(request, await _view(site, person, tie, form.with_faults(*faults)), status=422)
        sessions = _sessions(form, person, tie, now, await formats_for(site.store, tie.programme))
        may_meet(
            tie, await sessions_in(site.store, tie.id), [each.starts_ms for each in sessions], person.zone
        )
        first = sessions[0]
        await check_free(site, first, [each.starts_ms for each in sessions], first.minutes)
        steps = [Step(None, each) for each in sessions]
        await settle(site, steps, by=person.id, now_ms=now, once=once(form, f"/sessions/{first.id}?done=new"))
    except (MeetingError, OverlapError) as error:
        await not_done_before(site.store, once(form, ""))
        form = form.with_faults(*faults_of(error, request))
        return page(request, await _view(site, person, tie, form), status=422)
    return see_other(f"/sessions/{first.id}?done=new")


def announces(tie: Mentorship, person: Person) -> bool:
    """Whether this person's sessions stand at once, for others to take a seat in."""
    return tie.kind in {"group", "office-hours"} and person.id in tie.mentors


def _sessions(
    form: Form, person: Person, tie: Mentorship, now_ms: int, among: Mapping[str, Format]
) -> list[Session]:
    agenda = among.get(form.text("format"))
    if agenda is None:
        raise MeetingError(code="choose", field="format")
    minutes = length(form, agenda.minutes)
    least = len(agenda.course)
    if minutes < least:
        raise MeetingError(code="minutes-wrong", field="minutes", least=least, most=240)
    if form.text("every") not in {*EVERY, ""}:
        raise MeetingError(code="choose", field="every")
    every = int(form.text("every") or 0)
    times = counted(form, "times", 1, MOST_TIMES) if every else 1
    starts_ms = chosen(form, person.zone)
    announced = announces(tie, person)
    if tie.kind in {"group", "office-hours"} and not announced:
        raise MeetingError(code="mentors-announce")
    seats = counted(form, "seats", MOST_SEATS, MOST_SEATS) if announced and form.text("seats") else None
    first = Session(
        id=new_id(),
        programme=tie.programme,
        mentorship=tie.id,
        organiser=person.id,
        people=tie.people,
        state="proposed",
        starts_ms=starts_ms,
        minutes=minutes,
        zone=person.zone,
        format=agenda.key,
        format_name=agenda.name,
        created_ms=now_ms,
        title=clean(form.text("title")),
        announced=announced,
        seats=seats,
        series=new_id() if times > 1 else None,
        every_weeks=every if times > 1 else 0,
        times=times,
        planned_ms=starts_ms,
    )
    # The first is looked at before the rest is counted out: a far date makes no long series.
    proposed(first, now_ms)
    dates = occurrences(starts_ms, person.zone, every, times)
    return [
        proposed(
            replace(first, id=first.id if at == 0 else new_id(), starts_ms=each, planned_ms=each), now_ms
        )
        for at, each in enumerate(dates)
    ]


async def _view(site: Site, person: Person, tie: Mentorship, form: Form) -> TimeView:
    people = await load_people(site.store, tie.people)
    try:
        minutes = length(form, POLICIES[tie.kind].minutes)
    except MeetingError:
        minutes = POLICIES[tie.kind].minutes
    announced = announces(tie, person)
    # A group's session is when its mentors can: whoever else can takes a seat.
    who = tie.mentors if announced else tie.people
    found = await offered(site, who, person, minutes, site.clock())
    if not form.text("starts") and not found.days:
        form = with_values(form, values={**form.values, "starts": ("own",)})
    return TimeView(
        purpose="new",
        action=f"/m/{tie.id}/sessions/new",
        back=f"/m/{tie.id}",
        title=tie.title
        or ", ".join(people[each].shown for each in tie.people if each != person.id and each in people),
        form=form,
        days=found.days,
        others=clocks(tie.people, person.id, people),
        unsaid=tuple(people[each].shown for each in found.unsaid if each in people and each != person.id),
        formats=tuple(
            (key, each.name) for key, each in (await formats_for(site.store, tie.programme)).items()
        ),
        announced=announced,
        recurs=True,
    )
