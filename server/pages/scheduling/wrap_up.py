"""``/sessions/<session>/wrap-up``: what was said and agreed, one question, and when to meet next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web
from msgspec.structs import replace

from server.appointments import Step, new_id, settle
from server.mentoring import meeting_rules as rules
from server.mentoring.actions import ActionItem
from server.mentoring.calendars import OverlapError
from server.mentoring.letters import Letter
from server.mentoring.meeting_rules import MeetingError
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person, PersonId
from server.mentoring.surveys import Response
from server.mentoring.zones import DAY_MS, local
from server.pages.access import mentorship_of, session_of, visitor
from server.pages.forms import LONGEST_TEXT, changed_meanwhile, fresh, once, posted, too_long
from server.pages.recap_shown import as_file, part
from server.pages.scheduling.refusals import faults_of
from server.pages.scheduling.session_recap import session_recap
from server.pages.scheduling.shown import clocks, meeting, people_of, title_of
from server.pages.scheduling.times import check_free, offered
from server.pages.scheduling.wrap_up_actions import faults_in, first_rows, rows_of, settled
from server.pages.site import SITE, PageError, Site, language_of, page, see_other
from server.recaps.document import document, for_letter
from server.room.recap import Recap
from server.storage.actions import SessionNotes, load_actions, load_notes, saved_notes
from server.storage.letters import posted as posted_letter
from server.storage.meetings import load_session, sessions_in
from server.storage.people import ChangedMeanwhileError
from server.storage.records import Change, commit, not_done_before
from server.storage.surveys import load_response, saved_response
from web.i18n import translator
from web.i18n import zone as zone_of
from web.views.form import Fault, Form
from web.views.scheduling import ActionRow, WrapUpView

MOST_SLOTS = 4
LONGEST_WISH = 500


async def show(request: web.Request) -> web.Response:
    """``GET /sessions/<session>/wrap-up``; ``done`` in the query says what has just been done."""
    site, person, session = request.app[SITE], visitor(request), _over(session_of(request))
    people = await people_of(site, [session], person.id)
    form = await _filled(site, session, mentorship_of(request), person, people)
    return page(request, await _view(request, session, people, form))


async def take(request: web.Request) -> web.Response:
    """``GET /sessions/<session>/wrap-up.md`` and ``.pdf``."""
    site, person, session = request.app[SITE], visitor(request), _over(session_of(request))
    people = await people_of(site, [session], person.id)
    recap = await _recap(request, session, people, await _notes(site, session))
    zone = zone_of(person.zone)
    assert zone is not None
    return await as_file(request, recap, request.match_info["ending"], zone)


async def mail(request: web.Request) -> web.Response:
    """``POST /sessions/<session>/wrap-up/mail``: sends it to whoever asks, in their language."""
    site, person, session = request.app[SITE], visitor(request), _over(session_of(request))
    form = await posted(request)
    people = await people_of(site, [session], person.id)
    recap = await _recap(request, session, people, await _notes(site, session))
    zone = zone_of(person.zone)
    assert zone is not None
    words = translator(person.language)
    letter = Letter(
        id=new_id(),
        to=person.id,
        kind="session-notes",
        topic="account",
        at_ms=site.clock(),
        values={"title": recap.title},
        path=f"/sessions/{session.id}",
        document=for_letter(document(recap, words, zone), words),
    )
    location = f"/sessions/{session.id}/wrap-up?done=mailed"
    if site.letters_to.allow(person.email, site.clock() / 1000):
        await commit(site.store, posted_letter(letter), once(form, location))
        site.due_soon.set()
    return see_other(location)


async def save(request: web.Request) -> web.Response:
    """``POST /sessions/<session>/wrap-up``; the button of a date proposes that date as well."""
    site, person, session = request.app[SITE], visitor(request), _over(session_of(request))
    tie, now = mentorship_of(request), site.clock()
    form = await posted(request, texts=("notes",))
    people = await people_of(site, [session], person.id)
    names = _names(session, people)
    location = f"/sessions/{session.id}?done=wrapped-up"
    try:
        if form.version != session.version:
            raise ChangedMeanwhileError
        faults = faults_in(form, names) + too_long(form, notes=LONGEST_TEXT - 1, next=LONGEST_WISH)
        if faults:
            raise _RefusedError(faults)
        steps = [Step(session, rules.recapped(session, person.id))]
        follower = await _next(site, form, session, tie, person, now)
        if follower is not None:
            steps.append(Step(None, follower))
        before = await _notes(site, session)
        known = await load_actions(site.store, tie.id)
        text = _typed(form, before)
        rows = settled(form, session, before, text, known, names, now)
        extra = [
            *rows.changes,
            *_kept(before, text, rows.gone),
            *await _answer(site, session, tie, person, form),
        ]
        await settle(site, steps, by=person.id, now_ms=now, extra=extra, once=once(form, location))
    except (MeetingError, OverlapError, _RefusedError) as error:
        await not_done_before(site.store, once(form, location))
        found = error.faults if isinstance(error, _RefusedError) else faults_of(error, request)
        view = await _view(request, session, people, form.with_faults(*found))
        return page(request, view, status=422)
    except ChangedMeanwhileError:
        await not_done_before(site.store, once(form, location))
        session = await load_session(site.store, session.id) or session
        form = changed_meanwhile(form, session.version)
        return page(request, await _view(request, session, people, form), status=422)
    return see_other(location)


class _RefusedError(Exception):
    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def _over(session: Session) -> Session:
    if session.state not in {"held", "recapped"}:
        raise PageError(404, "not-found")
    return session


def _names(session: Session, people: Mapping[PersonId, Person]) -> dict[PersonId, str]:
    return {each: people[each].shown for each in session.people if each in people}


async def _notes(site: Site, session: Session) -> SessionNotes:
    """The notes as they are kept, else (version 0) as they stand in the session's room."""
    kept = await load_notes(site.store, session.id)
    if kept is not None:
        return kept
    return SessionNotes(session=session.id, text=await site.rooms.notes_text(session.id), version=0)


