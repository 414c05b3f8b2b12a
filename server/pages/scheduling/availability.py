"""``/availability``: the week as somebody keeps it free, and the days that are otherwise."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from aiohttp import web

from server.mentoring.availability import (
    DAY,
    STEP,
    Availability,
    DayOff,
    Extra,
    Window,
    weekly_overlap_minutes,
)
from server.mentoring.mentorships import OPEN_STATES
from server.mentoring.people import Person, edited
from server.mentoring.zones import ZoneError, zone_of
from server.pages.access import visitor
from server.pages.forms import changed_meanwhile, fresh, once, posted
from server.pages.site import SITE, Site, page, see_other
from server.storage import keys
from server.storage.availability import load_availabilities, load_availability, saved_availability
from server.storage.bank import free_time_changes
from server.storage.mentorships import mentorships_of
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_people
from server.storage.records import commit, not_done_before, put
from web.views.form import Fault, Form
from web.views.scheduling import AvailabilityView, Exceptional, Shared

PLACES = 2
"""Windows that a day can have: before and after something else."""

MOST_EXCEPTIONS = 60

_time = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?|24:00")


async def show(request: web.Request) -> web.Response:
    """``GET /availability``."""
    site, person = request.app[SITE], visitor(request)
    known = await load_availability(site.store, person.id)
    return page(
        request, await _view(site, person, known, _filled(known, person), saved="saved" in request.query)
    )


async def save(request: web.Request) -> web.Response:
    """``POST /availability``."""
    site, person = request.app[SITE], visitor(request)
    form = await posted(request)
    known = await load_availability(site.store, person.id)
    wanted, faults = _read(form, known, person)
    if form.version != known.version:
        await not_done_before(site.store, once(form, "/availability?saved"))
        form = changed_meanwhile(form, known.version)
        return page(request, await _view(site, person, known, form), status=422)
    if faults:
        form = form.with_faults(*faults)
        return page(request, await _view(site, person, known, form), status=422)
    try:
        found_by = await free_time_changes(site.store, wanted, site.clock())
        changes = [*saved_availability(wanted), *found_by]
        if not known.version and wanted.zone != person.zone:
            # An account begins in its programme's zone: where somebody's week is, they read clocks, too.
            there = edited(person, name=person.name, language=person.language, zone=wanted.zone)
            changes.append(put(keys.person(person.id), there))
        await commit(site.store, changes, once(form, "/availability?saved"))
    except ChangedMeanwhileError:
        known = await load_availability(site.store, person.id)
        form = changed_meanwhile(form, known.version)
        return page(request, await _view(site, person, known, form), status=422)
    return see_other("/availability?saved")


async def _view(
    site: Site, person: Person, known: Availability, form: Form, *, saved: bool = False
) -> AvailabilityView:
    return AvailabilityView(
        form=form,
        exceptions=tuple(_shown(number, each) for number, each in enumerate(known.exceptions)),
        shared=await _shared(site, person, known),
        zones=_zones(),
        places=PLACES,
        saved=saved and not form.faults,
        said=known.version > 0,
    )


async def _shared(site: Site, person: Person, known: Availability) -> tuple[Shared, ...]:
    """How much of a week each of the person's ties has, everybody's time together."""
    ties = [each for each in await mentorships_of(site.store, person.id) if each.state in OPEN_STATES][:20]
    others = list(dict.fromkeys(each for tie in ties for each in tie.people if each != person.id))
    times = await load_availabilities(site.store, others)
    names = await load_people(site.store, others)
    found: dict[str, Shared] = {}
    for tie in ties:
        for other in tie.people:
            if other in names and other not in found and len(found) < 20:
                theirs = times[other]
                said = theirs.version > 0 and known.version > 0
                minutes = weekly_overlap_minutes(known, theirs, site.clock()) if said else None
                hours = None if minutes is None else minutes / 60
                found[other] = Shared(name=names[other].shown, hours=hours, path=f"/m/{tie.id}")
    return tuple(found.values())


def _filled(known: Availability, person: Person) -> Form:
    values: dict[str, str] = {"zone": known.zone if known.version else person.zone}
    for day in range(7):
        windows = sorted(each for each in known.windows if each.day == day)
        for place, each in enumerate(windows[:PLACES]):
            values[f"from-{day}-{place}"] = clock(each.start)
            values[f"to-{day}-{place}"] = clock(each.end)
    return fresh(values, known.version)


def _read(form: Form, known: Availability, person: Person) -> tuple[Availability, list[Fault]]:
    faults: list[Fault] = []
    zone = form.text("zone")
    try:
        zone_of(zone)
    except ZoneError:
        faults.append(Fault(field="zone", code="zone"))
    windows: list[Window] = []
    for day in range(7):
        source = 0 if day < 5 and form.has("same", "yes") else day
        for place in range(PLACES):
            span = _span(
                form, f"from-{source}-{place}", f"to-{source}-{place}", faults if source == day else []
            )
            if span is not None:
                windows.append(Window(day, *span))
    removed = set(form.many("remove"))
    exceptions = [each for number, each in enumerate(known.exceptions) if str(number) not in removed]
    added = _added(form, faults)
    if added is not None:
        exceptions.append(added)
    if len(exceptions) > MOST_EXCEPTIONS:
        faults.append(Fault(field="new-first", code="too-many", values={"most": MOST_EXCEPTIONS}))
    wanted = Availability(
        person=person.id,
        zone=zone,
        windows=tuple(sorted(set(windows))),
        exceptions=tuple(sorted(set(exceptions), key=_day_of)),
        version=known.version + 1,
    )
    return wanted, faults


def _span(form: Form, start: str, end: str, faults: list[Fault]) -> tuple[int, int] | None:
    """Two times as minutes of the day; None when both are empty or one is at fault."""
    said = form.text(start), form.text(end)
    if said == ("", ""):
        return None
    found = []
    for name, text in zip((start, end), said, strict=True):
        minutes = minutes_of(text)
        if minutes is None:
            faults.append(Fault(field=name, code="time" if text else "missing"))
        elif minutes % STEP:
            faults.append(Fault(field=name, code="quarters"))
        else:
            found.append(minutes)
    if len(found) < 2:
        return None
    first, last = found
    last = last or DAY  # until midnight
    if last <= first:
        faults.append(Fault(field=end, code="window-order"))
        return None
    return first, last


def _added(form: Form, faults: list[Fault]) -> DayOff | Extra | None:
    first, last = form.text("new-first"), form.text("new-last")
    extra = form.text("new-kind") == "extra"
    if not first and not last and not (extra and (form.text("new-from") or form.text("new-to"))):
        return None
    day = day_of(first)
    if day is None:
        faults.append(Fault(field="new-first", code="day" if first else "missing"))
        return None
    if extra:
        span = _span(form, "new-from", "new-to", faults)
        if span is None:
            if not any(each.field.startswith("new-") for each in faults):
                faults.append(Fault(field="new-from", code="missing"))
            return None
        return Extra(day.isoformat(), *span)
    until = day if not last else day_of(last)
    if until is None:
        faults.append(Fault(field="new-last", code="day"))
        return None
    if until < day:
        faults.append(Fault(field="new-last", code="day-order"))
        return None
    return DayOff(day.isoformat(), until.isoformat())


def _shown(number: int, each: DayOff | Extra) -> Exceptional:
    if isinstance(each, DayOff):
        return Exceptional(number=number, first=each.first, last=each.last)
    return Exceptional(
        number=number, first=each.day, last=each.day, start=clock(each.start), end=clock(each.end)
    )


def _day_of(each: DayOff | Extra) -> tuple[str, str]:
    return (each.first, each.last) if isinstance(each, DayOff) else (each.day, clock(each.start))


def clock(minutes: int) -> str:
    """Minutes of the day as a time field has them; midnight at the end is 00:00."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def minutes_of(text: str) -> int | None:
    """The minutes of the day of a time as typed, None when it is none."""
    if not _time.fullmatch(text):
        return None
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def day_of(text: str) -> date | None:
    """The day of an ISO date as a date field gives it, None when it is none."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


@cache
def _zones() -> tuple[str, ...]:
    """The zones to choose from: those of places, without old names of offsets."""
    begin = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return (*sorted(each for each in available_timezones() if each.startswith(begin)), "UTC")
