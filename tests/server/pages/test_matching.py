"""Matching over HTTP: a run is asked for, made, made again with a say, compared, published; people rank."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from redis.asyncio import Redis

from server.jobs import Jobs
from server.matchmaking.running import KIND, Matchmaker
from server.mentoring.availability import Availability, Window
from server.mentoring.matching.outcome import Outcome
from server.mentoring.matching.parts import PARTS
from server.mentoring.matching.runs import MatchRun
from server.mentoring.people import Person
from server.pages.site import Site
from server.storage.audit import events
from server.storage.availability import saved_availability
from server.storage.due import Due
from server.storage.matching import load_outcome, load_ranking, runs_in
from server.storage.mentorships import mentorships_in
from server.storage.programmes import load_enrolment
from server.storage.records import commit
from server.tasks import handlers
from tests.support.programmes import Cast, made_cast, made_profile

Client = TestClient[web.Request, web.Application]
ClientAs = Callable[[Person], Awaitable[Client]]

EVENINGS = tuple(Window(day, 18 * 60, 21 * 60) for day in range(5))
ASKED = {
    "method": "assignment",
    "kind": "one-to-one",
    "least": "60",
    "shortlist": "5",
    "seed": "7",
    **dict.fromkeys(PARTS, "5"),
}


@dataclass
class Desk:
    """A coordinator at work: their browser, and the server's tasks done when asked."""

    site: Site
    cast: Cast
    client: Client
    jobs: Jobs

    @property
    def store(self) -> Redis:
        return self.site.store

    @property
    def at(self) -> str:
        return f"/p/{self.cast.programme.id}/matching"

    async def post(self, path: str, expected: int = 303, client: Client | None = None, **form: object) -> str:
        answer = await (client or self.client).post(path, data=form, allow_redirects=False)
        text = await answer.text()
        assert answer.status == expected, text
        return answer.headers.get("Location", text)

    async def get(self, path: str, client: Client | None = None) -> str:
        answer = await (client or self.client).get(path)
        assert answer.status == 200, path
        return await answer.text()

    async def latest(self) -> tuple[MatchRun, Outcome]:
        await self.jobs.run_due()

        newest = (await runs_in(self.store, self.cast.programme.id))[0]
        # The stream of a run's progress ends when the run does.
        await (await self.client.get(f"{self.at}/{newest.id}/progress")).text()
        run = (await runs_in(self.store, self.cast.programme.id))[0]
        outcome = await load_outcome(self.store, run.id)
        assert outcome is not None
        return run, outcome


@pytest.fixture
async def desk(site: Site, store: Redis, client_as: ClientAs) -> Desk:
    cast = await made_cast(store, mentors=2, mentees=3)
    for number, person in enumerate((*cast.mentors, *cast.mentees)):
        skills = ("Python", "Writing")[number % 2 :]
        await made_profile(store, person, offers=skills, seeks=skills, languages=("fr",))
        week = Availability(person=person.id, zone="Europe/Paris", windows=EVENINGS)
        await commit(store, saved_availability(week))
    jobs = Jobs(store, handlers(site), site.clock, site.due_soon)
    return Desk(site, cast, await client_as(cast.coordinator), jobs)


async def test_a_run_finds_pairs_with_their_reasons_in_words(desk: Desk) -> None:
    assert "A new run" in await desk.get(desk.at)
    location = await desk.post(desk.at, **ASKED)
    page = await desk.get(location)
    assert "Looking for the best pairs" in page
    assert '<meta http-equiv="refresh"' in page
    run, outcome = await desk.latest()
    assert run.pairs == len(outcome.proposals) == 3
    page = await desk.get(location)
    assert "15 hours a week in common" in page
    assert "French, the language liked best" in page
    assert all(person.name in page for person in desk.cast.mentees)
    assert run.input_hash[:16] in page
    assert [each.what for each in await events(desk.store, desk.cast.programme.id)] == ["matching.run"]


async def test_the_same_seed_gives_the_same_pairs(desk: Desk) -> None:
    await desk.post(desk.at, **ASKED)
    _, one = await desk.latest()
    await desk.post(desk.at, **ASKED)
    _, other = await desk.latest()
    assert one.proposals == other.proposals


async def test_a_form_that_is_wrong_comes_back_as_typed(desk: Desk) -> None:
    page = await desk.post(desk.at, 422, **{**ASKED, "least": "much", "skills": "11"})
    assert "Write a whole number from 15 to 600." in page
    assert 'value="much"' in page
    assert await runs_in(desk.store, desk.cast.programme.id) == []


async def test_the_same_form_twice_is_one_run(desk: Desk) -> None:
    token = "a" * 20
    one = await desk.post(desk.at, **ASKED, once=token)
    assert await desk.post(desk.at, **ASKED, once=token) == one
    assert len(await runs_in(desk.store, desk.cast.programme.id)) == 1


async def test_progress_is_streamed_until_it_is_over(desk: Desk) -> None:
    location = await desk.post(desk.at, **ASKED)
    answer = await desk.client.get(f"{location}/progress")
    assert answer.content_type == "text/event-stream"
    await desk.jobs.run_due()
    said = (await answer.text()).split("\n\n")
    steps = [each.partition("data: ")[2] for each in said if each.startswith("event: step")]
    assert set(steps) <= {"gathering", "scores", "lists", "solving", "report"}
    assert said[-2] == "event: over\ndata: over"


