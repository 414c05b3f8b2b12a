"""A person is erased: what they said of themself is gone, what others need stays, nobody gets in as them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.test_utils import TestClient
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.conversations import Message
from server.mentoring.people import Person
from server.mentoring.tie_notes import TieNote
from server.storage import people
from server.storage.audit import events
from server.storage.conversations import messages, posted_message
from server.storage.mentorships import load_mentorship
from server.storage.programmes import enrolments_of, load_enrolment, load_profile
from server.storage.records import commit
from server.storage.tie_notes import notes_in, saved_note
from tests.server.pages.permissions_table import tie
from tests.support.programmes import Cast, enrolled, made_cast, made_profile, made_programme

Client = TestClient[web.Request, web.Application]
ClientAs = Callable[[Person], Awaitable[Client]]


async def lived(store: Redis, cast: Cast) -> str:
    """A mentee who has said something of themself, and has a tie with words in it; the tie's id."""
    mentee, mentor = cast.mentees[0], cast.mentors[0]
    await made_profile(store, mentee, headline="Secret headline", seeks=("Python",), languages=("fr",))
    made = await tie(store, cast.programme.id, mentor, mentee)
    now = now_ms()
    message = Message(id="m" * 12, mentorship=made.id, author=mentee.id, text="Dear mentor", at_ms=now)
    note = TieNote(
        id="n" * 12, mentorship=made.id, author=mentee.id, visibility="private", text="Mine", at_ms=now
    )
    await commit(store, [*posted_message(message, made.people), *saved_note(note)])
    return made.id


async def test_somebody_erases_their_account(store: Redis, client_as: ClientAs) -> None:
    cast = await made_cast(store)
    mentee = cast.mentees[0]
    made = await lived(store, cast)
    client = await client_as(mentee)
    assert mentee.email in await (await client.get("/account/erase")).text()
    answer = await client.post("/account/erase", data={"email": "other@example.org"})
    assert answer.status == 422
    assert "other@example.org" in await answer.text()
    answer = await client.post("/account/erase", data={"email": mentee.email}, allow_redirects=False)
    assert answer.status == 303
    after = await people.load(store, mentee.id)
    assert after is not None
    assert (after.gone, after.name, after.admin) == (True, "Former member", False)
    assert await people.load_by_email(store, mentee.email) is None
    assert (await load_profile(store, mentee.id)).headline == ""
    assert await enrolments_of(store, mentee.id) == []
    ended = await load_mentorship(store, made)
    assert ended is not None
    assert (ended.state, ended.closed_as) == ("closed", "no_fault")
    assert [each.text for each in await messages(store, made)] == ["Dear mentor"]
    assert await notes_in(store, made, mentee.id) == []
    # The browser that asked is signed out.
    answer = await client.get("/home", allow_redirects=False)
    assert answer.headers["Location"].startswith("/sign-in")
    record = {each.what: each for each in await events(store, cast.programme.id)}
    assert (record["person.erased"].who, record["person.erased"].about) == (mentee.id, mentee.id)
    desk = await client_as(cast.coordinator)
    page = await (await desk.get(f"/p/{cast.programme.id}/audit")).text()
    assert "Former member" in page
    assert mentee.name not in page


async def test_an_erased_mentees_mentor_has_their_place_back(store: Redis, client_as: ClientAs) -> None:
    cast = await made_cast(store)
    await lived(store, cast)
    mentor = cast.mentors[0]
    before = await load_enrolment(store, cast.programme.id, mentor.id, "mentor")
    assert before is not None
    client = await client_as(cast.mentees[0])
    await client.post("/account/erase", data={"email": cast.mentees[0].email}, allow_redirects=False)
    after = await load_enrolment(store, cast.programme.id, mentor.id, "mentor")
    assert after is not None
    assert after.active == max(before.active - 1, 0)


async def test_a_coordinator_erases_who_is_in_their_programme_alone(
    store: Redis, client_as: ClientAs
) -> None:
    cast = await made_cast(store)
    one, both = cast.mentees[0], cast.mentees[1]
    await enrolled(store, await made_programme(store), both, "mentee")
    desk = await client_as(cast.coordinator)
    at = f"/p/{cast.programme.id}/people"
    answer = await desk.post(f"{at}/{both.id}/erase", data={"email": both.email})
    assert answer.status == 422
    assert "other programmes" in await answer.text()
    assert not (await people.load(store, both.id) or both).gone
    answer = await desk.post(f"{at}/{one.id}/erase", data={"email": one.email}, allow_redirects=False)
    assert answer.status == 303
    assert (await people.load(store, one.id) or one).gone
    assert (await desk.get(f"{at}/{one.id}/erase")).status == 404


async def test_the_last_coordinator_stays(store: Redis, client_as: ClientAs) -> None:
    cast = await made_cast(store)
    client = await client_as(cast.coordinator)
    answer = await client.post("/account/erase", data={"email": cast.coordinator.email})
    assert answer.status == 422
    assert not (await people.load(store, cast.coordinator.id) or cast.coordinator).gone
