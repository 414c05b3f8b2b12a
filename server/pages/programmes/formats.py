"""``/p/{programme}/formats``: the programme's own session formats, made from copies of those there are."""

from __future__ import annotations

import secrets
from typing import get_args

from aiohttp import web
from msgspec.structs import replace

from server.mentoring.audit import AuditEvent
from server.pages.access import programme_of, visitor
from server.pages.forms import changed_meanwhile, fresh, once, posted
from server.pages.programmes import format_form
from server.pages.programmes.frame import nav
from server.pages.site import SITE, PageError, page, see_other
from server.room.formats import formats
from server.room.formats.own import MOST_OWN, PREFIX, OwnFormat
from server.room.formats.schema import Format
from server.storage.audit import noted
from server.storage.formats import load_own, load_owns, saved_format
from server.storage.people import ChangedMeanwhileError
from server.storage.records import Change, commit
from signaling.parts import Layout, Speaks, Writes
from web.views.form import Fault, Form
from web.views.formats import FormatCard, FormatsView, FormatView


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/formats``."""
    owns = await load_owns(request.app[SITE].store, programme_of(request).id)
    view = FormatsView(
        nav=nav(request, "settings"),
        own=tuple(card(each.agenda) for each in owns if not each.archived),
        archived=tuple(card(each.agenda) for each in owns if each.archived),
        built_in=tuple(card(each) for each in formats().values()),
        done=request.query.get("done", ""),
    )
    return page(request, view)


def card(agenda: Format) -> FormatCard:
    """A format as a list shows it."""
    return FormatCard(
        key=agenda.key,
        name=agenda.name,
        summary=agenda.summary,
        minutes=agenda.minutes,
        rounds=agenda.rounds,
        boxes=tuple((box.key, box.title, box.minutes) for box in agenda.boxes),
    )


async def new(request: web.Request) -> web.Response:
    """``GET /p/{programme}/formats/new?from=<key>``: a copy, to be edited before it is saved."""
    source = await _source(request, request.query.get("from", "open"))
    values = format_form.filled(source)
    return _form(request, fresh({**values, "from": source.key}), None)


async def make(request: web.Request) -> web.Response:
    """``POST /p/{programme}/formats/new``."""
    return await _save(request, None)


async def edit(request: web.Request) -> web.Response:
    """``GET /p/{programme}/formats/{own}``."""
    own = await _own(request)
    return _form(request, fresh(format_form.filled(own.agenda), own.version), own)


async def save(request: web.Request) -> web.Response:
    """``POST /p/{programme}/formats/{own}``."""
    return await _save(request, await _own(request))


async def turn(request: web.Request) -> web.Response:
    """``POST /p/{programme}/formats/{own}/archive`` or ``…/restore``: it is offered no more, or again."""
    site, own = request.app[SITE], await _own(request)
    form = await posted(request)
    act = request.match_info["shelf"]
    where = f"/p/{own.programme}/formats?done={act}"
    if own.archived == (act == "archive"):
        return see_other(where)
    after = replace(own, archived=not own.archived, changed_ms=site.clock(), version=own.version + 1)
    what = "format.archived" if after.archived else "format.restored"
    try:
        await commit(site.store, [*saved_format(after), _noted(request, after, what)], once(form, where))
    except ChangedMeanwhileError:
        raise PageError(409, "changed-meanwhile") from None
    return see_other(where)


async def _save(request: web.Request, own: OwnFormat | None) -> web.Response:
    site, programme = request.app[SITE], programme_of(request)
    form = await posted(request, texts=format_form.TEXTS)
    rearranged = format_form.pressed(form)
    if rearranged is not None:
        return _form(request, rearranged, own)
    source = own.agenda if own is not None else await _source(request, form.text("from"))
    owns = await load_owns(site.store, programme.id)
    key = PREFIX + secrets.token_urlsafe(9) if own is None else own.id
    order = len(owns) if own is None else own.agenda.order
    agenda, faults = format_form.read(form, source, key, order)
    if own is None and len(owns) >= MOST_OWN:
        faults.append(Fault(field="", code="formats-full", values={"most": MOST_OWN}))
    if faults:
        return _form(request, form.with_faults(*faults), own, status=422)
    if own is not None and form.version != own.version:
        return _form(request, changed_meanwhile(form, own.version), own, status=422)
    after = OwnFormat(
        id=key,
        programme=programme.id,
        agenda=agenda,
        archived=own is not None and own.archived,
        changed_ms=site.clock(),
        version=1 if own is None else own.version + 1,
    )
    where = f"/p/{programme.id}/formats?done=saved"
    event = _noted(request, after, "format.made" if own is None else "format.changed")
    try:
        await commit(site.store, [*saved_format(after), event], once(form, where))
    except ChangedMeanwhileError:
        there = await load_own(site.store, key)
        return _form(request, changed_meanwhile(form, there.version if there else 0), own, status=422)
    return see_other(where)


def _noted(request: web.Request, own: OwnFormat, what: str) -> Change:
    return noted(
        AuditEvent(
            at_ms=own.changed_ms, programme=own.programme, who=visitor(request).id, what=what, about=own.id
        )
    )


async def _own(request: web.Request) -> OwnFormat:
    own = await load_own(request.app[SITE].store, request.match_info["own"])
    if own is None or own.programme != programme_of(request).id:
        raise PageError(404, "not-found")
    return own


async def _source(request: web.Request, key: str) -> Format:
    """What is copied: one of the server's, or of this programme's own; the open one for anything else."""
    found = formats().get(key)
    if found is not None:
        return found
    own = await load_own(request.app[SITE].store, key) if key.startswith(PREFIX) else None
    if own is not None and own.programme == programme_of(request).id:
        return own.agenda
    return formats()["open"]


def _form(request: web.Request, form: Form, own: OwnFormat | None, status: int = 200) -> web.Response:
    at = f"/p/{programme_of(request).id}/formats"
    view = FormatView(
        nav=nav(request),
        action=f"{at}/new" if own is None else f"{at}/{own.id}",
        back=at,
        new=own is None,
        form=form,
        boxes=format_form.count(form),
        speaks=get_args(Speaks),
        layouts=get_args(Layout),
        writes=get_args(Writes),
    )
    return page(request, view, status=status)
