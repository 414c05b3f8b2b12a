"""Web Push over HTTP: browsers are told of by the account page, and told by a push service on loopback."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import json
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.pages.site import Site
from server.storage import outbox
from server.storage.due import Due, falls_due
from server.storage.meetings import sessions_in
from server.storage.records import commit
from server.storage.subscriptions import TURN, load_subscriptions
from server.tls import make_self_signed
from server.webpush import encoded, point_of
from tests.support.arranged import confirmed
from tests.support.forms import Client, submit
from tests.support.meetings import MINUTE, Clock, Pair, at, made_pair, run_due
from tests.support.push_receiver import Service, read, service

ClientAs = Callable[[Person], Awaitable[Client]]

NOW = at("Europe/Paris", 2026, 10, 19, 9)
WHEN = at("Europe/Paris", 2026, 10, 20, 15)
AUTH = bytes(range(16))
BROWSER = ec.derive_private_key(7, ec.SECP256R1())


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def site(site: Site, clock: Clock) -> Site:
    return replace(site, clock=clock, config=replace(site.config, push_private=True))


@pytest.fixture
async def pair(store: Redis) -> Pair:
    return await made_pair(store, NOW)


@pytest.fixture
async def pushes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    key, certificate = make_self_signed(["127.0.0.1"], datetime.datetime.now(datetime.UTC))
    (tmp_path / "cert.pem").write_bytes(certificate)
    (tmp_path / "key.pem").write_bytes(key)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    async with service(context) as found:
        yield found


async def subscribe(client: Client, endpoint: str, **keys: str) -> int:
    said = {"p256dh": encoded(point_of(BROWSER)), "auth": encoded(AUTH)} | keys
    async with client.post("/account/push", json={"endpoint": endpoint, "keys": said}) as answer:
        return answer.status


def told(pushes: Service) -> list[dict[str, Any]]:
    return [json.decode(read(body, BROWSER, AUTH)) for _, body in pushes.taken]


async def test_a_browser_is_told_before_a_session_and_when_it_begins(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock, pushes: Service
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await confirmed(mentor, mentee, pair, WHEN)
    assert await subscribe(mentee, pushes.endpoint("mentee")) == 200
    await run_due(site)
    clock.now_ms = WHEN - 5 * MINUTE
    await run_due(site)
    [found] = told(pushes)
    assert (found["title"], found["path"]) == ("Votre séance commence dans cinq minutes", path)
    [session] = await sessions_in(store, pair.tie.id)
    assert session.title == "" or session.title not in str(found)
    [(headers, _)] = pushes.taken
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Authorization"].startswith("vapid t=")
    assert not any("cinq minutes" in each.subject for each in await outbox.kept(store))
    clock.now_ms = WHEN
    await run_due(site)
    assert [each["title"] for each in told(pushes)][1:] == ["Votre séance commence"]


async def test_a_service_that_does_not_answer_is_asked_again_and_one_that_is_gone_is_forgotten(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock, pushes: Service
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    await confirmed(mentor, mentee, pair, WHEN)
    await subscribe(mentee, pushes.endpoint("mentee"))
    pushes.answers = [503, 201, 410]
    clock.now_ms = WHEN - 5 * MINUTE
    await run_due(site)
    clock.now_ms += MINUTE
    await run_due(site)
    assert [each["title"] for each in told(pushes)] == ["Votre séance commence dans cinq minutes"] * 2
    clock.now_ms = WHEN
    await run_due(site)
    assert len(pushes.taken) == 3
    assert await load_subscriptions(store, pair.mentee.id) == []


async def test_who_is_next_in_office_hours_is_told(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock, pushes: Service
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    await confirmed(mentor, mentee, pair, WHEN)
    await subscribe(mentee, pushes.endpoint("mentee"))
    [session] = await sessions_in(store, pair.tie.id)
    clock.now_ms = WHEN + 20 * MINUTE
    await commit(store, [falls_due(Due(TURN, session.id, pair.mentee.id), clock.now_ms)])
    await run_due(site)
    assert any(each["title"].endswith("bientôt à vous") for each in told(pushes))


async def test_a_browser_is_listed_on_the_account_page_and_can_be_taken_off(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    mentee, mentor = await client_as(pair.mentee), await client_as(pair.mentor)
    async with mentee.get("/account/push/key") as answer:
        first = await answer.json()
    async with mentor.get("/account/push/key") as answer:
        assert await answer.json() == first, "the key stays the same"
    for _ in range(2):
        assert await subscribe(mentee, "https://push.example.org/one") == 200
    [found] = await load_subscriptions(store, pair.mentee.id)
    path = f"/account/push/{found.id}/remove"
    assert (await mentor.post(path, headers={"Origin": str(mentor.make_url("/")).rstrip("/")})).status == 404
    assert (await submit(mentee, "/account", path)).status == 303
    assert await load_subscriptions(store, pair.mentee.id) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x", "https://127.0.0.1/x", "https://10.0.0.8/x", "https://[::1]/x",
        "https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/x", "https://me@push.example.org/", "x",
        "https://push.example.org/" + "x" * 1_000,
    ],
)  # fmt: skip
async def test_nobody_makes_us_connect_inside(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, endpoint: str
) -> None:
    object.__setattr__(site.config, "push_private", False)
    assert await subscribe(await client_as(pair.mentee), endpoint) == 400
    assert await load_subscriptions(store, pair.mentee.id) == []


async def test_a_name_that_leads_inside_is_not_connected_to(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock, pushes: Service
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    await confirmed(mentor, mentee, pair, WHEN)
    object.__setattr__(site.config, "push_private", False)
    await subscribe(mentee, f"https://localhost:{pushes.port}/push/inside")
    clock.now_ms = WHEN
    await run_due(site)
    assert pushes.taken == []


async def test_keys_that_are_none_are_refused(client_as: ClientAs, pair: Pair) -> None:
    assert await subscribe(await client_as(pair.mentee), "https://push.example.org/x", auth="AAAA") == 400
