"""What other calendars read: by icalendar and by a second parser, over the change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar
import pytest
import vobject
from msgspec.structs import replace

from server.ical import Invited, Place, Words, cancel, feed, request
from server.mentoring.meetings import Session
from server.mentoring.recurrence import occurrences
from tests.support.meetings import HOUR, at

NOW = at("Europe/Paris", 2026, 10, 19, 9)
PLACE = Place(base="https://meet.example:8443", sender="compagnon@meet.example")
ZOE = Invited(name='Zoé "Z"; Tremblay, PhD', address="zoe@example.org")
WORDS = Words(
    summary="Mentoring: a, b; c\\d\nBEGIN:VEVENT", description="With Amina\nGROW " + "é" * 100, join="Enter"
)


def session(starts_ms: int, **fields: object) -> Session:
    values: dict[str, object] = {
        "id": "s1",
        "programme": "p",
        "mentorship": "m",
        "organiser": "a",
        "people": ("a", "z"),
        "coming": ("a", "z"),
        "state": "confirmed",
        "starts_ms": starts_ms,
        "minutes": 60,
        "zone": "Europe/Paris",
        "format": "grow-60",
        "created_ms": NOW,
        "planned_ms": starts_ms,
        **fields,
    }
    return Session(**values)  # type: ignore[arg-type]


def ms(moment: datetime) -> int:
    assert moment.tzinfo is not None
    return round(moment.timestamp() * 1000)


def first(text: str) -> tuple[icalendar.Event, vobject.base.Component]:
    """The one event of a calendar as each of the two reads it."""
    calendar = icalendar.Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    [other] = list(vobject.readComponents(text))
    assert not calendar.walk("VTIMEZONE")[0].is_empty()
    return event, other.vevent


@pytest.mark.parametrize("day", [(10, 20), (10, 24), (10, 27), (11, 3)])
def test_two_readers_find_the_same_instants_on_both_sides_of_the_change(day: tuple[int, int]) -> None:
    starts = at("Europe/Paris", 2026, *day, 15)
    event, other = first(request([session(starts)], WORDS, PLACE, ZOE, NOW))
    assert ms(event.start) == ms(other.dtstart.value) == starts
    assert ms(event.end) == ms(other.dtend.value) == starts + HOUR
    # Montréal reads the same instant, five or six hours earlier on the clock.
    theirs = request([session(starts, zone="America/Montreal")], WORDS, PLACE, ZOE, NOW)
    montreal = first(theirs)[0].start
    assert ms(montreal) == starts
    assert montreal.hour == (10 if day == (10, 27) else 9)


def test_an_hour_over_the_change_is_an_hour() -> None:
    starts = round(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp() * 1000)
    event, other = first(request([session(starts)], WORDS, PLACE, ZOE, NOW))
    assert ms(event.start) == starts
    assert ms(other.dtstart.value) == starts


def test_an_invitation_says_who_where_and_when_to_ring() -> None:
    text = request([session(at("Europe/Paris", 2026, 10, 20, 15), sequence=2)], WORDS, PLACE, ZOE, NOW)
    assert "\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "RFC 5545, 3.1"
    event, other = first(text)
    assert icalendar.Calendar.from_ical(text)["METHOD"] == "REQUEST"
    assert event["UID"] == other.uid.value == "s1@meet.example"
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CONFIRMED")
    assert event["SUMMARY"] == WORDS.summary
    assert event["DESCRIPTION"] == WORDS.description
    assert event["ATTENDEE"] == "mailto:zoe@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event["ORGANIZER"] == "mailto:compagnon@meet.example"
    assert event["CONFERENCE"] == "https://meet.example:8443/sessions/s1/join"
    assert event["CONFERENCE"].params["FEATURE"] == ["AUDIO", "VIDEO"]
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt.total_seconds() == -600


def test_a_series_is_one_event_whose_dates_keep_their_hour() -> None:
    starts = at("Europe/Paris", 2026, 10, 20, 15)
    dates = occurrences(starts, "Europe/Paris", 1, 4)
    kept = [
        session(each, id=f"s{number}", series="series", every_weeks=1, times=4)
        for number, each in enumerate(dates)
        if number != 2
    ]
    text = request(kept, WORDS, PLACE, ZOE, NOW)
    event, other = first(text)
    assert event["UID"] == "series@meet.example"
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=4;INTERVAL=1"
    assert [ms(each) for each in other.rruleset] == [dates[0], dates[1], dates[3]]

    moved = replace(kept[1], starts_ms=dates[1] + 24 * HOUR, sequence=1)
    event, _ = first(request([moved], WORDS, PLACE, ZOE, NOW))
    assert (event["UID"], ms(event["RECURRENCE-ID"].dt)) == ("series@meet.example", dates[1])
    assert ms(event.start) == dates[1] + 24 * HOUR


def test_calling_off_names_the_same_event() -> None:
    gone = session(at("Europe/Paris", 2026, 10, 20, 15), state="cancelled", sequence=1)
    text = cancel([gone], WORDS, PLACE, ZOE, NOW)
    event, other = first(text)
    assert icalendar.Calendar.from_ical(text)["METHOD"] == "CANCEL"
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == ("s1@meet.example", "CANCELLED", 1)
    assert other.status.value == "CANCELLED"


def test_a_feed_holds_each_session_once_with_every_zone_described() -> None:
    starts = at("Europe/Paris", 2026, 10, 27, 15)
    sessions = [
        session(starts),
        session(starts + 24 * HOUR, id="s2", zone="America/Montreal", series="series", every_weeks=1),
        session(starts + 48 * HOUR, id="s3", zone="UTC"),
    ]
    text = feed([(each, WORDS) for each in sessions], PLACE, "Séances", NOW)
    calendar = icalendar.Calendar.from_ical(text)
    events = calendar.walk("VEVENT")
    assert [ms(each.start) for each in events] == [each.starts_ms for each in sessions]
    assert [each["UID"] for each in events] == [f"s{n}@meet.example" for n in (1, 2, 3)]
    assert {each["TZID"] for each in calendar.walk("VTIMEZONE")} == {"Europe/Paris", "America/Montreal"}
    [other] = list(vobject.readComponents(text))
    assert [ms(each.dtstart.value) for each in other.vevent_list] == [each.starts_ms for each in sessions]
    assert icalendar.Calendar.from_ical(feed([], PLACE, "x", NOW)).walk("VEVENT") == []
