"""``/p/{programme}/profile``: what one shows of oneself and has room for, changed piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from aiohttp import web
from msgspec import structs

from server.mentoring.profiles import Connection, Meeting, Profile
from server.mentoring.programmes import Enrolment
from server.mentoring.taking_part import MOST_CAPACITY, is_paused, paused, with_room
from server.pages.access import programme_of, subject, visitor
from server.pages.forms import changed_meanwhile, choose, fresh, once, posted, too_long
from server.pages.programmes.frame import nav
from server.pages.programmes.listing import date_of
from server.pages.programmes.settings import whole
from server.pages.site import SITE, PageError, language_of, page, see_other
from server.room.names import clean
from server.storage.availability import load_availability
from server.storage.bank import number_of
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_enrolment, load_profile, saved_enrolment, saved_profile
from server.storage.records import Change, commit
from web.i18n import SPOKEN, translator, zone
from web.views.form import Fault, Form
from web.views.profiles import ProfilePieceView, ProfileView

MOST_SKILLS = 12
LONGEST_SKILL = 60
LONGEST_ABOUT = 2_000
LONGEST_HEADLINE = 120

Read = tuple[list[Fault], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One form of a profile: what stands in it, and what it makes of the profile."""

    filled: Callable[[Profile], dict[str, str | tuple[str, ...]]]
    read: Callable[[Form], Read]


def _about(form: Form) -> Read:
    faults = too_long(form, headline=LONGEST_HEADLINE, about=LONGEST_ABOUT)
    return faults, {"headline": clean(form.text("headline")), "about": form.text("about")}


def skills(text: str) -> tuple[str, ...]:
    """Skills as typed, one a line or with commas between them, each once."""
    parts = (clean(part) for line in text.splitlines() for part in line.replace(";", ",").split(","))
    return tuple({part.casefold(): part for part in parts if part}.values())


def _skills(form: Form) -> Read:
    faults, fields = [], {}
    for name in ("offers", "seeks"):
        said = skills(form.text(name))
        if len(said) > MOST_SKILLS:
            faults.append(Fault(field=name, code="more-than", values={"most": MOST_SKILLS}))
        if any(len(each) > LONGEST_SKILL for each in said):
            faults.append(Fault(field=name, code="too-long", values={"most": LONGEST_SKILL}))
        fields[name] = said
    return faults, fields


def _languages(form: Form) -> Read:
    languages = tuple(each for each in SPOKEN if form.has("languages", each))
    faults = [] if languages else [Fault(field="languages", code="choose")]
    return faults, {"languages": languages}


def _meeting(form: Form) -> Read:
    meets = tuple(each for each in get_args(Meeting) if form.has("meets", each))
    faults = [] if meets else [Fault(field="meets", code="choose")]
    faults += choose(form, "connection", get_args(Connection))
    return faults, {"meets": meets, "connection": form.text("connection")}


