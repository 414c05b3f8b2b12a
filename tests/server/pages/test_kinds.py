"""Every kind of mentoring but the tie of two, from its beginning and by its rules, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from server.clock import now_ms
from server.jobs import Jobs
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.tie_rules import DAY_MS, day_of
from server.pages.site import Site
from server.storage.mentorships import mentorships_of
from server.storage.programmes import load_enrolment
from server.tasks import handlers
from tests.support.forms import Client, submit
from tests.support.programmes import Cast, enrolled, made_cast, made_person
from tests.support.ties import stored

ClientAs = Callable[[Person], Awaitable[Client]]


class Clock:
    """The instant of the site, moved by a test."""

    def __init__(self) -> None:
        self.now = now_ms()

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site(site: Site, clock: Clock) -> Site:
    return replace(site, clock=clock)


@pytest.fixture
def pass_days(site: Site, store: Redis, clock: Clock) -> Callable[[float], Awaitable[None]]:
    """Lets time pass, and what falls due meanwhile be done."""
    # Letters are another area's; without them nothing here is sent.
    mine = {
        kind: handler for kind, handler in handlers(site).items() if kind.startswith(("tie-", "request-"))
    }
    jobs = Jobs(store, mine, clock, asyncio.Event())

    async def pass_(days: float) -> None:
        clock.now += round(days * DAY_MS)
        await jobs.run_due()

    return pass_


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=2, mentees=4)


async def text_of(client: Client, path: str) -> str:
    answer = await client.get(path)
    text = await answer.text()
    assert answer.status == 200, text
    return text


async def opened(
    client: Client, store: Redis, cast: Cast, person: Person, kind: str, seats: int
) -> Mentorship:
    base = f"/p/{cast.programme.id}/groups"
    answer = await submit(
        client,
        f"{base}/new?kind={kind}",
        f"{base}/new",
        title="First steps",
        purpose="How we found work",
        seats=str(seats),
    )
    assert answer.status == 303, await answer.text()
    [tie] = await mentorships_of(store, person.id)
    assert answer.headers["Location"] == f"/m/{tie.id}"
    return tie


async def taken(client: Client, tie: Mentorship) -> int:
    answer = await submit(client, f"/m/{tie.id}/seat", f"/m/{tie.id}/seat/take", agree="yes")
    return answer.status


async def test_a_group_fills_up_and_a_seat_that_frees_goes_to_the_queue(
    client_as: ClientAs,
    cast: Cast,
    store: Redis,
    pass_days: Callable[[float], Awaitable[None]],
) -> None:
    mentor = await client_as(cast.mentors[0])
    mentees = [await client_as(each) for each in cast.mentees]
    tie = await opened(mentor, store, cast, cast.mentors[0], "group", 2)
    seat = f"/m/{tie.id}/seat"
    assert tie.state == "accepted"
    assert "First steps" in await text_of(mentees[0], f"/p/{cast.programme.id}/groups")

    # Without the promise no seat; with it the group begins.
    answer = await submit(mentees[0], seat, f"{seat}/take")
    assert answer.status == 422
    assert "make this promise too" in await answer.text()
    assert await taken(mentees[0], tie) == 303
    assert (await stored(store, tie)).state == "active"
    assert await taken(mentees[1], tie) == 303
    assert "All seats are taken" in await text_of(mentees[2], seat)
    for each in mentees[2:]:
        assert (await submit(each, seat, f"{seat}/wait")).status == 303
    assert "number 2 in the queue" in await text_of(mentees[3], seat)

    # Who has a seat doesn't decide for the others.
    for path in ("pause", "closing"):
        assert (await mentees[0].get(f"/m/{tie.id}/{path}")).status == 404
    for path in ("pause", "resume", "closing", "agreement"):
        assert (await mentees[0].post(f"/m/{tie.id}/{path}")).status == 404

    # One gives the seat back: it is kept for the first, who doesn't answer, then for the second.
    assert (await submit(mentees[0], seat, f"{seat}/leave")).status == 303
    assert (await mentees[0].get(f"/m/{tie.id}")).status == 404
    assert "kept for you until" in await text_of(mentees[2], seat)
    assert (await mentees[3].post(f"{seat}/take", data={"agree": "yes"})).status == 422
    await pass_days(3.1)
    assert "kept for you until" not in await text_of(mentees[2], seat)
    assert await taken(mentees[3], tie) == 303
    now = await stored(store, tie)
    assert now.mentees == (cast.mentees[1].id, cast.mentees[3].id)
    assert now.waiting == ()
    # It takes one place of its mentor, however many sit in it.
    enrolment = await load_enrolment(store, cast.programme.id, cast.mentors[0].id, "mentor")
    assert enrolment is not None
    assert enrolment.active == 1


async def test_peers_form_a_circle_without_a_mentor(client_as: ClientAs, cast: Cast, store: Redis) -> None:
    first, second = await client_as(cast.mentees[0]), await client_as(cast.mentees[1])
    tie = await opened(first, store, cast, cast.mentees[0], "peer", 8)
    assert (tie.state, tie.mentors, tie.mentees) == ("accepted", (), (cast.mentees[0].id,))
    assert "as soon as enough people take part" in await text_of(first, f"/m/{tie.id}")
    assert await taken(second, tie) == 303
    now = await stored(store, tie)
    assert (now.state, now.mentors, len(now.mentees)) == ("active", (), 2)
    # A mentor of the programme is no peer.
    mentor = await client_as(cast.mentors[0])
    assert (await mentor.get(f"/p/{cast.programme.id}/groups/new?kind=peer")).status == 404
    assert (await mentor.post(f"/m/{tie.id}/seat/take")).status == 404
    # The last one to leave closes the door.
    for client in (first, second):
        seat = f"/m/{tie.id}/seat"
        assert (await submit(client, seat, f"{seat}/leave")).status == 303
    now = await stored(store, tie)
    assert (now.state, now.closed_as) == ("closed", "no_fault")


async def test_a_circle_takes_no_more_than_eight(client_as: ClientAs, cast: Cast) -> None:
    base = f"/p/{cast.programme.id}/groups"
    mentee = await client_as(cast.mentees[0])
    for seats, name in (("9", "x"), ("1", "x"), ("many", "x"), ("", "x"), ("8", ""), ("8", "x" * 101)):
        answer = await submit(
            mentee, f"{base}/new?kind=peer", f"{base}/new", title=name, purpose="Kept as typed", seats=seats
        )
        text = await answer.text()
        assert answer.status == 422, seats
        assert "Kept as typed" in text


async def test_office_hours_ask_for_no_signature_and_begin_at_once(
    client_as: ClientAs, cast: Cast, store: Redis
) -> None:
    mentor, mentee = await client_as(cast.mentors[0]), await client_as(cast.mentees[0])
    tie = await opened(mentor, store, cast, cast.mentors[0], "office-hours", 1)
    assert tie.state == "active"
    assert (await mentor.get(f"/m/{tie.id}/agreement")).status == 404
    seat = f"/m/{tie.id}/seat"
    assert (await submit(mentee, seat, f"{seat}/take")).status == 303
    other = await client_as(cast.mentees[1])
    assert (await submit(other, seat, f"{seat}/wait")).status == 303
    assert (await submit(other, seat, f"{seat}/stop")).status == 303
    now = await stored(store, tie)
    assert (now.mentees, now.waiting, now.agreements) == ((cast.mentees[0].id,), (), ())


async def test_a_coordinator_opens_a_group_for_a_mentor_who_signs_first(
    client_as: ClientAs, cast: Cast, store: Redis
) -> None:
    coordinator, mentor = await client_as(cast.coordinator), await client_as(cast.mentors[1])
    base = f"/p/{cast.programme.id}/groups"
    typed = {"title": "Evenings", "purpose": "Talks", "seats": "5"}
    answer = await submit(coordinator, f"{base}/new?kind=group", f"{base}/new", **typed)
    assert answer.status == 422
    answer = await submit(
        coordinator, f"{base}/new?kind=group", f"{base}/new", mentor=cast.mentors[1].id, **typed
    )
    assert answer.status == 303
    [tie] = await mentorships_of(store, cast.mentors[1].id)
    assert (tie.state, tie.agreements) == ("accepted", ())
    page = f"/m/{tie.id}/agreement"
    assert (await submit(mentor, page, page, goals="Talk openly")).status == 303
    assert await taken(await client_as(cast.mentees[0]), tie) == 303
    assert (await stored(store, tie)).state == "active"


async def asked(client: Client, cast: Cast, kind: str) -> str:
    base = f"/p/{cast.programme.id}/requests/new"
    answer = await submit(
        client, f"{base}?mentor={cast.mentors[0].id}", base, purpose="One question", kind=kind
    )
    assert answer.status == 303
    return answer.headers["Location"]


async def test_in_reverse_mentoring_the_mentee_of_the_programme_gives(
    client_as: ClientAs, cast: Cast, store: Redis
) -> None:
    junior, senior = await client_as(cast.mentees[0]), await client_as(cast.mentors[0])
    request = await asked(junior, cast, "reverse")
    assert (await submit(senior, request, f"{request}/accept")).status == 303
    [tie] = await mentorships_of(store, cast.mentees[0].id)
    assert (tie.mentors, tie.mentees) == ((cast.mentees[0].id,), (cast.mentors[0].id,))
    text = await text_of(junior, f"/m/{tie.id}")
    assert "You, mentor" in text
    page = f"/m/{tie.id}/agreement"
    assert (await submit(junior, page, page, goals="What we listen to")).status == 303
    assert (await submit(senior, page, f"/m/{tie.id}/sign")).status == 303
    now = await stored(store, tie)
    assert (now.state, now.kind) == ("active", "reverse")


async def test_a_short_tie_ends_by_itself_within_six_weeks(
    client_as: ClientAs,
    cast: Cast,
    store: Redis,
    clock: Clock,
    pass_days: Callable[[float], Awaitable[None]],
) -> None:
    mentee, mentor = await client_as(cast.mentees[0]), await client_as(cast.mentors[0])
    request = await asked(mentee, cast, "micro")
    assert (await submit(mentor, request, f"{request}/accept")).status == 303
    [tie] = await mentorships_of(store, cast.mentees[0].id)
    page = f"/m/{tie.id}/agreement"
    for ends in ("", day_of(clock() + 50 * DAY_MS, "Europe/Paris")):
        answer = await submit(mentee, page, page, goals="One question", ends=ends)
        assert answer.status == 422, ends
        assert "One question" in await answer.text()
    assert (await submit(mentee, page, page, goals="One question")).status == 303
    assert (await submit(mentor, page, f"/m/{tie.id}/sign")).status == 303
    now = await stored(store, tie)
    assert (now.state, now.cadence_days) == ("active", 7)
    await pass_days(44)
    now = await stored(store, tie)
    assert now.state == "closing"
    assert now.closing is not None
    assert (now.closing.by, now.closing.reason) == (None, "completed")
    await pass_days(8)
    now = await stored(store, tie)
    assert (now.state, now.closed_as) == ("closed", "completed")


async def test_what_never_begins_gives_its_place_back(
    client_as: ClientAs,
    cast: Cast,
    store: Redis,
    pass_days: Callable[[float], Awaitable[None]],
) -> None:
    mentee, mentor = await client_as(cast.mentees[0]), await client_as(cast.mentors[0])
    request = await asked(mentee, cast, "one-to-one")
    assert (await submit(mentor, request, f"{request}/accept")).status == 303
    await pass_days(21.1)
    [tie] = await mentorships_of(store, cast.mentees[0].id)
    assert (tie.state, tie.closed_as) == ("closed", "no_start")
    enrolment = await load_enrolment(store, cast.programme.id, cast.mentors[0].id, "mentor")
    assert enrolment is not None
    assert enrolment.active == 0


async def test_a_tie_waits_for_training_and_begins_with_it(
    client_as: ClientAs, store: Redis, pass_days: Callable[[float], Awaitable[None]]
) -> None:
    cast = await made_cast(store, mentors=1, mentees=1, training="Read this.")
    new = await made_person(store, "New Mentee")
    await enrolled(store, cast.programme, new, "mentee", trained_ms=None)
    mentee, mentor = await client_as(new), await client_as(cast.mentors[0])
    request = await asked(mentee, cast, "one-to-one")
    assert (await submit(mentor, request, f"{request}/accept")).status == 303
    [tie] = await mentorships_of(store, new.id)
    page = f"/m/{tie.id}/agreement"
    assert (await submit(mentee, page, page, goals="Work")).status == 303
    assert (await submit(mentor, page, f"/m/{tie.id}/sign")).status == 303
    assert (await stored(store, tie)).state == "agreed"
    assert "introduction" in await text_of(mentee, f"/m/{tie.id}")
    training = f"/p/{cast.programme.id}/training"
    assert (await submit(mentee, training, training, read="yes")).status == 303
    await pass_days(0)
    assert (await stored(store, tie)).state == "active"


async def test_a_pause_ends_by_itself_on_its_day(
    client_as: ClientAs,
    cast: Cast,
    store: Redis,
    clock: Clock,
    pass_days: Callable[[float], Awaitable[None]],
) -> None:
    mentor, mentee = await client_as(cast.mentors[0]), await client_as(cast.mentees[0])
    tie = await opened(mentor, store, cast, cast.mentors[0], "office-hours", 3)
    page = f"/m/{tie.id}/pause"
    until = day_of(clock() + 10 * DAY_MS, "Europe/Paris")
    assert (await submit(mentor, page, page, until=until)).status == 303
    assert "Nobody can join just now" in await text_of(mentee, f"/m/{tie.id}/seat")
    await pass_days(9)
    assert (await stored(store, tie)).state == "paused"
    await pass_days(2)
    assert (await stored(store, tie)).state == "active"
