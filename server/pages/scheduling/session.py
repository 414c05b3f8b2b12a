"""``/sessions/<session>``: one session, and what each of its people can do with it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiohttp import web

from server.mentoring.attendance import present
from server.mentoring.meeting_rules import MEETING_STATES
from server.mentoring.meetings import Session
from server.mentoring.no_show import may_say
from server.mentoring.people import Person
from server.pages import box_rows
from server.pages.access import mentorship_of, session_of, subject, visitor
from server.pages.forms import fresh
from server.pages.scheduling.shown import OPENS_MS, awaits, clocks, is_open, meeting, people_of, title_of
from server.pages.site import SITE, Site, language_of, page
from server.room.formats import formats
from server.room.planned import planned_boxes
from server.storage.formats import format_named
from server.storage.meetings import sessions_in
from server.storage.rooms import load_stays
from signaling.parts import Box
from web.i18n import Translator, translator
from web.views.boxes import BoxRow
from web.views.form import Form
from web.views.scheduling import Attendee, SessionView


async def show(request: web.Request) -> web.Response:
    """``GET /sessions/<session>``; ``done`` in the query says what has just been done."""
    session = session_of(request)
    return page(request, await view(request, session, fresh(version=session.version)))


async def view(request: web.Request, session: Session, form: Form) -> SessionView:
    """The page as it is for this visitor, with a form as it stands."""
    site, person = request.app[SITE], visitor(request)
    now = site.clock()
    people = await people_of(site, [session], person.id)
    stays = await load_stays(site.store, session.id) if is_open(session, now) else []
    siblings = await _siblings(site, session)
    here = present(stays)
    shown = meeting(session)
    if person.id not in session.people and "participant" not in subject(request).standings:
        # Who coordinates sees that it took place or didn't, not what it was to be about.
        shown = replace(shown, agenda=(), why="")
    course = await course_of(site, session)
    say = translator(language_of(request))
    return SessionView(
        session=shown,
        course=() if session.agenda else box_rows.filled(course, say),
        rows=_rows(session, form, course, say),
        title=title_of(session, person.id, people),
        mentorship_path=f"/m/{session.mentorship}",
        others=clocks(session.people, person.id, people),
        attendees=attendees(session, people),
        proposer=people[session.by].shown
        if session.waits and session.by in people and session.by != person.id
        else "",
        can=_can(session, person, now, coordinates="coordinator" in subject(request).standings)
        | _can_ask_again(request, session)
        | ({"agree-all"} if len(siblings) > 1 and awaits(session, person.id, now) else frozenset()),
        form=form,
        live=len(here) > 1,
        left=bool(stays) and not here,
        opens_ms=session.starts_ms - OPENS_MS,
        series=len(siblings) or 1,
        missing=tuple(people[each].shown for each in session.missing if each in people),
        candidates=tuple((each, people[each].shown) for each in session.coming if each in people),
        appeals=tuple(
            (people[each.person].shown, each.words) for each in session.appeals if each.person in people
        ),
        done=request.query.get("done", "") if request.method == "GET" else "",
    )


async def course_of(site: Site, session: Session) -> tuple[Box, ...]:
    """The boxes of the session's format, stretched to its minutes."""
    return planned_boxes(await format_named(site.store, session.format), session.minutes)


def _rows(session: Session, form: Form, course: Sequence[Box], say: Translator) -> tuple[BoxRow, ...]:
    """What the agenda's form has in it: as typed, else as it was written, else as the format has it."""
    typed = box_rows.rows_of(form)
    if typed or form.text("do"):
        return box_rows.pressed(typed, form.text("do"))
    return box_rows.edited(session.agenda, say) if session.agenda else box_rows.filled(course, say)


async def _siblings(site: Site, session: Session) -> list[Session]:
    """The dates of its series that stand or fall with it."""
    if session.series is None:
        return []
    return [
        each
        for each in await sessions_in(site.store, session.mentorship)
        if each.series == session.series and each.state == session.state
    ]


