"""Coming in: the page of an invitation, and the page of a code."""

from __future__ import annotations

from aiohttp import web
from redis.asyncio import Redis

from server.mentoring.audit import AuditEvent
from server.mentoring.invitations import Invitation, JoinCode
from server.mentoring.people import EmailError, Person, edited, normal_email
from server.mentoring.programmes import Programme
from server.mentoring.taking_part import joined
from server.pages.access import Subject, programme_of, visitor
from server.pages.forms import fresh, once, posted, required, too_long
from server.pages.programmes.letters import Wanted, asking
from server.pages.site import SITE, VISITOR, PageError, asker, language_of, page, see_other
from server.room.names import LONGEST_NAME, clean
from server.storage import keys
from server.storage.audit import noted
from server.storage.bank import name_changes, number_of
from server.storage.invitations import answered_invitation, load_code, load_invitation
from server.storage.programmes import load_enrolment, load_people, load_programme, saved_enrolment
from server.storage.records import Change, commit, deciding, put
from web.views.form import Fault, Form
from web.views.invitations import InvitationView, JoinView


async def invitation_subject(store: Redis, invitation: str, person: Person | None) -> Subject | None:
    """``{invitation}``: whether it is the visitor whom it asks."""
    found = await load_invitation(store, invitation)
    programme = None if found is None else await load_programme(store, found.programme)
    if found is None or programme is None:
        return None
    mine = person is not None and person.id == found.person
    return Subject(programme=programme, standings=frozenset({"self"} if mine else ()))


async def show(request: web.Request) -> web.Response:
    """``GET /i/{invitation}``."""
    return await _invitation(request, fresh({"name": visitor(request).name}))


async def accept(request: web.Request) -> web.Response:
    """``POST /i/{invitation}/accept``."""
    form = await posted(request)
    faults = [*required(form, "name"), *too_long(form, name=LONGEST_NAME)]
    if faults:
        return await _invitation(request, form.with_faults(*faults), status=422)
    invitation = await _loaded(request)
    where = f"/p/{invitation.programme}"
    changes = await _coming(request, invitation, clean(form.text("name")))
    await commit(request.app[SITE].store, [*changes, *answered_invitation(invitation)], once(form, where))
    return see_other(where)


async def decline(request: web.Request) -> web.Response:
    """``POST /i/{invitation}/decline``."""
    site, person, programme = request.app[SITE], visitor(request), programme_of(request)
    form = await posted(request)
    invitation = await _loaded(request)
    event = AuditEvent(
        at_ms=site.clock(),
        programme=programme.id,
        who=person.id,
        what="invitation.declined",
        about=person.id,
    )
    await commit(site.store, [*answered_invitation(invitation), noted(event)], once(form, "/home"))
    return see_other("/home")


async def _loaded(request: web.Request) -> Invitation:
    found = await load_invitation(request.app[SITE].store, request.match_info["invitation"])
    if found is None:
        raise PageError(404, "not-found")
    return found


async def _coming(request: web.Request, way: Invitation | JoinCode, name: str) -> list[Change]:
    """The changes by which the visitor takes part from now on; whoever does already changes nothing."""
    site, person = request.app[SITE], visitor(request)
    before = await load_enrolment(site.store, way.programme, person.id, way.role)
    if before is not None and before.left_ms is None:
        return []
    now, number = site.clock(), await number_of(site.store, person.id)
    part = joined(
        before,
        programme=way.programme,
        person=person.id,
        role=way.role,
        now_ms=now,
        number=number,
        cohort=way.cohort,
        partner=way.partner,
    )
    event = AuditEvent(
        at_ms=now,
        programme=way.programme,
        who=person.id,
        what="person.joined",
        about=person.id,
        details={"role": way.role},
    )
    changes: list[Change] = [*saved_enrolment(part), noted(event)]
    # The index may not know the name yet: saying it again does no harm.
    changes += [*name_changes(person.name, name, number), *name_changes("", name, number)]
    if name != person.name:
        after = edited(person, name=name, language=person.language, zone=person.zone)
        changes.append(put(keys.person(person.id), after))
    return changes


