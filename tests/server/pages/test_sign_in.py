"""Signing in by a link: used once, learnt by nobody, and with a secret that is always new."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from redis.asyncio import Redis

from server.jobs import Jobs
from server.mentoring.people import Person, erased
from server.pages.guard import BROWSER_COOKIE
from server.pages.routes import make_app
from server.pages.site import Site
from server.pages.static import StaticFiles
from server.rates import Rates
from server.storage import keys, outbox, people, signins
from server.storage.signins import LINK_MS, SignInLink
from server.tasks import handlers
from tests.server.pages.conftest import Client
from tests.support.accounts import cookies, make_person, sign_in
from tests.support.mail import Sink, sink, text_of
from web.assets import static_folder

TOKEN = "t" * 43


@pytest.fixture
async def post_office() -> AsyncIterator[Sink]:
    async with sink() as running:
        yield running


@pytest.fixture
def mailing(site: Site, post_office: Sink) -> Site:
    return replace(site, config=replace(site.config, mail=post_office.mail))


@pytest.fixture
async def asking(mailing: Site, aiohttp_client: Callable[..., Awaitable[Client]]) -> Client:
    return await aiohttp_client(make_app(mailing, StaticFiles(static_folder())))


async def send_all(site: Site) -> None:
    await Jobs(site.store, handlers(site), site.clock, site.due_soon).run_due()


async def ask(client: Client, address: str, path: str = "/home") -> tuple[int, str]:
    async with client.post(
        "/sign-in", data={"email": address, "next": path}, allow_redirects=False
    ) as answer:
        return answer.status, answer.headers.get("Location", "")


async def offered(store: Redis, person: Person, path: str = "/home", token: str = TOKEN) -> str:
    await signins.offer(store, token, SignInLink(person.id, path))
    return token


def cookie_of(headers: str) -> SimpleCookie:
    cookie = SimpleCookie()
    cookie.load(headers)
    return cookie


async def test_a_link_by_mail_signs_in_once(asking: Client, mailing: Site, post_office: Sink) -> None:
    person = await make_person(mailing.store, "Zoë Ngô")
    assert await ask(asking, f"  {person.email.upper()} ", "/home?x=1") == (
        303,
        f"/sign-in/sent?email={person.email.replace('@', '%40')}",
    )
    await send_all(mailing)
    [message] = post_office.taken
    assert post_office.envelopes == [("compagnon@meet.example", (person.email,))]
    found = re.search(r"http\S+(/sign-in/\S+)", text_of(message))
    assert found is not None
    for _ in range(2):  # a mail scanner looks first
        async with asking.get(found[1]) as answer:
            assert answer.status == 200
            assert "Zoë Ngô" in await answer.text()
    async with asking.post(found[1], allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/home?x=1")
        morsel = cookie_of(answer.headers["Set-Cookie"])[BROWSER_COOKIE]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
        assert not morsel["secure"]
    async with asking.get("/home") as answer:
        assert "Zoë Ngô" in await answer.text()
    async with asking.post(found[1], allow_redirects=False) as answer:
        assert answer.status == 410
    async with asking.get(found[1]) as answer:
        assert answer.status == 410


async def test_nobody_learns_who_has_an_account(asking: Client, mailing: Site, post_office: Sink) -> None:
    person = await make_person(mailing.store)
    known = await ask(asking, person.email)
    unknown = await ask(asking, "nobody@example.org")
    assert known[0] == unknown[0] == 303
    assert known[1].partition("=")[0] == unknown[1].partition("=")[0]
    pages = []
    for (_, place), address in ((known, person.email), (unknown, "nobody@example.org")):
        async with asking.get(place) as answer:
            pages.append((await answer.text()).replace(address, "").replace(address.replace("@", "%40"), ""))
    assert pages[0] == pages[1]
    await send_all(mailing)
    assert [message["To"] for message in post_office.taken] == [f"Amina Traoré <{person.email}>"]


async def test_of_many_who_press_at_once_one_is_signed_in(client: Client, site: Site) -> None:
    token = await offered(site.store, await make_person(site.store))

    async def press() -> int:
        async with client.post(f"/sign-in/{token}", allow_redirects=False) as answer:
            return answer.status

    assert sorted(await asyncio.gather(*(press() for _ in range(8)))) == [303, *[410] * 7]


async def test_a_link_ends_after_its_time(store: Redis) -> None:
    person = await make_person(store)
    await signins.offer(store, TOKEN, SignInLink(person.id, "/"))
    assert LINK_MS - 2000 < await store.pttl(keys.sign_in(signins.digest(TOKEN))) <= LINK_MS == 900_000


async def test_a_browser_gets_a_new_secret_and_the_old_one_opens_nothing(
    client: Client, site: Site, store: Redis
) -> None:
    """Session fixation: what somebody planted before is worth nothing after."""
    intruder, person = await make_person(store, "Intruder"), await make_person(store, "Zoë")
    planted = await sign_in(store, intruder)
    token = await offered(store, person)
    async with client.post(f"/sign-in/{token}", allow_redirects=False, cookies=cookies(planted)) as answer:
        new = cookie_of(answer.headers["Set-Cookie"])[BROWSER_COOKIE].value
    assert new != planted
    assert await signins.find_browser(store, planted, site.clock()) is None
    found = await signins.find_browser(store, new, site.clock())
    assert found is not None
    assert found.person == person.id


async def test_a_secret_that_nobody_gave_out_is_not_taken_over(
    client: Client, site: Site, store: Redis
) -> None:
    made_up = "A" * 43
    token = await offered(store, await make_person(store))
    async with client.post(f"/sign-in/{token}", allow_redirects=False, cookies=cookies(made_up)) as answer:
        assert cookie_of(answer.headers["Set-Cookie"])[BROWSER_COOKIE].value != made_up
    assert await signins.find_browser(store, made_up, site.clock()) is None


@pytest.mark.parametrize(
    "path",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "data:,", ""],
)
async def test_signing_in_leads_nowhere_else(
    asking: Client, mailing: Site, post_office: Sink, path: str
) -> None:
    person = await make_person(mailing.store)
    await ask(asking, person.email, path)
    await send_all(mailing)
    found = re.search(r"http\S+(/sign-in/\S+)", text_of(post_office.taken[0]))
    assert found is not None
    async with asking.post(found[1], allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/home"
    async with asking.get("/sign-in", params={"next": path}, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/home"


async def test_nobody_is_locked_out_by_others_who_ask(
    client_of: Callable[..., Awaitable[Client]],
) -> None:
    client = await client_of({"COMPAGNON_TRUST_PROXY": "1"})

    async def asked(who: str) -> int:
        async with client.post(
            "/sign-in",
            data={"email": "a@example.org", "next": "/"},
            headers={"X-Forwarded-For": who},
            allow_redirects=False,
        ) as answer:
            return answer.status

    assert [await asked("203.0.113.1") for _ in range(6)] == [303] * 5 + [429]
    assert await asked("203.0.113.2") == 303
    # Nor is anybody's mailbox flooded from many places.
    statuses = [await asked(f"203.0.113.{number}") for number in range(3, 40)]
    assert statuses.count(303) == 24


async def test_nothing_signs_in_whoever_is_erased(client: Client, site: Site, store: Redis) -> None:
    person = await make_person(store)
    token, secret = await offered(store, person), await sign_in(store, person)
    await people.change(store, erased(person, "Somebody"))
    async with client.get(f"/sign-in/{token}") as answer:
        assert answer.status == 410
    async with client.post(f"/sign-in/{token}", allow_redirects=False) as answer:
        assert answer.status == 410
    async with client.get("/home", allow_redirects=False, cookies=cookies(secret)) as answer:
        assert answer.status == 303


async def test_links_to_one_address_are_few(client: Client) -> None:
    for _ in range(5):
        assert (await ask(client, "a@example.org"))[0] == 303
    async with client.post("/sign-in", data={"email": "A@example.org", "next": "/x"}) as answer:
        assert answer.status == 429
        text = await answer.text()
    assert 'value="A@example.org"' in text
    assert (await ask(client, "b@example.org"))[0] == 303


async def test_whoever_asks_for_many_waits(
    site: Site, aiohttp_client: Callable[..., Awaitable[Client]]
) -> None:
    slow = replace(site, sign_ins=Rates(burst=20, per_s=600))
    client = await aiohttp_client(make_app(slow, StaticFiles(static_folder())))
    for number in range(20):
        assert (await ask(client, f"a{number}@example.org"))[0] == 303
    assert (await ask(client, "another@example.org"))[0] == 429


async def test_a_class_can_sign_in_from_one_address(client: Client) -> None:
    statuses = [(await ask(client, f"a{number}@example.org"))[0] for number in range(100)]
    assert set(statuses) == {303}


async def test_guessing_is_slow(site: Site, aiohttp_client: Callable[..., Awaitable[Client]]) -> None:
    slow = replace(site, visits=Rates(burst=3, per_s=60))
    client = await aiohttp_client(make_app(slow, StaticFiles(static_folder())))
    statuses = []
    for number in range(5):
        async with client.post(f"/sign-in/{str(number) * 43}", allow_redirects=False) as answer:
            statuses.append(answer.status)
    assert statuses == [410, 410, 410, 429, 429]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write something here."),
        ("nobody", "An address looks like"),
        ("a@b@c", "An address looks like"),
        ("a@example.org\r\nBcc: b@example.org", "An address looks like"),
        ("a" * 600 + "@example.org", "An address looks like"),
    ],
)
async def test_a_wrong_address_is_said_and_kept(client: Client, typed: str, sentence: str) -> None:
    async with client.post("/sign-in", data={"email": typed, "next": "/home?a=1"}) as answer:
        assert answer.status == 422
        text = await answer.text()
    assert sentence in text
    assert 'name="next" value="/home?a=1"' in text
    assert f'value="{typed[:20].splitlines()[0] if typed else ""}' in text


async def test_another_site_can_not_press_the_button(client: Client, site: Site) -> None:
    token = await offered(site.store, await make_person(site.store))
    headers = {"Origin": "https://evil.example"}
    async with client.post(f"/sign-in/{token}", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 403
    assert await signins.look(site.store, token) is not None


async def test_signing_out_ends_the_browser(client: Client, site: Site, store: Redis) -> None:
    secret = await sign_in(store, await make_person(store))
    async with client.post("/sign-out", allow_redirects=False, cookies=cookies(secret)) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        assert cookie_of(answer.headers["Set-Cookie"])[BROWSER_COOKIE]["max-age"] == "0"
    assert await signins.find_browser(store, secret, site.clock()) is None
    async with client.get("/home", allow_redirects=False, cookies=cookies(secret)) as answer:
        assert answer.status == 303


async def test_the_cookie_is_for_https_where_the_site_is(
    client_of: Callable[..., Awaitable[Client]], site: Site
) -> None:
    token = await offered(site.store, await make_person(site.store))
    client = await client_of(base_url="https://meet.example.org")
    async with client.post(f"/sign-in/{token}", allow_redirects=False) as answer:
        assert cookie_of(answer.headers["Set-Cookie"])[BROWSER_COOKIE]["secure"]


async def test_without_a_mail_server_the_outbox_has_the_link(
    client_of: Callable[..., Awaitable[Client]], site: Site, store: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    person = await make_person(store)
    here = await client_of({"COMPAGNON_DEV": "1"})
    await ask(here, person.email)
    await send_all(site)
    [kept] = await outbox.kept(store)
    assert kept.url in capsys.readouterr().out
    async with here.get("/outbox") as answer:
        assert kept.url in await answer.text()
    token = kept.url.rpartition("/")[2]
    async with here.post(f"/sign-in/{token}", allow_redirects=False) as answer:
        assert answer.status == 303


@pytest.mark.parametrize(
    ("environment", "said", "headers"),
    [
        ({}, {}, {}),
        ({"COMPAGNON_DEV": "1"}, {"host": "0.0.0.0"}, {}),
        ({"COMPAGNON_DEV": "1"}, {}, {"X-Forwarded-For": "203.0.113.9"}),
        (
            {"COMPAGNON_DEV": "1"},
            {"smtp_url": "smtp://mail.example", "mail_from": "a@meet.example"},
            {},
        ),
    ],
)
async def test_nobody_else_reads_the_outbox(
    client_of: Callable[..., Awaitable[Client]],
    environment: dict[str, str],
    said: dict[str, str],
    headers: dict[str, str],
) -> None:
    client = await client_of(environment, **said)
    async with client.get("/outbox", headers=headers) as answer:
        assert answer.status == 404


async def test_administrators_read_the_outbox(
    client_as: Callable[[Person], Awaitable[Client]], store: Redis
) -> None:
    admin = await client_as(await make_person(store, admin=True))
    async with admin.get("/outbox") as answer:
        assert answer.status == 200
    async with admin.get("/home") as answer:
        assert 'href="/outbox"' in await answer.text()
    person = await client_as(await make_person(store))
    async with person.get("/outbox") as answer:
        assert answer.status == 404
    async with person.get("/home") as answer:
        assert 'href="/outbox"' not in await answer.text()
