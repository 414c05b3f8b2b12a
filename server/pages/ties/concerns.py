"""``/m/{mentorship}/concern`` and ``/concerns/{concern}``: saying what worries, and looking after it."""

from __future__ import annotations

import secrets
from typing import get_args

from aiohttp import web
from msgspec import structs
from redis.asyncio import Redis

from server.mentoring.audit import AuditEvent
from server.mentoring.concerns import LONGEST_CONCERN, Concern, ConcernState, noted
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person, PersonId
from server.mentoring.programmes import Programme
from server.pages.access import Subject, mentorship_of, programme_of, programme_subject, subject, visitor
from server.pages.forms import changed_meanwhile, choose, fresh, posted, required, too_long
from server.pages.programmes.frame import nav
from server.pages.site import SITE, Site, page
from server.pages.ties.doing import done
from server.pages.ties.heads import head, names_of
from server.storage import audit
from server.storage.concerns import concerns_in, load_concern, open_concerns, saved_concern
from server.storage.mentorships import load_mentorship
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import (
    administrators,
    enrolled,
    load_people,
    load_programmes_by_id,
    saved_programme,
)
from server.storage.records import Change, Once, commit
from server.ties.letters import letter
from web.views.concerns import (
    ConcernLine,
    ConcernNoteLine,
    ConcernsPart,
    ConcernsView,
    ConcernView,
    RaiseView,
)
from web.views.form import Fault, Form

STATES: tuple[ConcernState, ...] = get_args(ConcernState)


def reads(programme: Programme, tie: Mentorship | None, person: PersonId) -> bool:
    """Whether somebody reads what is said about a tie: named for it, and not in the tie themself."""
    inside = tie is not None and any(each.person == person for each in tie.participations)
    return person in programme.safeguarding and not inside


def readers(programme: Programme, tie: Mentorship) -> list[PersonId]:
    """Those who are named for it and not in the tie; with none of them it is the administrators."""
    return [each for each in programme.safeguarding if reads(programme, tie, each)]


async def concern_subject(store: Redis, concern: str, person: Person | None) -> Subject | None:
    """``{concern}``: whether the visitor is one of the few who look after it."""
    found = await load_concern(store, concern)
    around = None if found is None else await programme_subject(store, found.programme, person)
    if found is None or around is None or around.programme is None:
        return None
    tie = await load_mentorship(store, found.mentorship)
    may = person is not None and reads(around.programme, tie, person.id)
    return Subject(
        programme=around.programme,
        enrolments=around.enrolments,
        concern=found,
        standings=(around.standings - {"safeguarding"}) | ({"safeguarding"} if may else frozenset()),
    )


async def show_raise(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}/concern``."""
    return await _raise(request, fresh())


async def _raise(request: web.Request, form: Form) -> web.Response:
    site, me = request.app[SITE], visitor(request)
    tie, programme = mentorship_of(request), programme_of(request)
    names = await names_of(site.store, [tie])
    named = await load_people(site.store, readers(programme, tie))
    view = RaiseView(
        head=head(tie, programme, me.id, names),
        readers=", ".join(sorted(each.shown for each in named.values())),
        sent="sent" in request.query and not form.faults,
        form=form,
    )
    return page(request, view, status=422 if form.faults else 200)


async def raise_(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/concern``."""
    site, me = request.app[SITE], visitor(request)
    tie, programme = mentorship_of(request), programme_of(request)
    form = await posted(request, texts=["text"])
    faults = [*required(form, "text"), *too_long(form, text=LONGEST_CONCERN)]
    if faults:
        return await _raise(request, form.with_faults(*faults))
    concern = Concern(
        id=secrets.token_urlsafe(12),
        programme=programme.id,
        mentorship=tie.id,
        by=me.id,
        text=form.text("text"),
        at_ms=site.clock(),
    )
    changes = await raising(site.store, programme, tie, concern)

    async def act(once: Once) -> None:
        await commit(site.store, changes, once)

    return await done(request, form, f"/m/{tie.id}/concern?sent=1", act, lambda typed: _raise(request, typed))


async def raising(store: Redis, programme: Programme, tie: Mentorship, concern: Concern) -> list[Change]:
    """What stores a new concern, its line of the audit, and the letters that say only that it exists."""
    told = readers(programme, tie)
    if not told:
        told = [each.id for each in await administrators(store) if each.id not in tie.people]
    changes = [*saved_concern(concern), _audited(concern, concern.by, "raised", concern.at_ms)]
    for reader in told:
        changes += letter(
            reader,
            kind="concern-raised",
            now_ms=concern.at_ms,
            path=f"/concerns/{concern.id}",
            topic="account",
            programme=programme.name,
        )
    return changes


def _audited(concern: Concern, who: PersonId, what: str, now_ms: int) -> Change:
    """That it exists and was looked at; neither what it says nor which tie it is about."""
    return audit.noted(
        AuditEvent(
            at_ms=now_ms, programme=concern.programme, who=who, what=f"concern.{what}", about=concern.id
        )
    )


async def show_all(request: web.Request) -> web.Response:
    """``GET /p/{programme}/concerns``."""
    return await _all(request, fresh({"readers": programme_of(request).safeguarding}))


