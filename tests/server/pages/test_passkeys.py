"""Passkeys: a genuine device's answer to our own question, once; nobody else's, nowhere else, never again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.pages.guard import BROWSER_COOKIE
from server.pages.routes import make_app
from server.pages.site import Site
from server.pages.static import StaticFiles
from server.passkeys import place
from server.storage import due
from server.storage.letters import load_letter
from server.storage.passkeys import load_passkey, load_passkeys
from tests.server.pages.conftest import Client
from tests.support.accounts import cookies, make_person, sign_in
from tests.support.authenticator import Device
from web.assets import static_folder


@pytest.fixture
async def client(site: Site, aiohttp_client: Callable[..., Awaitable[Client]]) -> Client:
    """Reached as ``localhost``: browsers know no passkeys for addresses."""
    app = make_app(site, StaticFiles(static_folder()))
    server = TestServer(app, host="localhost")
    return await aiohttp_client(server)


@pytest.fixture
async def person(store: Redis) -> Person:
    return await make_person(store, "Zoë Ngô")


def origin(client: Client) -> str:
    return f"http://localhost:{client.port}"


async def post(client: Client, path: str, said: Any = None, secret: str = "") -> tuple[int, Any]:
    who = cookies(secret) if secret else {}
    client.session.cookie_jar.clear()
    async with client.post(path, json={} if said is None else said, cookies=who) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else await answer.text()


async def add(client: Client, device: Device, secret: str, name: str = "Laptop") -> int:
    status, options = await post(client, "/account/passkeys/options", secret=secret)
    assert status == 200
    said = {"name": name, "credential": device.create(options["challenge"])}
    return (await post(client, "/account/passkeys", said, secret))[0]


async def challenge(client: Client) -> str:
    status, options = await post(client, "/sign-in/passkey/options")
    assert (status, options["rpId"]) == (200, "localhost")
    return str(options["challenge"])


async def use(client: Client, credential: dict[str, Any], path: str = "/home?a=1") -> tuple[int, Any]:
    return await post(client, "/sign-in/passkey", {"next": path, "credential": credential})


def signed_in(client: Client) -> bool:
    return BROWSER_COOKIE in {cookie.key for cookie in client.session.cookie_jar}


@pytest.fixture
async def device(client: Client, store: Redis, person: Person) -> Device:
    made = Device(origin(client))
    assert await add(client, made, await sign_in(store, person)) == 200
    return made


async def test_a_passkey_signs_in(client: Client, device: Device, store: Redis, person: Person) -> None:
    assert await use(client, device.get(await challenge(client))) == (200, {"next": "/home?a=1"})
    assert signed_in(client)
    async with client.get("/home") as answer:
        assert "Zoë Ngô" in await answer.text()
    [kept] = await load_passkeys(store, person.id)
    assert (kept.name, kept.sign_count, kept.version) == ("Laptop", 2, 2)
    assert kept.used_ms is not None


async def test_whoever_adds_one_is_told_by_letter(
    device: Device, store: Redis, person: Person, site: Site
) -> None:
    [task] = await due.due(store, site.clock())
    letter = await load_letter(store, task.about)
    assert letter is not None
    assert (letter.kind, letter.to) == ("passkey-added", person.id)


async def test_an_answer_counts_once(client: Client, device: Device) -> None:
    credential = device.get(await challenge(client))
    assert (await use(client, credential))[0] == 200
    assert (await use(client, credential))[0] == 400
    assert not signed_in(client)


async def test_only_our_own_questions_are_answered(client: Client, device: Device, store: Redis) -> None:
    assert (await use(client, device.get("A" * 43)))[0] == 400
    # A question that was asked for adding a key is not one for signing in.
    secret = await sign_in(store, await make_person(store))
    _, options = await post(client, "/account/passkeys/options", secret=secret)
    assert (await use(client, device.get(options["challenge"])))[0] == 400


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"key": Device("").key},
        {"id": b"another key's id"},
        {"count": -1},
    ],
)
async def test_answers_from_elsewhere_sign_nobody_in(
    client: Client, device: Device, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        setattr(device, name, value)
    assert (await use(client, device.get(await challenge(client))))[0] == 400
    assert not signed_in(client)


async def test_a_copied_key_is_found_out(client: Client, device: Device) -> None:
    """Both the key and its copy count on: whoever comes second with a number that was used is refused."""
    copy = Device(device.origin, id=device.id, key=device.key, count=device.count)
    assert (await use(client, device.get(await challenge(client))))[0] == 200
    assert (await use(client, copy.get(await challenge(client))))[0] == 400


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        {"credential": []},
        {"credential": {"response": 1}},
        {"credential": {"response": {"clientDataJSON": "%"}}},
    ],
)
async def test_nonsense_is_refused(client: Client, store: Redis, person: Person, said: Any) -> None:
    secret = await sign_in(store, person)
    assert (await post(client, "/sign-in/passkey", said))[0] == 400
    assert (await post(client, "/account/passkeys", said, secret))[0] == 400


async def test_a_key_is_added_by_whom_it_was_asked_of(client: Client, store: Redis, person: Person) -> None:
    secret, other = await sign_in(store, person), await sign_in(store, await make_person(store))
    _, options = await post(client, "/account/passkeys/options", secret=secret)
    said = {"name": "", "credential": Device(origin(client)).create(options["challenge"])}
    assert (await post(client, "/account/passkeys", said, other))[0] == 400


async def test_a_key_belongs_to_one_person(
    client: Client, device: Device, store: Redis, person: Person
) -> None:
    intruder = await make_person(store)
    assert await add(client, device, await sign_in(store, intruder)) == 400
    assert await load_passkeys(store, intruder.id) == []
    [kept] = await load_passkeys(store, person.id)
    secret = await sign_in(store, intruder)
    for change in ("name", "remove"):
        async with client.post(
            f"/account/passkeys/{kept.id}/{change}", data={"name": "Mine"}, cookies=cookies(secret)
        ) as answer:
            assert answer.status == 404
    assert await load_passkey(store, kept.id) == kept


async def test_a_removed_key_opens_nothing(
    client: Client, device: Device, store: Redis, person: Person
) -> None:
    [kept] = await load_passkeys(store, person.id)
    secret = await sign_in(store, person)
    async with client.post(
        f"/account/passkeys/{kept.id}/remove", cookies=cookies(secret), allow_redirects=False
    ) as answer:
        assert answer.status == 303
    assert (await use(client, device.get(await challenge(client))))[0] == 400


async def test_signing_in_leads_nowhere_else(client: Client, device: Device) -> None:
    credential = device.get(await challenge(client))
    assert await use(client, credential, "//evil.example") == (200, {"next": "/home"})


async def test_a_new_secret_every_time(client: Client, device: Device, store: Redis) -> None:
    planted = await sign_in(store, await make_person(store, "Intruder"))
    said = {"next": "/home", "credential": device.get(await challenge(client))}
    client.session.cookie_jar.clear()
    async with client.post("/sign-in/passkey", json=said, cookies=cookies(planted)) as answer:
        assert answer.status == 200
        assert answer.cookies[BROWSER_COOKIE].value != planted
    async with client.get("/home", cookies=cookies(planted), allow_redirects=False) as answer:
        assert "Intruder" not in await answer.text()


@pytest.mark.parametrize(
    ("site_url", "host"),
    [
        ("https://meet.example.org", "meet.example.org"),
        ("https://meet.example.org:8443", "meet.example.org"),
        ("http://localhost:8080", "localhost"),
        ("http://meet.example.org", None),
        ("https://203.0.113.7", None),
        ("https://[2001:db8::7]:8080", None),
    ],
)
def test_where_browsers_know_passkeys(site_url: str, host: str | None) -> None:
    found = place(site_url)
    assert (None if found is None else found.host) == host
