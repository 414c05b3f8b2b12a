"""``/p/{programme}/settings``: what coordinators set up, changed piece by piece."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from aiohttp import web
from msgspec import structs

from server.mentoring.audit import AuditEvent
from server.mentoring.kinds import Kind
from server.mentoring.programmes import Cohort, Programme
from server.pages.access import programme_of, visitor
from server.pages.forms import changed_meanwhile, fresh, once, posted, required, too_long
from server.pages.programmes.frame import nav
from server.pages.programmes.listing import date_of
from server.pages.site import SITE, PageError, language_of, page, see_other
from server.room.names import LONGEST_NAME, clean
from server.storage.audit import noted
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_cohort, load_cohorts, load_programme, saved_cohort, saved_programme
from server.storage.records import commit
from signaling.parts import Language
from web.i18n import NAMES, translator
from web.views.form import Fault, Form
from web.views.programmes import CohortLine, SettingsView, SettingView
from web.zones import is_zone, zone_choices

LONGEST_PAGE = 15_000
"""Characters of a training page or an agreement."""

MOST_PARTNERS = 50

Filled = dict[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One form of the settings: what stands in it, and what it makes of the programme."""

    filled: Callable[[Programme], Filled]
    read: Callable[[Form], tuple[list[Fault], dict[str, Any]]]


def _about(form: Form) -> tuple[list[Fault], dict[str, Any]]:
    languages = tuple(each for each in get_args(Language) if form.has("languages", each))
    faults = [*required(form, "name"), *too_long(form, name=LONGEST_NAME, summary=400)]
    if not languages:
        faults.append(Fault(field="languages", code="choose"))
    if not is_zone(form.text("zone")):
        faults.append(Fault(field="zone", code="zone"))
    return faults, {
        "name": clean(form.text("name")),
        "summary": form.text("summary"),
        "languages": languages,
        "zone": form.text("zone"),
    }


def _dates(form: Form) -> tuple[list[Fault], dict[str, Any]]:
    days = {name: date_of(form.text(name)) for name in ("starts", "ends")}
    faults = [Fault(field=name, code="date") for name, day in days.items() if day is None and form.text(name)]
    if days["starts"] and days["ends"] and days["ends"] <= days["starts"]:
        faults.append(Fault(field="ends", code="ends-before"))
    return faults, {name: None if day is None else day.isoformat() for name, day in days.items()}


def _ties(form: Form) -> tuple[list[Fault], dict[str, Any]]:
    kinds = tuple(each for each in get_args(Kind) if form.has("kinds", each))
    faults = [] if kinds else [Fault(field="kinds", code="choose")]
    numbers = {}
    for name, most in (("cadence_days", 180), ("answer_days", 30)):
        numbers[name] = whole(form.text(name), 1, most)
        if numbers[name] is None:
            faults.append(Fault(field=name, code="between", values={"least": 1, "most": most}))
    return faults, {"kinds": kinds, **numbers}


def _training(form: Form) -> tuple[list[Fault], dict[str, Any]]:
    return too_long(form, training=LONGEST_PAGE), {"training": form.text("training")}


def _agreement(form: Form) -> tuple[list[Fault], dict[str, Any]]:
    faults = too_long(form, agreement=LONGEST_PAGE)
    return faults, {"agreement": form.text("agreement"), "signatures": form.has("signatures", "yes")}


def _partners(form: Form) -> tuple[list[Fault], dict[str, Any]]:
    names = tuple(dict.fromkeys(clean(line) for line in form.text("partners").splitlines() if clean(line)))
    faults = []
    if len(names) > MOST_PARTNERS:
        faults.append(Fault(field="partners", code="more-than", values={"most": MOST_PARTNERS}))
    if any(len(each) > LONGEST_NAME for each in names):
        faults.append(Fault(field="partners", code="too-long", values={"most": LONGEST_NAME}))
    return faults, {"partners": names}


PIECES: Mapping[str, Piece] = {
    "about": Piece(
        lambda it: {"name": it.name, "summary": it.summary, "languages": it.languages, "zone": it.zone},
        _about,
    ),
    "dates": Piece(lambda it: {"starts": it.starts or "", "ends": it.ends or ""}, _dates),
    "ties": Piece(
        lambda it: {
            "kinds": it.kinds,
            "cadence_days": str(it.cadence_days),
            "answer_days": str(it.answer_days),
        },
        _ties,
    ),
    "training": Piece(lambda it: {"training": it.training}, _training),
    "agreement": Piece(
        lambda it: {"agreement": it.agreement, "signatures": "yes" if it.signatures else ""}, _agreement
    ),
    "partners": Piece(lambda it: {"partners": "\n".join(it.partners)}, _partners),
}


