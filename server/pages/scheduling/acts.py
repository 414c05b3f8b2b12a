"""``POST /sessions/<session>/<act>``: each act is a rule, found in a table, and what follows from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from server.appointments import Step, settle
from server.meeting_rooms import replan
from server.mentoring import meeting_rules as rules
from server.mentoring import no_show
from server.mentoring.attendance import attendance
from server.mentoring.calendars import OverlapError
from server.mentoring.meeting_rules import MeetingError
from server.mentoring.meetings import Session
from server.mentoring.people import Person
from server.pages import box_rows
from server.pages.access import session_of, subject, visitor
from server.pages.forms import changed_meanwhile, once, posted, too_long
from server.pages.scheduling import session as session_page
from server.pages.scheduling.following import followed
from server.pages.scheduling.refusals import faults_of
from server.pages.scheduling.session import course_of
from server.pages.site import SITE, PageError, Site, language_of, page, see_other
from server.room.formats.checks import LONGEST_COURSE
from server.room.names import clean
from server.storage.calendars import load_calendars
from server.storage.meetings import load_session, sessions_in
from server.storage.people import ChangedMeanwhileError
from server.storage.records import not_done_before
from server.storage.rooms import load_stays
from signaling.parts import Language
from web.i18n import translator
from web.views.form import Form

LONGEST_WHY = 500
_tries = 3
_fields = frozenset({"missing", "words", "agenda"}) | {
    f"{name}-{number}" for name in ("item", "minutes") for number in range(LONGEST_COURSE)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an act is given."""

    site: Site
    session: Session
    person: Person
    form: Form
    now_ms: int
    coordinates: bool
    language: Language


Act = Callable[[Asked], Awaitable[list[Step]]]


async def act(request: web.Request) -> web.Response:
    """``POST /sessions/<session>/<act>``."""
    return await _carry_out(request, _acts.get(request.match_info["act"]))


async def undo(request: web.Request) -> web.Response:
    """``POST /sessions/<session>/undo``: a coordinator can, too."""
    return await _carry_out(request, _undo)


async def _carry_out(request: web.Request, rule: Act | None) -> web.Response:
    site, person, session = request.app[SITE], visitor(request), session_of(request)
    if rule is None:
        raise PageError(404, "not-found")
    form = await posted(request, texts=("why", "words"))
    done = request.match_info.get("act", "undo")
    # Whoever says that it is over goes on to what it leaves behind.
    location = f"/sessions/{session.id}" + ("/wrap-up" if done == "met" else f"?done={done}")
    if form.text("do"):
        return page(request, await session_page.view(request, session, form))
    for left in reversed(range(_tries)):
        asked = Asked(
            site=site,
            session=session,
            person=person,
            form=form,
            now_ms=site.clock(),
            coordinates="coordinator" in subject(request).standings,
            language=language_of(request),
        )
        try:
            if form.version != session.version:
                raise ChangedMeanwhileError
            faults = too_long(form, why=LONGEST_WHY, words=LONGEST_WHY)
            if faults:
                return await _refused(request, session, form.with_faults(*faults))
            steps = await rule(asked)
            extra = [
                change
                for step in steps
                if step.after.state == "held" and step.before is not None and step.before.state != "held"
                for change in await followed(site, step.after, over=True)
            ]
            await settle(
                site, steps, by=person.id, now_ms=asked.now_ms, extra=extra, once=once(form, location)
            )
            if rule is _agenda:
                await replan(site, steps[0].after)
            return see_other(location)
        except (MeetingError, OverlapError) as error:
            await not_done_before(site.store, once(form, location))
            return await _refused(request, session, form.with_faults(*faults_of(error, request)))
        except ChangedMeanwhileError:
            await not_done_before(site.store, once(form, location))
            session = await load_session(site.store, session.id) or session
            # Somebody's other session was booked in the same moment: nothing of this one has changed.
            if left == 0 or form.version != session.version:
                return await _refused(request, session, changed_meanwhile(form, session.version))
    raise AssertionError("the last try answers")


async def _refused(request: web.Request, session: Session, form: Form) -> web.Response:
    # What the page has no field for is said of the form as a whole.
    faults = tuple(each if each.field in _fields else replace(each, field="") for each in form.faults)
    form = replace(form, version=session.version, faults=faults)
    return page(request, await session_page.view(request, session, form), status=422)


async def _agree(asked: Asked) -> list[Step]:
    """To one, or with ``all`` to every date of the series that still waits."""
    session = asked.session
    dates = [session]
    if session.series is not None and asked.form.has("all", "yes"):
        dates = [
            each
            for each in await sessions_in(asked.site.store, session.mentorship)
            if each.series == session.series and each.state == session.state and each.by == session.by
        ]
    return [Step(each, rules.agreed(each, asked.person.id, asked.now_ms)) for each in dates]


