"""``/programmes``: what somebody takes part in and is asked into; a new programme from a template."""

from __future__ import annotations

import secrets
from datetime import date
from typing import get_args

from aiohttp import web

from server.mentoring.audit import AuditEvent
from server.mentoring.people import Person
from server.mentoring.programmes import Programme
from server.mentoring.taking_part import joined, months_later
from server.mentoring.templates import Template, templates
from server.pages.access import programme_of, visitor
from server.pages.forms import choose, fresh, once, posted, required, too_long
from server.pages.site import SITE, Site, language_of, page, see_other
from server.room.names import LONGEST_NAME, clean
from server.storage.audit import noted
from server.storage.bank import number_of
from server.storage.invitations import invitations_of
from server.storage.programmes import (
    enrolments_of,
    load_enrolment,
    load_people,
    load_programmes,
    load_programmes_by_id,
    saved_enrolment,
    saved_programme,
)
from server.storage.records import commit, deciding
from signaling.parts import Language
from web.i18n import NAMES, as_language
from web.views.form import Fault, Form
from web.views.programmes import (
    InvitationCard,
    NewProgrammeView,
    ProgrammeCard,
    ProgrammesPart,
    ProgrammesView,
    TemplateChoice,
)
from web.zones import is_zone, zone_choices


async def show(request: web.Request) -> web.Response:
    """``GET /programmes``."""
    site, person = request.app[SITE], visitor(request)
    mine = await _mine(site, person)
    if person.admin:
        known = {each.id for each in mine}
        others = [each for each in await load_programmes(site.store) if each.id not in known]
        mine += [ProgrammeCard(id=each.id, name=each.name, summary=each.summary, roles=()) for each in others]
    return page(
        request,
        ProgrammesView(
            programmes=tuple(mine), invitations=await _invitations(site, person), may_make=person.admin
        ),
    )


async def home_part(site: Site, person: Person, now_ms: int) -> ProgrammesPart | None:
    """Somebody's programmes on their first page."""
    mine, asked = await _mine(site, person), await _invitations(site, person)
    if not mine and not asked and not person.admin:
        return None
    return ProgrammesPart(programmes=tuple(mine), invitations=asked)


async def _mine(site: Site, person: Person) -> list[ProgrammeCard]:
    parts = await enrolments_of(site.store, person.id)
    found = await load_programmes_by_id(site.store, dict.fromkeys(each.programme for each in parts))
    return [
        ProgrammeCard(
            id=each.id,
            name=each.name,
            summary=each.summary,
            roles=tuple(part.role for part in parts if part.programme == each.id),
        )
        for each in found.values()
    ]


async def _invitations(site: Site, person: Person) -> tuple[InvitationCard, ...]:
    asked = await invitations_of(site.store, person.id)
    found = await load_programmes_by_id(site.store, dict.fromkeys(each.programme for each in asked))
    people = await load_people(site.store, [each.by for each in asked])
    return tuple(
        InvitationCard(
            id=each.id,
            programme=found[each.programme].name,
            role=each.role,
            by=people[each.by].shown if each.by in people else "",
        )
        for each in asked
        if each.programme in found
    )


async def new(request: web.Request) -> web.Response:
    """``GET /programmes/new``."""
    first = next(iter(templates()))
    values = {"template": first, "languages": language_of(request), "zone": visitor(request).zone}
    return _form(request, fresh(values))


async def make(request: web.Request) -> web.Response:
    """``POST /programmes/new``: the programme, its maker as coordinator."""
    site, person = request.app[SITE], visitor(request)
    form = await posted(request)
    languages = tuple(each for each in get_args(Language) if form.has("languages", each))
    starts = date_of(form.text("starts"))
    faults = [
        *choose(form, "template", templates()),
        *required(form, "name"),
        *too_long(form, name=LONGEST_NAME),
        *([] if languages else [Fault(field="languages", code="choose")]),
        *([] if is_zone(form.text("zone")) else [Fault(field="zone", code="zone")]),
        *([Fault(field="starts", code="date")] if form.text("starts") and starts is None else []),
    ]
    if faults:
        return _form(request, form.with_faults(*faults), status=422)
    now = site.clock()
    programme = _begun(
        templates()[form.text("template")],
        person,
        clean(form.text("name")),
        languages,
        starts,
        form.text("zone"),
        now,
    )
    number = await number_of(site.store, person.id)
    part = joined(
        None, programme=programme.id, person=person.id, role="coordinator", now_ms=now, number=number
    )
    where = f"/p/{programme.id}/settings"
    event = AuditEvent(
        at_ms=now, programme=programme.id, who=person.id, what="programme.made", about=programme.id
    )
    await commit(
        site.store, [*saved_programme(programme), *saved_enrolment(part), noted(event)], once(form, where)
    )
    return see_other(where)


async def coordinate(request: web.Request) -> web.Response:
    """``POST /programmes/{programme}/coordinate``: an administrator joins, where everybody can see it."""
    site, person, programme = request.app[SITE], visitor(request), programme_of(request)
    now, number = site.clock(), await number_of(site.store, person.id)

    async def decide() -> None:
        before = await load_enrolment(site.store, programme.id, person.id, "coordinator")
        if before is not None and before.left_ms is None:
            return
        part = joined(
            before, programme=programme.id, person=person.id, role="coordinator", now_ms=now, number=number
        )
        event = AuditEvent(
            at_ms=now,
            programme=programme.id,
            who=person.id,
            what="person.joined",
            about=person.id,
            details={"role": "coordinator"},
        )
        await commit(site.store, [*saved_enrolment(part), noted(event)])

    await deciding(decide)
    return see_other(f"/p/{programme.id}")


def date_of(text: str) -> date | None:
    """The day that a date field names; None for none or something else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _begun(
    template: Template,
    maker: Person,
    name: str,
    languages: tuple[Language, ...],
    starts: date | None,
    zone: str,
    now_ms: int,
) -> Programme:
    """The programme as its template has it; its texts in each of its languages, one after the other."""
    words = [template.words(each) for each in sorted(languages, key=lambda each: each != maker.language)]
    ends = months_later(starts, template.months) if starts and template.months else None
    return Programme(
        id=secrets.token_urlsafe(9),
        name=name,
        summary=words[0].summary,
        template=template.key,
        kinds=template.kinds,
        languages=languages,
        zone=zone,
        created_ms=now_ms,
        training="\n\n---\n\n".join(each.training.strip() for each in words),
        agreement="\n\n---\n\n".join(each.agreement.strip() for each in words),
        signatures=template.signatures,
        cadence_days=template.cadence_days,
        answer_days=template.answer_days,
        starts=None if starts is None else starts.isoformat(),
        ends=None if ends is None else ends.isoformat(),
    )


def _form(request: web.Request, form: Form, status: int = 200) -> web.Response:
    language = as_language(language_of(request)) or "en"
    choices = tuple(
        TemplateChoice(
            key=each.key,
            name=each.words(language).name,
            purpose=each.words(language).purpose,
            kinds=each.kinds,
            months=each.months,
        )
        for each in templates().values()
    )
    view = NewProgrammeView(
        form=form, templates=choices, languages=tuple(NAMES.items()), zones=zone_choices(language)
    )
    return page(request, view, status=status)
