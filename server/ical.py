"""Sessions as other calendars read them: invitations (RFC 5546) and a feed to subscribe to (RFC 5545).

Each invitation is for one person and names only their own address: what others are called is in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vRecur, vText, vUri
from msgspec import Struct

from server.mentoring.meetings import Session
from server.mentoring.recurrence import occurrences
from server.mentoring.zones import local

PRODUCT = "-//Compagnon//Mentoring//EN"
ALARM = timedelta(minutes=-10)


class Words(Struct, frozen=True, kw_only=True):
    """An appointment in its reader's language."""

    summary: str
    description: str
    join: str
    """What the button is called that leads to the room."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a site is: its URL without a slash at the end, and the address that its letters come from."""

    base: str
    sender: str

    @property
    def host(self) -> str:
        """What makes identifiers of this site unlike those of others."""
        return self.base.partition("://")[2].partition(":")[0]

    def join(self, session: Session) -> str:
        """Where a session's room is entered."""
        return f"{self.base}/sessions/{session.id}/join"

    def page(self, session: Session) -> str:
        """Where a session is looked at."""
        return f"{self.base}/sessions/{session.id}"


class Invited(Struct, frozen=True, kw_only=True):
    """Whom an invitation is for."""

    name: str
    address: str


def request(sessions: Sequence[Session], words: Words, place: Place, to: Invited, now_ms: int) -> str:
    """The invitation to a confirmed session, or its update; several are dates of one series, by time.

    Those are one event with a rule; a single one of them is told by its RECURRENCE-ID.
    """
    first = sessions[0]
    event = _event(first, words, place, now_ms, instance=len(sessions) == 1)
    if len(sessions) > 1:
        days = local(first.zone, sessions[-1].starts_ms).date() - local(first.zone, first.starts_ms).date()
        count = days.days // (7 * first.every_weeks) + 1
        event.add("rrule", vRecur(freq="weekly", interval=first.every_weeks, count=count))
        known = {each.starts_ms for each in sessions}
        planned = occurrences(first.starts_ms, first.zone, first.every_weeks, count)
        for left_out in planned:
            if left_out not in known:
                event.add("exdate", local(first.zone, left_out))
    return _told("REQUEST", [event], place, to, first)


def cancel(sessions: Sequence[Session], words: Words, place: Place, to: Invited, now_ms: int) -> str:
    """Calls sessions off in the calendar that an invitation went to."""
    events = [_event(each, words, place, now_ms, cancelled=True) for each in sessions]
    return _told("CANCEL", events, place, to, sessions[0])


def feed(sessions: Iterable[tuple[Session, Words]], place: Place, name: str, now_ms: int) -> str:
    """Everything that a person is expected at, to be subscribed to."""
    calendar = Calendar.new(prodid=PRODUCT, method="PUBLISH", name=name, refresh_interval=timedelta(hours=1))
    shown = list(sessions)
    for session, words in shown:
        event = _event(session, words, place, now_ms, alone=True)
        calendar.add_component(event)
    _zones(calendar, [session for session, _ in shown])
    return _text(calendar)


def _told(method: str, events: Sequence[Event], place: Place, to: Invited, session: Session) -> str:
    calendar = Calendar.new(prodid=PRODUCT, method=method)
    organiser = vCalAddress(f"mailto:{place.sender}")
    organiser.params["CN"] = vText("Compagnon")
    attendee = vCalAddress(f"mailto:{to.address}")
    attendee.params["CN"] = vText(to.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    # They said yes on the site: nothing is to be answered.
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    for event in events:
        event.add("organizer", organiser)
        event.add("attendee", attendee)
        calendar.add_component(event)
    _zones(calendar, [session])
    return _text(calendar)


def _event(
    session: Session,
    words: Words,
    place: Place,
    now_ms: int,
    *,
    cancelled: bool = False,
    instance: bool = True,
    alone: bool = False,
) -> Event:
    """``instance``: one date of its series; ``alone``: as if it had none."""
    start = local(session.zone, session.starts_ms)
    series = None if alone else session.series
    event = Event()
    event.add("uid", f"{series or session.id}@{place.host}")
    event.add("dtstamp", datetime.fromtimestamp(now_ms // 1000, UTC))
    event.add("sequence", session.sequence)
    event.add("dtstart", start)
    # Not start plus the length: that would be arithmetic on the clock, an hour wrong over a change.
    event.add("dtend", local(session.zone, session.ends_ms))
    if series is not None and instance:
        event.add("recurrence-id", local(session.zone, session.planned_ms))
    event.add("summary", words.summary)
    event.add("description", words.description)
    event.add("url", place.page(session))
    event.add("location", place.join(session))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if not cancelled:
        # Not icalendar's Conference: it quotes the list of features into one feature (RFC 7986, 6.3).
        conference = vUri(place.join(session))
        conference.params.update({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": words.join})
        event.add("conference", conference)
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words.summary)
        alarm.add("trigger", ALARM)
        event.add_component(alarm)
    return event


def _zones(calendar: Calendar, sessions: Sequence[Session]) -> None:
    """The VTIMEZONE of every zone that is spoken of, before the events (RFC 5545, 3.6.5)."""
    for number, zone in enumerate(sorted({each.zone for each in sessions})):
        if zone == "UTC":
            continue
        years = [local(zone, each.starts_ms).year for each in sessions if each.zone == zone]
        calendar.subcomponents.insert(number, _zone(zone, min(years), max(years)))


@lru_cache(maxsize=256)
def _zone(zone: str, first: int, last: int) -> Timezone:
    return Timezone.from_tzid(zone, first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1))


def _text(calendar: Calendar) -> str:
    return str(calendar.to_ical(), "utf-8")