async def _go_ahead(asked: Asked) -> list[Step]:
    return _one(asked, rules.confirmed_with(asked.session, asked.person.id, asked.now_ms))


async def _decline(asked: Asked) -> list[Step]:
    """One, or with ``all`` every date of the series that nobody has answered yet."""
    why = clean(asked.form.text("why"))
    dates = [asked.session]
    if asked.session.series is not None and asked.form.has("all", "yes"):
        dates = [
            each
            for each in await sessions_in(asked.site.store, asked.session.mentorship)
            if each.series == asked.session.series and each.state == asked.session.state
        ]
    return [Step(each, rules.declined(each, asked.person.id, why)) for each in dates]


async def _cancel(asked: Asked) -> list[Step]:
    """One, or with ``all`` this and every later date of its series."""
    why = clean(asked.form.text("why"))
    dates = [asked.session]
    if asked.session.series is not None and asked.form.has("all", "yes"):
        dates = [
            each
            for each in await sessions_in(asked.site.store, asked.session.mentorship, asked.session.starts_ms)
            if each.series == asked.session.series and each.state == "confirmed"
        ]
    return [Step(each, rules.cancelled(each, asked.person.id, why, asked.now_ms)) for each in dates]


async def _move_agree(asked: Asked) -> list[Step]:
    return _one(asked, rules.move_agreed(asked.session, asked.person.id, asked.now_ms))


async def _move_decline(asked: Asked) -> list[Step]:
    return _one(asked, rules.move_declined(asked.session, asked.person.id))


async def _seat(asked: Asked) -> list[Step]:
    return _one(asked, rules.seat_taken(asked.session, asked.person.id, asked.now_ms))


async def _give_up(asked: Asked) -> list[Step]:
    """The seat goes to the first in the queue who has no other session then."""
    session = asked.session
    calendars = await load_calendars(asked.site.store, session.waiting)
    busy = [
        person
        for person, calendar in calendars.items()
        if any(
            each.start_ms < session.ends_ms and session.starts_ms < each.end_ms for each in calendar.claims
        )
    ]
    return _one(asked, rules.seat_given_up(session, asked.person.id, busy=busy))


async def _agenda(asked: Asked) -> list[Step]:
    """The agenda as written; one that is the format's own is none, so that it stretches with the session."""
    session = asked.session
    say, course = translator(asked.language), await course_of(asked.site, session)
    rows = box_rows.rows_of(asked.form)
    items, faults = box_rows.items(rows, course, say, session.minutes)
    for fault in faults:
        raise MeetingError(code=fault.code, field=fault.field, **fault.values)
    own = box_rows.items(box_rows.filled(course, say), course, say, session.minutes)[0]
    return _one(asked, rules.with_agenda(session, asked.person.id, () if items == own else items))


async def _met(asked: Asked) -> list[Step]:
    """It is over: as the room saw it, or by somebody's word where they met without it."""
    stays = await load_stays(asked.site.store, asked.session.id)
    there = attendance(stays, asked.now_ms)
    if len(there) > 1:
        return _one(asked, rules.held(asked.session, there))
    return _one(asked, rules.met_elsewhere(asked.session, asked.person.id, asked.now_ms))


async def _missed(asked: Asked) -> list[Step]:
    session = asked.session
    if not session.attendance:
        stays = await load_stays(asked.site.store, session.id)
        session = rules.seen(session, attendance(stays, asked.now_ms))
    after = no_show.missed(session, asked.person.id, asked.form.many("missing"), asked.now_ms)
    return _one(asked, after)


async def _appeal(asked: Asked) -> list[Step]:
    words = clean(asked.form.text("words"))
    return _one(asked, no_show.appealed(asked.session, asked.person.id, words, asked.now_ms))


async def _undo(asked: Asked) -> list[Step]:
    return _one(asked, no_show.undone(asked.session, asked.person.id, coordinator=asked.coordinates))


def _one(asked: Asked, after: Session) -> list[Step]:
    return [Step(asked.session, after)]


_acts: Mapping[str, Act] = {
    "agree": _agree,
    "go-ahead": _go_ahead,
    "decline": _decline,
    "cancel": _cancel,
    "move-agree": _move_agree,
    "move-decline": _move_decline,
    "seat": _seat,
    "give-up": _give_up,
    "agenda": _agenda,
    "met": _met,
    "missed": _missed,
    "appeal": _appeal,
}