def whole(text: str, least: int, most: int) -> int | None:
    """The whole number that was typed, None for anything else or beyond the bounds."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        return None
    return int(text) if least <= int(text) <= most else None


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/settings``."""
    programme = programme_of(request)
    cohorts = await load_cohorts(request.app[SITE].store, programme.id)
    return page(
        request,
        SettingsView(
            nav=nav(request, "settings"),
            summary=programme.summary,
            languages=tuple(NAMES[each] for each in programme.languages),
            zone=programme.zone,
            kinds=programme.kinds,
            cadence_days=programme.cadence_days,
            answer_days=programme.answer_days,
            starts=programme.starts or "",
            ends=programme.ends or "",
            training=programme.training,
            agreement=programme.agreement,
            signatures=programme.signatures,
            partners=programme.partners,
            cohorts=tuple(
                CohortLine(id=each.id, name=each.name, starts=each.starts or "", ends=each.ends or "")
                for each in cohorts
            ),
            saved="saved" in request.query,
        ),
    )


async def edit(request: web.Request) -> web.Response:
    """``GET /p/{programme}/settings/{piece}``."""
    programme, piece = programme_of(request), _piece(request)
    return _form(request, fresh(piece.filled(programme), programme.version))


async def save(request: web.Request) -> web.Response:
    """``POST /p/{programme}/settings/{piece}``."""
    site, programme, piece = request.app[SITE], programme_of(request), _piece(request)
    form = await posted(request, texts=("training", "agreement", "partners", "summary"))
    faults, fields = piece.read(form)
    if faults:
        return _form(request, form.with_faults(*faults), status=422)
    if form.version != programme.version:
        return _form(request, changed_meanwhile(form, programme.version), status=422)
    where = f"/p/{programme.id}/settings?saved"
    after = structs.replace(programme, **fields, version=programme.version + 1)
    event = AuditEvent(
        at_ms=site.clock(),
        programme=programme.id,
        who=visitor(request).id,
        what="programme.changed",
        about=request.match_info["piece"],
    )
    try:
        await commit(site.store, [*saved_programme(after), noted(event)], once(form, where))
    except ChangedMeanwhileError:
        there = await load_programme(site.store, programme.id)
        return _form(request, changed_meanwhile(form, there.version if there else 0), status=422)
    return see_other(where)


def _piece(request: web.Request) -> Piece:
    found = PIECES.get(request.match_info["piece"])
    if found is None:
        raise PageError(404, "not-found")
    return found


def _form(
    request: web.Request, form: Form, *, part: str = "", action: str = "", status: int = 200
) -> web.Response:
    say = translator(language_of(request)).text
    programme, part = programme_of(request), part or request.match_info["piece"]
    view = SettingView(
        nav=nav(request),
        part=part,
        form=form,
        kinds=tuple((each, say(f"kind.{each}")) for each in get_args(Kind)),
        languages=tuple(NAMES.items()),
        zones=zone_choices(language_of(request)) if part == "about" else (),
        action=action or f"/p/{programme.id}/settings/{part}",
    )
    return page(request, view, status=status)


async def edit_cohort(request: web.Request) -> web.Response:
    """``GET /p/{programme}/cohorts/{cohort}``; "new" is one that is to be made."""
    cohort = await _cohort(request)
    if cohort is None:
        return _cohort_form(request, fresh())
    filled = {"name": cohort.name, "starts": cohort.starts or "", "ends": cohort.ends or ""}
    return _cohort_form(request, fresh(filled, cohort.version))


async def save_cohort(request: web.Request) -> web.Response:
    """``POST /p/{programme}/cohorts/{cohort}``."""
    site, programme, cohort = request.app[SITE], programme_of(request), await _cohort(request)
    form = await posted(request)
    faults, fields = _dates(form)
    faults = [*required(form, "name"), *too_long(form, name=LONGEST_NAME), *faults]
    if faults:
        return _cohort_form(request, form.with_faults(*faults), status=422)
    fields["name"] = clean(form.text("name"))
    if cohort is None:
        after = Cohort(id=secrets.token_urlsafe(9), programme=programme.id, **fields)
    elif form.version != cohort.version:
        return _cohort_form(request, changed_meanwhile(form, cohort.version), status=422)
    else:
        after = structs.replace(cohort, **fields, version=cohort.version + 1)
    where = f"/p/{programme.id}/settings?saved"
    event = AuditEvent(
        at_ms=site.clock(),
        programme=programme.id,
        who=visitor(request).id,
        what="cohort.changed",
        about=after.id,
    )
    try:
        await commit(site.store, [*saved_cohort(after), noted(event)], once(form, where))
    except ChangedMeanwhileError:
        there = await load_cohort(site.store, after.id)
        return _cohort_form(request, changed_meanwhile(form, there.version if there else 0), status=422)
    return see_other(where)


async def _cohort(request: web.Request) -> Cohort | None:
    """The cohort of the path, None for "new". One of another programme is not there."""
    if request.match_info["cohort"] == "new":
        return None
    found = await load_cohort(request.app[SITE].store, request.match_info["cohort"])
    if found is None or found.programme != programme_of(request).id:
        raise PageError(404, "not-found")
    return found


def _cohort_form(request: web.Request, form: Form, status: int = 200) -> web.Response:
    return _form(request, form, part="cohort", action=request.path, status=status)
