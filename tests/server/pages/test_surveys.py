"""Pulses and surveys: asked at their moment, answered by a link, summed up only from five people on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.jobs import Jobs
from server.mentoring.letters import Letter
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.questions import surveys
from server.mentoring.tie_rules import DAY_MS, day_of
from server.pages.site import Site
from server.pages.ties.heads import health_of
from server.storage import due
from server.storage.letters import load_letter
from server.storage.meetings import saved_session
from server.storage.records import commit
from server.storage.surveys import last_mood, load_response, pulse_after, results
from server.ties import deadlines, pulses
from tests.support.forms import Client, submit
from tests.support.programmes import Cast, made_cast
from tests.support.ties import made_tie

ClientAs = Callable[[Person], Awaitable[Client]]


class Time:
    """The instant of the site, moved by a test; the letters that were written meanwhile."""

    def __init__(self, store: Redis) -> None:
        self.now = now_ms()
        self._store = store
        work = {**deadlines.handlers(store), **pulses.handlers(store)}
        self._jobs = Jobs(store, work, lambda: self.now, asyncio.Event())

    async def on(self, days: float) -> list[Letter]:
        before = {task.about for task in await due.due(self._store, 1 << 52, 1000) if task.kind == "letter"}
        self.now += round(days * DAY_MS)
        await self._jobs.run_due()
        found = [
            await load_letter(self._store, task.about)
            for task in await due.due(self._store, 1 << 52, 1000)
            if task.kind == "letter" and task.about not in before
        ]
        return [each for each in found if each is not None]


@pytest.fixture
def time(store: Redis) -> Time:
    return Time(store)


@pytest.fixture
async def site(site: Site, time: Time) -> Site:
    return replace(site, clock=lambda: time.now)


@pytest.fixture
async def cast(store: Redis, time: Time) -> Cast:
    ends = day_of(time.now + 100 * DAY_MS, "Europe/Paris")
    return await made_cast(store, mentors=6, mentees=6, ends=ends)


async def tie_of(store: Redis, cast: Cast, pair: int, time: Time) -> Mentorship:
    return await made_tie(store, cast.programme, [cast.mentors[pair]], [cast.mentees[pair]], at_ms=time.now)


async def held(store: Redis, tie: Mentorship, at_ms: int) -> Session:
    """A session that was held, and the question that comes of it."""
    session = Session(
        id=f"session-of-{tie.id}",
        programme=tie.programme,
        mentorship=tie.id,
        organiser=tie.people[0],
        people=tie.people,
        state="held",
        starts_ms=at_ms - 3_600_000,
        minutes=60,
        zone="Europe/Paris",
        format="grow-60",
        created_ms=at_ms,
    )
    await commit(store, [*saved_session(session), pulse_after(session.id, at_ms)])
    return session


async def test_a_question_comes_after_a_session_and_its_answer_can_change(
    client_as: ClientAs, cast: Cast, store: Redis, time: Time
) -> None:
    tie = await tie_of(store, cast, 0, time)
    session = await held(store, tie, time.now)
    assert await time.on(0.01) == []
    letters = await time.on(0.1)
    path = f"/m/{tie.id}/survey/after-session?about={session.id}"
    assert {(each.to, each.kind, each.path) for each in letters} == {
        (person, "survey-session", path) for person in tie.people
    }
    mentee = await client_as(cast.mentees[0])
    assert (await submit(mentee, path, path)).status == 422
    assert (await submit(mentee, path, path, useful="6")).status == 422
    assert (await submit(mentee, path, path, 2, useful="2")).status == 303
    assert (await submit(mentee, path, path, useful="4")).status == 303
    answer = await load_response(store, "after-session", tie.id, session.id, cast.mentees[0].id)
    assert answer is not None
    assert (answer.scales, answer.version) == ({"useful": 4}, 2)
    assert "your answer is saved" in await (await mentee.get(path)).text()


async def test_the_page_of_a_tie_leads_to_what_is_asked_until_it_is_answered(
    client_as: ClientAs, cast: Cast, store: Redis, time: Time
) -> None:
    tie = await tie_of(store, cast, 0, time)
    mentee = await client_as(cast.mentees[0])

    async def shown() -> str:
        return await (await mentee.get(f"/m/{tie.id}")).text()

    assert "/survey/" not in await shown()
    [letter, _] = await time.on(31)
    assert f'href="{letter.path}"' in await shown()
    assert (await submit(mentee, letter.path, letter.path, going="4")).status == 303
    assert "/survey/" not in await shown()
    await time.on(21)
    assert f'href="/m/{tie.id}/survey/mid"' in await shown()
    assert "/survey/" not in await (await (await client_as(cast.coordinator)).get(f"/m/{tie.id}")).text()


async def test_once_a_month_and_half_way_and_at_the_end_somebody_asks(
    cast: Cast, store: Redis, time: Time, client_as: ClientAs
) -> None:
    tie = await tie_of(store, cast, 0, time)
    kinds = [each.kind for days in (31, 21, 10) for each in await time.on(days)]
    assert kinds == ["survey-monthly"] * 2 + ["survey-mid"] * 2 + ["survey-monthly"] * 2
    for person in (cast.mentors[0], cast.mentees[0]):
        client = await client_as(person)
        answer = await submit(client, f"/m/{tie.id}/closing", f"/m/{tie.id}/closing", reason="completed")
        assert answer.status == 303
    letters = [task.about for task in await due.due(store, 1 << 52, 1000) if task.kind == "letter"]
    last = [each for id_ in letters if (each := await load_letter(store, id_)) is not None]
    assert {each.to for each in last if each.kind == "survey-final"} == set(tie.people)
    # The last survey is answered when all is over; nothing is asked any more.
    mentee = await client_as(cast.mentees[0])
    path = f"/m/{tie.id}/survey/final"
    typed = dict.fromkeys(("worth", "goals", "confidence", "again", "programme"), "5")
    assert (await submit(mentee, path, path, **typed, best="The talks")).status == 303
    assert [each.kind for each in await time.on(40)] == []


async def test_a_low_mood_is_a_fact_of_the_tie_and_nobodys_name(
    client_as: ClientAs, cast: Cast, store: Redis, time: Time
) -> None:
    tie = await tie_of(store, cast, 0, time)
    mentee, mentor = await client_as(cast.mentees[0]), await client_as(cast.mentors[0])
    path = f"/m/{tie.id}/survey/monthly?about=2026-11"
    assert (await submit(mentee, path, path, going="1")).status == 303
    assert (await submit(mentor, path, path, going="5")).status == 303
    assert await last_mood(store, tie.id) == 1
    found = await health_of(store, tie, cast.programme, time.now)
    assert (found.level, found.facts[0].code) == ("at-risk", "mood-low")
    said = "Somebody said that it doesn"
    coordinator = await client_as(cast.coordinator)
    assert said in await (await coordinator.get(f"/m/{tie.id}")).text()
    assert said not in await (await mentor.get(f"/m/{tie.id}")).text()


async def test_results_are_sums_of_five_people_or_none(
    client_as: ClientAs, cast: Cast, store: Redis, time: Time
) -> None:
    for pair in range(5):
        assert await results(store, cast.programme.id, "mid") is None
        tie = await tie_of(store, cast, pair, time)
        client = await client_as(cast.mentees[pair])
        path = f"/m/{tie.id}/survey/mid"
        typed = {"going": "4", "progress": "3", "rhythm": str(pair + 1), "support": "5"}
        if pair:
            typed["change"] = f"Change {pair}"
        assert (await submit(client, path, path, **typed)).status == 303
    found = await results(store, cast.programme.id, "mid")
    assert found is not None
    by = {each.question: each for each in found}
    assert (by["going"].counts, by["going"].mean) == ((0, 0, 0, 5, 0), 4.0)
    assert by["rhythm"].counts == (1, 1, 1, 1, 1)
    # Four wrote something: too few to be shown.
    assert "change" not in by


@pytest.mark.parametrize(
    "path",
    [
        "monthly",
        "monthly?about=2026-13",
        "mid?about=x",
        "after-session",
        "after-session?about=no-such-session",
        "nonsense",
    ],
)
async def test_what_nobody_asks_is_not_there(
    client_as: ClientAs, cast: Cast, store: Redis, time: Time, path: str
) -> None:
    tie = await tie_of(store, cast, 0, time)
    mentee = await client_as(cast.mentees[0])
    assert (await mentee.get(f"/m/{tie.id}/survey/{path}")).status == 404
    assert (await mentee.post(f"/m/{tie.id}/survey/{path}")).status == 404


async def test_a_long_answer_comes_back_whole(
    client_as: ClientAs, cast: Cast, store: Redis, time: Time
) -> None:
    tie = await tie_of(store, cast, 0, time)
    mentee = await client_as(cast.mentees[0])
    path = f"/m/{tie.id}/survey/mid"
    answer = await submit(mentee, path, path, going="4", change="ß" * 2001)
    text = await answer.text()
    assert answer.status == 422
    assert "ß" * 2001 in text
    assert "4 things to put right" in text


def test_every_survey_has_questions_and_a_mood_is_one_of_them_at_most() -> None:
    for survey in surveys().values():
        assert survey.for_role("mentor")
        assert sum(each.mood for each in survey.questions) <= 1
    assert structs.asdict(surveys()["final"].questions[2])["role"] == "mentee"
