"""Concerns: said by whoever takes part, read by the few who are named for it, and by nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from msgspec import json, structs
from redis.asyncio import Redis

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.storage import people
from server.storage.audit import events
from server.storage.concerns import concerns_in
from server.storage.due import due
from server.storage.letters import load_letter
from server.storage.programmes import load_programme, saved_programme
from server.storage.records import commit
from tests.support.forms import Client, send, submit
from tests.support.programmes import Cast, enrolled, made_cast, made_person
from tests.support.ties import made_tie

ClientAs = Callable[[Person], Awaitable[Client]]
TEXT = "He asks for my address again and again."


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=1, mentees=1)


@pytest.fixture
async def tie(store: Redis, cast: Cast) -> Mentorship:
    return await made_tie(store, cast.programme, [cast.mentors[0]], [cast.mentees[0]])


async def name_reader(store: Redis, cast: Cast, person: Person) -> None:
    programme = await load_programme(store, cast.programme.id)
    assert programme is not None
    named = structs.replace(programme, safeguarding=(person.id,), version=programme.version + 1)
    await commit(store, saved_programme(named))


async def raised(client: Client, tie: Mentorship) -> None:
    answer = await submit(client, f"/m/{tie.id}/concern", f"/m/{tie.id}/concern", 2, text=TEXT)
    assert answer.status == 303
    text = await (await client.get(answer.headers["Location"])).text()
    assert "It is saved" in text
    assert TEXT not in text


async def test_who_reads_it_is_said_before_it_is_written(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    mentee = await client_as(cast.mentees[0])
    page = f"/m/{tie.id}/concern"
    assert "Only the administrators" in await (await mentee.get(page)).text()
    await name_reader(store, cast, cast.coordinator)
    assert "Only Claire Dubois and the administrators" in await (await mentee.get(page)).text()


async def test_a_named_coordinator_looks_after_it_and_the_others_find_nothing(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    other = await made_person(store, "Other Coordinator")
    await enrolled(store, cast.programme, other, "coordinator")
    await name_reader(store, cast, cast.coordinator)
    await raised(await client_as(cast.mentees[0]), tie)
    [concern] = await concerns_in(store, cast.programme.id)
    page = f"/concerns/{concern.id}"

    for person in (other, cast.mentors[0], cast.mentees[0]):
        client = await client_as(person)
        assert (await client.get(page)).status == 404
        assert (await client.get(f"/p/{cast.programme.id}/concerns")).status == 404
        assert TEXT not in await (await client.get("/home")).text()
        assert TEXT not in await (await client.get(f"/m/{tie.id}")).text()

    reader = await client_as(cast.coordinator)
    assert "Mentee 1 is worried" in await (await reader.get("/home")).text()
    assert "Mentee 1 is worried" in await (await reader.get(f"/p/{cast.programme.id}/concerns")).text()
    seen = await (await reader.get(page)).text()
    assert TEXT in seen
    answer = await submit(reader, page, page, note="I called her.", state="looked-at")
    assert answer.status == 303
    # The other tab had seen it before that note.
    answer = await send(reader, seen, page, note="Typed in the other tab", state="closed")
    text = await answer.text()
    assert answer.status == 422
    assert "changed elsewhere" in text
    assert "Typed in the other tab" in text
    assert (await send(reader, text, page, note="Ended well.", state="closed")).status == 303
    [concern] = await concerns_in(store, cast.programme.id)
    assert (concern.state, [each.state for each in concern.notes]) == ("closed", ["looked-at", "closed"])
    assert "Mentee 1 is worried" not in await (await reader.get("/home")).text()


async def test_neither_letters_nor_the_audit_say_what_it_is(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    await name_reader(store, cast, cast.coordinator)
    await raised(await client_as(cast.mentees[0]), tie)
    told = [each for each in await events(store, cast.programme.id) if each.what == "concern.raised"]
    assert len(told) == 1
    assert tie.id not in json.encode(told).decode()
    letters = [
        letter
        for task in await due(store, 1 << 52, 1000)
        if task.kind == "letter" and (letter := await load_letter(store, task.about)) is not None
    ]
    [sent] = [each for each in letters if each.kind == "concern-raised"]
    assert sent.to == cast.coordinator.id
    assert TEXT not in json.encode(letters).decode()
    assert TEXT not in json.encode(await events(store, cast.programme.id)).decode()


async def test_where_nobody_is_named_administrators_get_the_letter(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    admin = await made_person(store, "Ada Admin", admin=True)
    later = await made_person(store, "Ben Admin")
    await people.change(store, structs.replace(later, admin=True, version=later.version + 1))
    await made_person(store, "Carl, no administrator")
    await raised(await client_as(cast.mentees[0]), tie)
    letters = [await load_letter(store, task.about) for task in await due(store, 1 << 52, 1000)]
    told = [each for each in letters if each is not None and each.kind == "concern-raised"]
    assert {each.to for each in told} == {admin.id, later.id}


async def test_a_programme_leads_its_readers_to_what_worries_people(
    client_as: ClientAs, cast: Cast, store: Redis
) -> None:
    listed = f'href="/p/{cast.programme.id}/concerns"'
    coordinator = await client_as(cast.coordinator)
    assert listed not in await (await coordinator.get(f"/p/{cast.programme.id}")).text()
    await name_reader(store, cast, cast.coordinator)
    assert listed in await (await coordinator.get(f"/p/{cast.programme.id}")).text()
    admin = await client_as(await made_person(store, "Ada Admin", admin=True))
    assert listed in await (await admin.get("/programmes")).text()


async def test_who_is_in_a_tie_never_reads_what_is_said_about_it(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    await enrolled(store, cast.programme, cast.mentors[0], "coordinator")
    await name_reader(store, cast, cast.mentors[0])
    mentee = await client_as(cast.mentees[0])
    assert "Only the administrators" in await (await mentee.get(f"/m/{tie.id}/concern")).text()
    await raised(mentee, tie)
    [concern] = await concerns_in(store, cast.programme.id)
    mentor = await client_as(cast.mentors[0])
    assert (await mentor.get(f"/concerns/{concern.id}")).status == 404
    listed = await (await mentor.get(f"/p/{cast.programme.id}/concerns")).text()
    assert "is worried" not in listed
    admin = await client_as(await made_person(store, "Ada Admin", admin=True))
    assert "Mentee 1 is worried" in await (await admin.get("/home")).text()
    assert TEXT in await (await admin.get(f"/concerns/{concern.id}")).text()


async def test_an_administrator_names_who_reads(client_as: ClientAs, cast: Cast, store: Redis) -> None:
    admin = await client_as(await made_person(store, "Ada Admin", admin=True))
    page = f"/p/{cast.programme.id}/concerns"
    answer = await submit(admin, page, f"{page}/readers", readers=[cast.mentors[0].id])
    assert answer.status == 422
    assert (await submit(admin, page, f"{page}/readers", readers=[cast.coordinator.id])).status == 303
    programme = await load_programme(store, cast.programme.id)
    assert programme is not None
    assert programme.safeguarding == (cast.coordinator.id,)


@pytest.mark.parametrize(("text", "said"), [(" \n", "Write something here."), ("ö" * 5001, "too long")])
async def test_an_empty_or_endless_concern_comes_back(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis, text: str, said: str
) -> None:
    mentee = await client_as(cast.mentees[0])
    answer = await submit(mentee, f"/m/{tie.id}/concern", f"/m/{tie.id}/concern", text=text)
    shown = await answer.text()
    assert answer.status == 422
    assert said in shown
    assert text.strip() in shown
    assert await concerns_in(store, cast.programme.id) == []