PIECES: Mapping[str, Piece] = {
    "about": Piece(lambda it: {"headline": it.headline, "about": it.about}, _about),
    "skills": Piece(lambda it: {"offers": "\n".join(it.offers), "seeks": "\n".join(it.seeks)}, _skills),
    "languages": Piece(lambda it: {"languages": it.languages}, _languages),
    "meeting": Piece(lambda it: {"meets": it.meets, "connection": it.connection}, _meeting),
}


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/profile``."""
    site, person = request.app[SITE], visitor(request)
    profile = await load_profile(site.store, person.id)
    availability = await load_availability(site.store, person.id)
    mine = subject(request).enrolments.get("mentor")
    resting = mine is not None and is_paused(mine, site.clock())
    view = ProfileView(
        nav=nav(request, "profile"),
        headline=profile.headline,
        about=profile.about,
        offers=profile.offers,
        seeks=profile.seeks,
        languages=profile.languages,
        meets=profile.meets,
        connection=profile.connection,
        zone=person.zone,
        windows=len(availability.windows),
        mentor=mine is not None,
        capacity=0 if mine is None else mine.capacity,
        active=0 if mine is None else mine.active,
        kinds=() if mine is None else mine.kinds,
        until_ms=mine.paused_until_ms if mine is not None and resting else None,
        silent=mine is not None and mine.unanswered > 0,
        self_path=f"/p/{programme_of(request).id}/people/{person.id}",
        saved="saved" in request.query,
        form=fresh(),
    )
    return page(request, view)


async def edit(request: web.Request) -> web.Response:
    """``GET /p/{programme}/profile/{piece}``."""
    profile = await load_profile(request.app[SITE].store, visitor(request).id)
    return _form(request, fresh(_piece(request).filled(profile), profile.version))


async def save(request: web.Request) -> web.Response:
    """``POST /p/{programme}/profile/{piece}``."""
    site, person, piece = request.app[SITE], visitor(request), _piece(request)
    form = await posted(request, texts=("about", "offers", "seeks"))
    faults, fields = piece.read(form)
    if faults:
        return _form(request, form.with_faults(*faults), status=422)
    before = await load_profile(site.store, person.id)
    if form.version != before.version:
        return _form(request, changed_meanwhile(form, before.version), status=422)
    after = structs.replace(before, **fields, version=before.version + 1)
    changes = saved_profile(after, before, await number_of(site.store, person.id))
    return await _saved(request, form, changes)


async def edit_room(request: web.Request) -> web.Response:
    """``GET /p/{programme}/profile/room``: how many mentees a mentor has room for, in which kinds."""
    mine = _mentor(request)
    kinds = mine.kinds or programme_of(request).kinds
    return _form(request, fresh({"capacity": str(mine.capacity), "kinds": kinds}, mine.version), "room")


async def save_room(request: web.Request) -> web.Response:
    """``POST /p/{programme}/profile/room``."""
    mine, programme = _mentor(request), programme_of(request)
    form = await posted(request)
    capacity = whole(form.text("capacity"), 0, MOST_CAPACITY)
    kinds = tuple(each for each in programme.kinds if form.has("kinds", each))
    faults = [] if kinds else [Fault(field="kinds", code="choose")]
    if capacity is None:
        faults.append(Fault(field="capacity", code="between", values={"least": 0, "most": MOST_CAPACITY}))
    if faults or capacity is None:
        return _form(request, form.with_faults(*faults), "room", status=422)
    if form.version != mine.version:
        return _form(request, changed_meanwhile(form, mine.version), "room", status=422)
    every = set(kinds) == set(programme.kinds)
    return await _saved(
        request, form, saved_enrolment(with_room(mine, capacity, () if every else kinds)), "room"
    )


async def edit_pause(request: web.Request) -> web.Response:
    """``GET /p/{programme}/profile/pause``."""
    return _form(request, fresh(version=_mentor(request).version), "pause")


async def save_pause(request: web.Request) -> web.Response:
    """``POST /p/{programme}/profile/pause``: out of the bank until a day, in one's own zone."""
    site, person, mine = request.app[SITE], visitor(request), _mentor(request)
    form = await posted(request)
    day = date_of(form.text("until"))
    until_ms = None
    if day is not None:
        there = zone(person.zone) or UTC
        until_ms = int(datetime(day.year, day.month, day.day, tzinfo=there).timestamp() * 1000)
    if until_ms is None or until_ms <= site.clock():
        fault = Fault(field="until", code="past")
        if until_ms is None:
            fault = Fault(field="until", code="date")
        return _form(request, form.with_faults(fault), "pause", status=422)
    if form.version != mine.version:
        return _form(request, changed_meanwhile(form, mine.version), "pause", status=422)
    return await _saved(request, form, saved_enrolment(paused(mine, until_ms)), "pause")


async def resume(request: web.Request) -> web.Response:
    """``POST /p/{programme}/profile/resume``: back in the bank now."""
    form = await posted(request)
    return await _saved(request, form, saved_enrolment(paused(_mentor(request), None)), "pause")


async def _saved(request: web.Request, form: Form, changes: list[Change], part: str = "") -> web.Response:
    where = f"/p/{programme_of(request).id}/profile?saved"
    store = request.app[SITE].store
    try:
        await commit(store, changes, once(form, where))
    except ChangedMeanwhileError:
        person = visitor(request).id
        if part:
            mine = await load_enrolment(store, programme_of(request).id, person, "mentor")
            version = mine.version if mine else 0
        else:
            version = (await load_profile(store, person)).version
        return _form(request, changed_meanwhile(form, version), part, status=422)
    return see_other(where)


def _piece(request: web.Request) -> Piece:
    found = PIECES.get(request.match_info["piece"])
    if found is None:
        raise PageError(404, "not-found")
    return found


def _mentor(request: web.Request) -> Enrolment:
    found = subject(request).enrolments.get("mentor")
    if found is None:
        raise PageError(404, "not-found")
    return found


def _form(request: web.Request, form: Form, part: str = "", status: int = 200) -> web.Response:
    language = language_of(request)
    words = translator(language)
    part = part or request.match_info["piece"]
    programme = programme_of(request)
    view = ProfilePieceView(
        nav=nav(request),
        part=part,
        form=form,
        languages=tuple((each, words.spoken(each)) for each in SPOKEN),
        meets=tuple((each, words.text(f"meets.{each}")) for each in get_args(Meeting)),
        connections=tuple((each, words.text(f"connection.{each}")) for each in get_args(Connection)),
        kinds=tuple((each, words.text(f"kind.{each}")) for each in programme.kinds),
        action=f"/p/{programme.id}/profile/{part}",
        mentor="mentor" in subject(request).enrolments,
        mentee="mentee" in subject(request).enrolments,
    )
    return page(request, view, status=status)