def attendees(session: Session, people: Mapping[str, Person]) -> tuple[Attendee, ...]:
    """Everybody invited, with how they stand to it and how long they were there."""
    minutes = {each.person: each.minutes for each in session.attendance}
    found = []
    for person in session.people:
        if person not in people:
            continue
        state = "asked"
        if person in session.missing:
            state = "missed"
        elif person in session.coming:
            state = "coming"
        elif person in session.waiting:
            state = "waiting"
        found.append(
            Attendee(
                name=people[person].shown,
                state=state,
                minutes=minutes.get(person),
                expected_ms=_expected(session, person),
            )
        )
    return tuple(found)


def _expected(session: Session, person: str) -> int | None:
    """In office hours each visitor has their time, in the order in which the seats were taken; elsewhere each
    seat has its share.
    """
    guests = [each for each in session.coming if each != session.organiser]
    agenda = formats().get(session.format)
    visit_s = next((box.turn_s for box in agenda.boxes if box.queue), 0) if agenda is not None else 0
    if visit_s and person in guests:
        return session.starts_ms + guests.index(person) * visit_s * 1000
    if not session.announced or not session.seats or session.seats > 12 or person not in guests:
        return None
    return session.starts_ms + guests.index(person) * session.minutes * 60_000 // session.seats


def _can(session: Session, person: Person, now_ms: int, *, coordinates: bool) -> frozenset[str]:
    me, found = person.id, set[str]()
    ahead = session.starts_ms > now_ms
    if session.state == "no_show" and (me == session.said_by or coordinates):
        found.add("undo")
    if me not in session.people:
        if session.announced and session.stands and session.ends_ms > now_ms and not coordinates:
            found.add("seat")
        return frozenset(found)
    if session.waits:
        found |= _can_answer(session, me, now_ms, ahead=ahead)
    if session.state == "confirmed":
        found |= _can_change(session, me, now_ms)
    if session.stands:
        found |= _can_come(session, me, now_ms)
    if may_say(session, now_ms) and me in session.coming:
        found.add("missed")
    if (
        session.state == "no_show"
        and me in session.missing
        and all(each.person != me for each in session.appeals)
    ):
        found.add("appeal")
    if session.state in {"held", "recapped"}:
        found.add("wrap-up")
    return frozenset(found)


def _can_ask_again(request: web.Request, session: Session) -> frozenset[str]:
    """After a proposal that nobody answered: another time, as long as the tie has sessions."""
    if session.ended_as != "unanswered" or visitor(request).id not in session.people:
        return frozenset()
    return frozenset({"propose"} if mentorship_of(request).state in MEETING_STATES else ())


def _can_answer(session: Session, me: str, now_ms: int, *, ahead: bool) -> set[str]:
    found = {"withdraw"} if me == session.by else {"decline"}
    found |= {"counter", "agenda"}
    if awaits(session, me, now_ms):
        found.add("agree")
    if me == session.by and ahead and len(session.people) > 2 and len(session.coming) > 1:
        found.add("go-ahead")
    return found


def _can_change(session: Session, me: str, now_ms: int) -> set[str]:
    if session.ends_ms <= now_ms or (session.announced and me != session.organiser):
        return set()
    found = {"cancel", "agenda"}
    if me in session.coming:
        found |= {"move"}
        if not session.announced:
            found.add("again")
    if session.moving is not None:
        found.discard("move")
        found |= {"move-agree"} if awaits(session, me, now_ms) else set()
        found |= {"move-back"} if me == session.moving.by else {"move-decline"}
    return found


def _can_come(session: Session, me: str, now_ms: int) -> set[str]:
    found: set[str] = set()
    if session.announced and me != session.organiser and session.ends_ms > now_ms:
        found.add("give-up" if me in (*session.coming, *session.waiting) else "seat")
    if me in session.coming and is_open(session, now_ms):
        found.add("join")
    if me in session.coming and session.starts_ms + session.minutes * 30_000 <= now_ms:
        found.add("met")
    return found
