"""Choosing a time: from what everybody has free, or one of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from server.mentoring.availability import common, slots, without
from server.mentoring.meeting_rules import LEAST_MINUTES, MOST_MINUTES, MeetingError
from server.mentoring.meetings import Session
from server.mentoring.people import Person, PersonId
from server.mentoring.zones import DAY_MS, HOUR_MS, instant, local, offset_ms
from server.pages.scheduling.availability import day_of, minutes_of
from server.pages.site import Site
from server.storage.availability import load_availabilities
from server.storage.calendars import load_calendars
from web.views.form import Form
from web.views.scheduling import SlotDay

AHEAD_MS = 28 * DAY_MS
NOTICE_MS = 2 * HOUR_MS
MOST_DAYS = 8
MOST_A_DAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The days with common free times, and who hasn't said when they are free."""

    days: tuple[SlotDay, ...]
    unsaid: tuple[PersonId, ...]


async def offered(
    site: Site,
    people: Sequence[PersonId],
    reader: Person,
    minutes: int,
    now_ms: int,
    *,
    ahead_of_ms: int = 0,
    but: str = "",
) -> Offered:
    """When everybody who said so is free and has no session, for so many minutes, in the next weeks.

    ``but`` is a session whose own time counts as free; nothing before ``ahead_of_ms``.
    """
    times = await load_availabilities(site.store, people)
    calendars = await load_calendars(site.store, people)
    said = [each for each in times.values() if each.version]
    start = max(now_ms + NOTICE_MS, ahead_of_ms)
    busy = [
        (claim.start_ms, claim.end_ms)
        for calendar in calendars.values()
        for claim in calendar.claims
        if claim.session != but
    ]
    free = without(common(said, start, start + AHEAD_MS), busy)
    found = slots(free, minutes, offset_ms=offset_ms(reader.zone, start))
    return Offered(
        days=_by_day(found, reader.zone),
        unsaid=tuple(person for person, each in times.items() if not each.version),
    )


def _by_day(found: Sequence[int], zone: str) -> tuple[SlotDay, ...]:
    days: dict[str, list[int]] = {}
    for at in found:
        days.setdefault(local(zone, at).date().isoformat(), []).append(at)
    kept = []
    for each in list(days.values())[:MOST_DAYS]:
        # A long free afternoon is shown from its beginning to its end, not only its first hours.
        step = -(-len(each) // MOST_A_DAY)
        kept.append(SlotDay(at_ms=each[0], slots=tuple(each[::step])))
    return tuple(kept)


def chosen(form: Form, zone: str) -> int:
    """The ms that a form says: a slot, or a day and an hour on the clock of ``zone``.

    Raises ``MeetingError`` that names the field.
    """
    said = form.text("starts")
    if said.isascii() and said.isdigit() and len(said) < 16:
        return int(said)
    if not form.text("date") and said != "own":
        raise MeetingError(code="choose", field="starts")
    day, minutes = day_of(form.text("date")), minutes_of(form.text("time"))
    if day is None:
        raise MeetingError(code="day" if form.text("date") else "missing", field="date")
    if minutes is None:
        raise MeetingError(code="time" if form.text("time") else "missing", field="time")
    return instant(zone, datetime.combine(day, time()) + timedelta(minutes=minutes))


def length(form: Form, usual: int) -> int:
    """The minutes that a form says, the usual ones where it is empty. Raises ``MeetingError``."""
    said = form.text("minutes")
    if not said:
        return usual
    if not (said.isascii() and said.isdigit() and LEAST_MINUTES <= int(said[:6]) <= MOST_MINUTES):
        raise MeetingError(code="minutes-wrong", field="minutes", least=LEAST_MINUTES, most=MOST_MINUTES)
    return int(said)


def counted(form: Form, name: str, usual: int, most: int) -> int:
    """A small number that a form says. Raises ``MeetingError``."""
    said = form.text(name)
    if not said:
        return usual
    if not (said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= most):
        raise MeetingError(code="number", field=name, least=1, most=most)
    return int(said)


async def check_free(site: Site, session: Session, starts: Sequence[int], minutes: int) -> None:
    """Raises ``MeetingError`` when somebody invited has a confirmed session at one of these times."""
    calendars = await load_calendars(site.store, session.people)
    for at in starts:
        until = at + minutes * 60_000
        for calendar in calendars.values():
            for claim in calendar.claims:
                if claim.session != session.id and claim.start_ms < until and at < claim.end_ms:
                    raise MeetingError(code="busy", field="starts", at_ms=at)
