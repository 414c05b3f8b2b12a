"""Requests over the real store: answers, deadlines, and what comes next by itself."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from redis.asyncio import Redis

from server.jobs import Jobs
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.programmes import Enrolment
from server.mentoring.requests import Request
from server.mentoring.tie_rules import DAY_MS, TieError
from server.storage.due import due
from server.storage.letters import load_letter
from server.storage.mentorships import load_mentorship
from server.storage.programmes import load_enrolment
from server.storage.records import DoneBeforeError, Once
from server.storage.requests import load_request, open_requests
from server.ties.asking import Ask, around, ask, choose, request_id, say_no, say_yes, take_back
from server.ties.deadlines import handlers
from tests.support.programmes import NOW_MS, Cast, made_cast


def once() -> Once:
    token = secrets.token_urlsafe(16)
    return Once(f"compagnon:{{people}}:once:{token}", "/")


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=4, mentees=5, answer_days=5)


class Later:
    """A clock that is moved, and the runner of what falls due by it."""

    def __init__(self, store: Redis) -> None:
        self.now = NOW_MS
        self.jobs = Jobs(store, handlers(store), lambda: self.now, asyncio.Event())

    async def on(self, days: float) -> None:
        self.now += round(days * DAY_MS)
        await self.jobs.run_due()


@pytest.fixture
def later(store: Redis) -> Later:
    return Later(store)


async def asked(store: Redis, cast: Cast, mentee: int, *mentors: int, at_ms: int = NOW_MS) -> Request:
    first, *rest = [cast.mentors[each].id for each in mentors]
    wanted = Ask(mentor=first, kind="one-to-one", purpose="To find work.", following=tuple(rest))
    return await ask(store, cast.programme, cast.mentees[mentee], wanted, at_ms, once(), request_id())


async def fresh(store: Redis, request: Request) -> Request:
    found = await load_request(store, request.id)
    assert found is not None
    return found


async def tie_of(store: Redis, request: Request) -> Mentorship:
    found = await load_mentorship(store, request.last.mentorship)
    assert found is not None
    return found


async def enrolment_of(store: Redis, cast: Cast, mentor: Person) -> Enrolment:
    found = await load_enrolment(store, cast.programme.id, mentor.id, "mentor")
    assert found is not None
    return found


async def test_a_yes_takes_a_place_and_begins_the_tie(store: Redis, cast: Cast) -> None:
    request = await asked(store, cast, 0, 0)
    assert (await tie_of(store, request)).state == "proposed"
    assert (await enrolment_of(store, cast, cast.mentors[0])).active == 0
    await say_yes(store, await around(store, cast.programme, request), NOW_MS, once())
    request = await fresh(store, request)
    assert (request.state, request.until_ms, request.mentor) == ("accepted", None, None)
    assert (await tie_of(store, request)).state == "accepted"
    assert (await enrolment_of(store, cast, cast.mentors[0])).active == 1
    assert await open_requests(store, cast.programme.id) == []


async def test_a_mentor_at_capacity_cannot_be_promised_again(store: Redis, cast: Cast) -> None:
    requests = [await asked(store, cast, mentee, 0) for mentee in range(4)]
    for request in requests[:3]:
        await say_yes(store, await around(store, cast.programme, request), NOW_MS, once())
    with pytest.raises(TieError, match="tie-full"):
        await say_yes(store, await around(store, cast.programme, requests[3]), NOW_MS, once())
    assert (await tie_of(store, requests[3])).state == "proposed"
    assert (await enrolment_of(store, cast, cast.mentors[0])).active == 3
    with pytest.raises(TieError, match="mentor-not-free"):
        await asked(store, cast, 4, 0)


async def test_yes_by_two_tabs_at_once_counts_once(store: Redis, cast: Cast) -> None:
    request = await asked(store, cast, 0, 0)
    it = [await around(store, cast.programme, request) for _ in range(2)]
    await asyncio.gather(*(say_yes(store, each, NOW_MS, once()) for each in it))
    assert (await enrolment_of(store, cast, cast.mentors[0])).active == 1


async def test_without_an_answer_the_next_on_the_list_is_asked_and_then_the_mentee_chooses(
    store: Redis, cast: Cast, later: Later
) -> None:
    request = await asked(store, cast, 0, 0, 1)
    await later.on(4.9)
    assert (await fresh(store, request)).mentor == cast.mentors[0].id
    await later.on(0.2)
    request = await fresh(store, request)
    assert request.mentor == cast.mentors[1].id
    assert [each.outcome for each in request.asked] == ["expired", "waiting"]
    assert request.until_ms == later.now + 5 * DAY_MS
    assert (await enrolment_of(store, cast, cast.mentors[0])).unanswered == 1

    await later.on(5.1)
    request = await fresh(store, request)
    assert (request.state, request.mentor) == ("choosing", None)
    with pytest.raises(TieError, match="mentor-not-free"):
        await choose(store, cast.programme, request, cast.mentees[0], cast.mentors[0].id, later.now, once())
    await choose(store, cast.programme, request, cast.mentees[0], cast.mentors[2].id, later.now, once())
    request = await fresh(store, request)
    assert request.mentor == cast.mentors[2].id
    await say_yes(store, await around(store, cast.programme, request), later.now, once())
    assert (await tie_of(store, await fresh(store, request))).state == "accepted"


async def letters(store: Redis) -> list[tuple[str, str]]:
    """The letters that were written and not sent yet: to whom and of which kind."""
    found = [
        await load_letter(store, task.about)
        for task in await due(store, 1 << 52, 1000)
        if task.kind == "letter"
    ]
    return [(each.to, each.kind) for each in found if each is not None]


async def test_whoever_has_to_act_hears_of_it_again_a_day_before(
    store: Redis, cast: Cast, later: Later
) -> None:
    await asked(store, cast, 0, 0)
    reminder = (cast.mentors[0].id, "request-reminder")
    await later.on(3.9)
    assert reminder not in await letters(store)
    await later.on(0.2)
    assert (await letters(store)).count(reminder) == 1
    # Then it is the mentee's turn to choose, and theirs to be reminded.
    await later.on(1)
    await later.on(4.1)
    assert (cast.mentees[0].id, "request-reminder") in await letters(store)
    assert (await letters(store)).count(reminder) == 1


async def test_a_mentee_who_does_not_choose_in_time_is_told_and_the_request_ends(
    store: Redis, cast: Cast, later: Later
) -> None:
    request = await asked(store, cast, 0, 0)
    await later.on(5.1)
    await later.on(5.1)
    request = await fresh(store, request)
    assert (request.state, request.until_ms) == ("ended", None)


async def test_an_answer_brings_a_mentor_back(store: Redis, cast: Cast, later: Later) -> None:
    first, second = await asked(store, cast, 0, 0), await asked(store, cast, 1, 0, at_ms=NOW_MS + DAY_MS)
    await later.on(5.1)
    assert (await fresh(store, first)).state == "choosing"
    assert (await enrolment_of(store, cast, cast.mentors[0])).unanswered == 1
    await say_no(
        store, await around(store, cast.programme, second), later.now, once(), sentence="Not now, sorry."
    )
    assert (await enrolment_of(store, cast, cast.mentors[0])).unanswered == 0


async def test_a_mentor_declines_with_a_sentence_and_rests(store: Redis, cast: Cast) -> None:
    request = await asked(store, cast, 0, 0)
    until = NOW_MS + 30 * DAY_MS
    await say_no(
        store,
        await around(store, cast.programme, request),
        NOW_MS,
        once(),
        sentence="I am moving house.",
        rest_until_ms=until,
    )
    request = await fresh(store, request)
    assert (request.state, request.last.outcome, request.last.sentence) == (
        "choosing",
        "declined",
        "I am moving house.",
    )
    assert (await tie_of(store, request)).state == "declined"
    assert (await enrolment_of(store, cast, cast.mentors[0])).paused_until_ms == until
    with pytest.raises(TieError, match="mentor-not-free"):
        await asked(store, cast, 1, 0)


async def test_a_mentor_names_somebody_else_whom_the_mentee_may_ask(
    store: Redis, cast: Cast, later: Later
) -> None:
    request = await asked(store, cast, 0, 0, 1)
    await say_no(
        store,
        await around(store, cast.programme, request),
        NOW_MS,
        once(),
        sentence="Mentor 3 knows this better.",
        suggested=cast.mentors[2].id,
    )
    request = await fresh(store, request)
    assert (request.state, request.suggested) == ("choosing", cast.mentors[2].id)
    # Nothing chosen in time: the list that the mentee wrote goes on.
    await later.on(5.1)
    assert (await fresh(store, request)).mentor == cast.mentors[1].id


async def test_taking_back_frees_everybody(store: Redis, cast: Cast, later: Later) -> None:
    request = await asked(store, cast, 0, 0, 1)
    await take_back(store, cast.programme, request, NOW_MS, once())
    assert (await tie_of(store, request)).state == "withdrawn"
    assert (cast.mentors[0].id, "request-withdrawn") in await letters(store)
    await later.on(6)
    assert (await fresh(store, request)).state == "withdrawn"
    assert (await enrolment_of(store, cast, cast.mentors[0])).unanswered == 0


async def test_who_was_asked_before_is_not_told_of_a_request_that_is_taken_back(
    store: Redis, cast: Cast
) -> None:
    request = await asked(store, cast, 0, 0)
    await say_no(store, await around(store, cast.programme, request), NOW_MS, once(), sentence="")
    await take_back(store, cast.programme, await fresh(store, request), NOW_MS, once())
    assert "request-withdrawn" not in [kind for _, kind in await letters(store)]


async def test_nobody_asks_themself_twice_or_everyone(store: Redis, cast: Cast) -> None:
    await asked(store, cast, 0, 0)
    with pytest.raises(TieError, match="request-twice"):
        await asked(store, cast, 0, 0)
    await asked(store, cast, 0, 1)
    await asked(store, cast, 0, 2)
    with pytest.raises(TieError, match="requests-many"):
        await asked(store, cast, 0, 3)


async def test_a_form_sent_twice_asks_once(store: Redis, cast: Cast) -> None:
    wanted = Ask(mentor=cast.mentors[0].id, kind="one-to-one", purpose="To find work.")
    token = once()
    await ask(store, cast.programme, cast.mentees[0], wanted, NOW_MS, token, request_id())
    wanted = Ask(mentor=cast.mentors[1].id, kind="one-to-one", purpose="To find work.")
    with pytest.raises(DoneBeforeError):
        await ask(store, cast.programme, cast.mentees[0], wanted, NOW_MS, token, request_id())


async def test_in_reverse_the_mentee_of_the_programme_gives(store: Redis, cast: Cast) -> None:
    wanted = Ask(mentor=cast.mentors[0].id, kind="reverse", purpose="To show you what we listen to.")
    request = await ask(store, cast.programme, cast.mentees[0], wanted, NOW_MS, once(), request_id())
    await say_yes(store, await around(store, cast.programme, request), NOW_MS, once())
    tie = await tie_of(store, request)
    assert (tie.mentors, tie.mentees) == ((cast.mentees[0].id,), (cast.mentors[0].id,))
    assert (await enrolment_of(store, cast, cast.mentors[0])).active == 1
