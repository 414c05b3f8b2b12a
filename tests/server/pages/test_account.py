"""One's account: changed by its owner alone, and nothing of it by anybody else."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from msgspec import structs
from redis.asyncio import Redis

from server.mail.tokens import sign_unsubscribe
from server.mentoring.people import Person
from server.pages.site import Site
from server.storage import people, signins
from tests.server.pages.conftest import Client
from tests.support.accounts import cookies, make_person, sign_in

As = Callable[[Person], Awaitable[Client]]


async def form_of(client: Client, path: str = "/account") -> dict[str, str]:
    async with client.get(path) as answer:
        text = await answer.text()
    return {name: re.search(f'name="{name}" value="([^"]*)"', text)[1] for name in ("once", "version")}  # type: ignore[index]


async def save(client: Client, form: dict[str, str], **fields: str) -> tuple[int, str]:
    data = {**form, "name": "Zoë", "language": "fr", "zone": "America/Montreal", **fields}
    async with client.post("/account", data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def stored(store: Redis, person: Person) -> Person:
    found = await people.load(store, person.id)
    assert found is not None
    return found


async def test_name_language_and_zone_are_changed(store: Redis, client_as: As) -> None:
    person = await make_person(store)
    client = await client_as(person)
    form = await form_of(client)
    assert (await save(client, form, name="  Zoë \u202e Ngô "))[0] == 303
    after = await stored(store, person)
    assert (after.name, after.language, after.zone) == ("Zoë Ngô", "fr", "America/Montreal")
    async with client.get("/account?done=saved") as answer:
        assert "est enregistré." in await answer.text()


async def test_a_form_that_is_sent_twice_counts_once(store: Redis, client_as: As) -> None:
    person = await make_person(store)
    client = await client_as(person)
    form = await form_of(client)
    assert [(await save(client, form))[0] for _ in range(2)] == [303, 303]
    assert (await stored(store, person)).version == 2


async def test_what_another_tab_changed_meanwhile_is_not_overwritten(store: Redis, client_as: As) -> None:
    person = await make_person(store)
    client = await client_as(person)
    first, second = await form_of(client), await form_of(client)
    assert (await save(client, first, name="First"))[0] == 303
    status, text = await save(client, second, name="Second", language="en")
    assert status == 409
    assert 'value="Second"' in text
    assert 'name="version" value="2"' in text
    assert (await stored(store, person)).name == "First"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Write something here."),
        ({"name": "x" * 81}, "up to 80 characters"),
        ({"language": "de"}, "Choose one of these."),
        ({"zone": "Mars/Olympus"}, "Choose one of these."),
        ({"zone": "../../etc/passwd"}, "Choose one of these."),
    ],
)
async def test_what_is_wrong_is_said_and_kept(
    store: Redis, client_as: As, fields: dict[str, str], sentence: str
) -> None:
    person = await make_person(store)
    client = await client_as(person)
    status, text = await save(client, await form_of(client), **fields)
    assert status == 422
    assert sentence in text
    assert await stored(store, person) == person


async def test_browsers_are_listed_and_ended(store: Redis, site: Site, client_as: As) -> None:
    person, other = await make_person(store), await make_person(store)
    client = await client_as(person)
    phone = await sign_in(store, person, agent="Mozilla/5.0 (iPhone; CPU iPhone OS) Version/18 Safari/605")
    laptop = await sign_in(store, person, agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/153.0")
    foreign = await sign_in(store, other)
    async with client.get("/account") as answer:
        text = await answer.text()
    assert "Safari on iPhone" in text
    assert "Firefox on Linux" in text
    assert text.count("This one") == 1

    async def alive(secret: str) -> bool:
        return await signins.find_browser(store, secret, site.clock()) is not None

    browser = await signins.find_browser(store, phone, site.clock())
    stranger = await signins.find_browser(store, foreign, site.clock())
    assert browser is not None
    assert stranger is not None
    for id_ in (browser.id, stranger.id):
        async with client.post(f"/account/browsers/{id_}/end", allow_redirects=False) as answer:
            assert answer.status == 303
    assert (await alive(phone), await alive(laptop), await alive(foreign)) == (False, True, True)
    async with client.post("/account/browsers/end-others", allow_redirects=False) as answer:
        assert answer.status == 303
    assert (await alive(laptop), await alive(foreign)) == (False, True)
    async with client.get("/account") as answer:
        assert answer.status == 200


async def test_letters_are_chosen(store: Redis, client_as: As) -> None:
    person = await make_person(store)
    client = await client_as(person)
    async with client.post("/account/letters", data={"letters": "sessions"}, allow_redirects=False) as answer:
        assert answer.status == 303
    assert (await stored(store, person)).unsubscribed == ("messages", "programme")
    async with client.post(
        "/account/letters", data=[("letters", "sessions"), ("letters", "messages")], allow_redirects=False
    ) as answer:
        assert answer.status == 303
    after = await stored(store, person)
    assert (after.unsubscribed, after.version) == (("programme",), 3)


async def test_a_mail_program_ends_letters_by_one_post(store: Redis, site: Site, client: Client) -> None:
    """RFC 8058: no cookie, no Origin, no page in between."""
    person = await make_person(store)
    path = f"/unsubscribe/{sign_unsubscribe(site.secret, person.id, 'messages')}"
    async with client.get(path) as answer:
        assert answer.status == 200
    assert (await stored(store, person)).unsubscribed == ()
    for _ in range(2):
        async with client.post(path, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False) as answer:
            assert answer.status == 303
    assert (await stored(store, person)).unsubscribed == ("messages",)
    async with client.post(path, data={"letters": "again"}) as answer:
        assert answer.status == 200
    assert (await stored(store, person)).unsubscribed == ()


async def test_nobody_ends_anothers_letters(store: Redis, site: Site, client: Client) -> None:
    person = await make_person(store)
    good = sign_unsubscribe(site.secret, person.id, "messages")
    other = sign_unsubscribe("another secret", person.id, "messages")
    for token in (other, good[:-1], good + "A", "x" * 2000, "."):
        async with client.post(f"/unsubscribe/{token}", allow_redirects=False) as answer:
            assert answer.status == 404
    assert await stored(store, person) == person


async def test_the_other_language_of_an_account_wins_over_the_browsers(store: Redis, client_as: As) -> None:
    person = structs.replace(await make_person(store), version=1)
    client = await client_as(person)
    await save(client, await form_of(client), language="fr")
    async with client.get("/account", headers={"Accept-Language": "en"}) as answer:
        assert answer.headers["Content-Language"] == "fr"


async def test_strangers_have_no_account(client: Client, store: Redis) -> None:
    async with client.get("/account", allow_redirects=False) as answer:
        assert answer.status == 303
    for path in ("", "/letters", "/browsers/end-others", "/passkeys", "/passkeys/options"):
        async with client.post(f"/account{path}", allow_redirects=False) as answer:
            assert answer.status == 404
    made_up = cookies("B" * 43)
    async with client.get("/account", allow_redirects=False, cookies=made_up) as answer:
        assert answer.status == 303
