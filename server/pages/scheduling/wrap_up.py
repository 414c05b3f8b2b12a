"""``/sessions/<session>/wrap-up``: what was said and agreed, one question, and when to meet next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web
from msgspec.structs import replace

from server.appointments import Step, new_id, settle
from server.mentoring import meeting_rules as rules
from server.mentoring.actions import LONGEST_ACTION, MOST_ACTIONS, ActionItem, action_id, read_actions
from server.mentoring.calendars import OverlapError
from server.mentoring.meeting_rules import MeetingError
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person, PersonId
from server.mentoring.surveys import Response
from server.mentoring.zones import DAY_MS, local
from server.pages.access import mentorship_of, session_of, visitor
from server.pages.forms import LONGEST_TEXT, changed_meanwhile, fresh, once, posted, too_long
from server.pages.scheduling.availability import day_of
from server.pages.scheduling.refusals import faults_of
from server.pages.scheduling.session import attendees
from server.pages.scheduling.shown import clocks, meeting, people_of, title_of
from server.pages.scheduling.times import check_free, offered
from server.pages.site import SITE, PageError, Site, page, see_other
from server.storage.actions import SessionNotes, load_actions, load_notes, saved_action, saved_notes
from server.storage.meetings import load_session, sessions_in
from server.storage.people import ChangedMeanwhileError
from server.storage.records import Change, not_done_before
from server.storage.surveys import load_response, saved_response
from web.views.form import Fault, Form
from web.views.scheduling import ActionRow, WrapUpView

SPARE_ROWS = 2
MOST_SLOTS = 4
_number = re.compile(r"[0-9]{1,3}")


async def show(request: web.Request) -> web.Response:
    """``GET /sessions/<session>/wrap-up``."""
    site, person, session = request.app[SITE], visitor(request), _over(session_of(request))
    people = await people_of(site, [session], person.id)
    form = await _filled(site, session, mentorship_of(request), person, people)
    return page(request, await _view(site, person, session, mentorship_of(request), people, form))


async def save(request: web.Request) -> web.Response:
    """``POST /sessions/<session>/wrap-up``."""
    site, person, session = request.app[SITE], visitor(request), _over(session_of(request))
    tie, now = mentorship_of(request), site.clock()
    form = await posted(request, texts=("notes",))
    people = await people_of(site, [session], person.id)
    location = f"/sessions/{session.id}?done=wrapped-up"
    try:
        if form.version != session.version:
            raise ChangedMeanwhileError
        items, faults = _items(form, session, tie, people, now)
        faults += too_long(form, notes=LONGEST_TEXT - 1)
        if faults:
            raise _RefusedError(faults)
        steps = [Step(session, rules.recapped(session, person.id))]
        follower = await _next(site, form, session, tie, person, now)
        if follower is not None:
            steps.append(Step(None, follower))
        extra = [
            *await _kept(site, session, form.raw("notes")),
            *await _actions(site, items),
            *await _answer(site, session, tie, person, form.text("useful")),
        ]
        await settle(site, steps, by=person.id, now_ms=now, extra=extra, once=once(form, location))
    except (MeetingError, OverlapError, _RefusedError) as error:
        await not_done_before(site.store, once(form, location))
        found = error.faults if isinstance(error, _RefusedError) else faults_of(error, request)
        view = await _view(site, person, session, tie, people, form.with_faults(*found))
        return page(request, view, status=422)
    except ChangedMeanwhileError:
        await not_done_before(site.store, once(form, location))
        session = await load_session(site.store, session.id) or session
        form = changed_meanwhile(form, session.version)
        return page(request, await _view(site, person, session, tie, people, form), status=422)
    return see_other(location)


class _RefusedError(Exception):
    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def _over(session: Session) -> Session:
    if session.state not in {"held", "recapped"}:
        raise PageError(404, "not-found")
    return session


async def _filled(
    site: Site, session: Session, tie: Mentorship, person: Person, people: Mapping[PersonId, Person]
) -> Form:
    """The form as it is at first: the notes, and the actions that are read from them or known already."""
    notes = await load_notes(site.store, session.id)
    text = notes.text if notes is not None else await site.rooms.notes_text(session.id)
    today = local(person.zone, site.clock()).date()
    usual = (today + timedelta(days=tie.cadence_days)).isoformat()
    names = {each: people[each].shown for each in session.people if each in people}
    known = [each for each in await load_actions(site.store, tie.id) if each.session == session.id]
    values: dict[str, str] = {"notes": text}
    rows = [(each.text, each.owner, each.due) for each in known]
    told = {each.id for each in known}
    for line in read_actions(text, names, local(person.zone, session.starts_ms).date()):
        if not line.done and action_id(session.id, line.text) not in told:
            owner = line.owner or (tie.mentees[0] if len(tie.mentees) == 1 else "")
            rows.append((line.text, owner, line.due or usual))
    for number, (said, owner, due) in enumerate(rows[:MOST_ACTIONS]):
        values |= {f"text-{number}": said, f"owner-{number}": owner, f"due-{number}": due}
    for number in range(len(rows), len(rows) + SPARE_ROWS):
        values[f"text-{number}"] = ""
    before = await load_response(site.store, "after-session", tie.id, session.id, person.id)
    if before is not None:
        values |= {key: str(value) for key, value in before.scales.items()}
    return fresh(values, session.version)


async def _view(
    site: Site,
    person: Person,
    session: Session,
    tie: Mentorship,
    people: Mapping[PersonId, Person],
    form: Form,
) -> WrapUpView:
    now = site.clock()
    # The next date is proposed for when the agreed rhythm wants it, not for tomorrow.
    about = max(now, session.starts_ms + (tie.cadence_days - 2) * DAY_MS)
    found = await offered(site, session.people, person, session.minutes, now, ahead_of_ms=about)
    planned = any(
        each.state in {"proposed", "countered", "confirmed"} and each.starts_ms > now
        for each in await sessions_in(site.store, tie.id, now)
    )
    slots = () if planned or session.announced else tuple(each.slots[0] for each in found.days[:MOST_SLOTS])
    return WrapUpView(
        session=meeting(session),
        title=title_of(session, person.id, people),
        attendees=tuple(each for each in attendees(session, people) if each.minutes is not None),
        others=clocks(session.people, person.id, people),
        form=form,
        rows=tuple(ActionRow(number=number) for number in _rows(form)),
        owners=tuple((each, people[each].shown) for each in session.people if each in people),
        slots=slots,
    )


def _rows(form: Form) -> list[int]:
    named = (name.partition("-") for name in form.values)
    numbers = sorted({int(rest) for begin, _, rest in named if begin == "text" and _number.fullmatch(rest)})
    return numbers[: MOST_ACTIONS + SPARE_ROWS]


def _items(
    form: Form, session: Session, tie: Mentorship, people: Mapping[PersonId, Person], now_ms: int
) -> tuple[list[ActionItem], list[Fault]]:
    """Every action has one owner and a day: what a row lacks is asked for."""
    items: dict[str, ActionItem] = {}
    faults: list[Fault] = []
    for number in _rows(form):
        text = " ".join(form.text(f"text-{number}").split())
        if not text:
            continue
        owner, due = form.text(f"owner-{number}"), day_of(form.text(f"due-{number}"))
        if len(text) > LONGEST_ACTION:
            faults.append(Fault(field=f"text-{number}", code="too-long", values={"most": LONGEST_ACTION}))
        if owner not in session.people or owner not in people:
            faults.append(Fault(field=f"owner-{number}", code="choose"))
        if due is None:
            said = form.text(f"due-{number}")
            faults.append(Fault(field=f"due-{number}", code="day" if said else "missing"))
            continue
        made = action_id(session.id, text)
        items[made] = ActionItem(
            id=made,
            mentorship=tie.id,
            owner=owner,
            text=text,
            due=due.isoformat(),
            created_ms=now_ms,
            session=session.id,
        )
    return list(items.values()), faults


async def _actions(site: Site, items: list[ActionItem]) -> list[Change]:
    """What stores the actions: new ones, and those whose owner or day is another by now."""
    if not items:
        return []
    known = {each.id: each for each in await load_actions(site.store, items[0].mentorship)}
    changes: list[Change] = []
    for each in items:
        before = known.get(each.id)
        if before is None:
            changes += saved_action(each)
        elif (before.owner, before.due) != (each.owner, each.due):
            changes += saved_action(
                replace(before, owner=each.owner, due=each.due, version=before.version + 1)
            )
    return changes


async def _answer(site: Site, session: Session, tie: Mentorship, person: Person, useful: str) -> list[Change]:
    """What stores the answer to the question after a session: it is one of its survey's."""
    part = tie.part_of(person.id)
    if part is None or useful not in {"1", "2", "3", "4", "5"}:
        return []
    before = await load_response(site.store, "after-session", tie.id, session.id, person.id)
    response = Response(
        survey="after-session",
        programme=tie.programme,
        mentorship=tie.id,
        about=session.id,
        person=person.id,
        role=part.role,
        at_ms=site.clock(),
        scales={"useful": int(useful)},
        version=1 if before is None else before.version + 1,
    )
    return saved_response(response)


async def _kept(site: Site, session: Session, text: str) -> list[Change]:
    notes = await load_notes(site.store, session.id)
    if notes is not None and notes.text == text:
        return []
    version = 1 if notes is None else notes.version + 1
    return saved_notes(SessionNotes(session=session.id, text=text, version=version))


async def _next(
    site: Site, form: Form, session: Session, tie: Mentorship, person: Person, now_ms: int
) -> Session | None:
    """The next session as it is proposed, None when no date was chosen."""
    said = form.text("starts")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise MeetingError(code="choose", field="starts")
    found = Session(
        id=new_id(),
        programme=session.programme,
        mentorship=session.mentorship,
        organiser=person.id,
        people=tie.people,
        state="proposed",
        starts_ms=int(said),
        minutes=session.minutes,
        zone=person.zone,
        format=session.format,
        created_ms=now_ms,
        planned_ms=int(said),
    )
    rules.may_meet(tie, await sessions_in(site.store, tie.id), [found.starts_ms], person.zone)
    await check_free(site, found, [found.starts_ms], found.minutes)
    return rules.proposed(found, now_ms)
