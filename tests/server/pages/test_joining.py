"""Coming into a programme: by an invitation, by a list, by a code; and what nobody gets in by."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import FormData
from msgspec import json
from redis.asyncio import Redis

from server.mentoring.letters import Letter
from server.storage import keys, people, signins
from server.storage.due import due
from server.storage.invitations import invitations_in, join_codes
from server.storage.programmes import enrolled, load_enrolment, load_enrolments
from server.storage.records import load
from tests.server.pages.conftest import Client
from tests.server.pages.test_programmes import get, post
from tests.support.programmes import Cast, cookies_of, made_cast, made_person

FAR_MS = 4_000_000_000_000


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store)


async def letters(store: Redis) -> list[Letter]:
    found = [
        await load(store, keys.letter(each.about), Letter)
        for each in await due(store, FAR_MS, 1000)
        if each.kind == "letter"
    ]
    return [each for each in found if each is not None]


async def invite(client: Client, store: Redis, cast: Cast, **fields: Any) -> tuple[int, str, str]:
    values = {"email": "Zoë@example.org", "role": "mentor", **fields}
    return await post(client, store, cast.coordinator, f"/p/{cast.programme.id}/invite", **values)


async def test_an_address_gets_a_letter_that_signs_in_and_leads_to_the_answer(
    client: Client, store: Redis, cast: Cast
) -> None:
    status, where, _ = await invite(client, store, cast, email="zoe@example.org", name="Zoë")
    assert status == 303
    [letter] = await letters(store)
    assert letter.kind == "invited"
    assert letter.values == {"programme": cast.programme.name, "by": cast.coordinator.name}
    link = await signins.look(store, letter.path.removeprefix("/sign-in/"))
    zoe = await people.load_by_email(store, "zoe@example.org")
    assert link is not None
    assert zoe is not None
    assert link.person == zoe.id == letter.to
    status, page = await get(client, store, zoe, link.next)
    assert status == 200
    assert cast.programme.name in page
    assert 'value="Zoë"' in page
    status, where, _ = await post(client, store, zoe, f"{link.next}/accept", name="Zoë Duval")
    assert (status, where) == (303, f"/p/{cast.programme.id}")
    assert set(await load_enrolments(store, cast.programme.id, zoe.id)) == {"mentor"}
    renamed = await people.load(store, zoe.id)
    assert renamed is not None
    assert renamed.name == "Zoë Duval"
    assert await invitations_in(store, cast.programme.id) == []
    assert (await get(client, store, zoe, link.next))[0] == 404


async def test_somebody_with_an_account_signs_in_as_always(client: Client, store: Redis, cast: Cast) -> None:
    known = await made_person(store)
    await invite(client, store, cast, email=known.email)
    [letter] = await letters(store)
    assert letter.path.startswith("/i/")
    other = cast.mentees[0]
    assert (await get(client, store, other, letter.path))[0] == 404
    assert (await post(client, store, other, f"{letter.path}/accept", name="Not me"))[0] == 404
    assert (await post(client, store, known, f"{letter.path}/decline"))[:2] == (303, "/home")
    assert not await load_enrolments(store, cast.programme.id, known.id)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nowhere"}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"role": "boss"}, "role"),
        ({"name": "n" * 81}, "name"),
    ],
)
async def test_an_invitation_that_can_not_be_sent_is_told(
    client: Client, store: Redis, cast: Cast, fields: dict[str, str], field: str
) -> None:
    status, _, page = await invite(client, store, cast, **{"email": "zoe@example.org", **fields})
    assert status == 422
    assert f'href="#{field}"' in page
    assert await letters(store) == []
    assert await people.load_by_email(store, "zoe@example.org") is None


async def test_nobody_is_asked_twice(client: Client, store: Redis, cast: Cast) -> None:
    assert (await invite(client, store, cast, email="zoe@example.org"))[0] == 303
    assert (await invite(client, store, cast, email="zoe@example.org"))[0] == 422
    assert (await invite(client, store, cast, email=cast.mentors[0].email))[0] == 422
    assert len(await letters(store)) == 1


async def test_a_letter_is_sent_again_or_taken_back(client: Client, store: Redis, cast: Cast) -> None:
    await invite(client, store, cast, email="zoe@example.org")
    [sent] = await invitations_in(store, cast.programme.id)
    at = f"/p/{cast.programme.id}/invitations/{sent.id}"
    assert (await post(client, store, cast.coordinator, f"{at}/again"))[0] == 303
    assert len(await letters(store)) == 2
    other = await made_cast(store)
    elsewhere = f"/p/{other.programme.id}/invitations/{sent.id}/withdraw"
    await post(client, store, other.coordinator, elsewhere)
    assert len(await invitations_in(store, cast.programme.id)) == 1
    assert (await post(client, store, cast.coordinator, f"{at}/withdraw"))[0] == 303
    assert await invitations_in(store, cast.programme.id) == []


LIST = "Courriel;Prénom;Nom;Rôle\r\n" + "".join(
    f"p{number}@example.org;Ada;N{number};{'mentor' if number % 3 == 0 else ''}\r\n" for number in range(20)
)


async def test_a_list_is_looked_at_first_and_then_invited_in_one_go(
    client: Client, store: Redis, cast: Cast
) -> None:
    at = f"/p/{cast.programme.id}/invite/list"
    form = FormData({"role": "mentee", "step": "look"})
    form.add_field("file", LIST.encode("cp1252"), filename="liste.csv", content_type="text/csv")
    async with client.post(at, data=form, cookies=await cookies_of(store, cast.coordinator)) as answer:
        page = await answer.text()
        assert answer.status == 200
    assert "Ada N19" in page
    assert "p19@example.org;Ada;N19;" in page, "the text stands in the form, to be put right or sent"
    assert await letters(store) == []
    status, where, _ = await post(
        client, store, cast.coordinator, at, role="mentee", step="invite", list=LIST
    )
    assert (status, where) == (303, f"/p/{cast.programme.id}/people?role=invited&invited=20")
    asked = await invitations_in(store, cast.programme.id)
    assert sorted(each.role for each in asked) == ["mentee"] * 13 + ["mentor"] * 7
    assert len(await letters(store)) == 20


async def test_a_list_with_one_bad_line_invites_nobody(client: Client, store: Redis, cast: Cast) -> None:
    at = f"/p/{cast.programme.id}/invite/list"
    wrong = f"{LIST}not an address;<b>X</b>;Y;\r\n"
    status, _, page = await post(
        client, store, cast.coordinator, at, role="mentee", step="invite", list=wrong
    )
    assert status == 422
    assert "Line 22:" in page
    assert "&lt;b&gt;X&lt;/b&gt;" in page
    assert await invitations_in(store, cast.programme.id) == []
    assert await people.load_by_email(store, "p1@example.org") is None


async def test_a_list_sent_twice_or_by_two_at_once_asks_each_person_once(
    client: Client, store: Redis, cast: Cast
) -> None:
    at = f"/p/{cast.programme.id}/invite/list"
    once = "o" * 22
    fields = {"role": "mentee", "step": "invite", "list": LIST}
    first = await post(client, store, cast.coordinator, at, once=once, **fields)
    assert (await post(client, store, cast.coordinator, at, once=once, **fields))[:2] == first[:2]
    more = {**fields, "list": LIST.replace("@example.org", "@example.net")}
    answers = await asyncio.gather(*(post(client, store, cast.coordinator, at, **more) for _ in range(3)))
    assert {each[0] for each in answers} == {303}
    assert len(await letters(store)) == 40


async def test_a_file_that_is_no_table_is_told(client: Client, store: Redis, cast: Cast) -> None:
    form = FormData({"role": "mentee", "step": "look"})
    form.add_field("file", b"PK\x03\x04\x14\x00\x00", filename="people.xlsx")
    at = f"/p/{cast.programme.id}/invite/list"
    async with client.post(at, data=form, cookies=await cookies_of(store, cast.coordinator)) as answer:
        assert answer.status == 422
        assert 'href="#file"' in await answer.text()


async def test_five_hundred_come_in_one_commit(client: Client, store: Redis, cast: Cast) -> None:
    text = "".join(f"q{number}@example.org,Person {number}\n" for number in range(500))
    at = f"/p/{cast.programme.id}/invite/list"
    status, *_ = await post(client, store, cast.coordinator, at, role="mentee", step="invite", list=text)
    assert status == 303
    assert len(await invitations_in(store, cast.programme.id)) == 500
    status, _, page = await post(
        client, store, cast.coordinator, at, role="mentee", step="look", list=f"{text}one@example.org\n"
    )
    assert status == 422
    assert "Line 501:" in page


async def made_code(client: Client, store: Redis, cast: Cast) -> str:
    at = f"/p/{cast.programme.id}/codes"
    assert (await post(client, store, cast.coordinator, at, role="mentee"))[0] == 303
    [code] = await join_codes(store, cast.programme.id)
    return code.code


async def test_whoever_has_the_code_joins_until_it_is_closed(
    client: Client, store: Redis, cast: Cast
) -> None:
    code = await made_code(client, store, cast)
    newcomer, late = await made_person(store, "Nora"), await made_person(store, "Late")
    assert cast.programme.name in (await get(client, store, newcomer, f"/join/{code}"))[1]
    status, where, _ = await post(client, store, newcomer, f"/join/{code}", name="Nora")
    assert (status, where) == (303, f"/p/{cast.programme.id}")
    await post(client, store, newcomer, f"/join/{code}", name="Nora")
    assert len(await enrolled(store, cast.programme.id, "mentee")) == 4
    await post(client, store, cast.coordinator, f"/p/{cast.programme.id}/codes/{code}/close")
    status, _, page = await post(client, store, late, f"/join/{code}", name="Late")
    assert status == 200
    assert "This code is closed" in page
    assert not await load_enrolments(store, cast.programme.id, late.id)
    await post(client, store, cast.coordinator, f"/p/{cast.programme.id}/codes/{code}/open")
    assert (await post(client, store, late, f"/join/{code}", name="Late"))[0] == 303


async def test_a_stranger_with_the_code_is_let_in_by_a_letter_and_learns_nothing(
    client: Client, store: Redis, cast: Cast
) -> None:
    code = await made_code(client, store, cast)
    answers = []
    for email in ("new@example.org", cast.mentees[0].email):
        async with client.post(
            f"/join/{code}", data={"name": "N", "email": email}, allow_redirects=False
        ) as answer:
            answers.append((answer.status, answer.headers["Location"]))
    assert answers[0] == answers[1] == (303, f"/join/{code}?sent=yes")
    [letter] = await letters(store)
    new = await people.load_by_email(store, "new@example.org")
    assert new is not None
    assert letter.to == new.id
    assert not await load_enrolments(store, cast.programme.id, new.id)


async def test_codes_are_not_found_by_trying(client: Client, store: Redis) -> None:
    person = await made_person(store)
    statuses = [(await get(client, store, person, f"/join/code{number}"))[0] for number in range(62)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


async def test_who_comes_back_keeps_what_they_had(client: Client, store: Redis, cast: Cast) -> None:
    person, at = cast.mentees[0], f"/p/{cast.programme.id}"
    await post(client, store, person, f"{at}/leave", role="mentee")
    code = await made_code(client, store, cast)
    assert (await post(client, store, person, f"/join/{code}", name=person.name))[0] == 303
    mine = await load_enrolment(store, cast.programme.id, person.id, "mentee")
    assert mine is not None
    assert mine.left_ms is None
    assert mine.trained_ms is not None


async def test_the_record_tells_who_came_and_by_whom(client: Client, store: Redis, cast: Cast) -> None:
    await invite(client, store, cast, email="zoe@example.org")
    found = await store.xrange(keys.audit(cast.programme.id))
    [event] = [json.decode(fields[b"e"]) for _, fields in found]
    assert (event["what"], event["who"], event["details"]) == (
        "people.invited",
        cast.coordinator.id,
        {"count": 1},
    )
