"""Asking a mentor and answering, over HTTP as a browser without JavaScript does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientResponse
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.mentoring.tie_rules import DAY_MS, day_of
from server.pages.site import Site
from server.storage.mentorships import load_mentorship, mentorships_of
from server.storage.programmes import load_enrolment
from server.storage.requests import requests_of
from tests.support.forms import Client, send, submit
from tests.support.programmes import Cast, enrolled, made_cast, made_person

ClientAs = Callable[[Person], Awaitable[Client]]


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=3, mentees=2)


def new(cast: Cast, mentor: int = 0) -> str:
    return f"/p/{cast.programme.id}/requests/new?mentor={cast.mentors[mentor].id}"


def made(cast: Cast) -> str:
    return f"/p/{cast.programme.id}/requests/new"


async def asked(client: Client, cast: Cast, **typed: str) -> str:
    answer = await submit(client, new(cast), made(cast), **{"purpose": "To find my first job.", **typed})
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def test_a_mentee_asks_and_a_mentor_says_yes(client_as: ClientAs, cast: Cast, store: Redis) -> None:
    mentee, mentor = await client_as(cast.mentees[0]), await client_as(cast.mentors[0])
    request = await asked(mentee, cast)
    waiting = await (await mentee.get(request)).text()
    assert "Mentor 1 has until" in waiting
    assert "Then you choose whom to ask next" in waiting
    assert "To find my first job." in await (await mentor.get(request)).text()
    assert "Your turn" in await (await mentor.get("/home")).text()

    answer = await submit(mentor, request, f"{request}/accept")
    assert answer.status == 303
    [tie] = await mentorships_of(store, cast.mentees[0].id)
    assert answer.headers["Location"] == f"/m/{tie.id}"
    assert tie.state == "accepted"
    # The other tab of the same mentor.
    late = await press(mentor, f"{request}/accept")
    assert late.status == 422
    assert "moved on in the meantime" in await late.text()


async def press(client: Client, action: str) -> ClientResponse:
    """Posts a button that the page may not show (any more)."""
    return await client.post(action, data={"once": "x" * 22}, allow_redirects=False)


async def test_an_empty_request_comes_back_with_what_was_typed(client_as: ClientAs, cast: Cast) -> None:
    mentee = await client_as(cast.mentees[0])
    answer = await submit(mentee, new(cast), made(cast), purpose="  \n ", kind="micro")
    text = await answer.text()
    assert answer.status == 422
    assert "Write something here." in text
    assert 'value="micro" checked' in text


async def test_a_long_request_comes_back_whole(client_as: ClientAs, cast: Cast) -> None:
    mentee = await client_as(cast.mentees[0])
    answer = await submit(mentee, new(cast), made(cast), purpose="ä" * 1501)
    text = await answer.text()
    assert answer.status == 422
    assert "too long" in text
    assert "ä" * 1501 in text


@pytest.mark.parametrize(
    "wrong", [{"kind": "group"}, {"kind": "nonsense"}, {"mentor": "nobody"}, {"mentor": ""}]
)
async def test_a_request_of_the_wrong_kind_or_to_nobody_asks_nobody(
    client_as: ClientAs, cast: Cast, store: Redis, wrong: dict[str, str]
) -> None:
    mentee = await client_as(cast.mentees[0])
    answer = await submit(mentee, new(cast), made(cast), **{"purpose": "x", **wrong})
    assert answer.status in {404, 422}
    assert await requests_of(store, cast.mentees[0].id) == []


async def test_a_form_sent_twice_asks_once(client_as: ClientAs, cast: Cast, store: Redis) -> None:
    mentee = await client_as(cast.mentees[0])
    answer = await submit(mentee, new(cast), made(cast), 2, purpose="To find work.")
    assert answer.status == 303
    [request] = await requests_of(store, cast.mentees[0].id)
    assert answer.headers["Location"] == f"/r/{request.id}"


async def test_a_mentor_declines_with_a_pause_and_another_name(
    client_as: ClientAs, cast: Cast, store: Redis, site: Site
) -> None:
    mentee, mentor = await client_as(cast.mentees[0]), await client_as(cast.mentors[0])
    request = await asked(mentee, cast)
    html = await (await mentor.get(request)).text()

    for wrong in (
        {"sentence": ""},
        {"rest": "soon"},
        {"rest": "2020-01-01"},
        {"suggested": cast.mentees[1].id},
    ):
        answer = await send(mentor, html, f"{request}/decline", **{"sentence": "Kept words.", **wrong})
        text = await answer.text()
        assert answer.status == 422
        assert '<details class="fold" open>' in text
        assert wrong.get("sentence") == "" or "Kept words." in text

    rest = day_of(site.clock() + 20 * DAY_MS, "Europe/Paris")
    answer = await send(
        mentor,
        html,
        f"{request}/decline",
        sentence="I have too many already.",
        rest=rest,
        suggested=cast.mentors[2].id,
    )
    assert answer.status == 303
    enrolment = await load_enrolment(store, cast.programme.id, cast.mentors[0].id, "mentor")
    assert enrolment is not None
    assert enrolment.paused_until_ms is not None

    text = await (await mentee.get(request)).text()
    assert "I have too many already." in text
    assert "Mentor 1 thinks that Mentor 3 would be a good mentor for you." in text
    answer = await send(mentee, text, f"{request}/next", mentor=cast.mentors[2].id)
    assert answer.status == 303
    assert "Mentor 3 has until" in await (await mentee.get(request)).text()
    # The first mentor no longer sees who is asked now, nor can answer.
    assert "I have too many already." in await (await mentor.get(request)).text()
    assert (await press(mentor, f"{request}/accept")).status == 422


async def test_whoever_is_not_concerned_finds_nothing(client_as: ClientAs, cast: Cast, store: Redis) -> None:
    mentee = await client_as(cast.mentees[0])
    request = await asked(mentee, cast)
    stranger = await made_person(store, "Somebody Else")
    await enrolled(store, (await made_cast(store)).programme, stranger, "mentor")
    for person in (stranger, cast.mentees[1], cast.mentors[1]):
        other = await client_as(person)
        assert (await other.get(request)).status == 404
        for action in ("accept", "decline", "next", "withdraw"):
            answer = await press(other, f"{request}/{action}")
            assert answer.status == 404
    # The mentee can't say yes for the mentor, nor the mentor take it back.
    assert (await press(mentee, f"{request}/accept")).status == 404
    mentor = await client_as(cast.mentors[0])
    assert (await press(mentor, f"{request}/withdraw")).status == 404
    assert (await mentor.get(new(cast, 1))).status == 404
    coordinator = await client_as(cast.coordinator)
    assert (await coordinator.get(request)).status == 200
    assert (await press(coordinator, f"{request}/accept")).status == 404


async def test_a_request_is_taken_back(client_as: ClientAs, cast: Cast, store: Redis) -> None:
    mentee = await client_as(cast.mentees[0])
    request = await asked(mentee, cast)
    answer = await submit(mentee, request, f"{request}/withdraw")
    assert answer.status == 303
    [found] = await requests_of(store, cast.mentees[0].id)
    tie = await load_mentorship(store, found.last.mentorship)
    assert tie is not None
    assert (found.state, tie.state) == ("withdrawn", "withdrawn")
    assert "was taken back" in await (await mentee.get(request)).text()


async def test_a_mentor_who_left_requests_unanswered_comes_back(
    client_as: ClientAs, cast: Cast, store: Redis
) -> None:
    person = await made_person(store, "Away Awhile")
    await enrolled(store, cast.programme, person, "mentor", unanswered=2)
    mentor = await client_as(person)
    base = f"/p/{cast.programme.id}/requests"
    assert "you are not shown in the bank" in await (await mentor.get(base)).text()
    assert (await submit(mentor, base, f"{base}/back")).status == 303
    enrolment = await load_enrolment(store, cast.programme.id, person.id, "mentor")
    assert enrolment is not None
    assert enrolment.unanswered == 0
    assert "you are not shown in the bank" not in await (await mentor.get(base)).text()
