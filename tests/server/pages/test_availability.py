"""The week that somebody keeps free, over HTTP; and the calendar that others subscribe to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import icalendar
import pytest
from redis.asyncio import Redis

from server.mentoring.availability import DayOff, Extra, Window
from server.mentoring.people import Person
from server.pages.site import Site
from server.storage.availability import load_availability
from server.storage.people import load
from tests.support.accounts import make_person
from tests.support.arranged import confirmed
from tests.support.forms import Client, send, submit
from tests.support.meetings import Clock, at, made_pair

ClientAs = Callable[[Person], Awaitable[Client]]

NOW = at("Europe/Paris", 2026, 10, 19, 9)
FREE = "/availability"


@pytest.fixture
def site(site: Site) -> Site:
    return replace(site, clock=Clock(NOW))


@pytest.fixture
async def person(store: Redis) -> Person:
    return await make_person(store, "Zoé Tremblay", zone="America/Montreal", at_ms=NOW)


async def test_a_week_is_kept_as_it_was_typed(client_as: ClientAs, person: Person, store: Redis) -> None:
    client = await client_as(person)
    week = {"from-0-0": "09:00", "to-0-0": "12:30", "from-0-1": "14:00", "to-0-1": "00:00", "same": "yes"}
    assert (await submit(client, FREE, FREE, **week)).status == 303
    known = await load_availability(store, person.id)
    assert known.zone == "America/Montreal"
    assert known.windows == tuple(
        window for day in range(5) for window in (Window(day, 540, 750), Window(day, 840, 1440))
    )
    html = await (await client.get(FREE)).text()
    assert html.count('value="12:30"') == 5

    off = {"new-kind": "off", "new-first": "2026-10-26", "new-last": "2026-10-30"}
    assert (await submit(client, FREE, FREE, **off)).status == 303
    extra = {"new-kind": "extra", "new-first": "2026-10-31", "new-from": "10:00", "new-to": "12:00"}
    assert (await submit(client, FREE, FREE, **extra)).status == 303
    known = await load_availability(store, person.id)
    assert known.exceptions == (DayOff("2026-10-26", "2026-10-30"), Extra("2026-10-31", 600, 720))
    assert (await submit(client, FREE, FREE, remove="0")).status == 303
    assert (await load_availability(store, person.id)).exceptions == (Extra("2026-10-31", 600, 720),)


async def test_the_first_week_says_whose_clocks_somebody_reads(
    client_as: ClientAs, person: Person, store: Redis
) -> None:
    client = await client_as(person)
    assert (
        await submit(client, FREE, FREE, **{"zone": "Asia/Tokyo", "from-0-0": "09:00", "to-0-0": "12:00"})
    ).status == 303
    moved = await load(store, person.id)
    assert moved is not None
    assert (moved.zone, moved.name, moved.version) == ("Asia/Tokyo", person.name, person.version + 1)
    # Later the two may differ: somebody keeps their week while they travel.
    assert (await submit(client, FREE, FREE, zone="Europe/Paris")).status == 303
    assert await load(store, person.id) == moved


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"from-2-0": "09:00"}, "Write something here."),
        ({"from-2-0": "nine", "to-2-0": "12:00"}, "A time looks like 14:30."),
        ({"from-2-0": "12:00", "to-2-0": "09:00"}, "It ends before it begins."),
        ({"from-2-0": "09:10", "to-2-0": "12:00"}, "Use quarters of an hour"),
        ({"zone": "Europe/Lutece"}, "Choose a time zone of the list."),
        ({"zone": ""}, "Choose a time zone of the list."),
        ({"zone": "../../etc/passwd"}, "Choose a time zone of the list."),
        ({"new-first": "31 October"}, "A day looks like"),
        ({"new-first": "2026-10-31", "new-last": "2026-10-01"}, "The last day comes before the first."),
        ({"new-kind": "extra", "new-first": "2026-10-31"}, "Write something here."),
        ({"new-kind": "extra", "new-from": "10:00", "new-to": "11:00"}, "Write something here."),
    ],
)
async def test_bad_input_is_named_and_kept(
    client_as: ClientAs, person: Person, store: Redis, typed: dict[str, str], said: str
) -> None:
    client = await client_as(person)
    answer = await submit(client, FREE, FREE, **{"from-0-0": "07:45", "to-0-0": "08:45"}, **typed)
    html = await answer.text()
    assert answer.status == 422
    assert said in html
    assert 'value="07:45"' in html
    assert (await load_availability(store, person.id)).version == 0


async def test_two_tabs_and_a_double_press(client_as: ClientAs, person: Person, store: Redis) -> None:
    client = await client_as(person)
    one = await (await client.get(FREE)).text()
    two = await (await client.get(FREE)).text()
    first = await send(client, one, FREE, 2, **{"from-0-0": "09:00", "to-0-0": "10:00"})
    assert first.status == 303
    late = await send(client, two, FREE, **{"from-1-0": "09:00", "to-1-0": "10:15"})
    assert late.status == 422
    assert "changed elsewhere in the meantime" in await late.text()
    # Looked at again, it can be saved.
    assert (await send(client, await late.text(), FREE)).status == 303
    assert (await load_availability(store, person.id)).windows == (Window(1, 540, 615),)


async def test_it_says_what_two_share(client_as: ClientAs, store: Redis) -> None:
    pair = await made_pair(store, NOW)
    html = await (await (await client_as(pair.mentor)).get(FREE)).text()
    # Tuesdays and Thursdays, six hours apart: the lesser side of the year counts.
    assert "Zoé Tremblay</a>: you share 12 hours a week" in html


async def test_a_feed_is_private_follows_and_can_be_taken_back(client_as: ClientAs, store: Redis) -> None:
    pair = await made_pair(store, NOW)
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    starts = at("Europe/Paris", 2026, 10, 27, 15)
    path = await confirmed(mentor, mentee, pair, starts)
    address = await feed_of(mentee, "on")
    [event] = icalendar.Calendar.from_ical(await read(mentor, address)).walk("VEVENT")
    assert round(event.start.timestamp() * 1000) == starts
    assert event["SUMMARY"] == "Mentorat\u00a0: Amina Traoré"

    assert (await submit(mentee, path, f"{path}/cancel")).status == 303
    assert icalendar.Calendar.from_ical(await read(mentor, address)).walk("VEVENT") == []

    fresh = await feed_of(mentee, "renew")
    assert fresh != address
    assert (await mentor.get(address)).status == 404
    assert (await mentor.get(fresh)).status == 200
    await submit(mentee, "/sessions", "/sessions/feed", do="off")
    assert (await mentor.get(fresh)).status == 404
    assert (await mentor.get(fresh.replace(".ics", "x.ics"))).status == 404


async def feed_of(client: Client, do: str) -> str:
    """The path of the feed after a press."""
    assert (await submit(client, "/sessions", "/sessions/feed", do=do)).status == 303
    html = await (await client.get("/sessions")).text()
    return "/calendar/" + html.partition("/calendar/")[2].partition('"')[0]


async def read(client: Client, address: str) -> str:
    answer = await client.get(address)
    assert answer.content_type == "text/calendar"
    return await answer.text()
