"""A proposed session that nobody answers: a reminder, and an end by itself, with the clock moved on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from msgspec import structs
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.pages.site import Site
from server.storage import outbox
from server.storage.audit import events
from server.storage.calendars import load_calendars
from server.storage.due import due
from server.storage.meetings import sessions_in
from server.storage.mentorships import saved_mentorship
from server.storage.records import commit
from tests.support.arranged import new_session, proposed
from tests.support.forms import Client, send, submit
from tests.support.meetings import DAY, HOUR, MINUTE, Clock, Pair, at, made_pair, run_due

ClientAs = Callable[[Person], Awaitable[Client]]

NOW = at("Europe/Paris", 2026, 10, 19, 9)
THURSDAY = at("Europe/Paris", 2026, 10, 22, 15)
ABOUT = (
    "for your answer",
    "votre réponse",
    "No answer in time",
    "à temps",
    "no longer asked",
    "plus demandée",
)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def site(site: Site, clock: Clock) -> Site:
    return replace(site, clock=clock)


@pytest.fixture
async def pair(store: Redis) -> Pair:
    return await made_pair(store, NOW)


async def sent(store: Redis, to: Person) -> list[tuple[str, str]]:
    """Subjects and paths of the letters about answers that went to somebody, the newest last."""
    return [
        (each.subject, urlsplit(each.url).path)
        for each in reversed(await outbox.kept(store))
        if each.to == to.email and any(part in each.subject for part in ABOUT)
    ]


async def test_who_has_to_answer_is_reminded_once_a_day_before(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor = await client_as(pair.mentor)
    path = await proposed(mentor, pair, THURSDAY)
    clock.now_ms = THURSDAY - DAY - MINUTE
    await run_due(site)
    assert await sent(store, pair.mentee) == []
    # What is to be talked about asks for no new answer: the reminder stays where it was.
    form = {"item-0": "My first job", "minutes-0": "5"}
    assert (await submit(mentor, path, f"{path}/agenda", **form)).status == 303
    clock.now_ms = THURSDAY - DAY
    await run_due(site)
    await run_due(site)
    assert await sent(store, pair.mentee) == [("Amina Traoré attend votre réponse pour une séance", path)]
    assert await sent(store, pair.mentor) == []


async def test_a_counter_proposal_reminds_the_other_one(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await proposed(mentor, pair, THURSDAY)
    clock.now_ms = NOW + HOUR
    later = THURSDAY + 5 * DAY
    assert (await submit(mentee, f"{path}/time", f"{path}/time", starts=str(later))).status == 303
    # The first time passes and nothing ends with it.
    clock.now_ms = THURSDAY
    await run_due(site)
    [session] = await sessions_in(store, pair.tie.id)
    assert session.state == "countered"
    clock.now_ms = later - DAY
    await run_due(site)
    assert await sent(store, pair.mentor) == [("Zoé Tremblay waits for your answer about a session", path)]
    assert await sent(store, pair.mentee) == []


async def test_without_an_answer_it_ends_and_another_time_can_be_proposed(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await proposed(mentor, pair, THURSDAY)
    open_before = await (await mentee.get(path)).text()
    clock.now_ms = THURSDAY
    await run_due(site)
    await run_due(site)
    [session] = await sessions_in(store, pair.tie.id)
    assert (session.state, session.ended_as) == ("cancelled", "unanswered")
    assert [each.claims for each in (await load_calendars(store, session.people)).values()] == [(), ()]
    assert await sent(store, pair.mentor) == [
        ("No answer in time about your session with Zoé Tremblay", new_session(pair))
    ]
    assert await sent(store, pair.mentee) == [
        ("La séance proposée avec Amina Traoré n\u2019est plus demandée", new_session(pair))
    ]
    assert [each for each in await due(store, 1 << 52) if each.about == session.id] == []
    [event] = [each for each in await events(store, pair.tie.programme, 50) if "unanswered" in each.what]
    assert (event.what, event.who, event.about) == ("session.unanswered", None, session.id)

    page = await (await mentor.get(path)).text()
    assert "Its time came without an answer" in page
    assert f'href="{new_session(pair)}"' in page
    assert "/agree" not in page
    assert "Sans réponse" in await (await mentee.get("/sessions")).text()
    assert "Not answered" in await (await mentor.get(f"/m/{pair.tie.id}")).text()
    desk = await client_as(pair.coordinator)
    audit = await (await desk.get(f"/p/{pair.tie.programme}/audit")).text()
    assert "A proposed session ended without an answer" in audit
    # A page that was open all the time can't answer any more, and says so.
    assert (await send(mentee, open_before, f"{path}/agree")).status == 422
    assert await proposed(mentor, pair, THURSDAY + 5 * DAY)


async def test_an_answer_in_time_stops_the_waiting(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await proposed(mentor, pair, THURSDAY)
    assert (await submit(mentee, path, f"{path}/agree")).status == 303
    clock.now_ms = THURSDAY - DAY
    await run_due(site)
    clock.now_ms = THURSDAY
    await run_due(site)
    [session] = await sessions_in(store, pair.tie.id)
    assert session.state == "confirmed"
    assert await sent(store, pair.mentee) == []


async def test_a_series_is_one_question_with_one_reminder_and_one_end(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor = await client_as(pair.mentor)
    path = await proposed(mentor, pair, THURSDAY, every="1", times="3")
    for clock.now_ms in (THURSDAY - DAY, THURSDAY, THURSDAY + 7 * DAY):
        await run_due(site)
    assert {each.ended_as for each in await sessions_in(store, pair.tie.id)} == {"unanswered"}
    assert [where for _, where in await sent(store, pair.mentee)] == [path, new_session(pair)]
    assert [where for _, where in await sent(store, pair.mentor)] == [new_session(pair)]


async def test_a_closed_tie_offers_no_other_time(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor = await client_as(pair.mentor)
    path = await proposed(mentor, pair, THURSDAY)
    clock.now_ms = THURSDAY
    await run_due(site)
    over = structs.replace(pair.tie, state="closed", version=pair.tie.version + 1)
    await commit(store, saved_mentorship(over))
    assert f'href="{new_session(pair)}"' not in await (await mentor.get(path)).text()
