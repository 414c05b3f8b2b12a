"""The caseload over HTTP: who needs me first, a message to some, notes to oneself; a hundred in 50 ms."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from statistics import median

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.actions import ActionItem
from server.mentoring.conversations import Message
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship, Participation
from server.mentoring.people import Person
from server.pages.site import Site
from server.storage.actions import saved_action
from server.storage.conversations import messages, posted_message
from server.storage.meetings import saved_session
from server.storage.mentorships import saved_mentorship
from server.storage.records import Change, commit
from server.storage.tie_notes import notes_in
from tests.support.programmes import enrolled, made_person, made_programme

Client = TestClient[web.Request, web.Application]
ClientAs = Callable[[Person], Awaitable[Client]]
DAY_MS = 86_400_000


@pytest.fixture
async def mentor(store: Redis) -> Person:
    return await made_person(store, "Amina Traoré")


async def mentored(store: Redis, mentor: Person, count: int) -> list[Mentorship]:
    """So many active ties, the later ones quiet for longer, with sessions, actions and messages."""
    programme = await made_programme(store)
    await enrolled(store, programme, mentor, "mentor", capacity=100)
    now = now_ms()
    ties: list[Mentorship] = []
    for at in range(count):
        mentee = await made_person(store, f"Mentee {at}")
        tie = Mentorship(
            id=secrets.token_urlsafe(12),
            programme=programme.id,
            kind="one-to-one",
            state="active",
            participations=(
                Participation(person=mentor.id, role="mentor", from_ms=now),
                Participation(person=mentee.id, role="mentee", from_ms=now),
            ),
            created_ms=now - 100 * DAY_MS,
            started_ms=now - 90 * DAY_MS,
            changed_ms=now - at,
        )
        changes: list[Change] = [*saved_mentorship(tie)]
        for week in range(6):
            changes += saved_session(
                Session(
                    id=secrets.token_urlsafe(12),
                    programme=programme.id,
                    mentorship=tie.id,
                    organiser=mentor.id,
                    people=tie.people,
                    state="held",
                    starts_ms=now - (at + 14 * week + 1) * DAY_MS,
                    minutes=60,
                    zone="Europe/Paris",
                    format="grow-60",
                    created_ms=now,
                )
            )
        for number in range(2):
            changes += saved_action(
                ActionItem(
                    id=secrets.token_urlsafe(12),
                    mentorship=tie.id,
                    owner=tie.people[number % 2],
                    text="Write the letter",
                    due="2026-01-01",
                    created_ms=now,
                )
            )
        message = Message(
            id=secrets.token_urlsafe(12),
            mentorship=tie.id,
            author=mentee.id,
            text="Hello",
            at_ms=now - (at + 1) * DAY_MS,
        )
        await commit(store, [*changes, *posted_message(message, tie.people)])
        ties.append(tie)
    return ties


async def test_who_needs_me_first_is_at_the_top_with_the_facts(
    store: Redis, mentor: Person, client_as: ClientAs
) -> None:
    await mentored(store, mentor, 40)
    page = await (await (await client_as(mentor)).get("/caseload")).text()
    assert page.index("Mentee 39") < page.index("Mentee 20") < page.index("Mentee 1<")
    assert "At risk" in page
    assert "1 yours, 1 theirs" in page
    assert "Has written to you" in page
    only = await (await (await client_as(mentor)).get("/caseload?only=healthy")).text()
    assert "Mentee 1<" in only
    assert "Mentee 39" not in only


async def test_a_message_goes_to_those_who_were_chosen_once(
    site: Site, store: Redis, mentor: Person, client_as: ClientAs
) -> None:
    ties = await mentored(store, mentor, 3)
    client = await client_as(mentor)
    chosen = [("to", ties[0].id), ("to", ties[2].id), ("once", "o" * 20)]
    answer = await client.post("/caseload/message", data=[("text", "Hello you"), ("once", "p" * 20)])
    assert answer.status == 422
    assert "Hello you" in await answer.text()
    for _ in range(2):
        answer = await client.post(
            "/caseload/message", data=[("text", "Hello you"), *chosen], allow_redirects=False
        )
        assert answer.headers["Location"] == "/caseload?sent=2"
    said = [[each.text for each in await messages(store, tie.id)] for tie in ties]
    assert said == [["Hello", "Hello you"], ["Hello"], ["Hello", "Hello you"]]


async def test_nobody_writes_into_a_tie_in_which_they_do_not_mentor(
    store: Redis, mentor: Person, client_as: ClientAs
) -> None:
    [theirs] = await mentored(store, mentor, 1)
    stranger = await client_as(await made_person(store, "Stranger"))
    answer = await stranger.post("/caseload/message", data={"text": "Hi", "to": theirs.id})
    assert answer.status == 422
    answer = await stranger.post("/caseload/note", data={"note": "Hi", "about": theirs.id})
    assert answer.status == 404
    assert len(await messages(store, theirs.id)) == 1


async def test_a_note_to_oneself_is_found_by_nobody_else(
    store: Redis, mentor: Person, client_as: ClientAs
) -> None:
    [tie] = await mentored(store, mentor, 1)
    client = await client_as(mentor)
    answer = await client.post("/caseload/note", data={"note": "Shy at first", "about": tie.id})
    assert "Shy at first" in await answer.text()
    assert [each.text for each in await notes_in(store, tie.id, mentor.id)] == ["Shy at first"]
    assert await notes_in(store, tie.id, tie.people[1]) == []


async def test_a_hundred_mentees_take_fifty_milliseconds(
    store: Redis, mentor: Person, client_as: ClientAs
) -> None:
    await mentored(store, mentor, 100)
    client = await client_as(mentor)
    took: list[float] = []
    for _ in range(9):
        began = time.perf_counter()
        answer = await client.get("/caseload")
        await answer.read()
        took.append((time.perf_counter() - began) * 1000)
    # The goal is for a quiet machine and is measured by bench/bank; here other tests may run beside.
    print(f"caseload of 100: median {median(took):.1f} ms, least {min(took):.1f} ms")
    assert min(took) < 150