async def _all(request: web.Request, form: Form) -> web.Response:
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    found = []
    for concern in await concerns_in(site.store, programme.id):
        tie = await load_mentorship(site.store, concern.mentorship)
        if me.admin or reads(programme, tie, me.id):
            found.append(concern)
    people = await load_people(
        site.store, [each.person for each in await enrolled(site.store, programme.id, "coordinator")]
    )
    view = ConcernsView(
        nav=nav(request, "concerns"),
        concerns=await _lines(site, found),
        coordinators=tuple((each.id, each.shown) for each in people.values()),
        names_readers=me.admin,
        form=form,
    )
    return page(request, view, status=422 if form.faults else 200)


async def _lines(site: Site, concerns: list[Concern]) -> tuple[ConcernLine, ...]:
    names = await load_people(site.store, list({each.by for each in concerns}))
    programmes = await load_programmes_by_id(site.store, {each.programme for each in concerns})
    return tuple(
        ConcernLine(
            id=each.id,
            by=names[each.by].shown if each.by in names else "",
            at_ms=each.at_ms,
            state=each.state,
            programme_name=programmes[each.programme].name if each.programme in programmes else "",
        )
        for each in concerns
    )


async def name_readers(request: web.Request) -> web.Response:
    """``POST /p/{programme}/concerns/readers``: an administrator says which coordinators read concerns."""
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    form = await posted(request)
    known = {each.person for each in await enrolled(site.store, programme.id, "coordinator")}
    chosen = tuple(each for each in dict.fromkeys(form.many("readers")) if each in known)
    if len(chosen) != len(set(form.many("readers"))):
        return await _all(request, form.with_faults(Fault(field="readers", code="choose")))

    async def act(once: Once) -> None:
        after = structs.replace(programme, safeguarding=chosen, version=programme.version + 1)
        event = AuditEvent(
            at_ms=site.clock(),
            programme=programme.id,
            who=me.id,
            what="concern.readers",
            about=programme.id,
            details={"count": len(chosen)},
        )
        await commit(site.store, [*saved_programme(after), audit.noted(event)], once)

    return await done(request, form, f"/p/{programme.id}/concerns", act, lambda typed: _all(request, typed))


async def show(request: web.Request) -> web.Response:
    """``GET /concerns/{concern}``."""
    return await _one(request, None)


def _concern(request: web.Request) -> Concern:
    found = subject(request).concern
    assert found is not None
    return found


async def _one(request: web.Request, form: Form | None) -> web.Response:
    site, concern, programme = request.app[SITE], _concern(request), programme_of(request)
    tie = await load_mentorship(site.store, concern.mentorship)
    people = list(tie.people) if tie is not None else []
    names = await load_people(site.store, [concern.by, *people, *(each.by for each in concern.notes)])

    def name(person: PersonId) -> str:
        return names[person].shown if person in names else ""

    form = form or fresh({"state": concern.state}, version=concern.version)
    view = ConcernView(
        id=concern.id,
        programme=programme.id,
        programme_name=programme.name,
        mentorship=concern.mentorship,
        people=", ".join(name(each) for each in people),
        by=name(concern.by),
        at_ms=concern.at_ms,
        text=concern.text,
        state=concern.state,
        notes=tuple(
            ConcernNoteLine(by=name(each.by), at_ms=each.at_ms, text=each.text, state=each.state)
            for each in concern.notes
        ),
        form=form,
    )
    return page(request, view, status=422 if form.faults else 200)


async def note(request: web.Request) -> web.Response:
    """``POST /concerns/{concern}``: what was done about it, and where it stands now."""
    site, me, concern = request.app[SITE], visitor(request), _concern(request)
    form = await posted(request, texts=["note"])
    faults = [
        *required(form, "note"),
        *too_long(form, note=LONGEST_CONCERN),
        *choose(form, "state", STATES),
    ]
    if faults:
        return await _one(request, form.with_faults(*faults))
    now = site.clock()

    async def act(once: Once) -> None:
        if concern.version != form.version:
            raise ChangedMeanwhileError
        state = next(each for each in STATES if each == form.text("state"))
        after = noted(concern, by=me.id, text=form.text("note"), state=state, now_ms=now)
        await commit(site.store, [*saved_concern(after), _audited(after, me.id, state, now)], once)

    async def again(typed: Form) -> web.Response:
        if any(fault.code == "changed-meanwhile" for fault in typed.faults):
            typed = changed_meanwhile(typed, concern.version)
        return await _one(request, typed)

    return await done(request, form, f"/concerns/{concern.id}", act, again)


async def home_part(site: Site, person: Person, now_ms: int) -> ConcernsPart | None:
    """Open concerns, for who looks after them: administrators see those that nobody is named for."""
    found = []
    concerns = await open_concerns(site.store)
    programmes = await load_programmes_by_id(site.store, {each.programme for each in concerns})
    for concern in concerns:
        programme = programmes.get(concern.programme)
        tie = await load_mentorship(site.store, concern.mentorship)
        if programme is None:
            continue
        nobody = not any(reads(programme, tie, each) for each in programme.safeguarding)
        if reads(programme, tie, person.id) or (person.admin and nobody):
            found.append(concern)
    return ConcernsPart(concerns=await _lines(site, found)) if found else None
