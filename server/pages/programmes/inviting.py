"""``/p/{programme}/invite``: asking one person in, a whole list, or whoever has a code."""

from __future__ import annotations

import secrets

from aiohttp import web

from server.mentoring.audit import AuditEvent
from server.mentoring.folding import folded
from server.mentoring.invitations import MOST_AT_ONCE, Invitation, JoinCode, sent_again, turned
from server.mentoring.people import EmailError, normal_email
from server.mentoring.people_list import NotTextError, Row, Sheet, as_text, read_people
from server.mentoring.programmes import Cohort, ProgrammeRole
from server.pages.access import programme_of, visitor
from server.pages.forms import fresh, once, posted, read, required, too_long
from server.pages.programmes.frame import nav
from server.pages.programmes.letters import Wanted, asking, letter
from server.pages.site import SITE, PageError, language_of, page, see_other, site_url
from server.room.names import LONGEST_NAME, clean
from server.storage.audit import noted
from server.storage.invitations import (
    answered_invitation,
    join_codes,
    load_code,
    load_invitation,
    saved_code,
    saved_invitation,
)
from server.storage.programmes import ROLES, enrolments_of, load_cohorts, load_people
from server.storage.records import commit, deciding
from web.views.form import Fault, Form
from web.views.invitations import CodeLine, InviteView, ListedLine, ListView

MOST_LIST = 200_000
"""Characters of a list of people."""

_alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
_code_length = 10
_shown_lines = 50


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/invite``."""
    return await _page(request, fresh({"role": "mentee"}))


async def invite(request: web.Request) -> web.Response:
    """``POST /p/{programme}/invite``: one person, by address."""
    site, programme, by = request.app[SITE], programme_of(request), visitor(request)
    form = await posted(request)
    faults = [*required(form, "email"), *too_long(form, name=LONGEST_NAME, partner=LONGEST_NAME)]
    email = ""
    if form.text("email"):
        try:
            email = normal_email(form.text("email"))
        except EmailError:
            faults.append(Fault(field="email", code="email"))
    role = role_of(form)
    if role is None:
        faults.append(Fault(field="role", code="choose"))
    cohorts = {each.id for each in await load_cohorts(site.store, programme.id)}
    if faults or role is None:
        return await _page(request, form.with_faults(*faults), status=422)
    wanted = Wanted(
        email=email,
        name=clean(form.text("name")),
        role=role,
        cohort=form.text("cohort") if form.text("cohort") in cohorts else None,
        partner=clean(form.text("partner")),
    )
    where = f"/p/{programme.id}/people?role=invited&invited=1"

    async def decide() -> str:
        found = await asking(site, programme, by, [wanted], language_of(request))
        if found.new:
            await commit(site.store, found.changes, once(form, where))
        return "there" if found.there else "asked" if found.asked else ""

    wrong = await deciding(decide)
    if wrong:
        fault = Fault(field="email", code="invited-already")
        if wrong == "there":
            fault = Fault(field="email", code="in-already")
        return await _page(request, form.with_faults(fault), status=422)
    site.due_soon.set()
    return see_other(where)


def role_of(form: Form) -> ProgrammeRole | None:
    """The role that a form chooses."""
    return next((role for role in ROLES if role == form.text("role")), None)


async def _page(request: web.Request, form: Form, status: int = 200) -> web.Response:
    store, programme = request.app[SITE].store, programme_of(request)
    cohorts = await load_cohorts(store, programme.id)
    codes = await join_codes(store, programme.id)
    base = site_url(request)
    view = InviteView(
        nav=nav(request),
        form=form,
        cohorts=tuple((each.id, each.name) for each in cohorts),
        partners=programme.partners,
        codes=tuple(
            CodeLine(
                code=each.code,
                url=f"{base}/join/{each.code}",
                role=each.role,
                cohort=next((c.name for c in cohorts if c.id == each.cohort), ""),
                open=each.open,
                version=each.version,
            )
            for each in codes
        ),
    )
    return page(request, view, status=status)


async def show_list(request: web.Request) -> web.Response:
    """``GET /p/{programme}/invite/list``."""
    return await _list(request, fresh({"role": "mentee"}))


async def import_list(request: web.Request) -> web.Response:
    """``POST /p/{programme}/invite/list``: looked at first, then everybody of it in one commit."""
    site, programme, by = request.app[SITE], programme_of(request), visitor(request)
    fields = await request.post()
    form, text = read(fields, texts=("list",)), str(fields.get("list", ""))
    file = fields.get("file")
    if isinstance(file, web.FileField) and file.filename:
        try:
            text = as_text(file.file.read(MOST_LIST * 4))
        except NotTextError:
            return await _list(request, form.with_faults(Fault(field="file", code="no-table")), status=422)
    text = text.replace("\r\n", "\n")
    form = _with_list(form, text)
    role = role_of(form)
    if role is None:
        return await _list(request, form.with_faults(Fault(field="role", code="choose")), status=422)
    if len(text) > MOST_LIST:
        fault = Fault(field="list", code="too-long", values={"most": MOST_LIST})
        return await _list(request, _with_list(form, "").with_faults(fault), status=422)
    cohorts = {folded(each.name): each for each in await load_cohorts(site.store, programme.id)}
    sheet = read_people(text, role, cohorts, MOST_AT_ONCE)
    if sheet.faults:
        return await _list(request, form, sheet, status=422)
    wanted = [_wanted(row, role, cohorts) for row in sheet.rows]
    where = f"/p/{programme.id}/people?role=invited&invited="

    async def decide() -> tuple[int, int]:
        found = await asking(site, programme, by, wanted, language_of(request))
        if form.has("step", "invite"):
            await commit(site.store, found.changes, once(form, f"{where}{len(found.new)}"))
        return len(found.new), len(found.there) + len(found.asked)

    new, there = await deciding(decide)
    if form.has("step", "invite"):
        site.due_soon.set()
        return see_other(f"{where}{new}")
    return await _list(request, form, sheet, new=new, there=there)


def _with_list(form: Form, text: str) -> Form:
    return Form(values={**form.values, "list": (text,)}, once=form.once, faults=form.faults)


def _wanted(row: Row, role: ProgrammeRole, cohorts: dict[str, Cohort]) -> Wanted:
    cohort = cohorts.get(row.cohort) if row.cohort else None
    return Wanted(
        email=row.email,
        name=clean(row.name),
        role=row.role or role,
        cohort=None if cohort is None else cohort.id,
        partner=clean(row.partner),
        language=row.language,
    )


async def _list(
    request: web.Request,
    form: Form,
    sheet: Sheet | None = None,
    *,
    new: int = 0,
    there: int = 0,
    status: int = 200,
) -> web.Response:
    rows = sheet.rows if sheet is not None and not sheet.faults else ()
    faults = sheet.faults if sheet is not None else ()
    view = ListView(
        nav=nav(request),
        form=form,
        rows=tuple(
            ListedLine(line=row.line, email=row.email, name=row.name, role=row.role or "", cohort=row.cohort)
            for row in rows[:_shown_lines]
        ),
        total=len(rows),
        new=new,
        there=there,
        faults=tuple((each.line, each.code, each.value) for each in faults[:_shown_lines]),
        more_faults=max(len(faults) - _shown_lines, 0),
        most=MOST_AT_ONCE,
    )
    return page(request, view, status=status)


async def make_code(request: web.Request) -> web.Response:
    """``POST /p/{programme}/codes``: a new code, open at once."""
    site, programme, by = request.app[SITE], programme_of(request), visitor(request)
    form = await posted(request)
    role = role_of(form)
    if role is None or role == "coordinator":
        return await _page(request, form.with_faults(Fault(field="code-role", code="choose")), status=422)
    now = site.clock()
    cohorts = {each.id for each in await load_cohorts(site.store, programme.id)}
    code = JoinCode(
        code="".join(secrets.choice(_alphabet) for _ in range(_code_length)),
        programme=programme.id,
        role=role,
        by=by.id,
        at_ms=now,
        cohort=form.text("cohort") if form.text("cohort") in cohorts else None,
    )
    where = f"/p/{programme.id}/invite#codes"
    event = AuditEvent(at_ms=now, programme=programme.id, who=by.id, what="code.made", about=programme.id)
    await commit(site.store, [*saved_code(code), noted(event)], once(form, where))
    return see_other(where)


async def turn_code(request: web.Request) -> web.Response:
    """``POST /p/{programme}/codes/{code}/{turn}``: opens or closes a code."""
    site, programme, by = request.app[SITE], programme_of(request), visitor(request)
    opens = request.match_info["turn"] == "open"

    async def decide() -> None:
        code = await load_code(site.store, request.match_info["code"])
        if code is None or code.programme != programme.id:
            raise PageError(404, "not-found")
        if code.open != opens:
            event = AuditEvent(
                at_ms=site.clock(),
                programme=programme.id,
                who=by.id,
                what="code.opened" if opens else "code.closed",
                about=programme.id,
            )
            await commit(site.store, [*saved_code(turned(code, open_=opens)), noted(event)])

    await deciding(decide)
    return see_other(f"/p/{programme.id}/invite#codes")


async def change(request: web.Request) -> web.Response:
    """``POST /p/{programme}/invitations/{sent}/{redo}``: sends the letter again, or takes it back."""
    site, programme, by = request.app[SITE], programme_of(request), visitor(request)
    found = await load_invitation(site.store, request.match_info["sent"])
    if found is None or found.programme != programme.id:
        return see_other(f"/p/{programme.id}/people?role=invited")
    event = AuditEvent(
        at_ms=site.clock(),
        programme=programme.id,
        who=by.id,
        what="invitation.withdrawn" if request.match_info["redo"] == "withdraw" else "invitation.repeated",
        about=found.person,
    )
    if request.match_info["redo"] == "withdraw":
        await commit(site.store, [*answered_invitation(found), noted(event)])
    else:
        again = sent_again(found, site.clock())
        unused = await _unused(request, found)
        changes = [*saved_invitation(again), *letter(programme, by, again, signs_in=unused)]
        await commit(site.store, [*changes, noted(event)])
        site.due_soon.set()
    return see_other(f"/p/{programme.id}/people?role=invited")


async def _unused(request: web.Request, invitation: Invitation) -> bool:
    """Whether the account was made for an invitation and nobody has used it yet."""
    store = request.app[SITE].store
    people = await load_people(store, [invitation.person])
    admin = any(each.admin for each in people.values())
    return not admin and not await enrolments_of(store, invitation.person)