async def _invitation(request: web.Request, form: Form, status: int = 200) -> web.Response:
    invitation, programme = await _loaded(request), programme_of(request)
    people = await load_people(request.app[SITE].store, [invitation.by])
    by = people.get(invitation.by)
    view = InvitationView(
        id=invitation.id,
        programme=programme.name,
        summary=programme.summary,
        role=invitation.role,
        by="" if by is None else by.shown,
        form=form,
    )
    return page(request, view, status=status)


async def show_code(request: web.Request) -> web.Response:
    """``GET /join/{code}``."""
    person = request.get(VISITOR)
    return await _code(request, fresh({"name": "" if person is None else person.name}))


async def join(request: web.Request) -> web.Response:
    """``POST /join/{code}``: whoever is signed in takes part; others get a letter that lets them in."""
    site = request.app[SITE]
    form = await posted(request)
    faults = [*required(form, "name"), *too_long(form, name=LONGEST_NAME)]
    if VISITOR not in request:
        return await _by_letter(request, form, faults)
    if faults:
        return await _code(request, form.with_faults(*faults), status=422)

    async def decide() -> str | None:
        code, programme = await _open(request)
        if not code.open:
            return None
        where = f"/p/{programme.id}"
        await commit(site.store, await _coming(request, code, clean(form.text("name"))), once(form, where))
        return where

    where = await deciding(decide)
    return see_other(where) if where else await _code(request, form)


async def _by_letter(request: web.Request, form: Form, faults: list[Fault]) -> web.Response:
    """Asks somebody in by the address they type; the answer doesn't tell whether it was known."""
    site, now_s = request.app[SITE], request.app[SITE].clock() / 1000
    email = ""
    try:
        email = normal_email(form.raw("email"))
    except EmailError:
        faults.append(Fault(field="email", code="email" if form.text("email") else "missing"))
    if faults:
        return await _code(request, form.with_faults(*faults), status=422)
    if not site.sign_ins.allow(asker(request), now_s) or not site.links_to.allow(email, now_s):
        raise PageError(429, "too-many-requests", retry=True)
    where = f"/join/{request.match_info['code']}?sent=yes"

    async def decide() -> bool:
        code, programme = await _open(request)
        by = (await load_people(site.store, [code.by])).get(code.by)
        if not code.open or by is None:
            return False
        wanted = Wanted(
            email=email,
            name=clean(form.text("name")),
            role=code.role,
            cohort=code.cohort,
            partner=code.partner,
        )
        found = await asking(site, programme, by, [wanted], language_of(request))
        await commit(site.store, found.changes, once(form, where))
        return True

    if not await deciding(decide):
        return await _code(request, form)
    site.due_soon.set()
    return see_other(where)


async def _open(request: web.Request) -> tuple[JoinCode, Programme]:
    """The code of the path and its programme. Raises ``PageError`` for a made-up one, or for too many."""
    site = request.app[SITE]
    code = await load_code(site.store, request.match_info["code"])
    programme = None if code is None else await load_programme(site.store, code.programme)
    if code is None or programme is None:
        # Only guesses are slowed: a class that joins together comes from one address.
        if not site.creations.allow(asker(request), site.clock() / 1000):
            raise PageError(429, "too-many-requests", retry=True)
        raise PageError(404, "not-found")
    return code, programme


async def _code(request: web.Request, form: Form, status: int = 200) -> web.Response:
    code, programme = await _open(request)
    person, mine = request.get(VISITOR), None
    if person is not None:
        mine = await load_enrolment(request.app[SITE].store, code.programme, person.id, code.role)
    view = JoinView(
        code=code.code,
        id=programme.id,
        programme=programme.name,
        summary=programme.summary,
        role=code.role,
        open=code.open,
        there=mine is not None and mine.left_ms is None,
        known=person is not None,
        sent="sent" in request.query,
        form=form,
    )
    return page(request, view, status=status)