def _typed(form: Form, notes: SessionNotes) -> str:
    """The notes as the form has them; very long ones aren't in it and stay as they are."""
    return form.raw("notes") if "notes" in form.values else notes.text


async def _recap(
    request: web.Request, session: Session, people: Mapping[PersonId, Person], notes: SessionNotes
) -> Recap:
    site, actions = request.app[SITE], await load_actions(request.app[SITE].store, session.mentorship)
    words = translator(language_of(request))
    return await session_recap(site, session, visitor(request), people, notes, actions, words)


async def _filled(
    site: Site, session: Session, tie: Mentorship, person: Person, people: Mapping[PersonId, Person]
) -> Form:
    """The form as it is at first: the notes, and the actions that are read from them or known already."""
    notes = await _notes(site, session)
    known: Sequence[ActionItem] = await load_actions(site.store, tie.id)
    today = local(person.zone, site.clock()).date()
    values = first_rows(session, tie, notes, known, _names(session, people), today)
    if len(notes.text) < LONGEST_TEXT:
        values["notes"] = notes.text
    before = await load_response(site.store, "after-session", tie.id, session.id, person.id)
    if before is not None:
        values |= {key: str(value) for key, value in before.scales.items()} | before.texts
    return fresh(values, session.version)


async def _view(
    request: web.Request, session: Session, people: Mapping[PersonId, Person], form: Form
) -> WrapUpView:
    site, person, tie = request.app[SITE], visitor(request), mentorship_of(request)
    now = site.clock()
    # The next date is proposed for when the agreed rhythm wants it, not for tomorrow.
    about = max(now, session.starts_ms + (tie.cadence_days - 2) * DAY_MS)
    found = await offered(site, session.people, person, session.minutes, now, ahead_of_ms=about)
    planned = any(
        each.state in {"proposed", "countered", "confirmed"} and each.starts_ms > now
        for each in await sessions_in(site.store, tie.id, now)
    )
    slots = () if planned or session.announced else tuple(each.slots[0] for each in found.days[:MOST_SLOTS])
    notes = await _notes(site, session)
    notes = replace(notes, text=_typed(form, notes))
    recap = await _recap(request, session, people, notes)
    return WrapUpView(
        session=meeting(session),
        title=title_of(session, person.id, people),
        mentorship_path=f"/m/{session.mentorship}",
        others=clocks(session.people, person.id, people),
        part=part(recap, translator(language_of(request))),
        form=form,
        rows=tuple(ActionRow(number=number) for number in rows_of(form)),
        owners=tuple(_names(session, people).items()),
        slots=slots,
        done=request.query.get("done", "") if request.method == "GET" else "",
    )


async def _answer(site: Site, session: Session, tie: Mentorship, person: Person, form: Form) -> list[Change]:
    """What stores the answer to the question after a session: it is one of its survey's."""
    part_of, useful, wish = tie.part_of(person.id), form.text("useful"), form.text("next")
    rated = useful in {"1", "2", "3", "4", "5"}
    if part_of is None or not (rated or wish):
        return []
    before = await load_response(site.store, "after-session", tie.id, session.id, person.id)
    response = Response(
        survey="after-session",
        programme=tie.programme,
        mentorship=tie.id,
        about=session.id,
        person=person.id,
        role=part_of.role,
        at_ms=site.clock(),
        scales={"useful": int(useful)} if rated else {},
        texts={"next": wish} if wish else {},
        version=1 if before is None else before.version + 1,
    )
    return saved_response(response)


def _kept(before: SessionNotes, text: str, gone: tuple[str, ...]) -> list[Change]:
    after = replace(before, text=text, settled=gone)
    if after == before and before.version:
        return []
    return saved_notes(replace(after, version=before.version + 1))


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
        format_name=session.format_name,
        created_ms=now_ms,
        planned_ms=int(said),
    )
    rules.may_meet(tie, await sessions_in(site.store, tie.id), [found.starts_ms], person.zone)
    await check_free(site, found, [found.starts_ms], found.minutes)
    return rules.proposed(found, now_ms)