async def test_a_say_is_kept_and_two_runs_are_compared(desk: Desk) -> None:
    await desk.post(desk.at, **ASKED)
    run, outcome = await desk.latest()
    first, second = outcome.proposals[:2]
    pair, other = f"{first.mentor} {first.mentee}", f"{second.mentor} {second.mentee}"
    page = await desk.post(f"{desk.at}/{run.id}/again", 422, pin=pair, veto=pair, seen=pair)
    assert "both kept and left out" in page
    location = await desk.post(f"{desk.at}/{run.id}/again", pin=other, veto=pair, seen=pair)
    again, found = await desk.latest()
    assert location.endswith(again.id)
    assert again.input_hash == run.input_hash
    pairs = {(each.mentor, each.mentee): each for each in found.proposals}
    assert (first.mentor, first.mentee) not in pairs
    assert pairs[second.mentor, second.mentee].pinned
    assert f'name="veto" value="{pair}" checked' in await desk.get(location)
    await desk.post(f"{location}/again", pin=other)
    forgiven, _ = await desk.latest()
    assert (forgiven.settings.vetoes, len(forgiven.settings.pins)) == ((), 1)
    page = await desk.get(f"{location}/compare?with={run.id}")
    assert "would be with somebody else" in page
    assert (await desk.client.get(f"{location}/compare?with=made-up")).status == 404


async def test_publishing_makes_ties_within_capacity_once(desk: Desk) -> None:
    await desk.post(desk.at, **ASKED)
    run, _ = await desk.latest()
    location = f"{desk.at}/{run.id}"
    for _ in range(2):
        assert await desk.post(f"{location}/publish") == location
        await desk.jobs.run_due()
    ties = await mentorships_in(desk.store, desk.cast.programme.id)
    assert len(ties) == 3
    for mentor in desk.cast.mentors:
        enrolment = await load_enrolment(desk.store, desk.cast.programme.id, mentor.id, "mentor")
        assert enrolment is not None
        assert enrolment.active == sum(mentor.id in tie.people for tie in ties) <= enrolment.capacity
    assert "Published: 3 ties were made." in await desk.get(location)


async def test_two_runs_published_together_never_exceed_capacity(desk: Desk) -> None:
    for seed in ("1", "2"):
        await desk.post(desk.at, **{**ASKED, "seed": seed})
        await desk.latest()
    for run in await runs_in(desk.store, desk.cast.programme.id):
        await desk.post(f"{desk.at}/{run.id}/publish")
    await desk.jobs.run_due()
    ties = await mentorships_in(desk.store, desk.cast.programme.id)
    assert len(ties) == 3
    [later] = [run for run in await runs_in(desk.store, desk.cast.programme.id) if run.skipped]
    assert {each.code for each in later.skipped} == {"tie-full"}
    assert "no place left" in await desk.get(f"{desk.at}/{later.id}")


async def test_people_rank_their_lists_and_the_next_run_reads_them(desk: Desk, client_as: ClientAs) -> None:
    await desk.post(desk.at, **ASKED)
    run, _ = await desk.latest()
    page = await desk.post(f"{desk.at}/{run.id}/rank", 422, until="soon")
    assert "Write a day" in page
    until = datetime.fromtimestamp(desk.site.clock() / 1000 + 7 * 86_400, UTC).date().isoformat()
    await desk.post(f"{desk.at}/{run.id}/rank", until=until)
    await desk.jobs.run_due()
    mentee, mentor = desk.cast.mentees[0], desk.cast.mentors[0]
    theirs = await client_as(mentee)
    at = f"/p/{desk.cast.programme.id}/shortlist"
    assert "Choose who you would like to work with" in await desk.get("/home", theirs)
    page = await desk.get(at, theirs)
    assert desk.cast.mentors[0].name in page
    assert desk.cast.mentors[1].name in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    twice = {f"mentee-{each.id}": "1" for each in desk.cast.mentors}
    page = await desk.post(at, 422, theirs, role="mentee", version=version[1], **twice)
    assert "given twice" in page
    order = {f"mentee-{each.id}": str(place) for place, each in enumerate(reversed(desk.cast.mentors), 1)}
    await desk.post(at, 303, theirs, role="mentee", version=version[1], **order)
    assert "Choose who you would like to work with" not in await desk.get("/home", theirs)
    ranking = await load_ranking(desk.store, desk.cast.programme.id, mentee.id, "mentee")
    assert ranking is not None
    assert ranking.ranked == tuple(each.id for each in reversed(desk.cast.mentors))
    page = await desk.post(at, 409, theirs, role="mentee", version=version[1], **order)
    assert "changed elsewhere" in page
    assert mentee.name in await desk.get(at, await client_as(mentor))
    await desk.post(desk.at, **{**ASKED, "method": "stable"})
    _, outcome = await desk.latest()
    [mine] = [each for each in outcome.proposals if each.mentee == mentee.id]
    assert mine.mentor == desk.cast.mentors[1].id
    assert mine.mentee_place == 1


async def test_a_run_whose_server_ended_begins_again(desk: Desk) -> None:
    await desk.post(desk.at, **ASKED)
    [run] = await runs_in(desk.store, desk.cast.programme.id)
    ended = Matchmaker(desk.store, desk.site.clock)
    task = Due(KIND, run.id)
    assert await ended.run(task, desk.site.clock()) is not None
    await ended.stop()
    [run] = await runs_in(desk.store, desk.cast.programme.id)
    assert run.state == "waiting"
    run, outcome = await desk.latest()
    assert (run.state, len(outcome.proposals)) == ("done", 3)
