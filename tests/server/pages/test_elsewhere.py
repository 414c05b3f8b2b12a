"""Signing in at an OpenID Connect provider: a real one, small, that can be told to misbehave."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey
from redis.asyncio import Redis
from yarl import URL

from server.oidc import challenge_of
from server.pages.guard import BROWSER_COOKIE
from server.pages.routes import make_app
from server.pages.site import Site
from server.pages.static import StaticFiles
from server.provider import ProviderSettings
from server.storage import people
from tests.server.pages.conftest import Client
from tests.support.accounts import make_person
from tests.support.server import free_port
from web.assets import static_folder

SECRET = "what the provider: gave/us"
Change = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class University:
    """An OpenID provider: discovery, authorization, token, keys. ``claims`` and ``key`` can be made wrong."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    signing: RSAKey | None = None
    algorithm: str = "RS256"
    user: dict[str, Any] = field(default_factory=dict)
    claims: Change = lambda claims: claims
    discovery: Change = lambda said: said
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def configuration(self, request: web.Request) -> web.Response:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return web.json_response(self.discovery(said))

    async def authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        assert asked["client_id"] == "compagnon"
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        self.asked.append(asked)
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{query}"})

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        asked = self.codes.pop(str(form["code"]), None)
        good = (
            asked is not None
            and pair == "compagnon:what%20the%20provider%3A%20gave%2Fus"
            and form["redirect_uri"] == asked["redirect_uri"]
            and challenge_of(str(form["code_verifier"])) == asked["code_challenge"]
        )
        if not good or asked is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "compagnon",
            "sub": "s-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.user,
        }
        key = self.signing or self.key
        made = jwt.encode(
            {"alg": self.algorithm, "kid": "1"}, self.claims(claims), key, algorithms=[self.algorithm]
        )
        return web.json_response({"id_token": made, "access_token": "x", "token_type": "Bearer"})

    async def keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.as_dict(private=False)]})


@pytest.fixture
async def university() -> AsyncIterator[University]:
    made = University()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", made.configuration)
    app.router.add_get("/authorize", made.authorize)
    app.router.add_post("/token", made.token)
    app.router.add_get("/keys", made.keys)
    server = TestServer(app)
    await server.start_server()
    made.issuer = str(server.make_url("/")).rstrip("/")
    try:
        yield made
    finally:
        await server.close()


@pytest.fixture
async def client(
    site: Site, university: University, aiohttp_client: Callable[..., Awaitable[Client]]
) -> Client:
    settings = ProviderSettings(issuer=university.issuer, client="compagnon", secret=SECRET, name="Uni")
    other = replace(site, config=replace(site.config, provider=settings))
    return await aiohttp_client(make_app(other, StaticFiles(static_folder())))


async def leave(client: Client, path: str = "/home?a=1") -> str:
    """Off to the provider; the address that it sends the browser back to."""
    async with client.get("/sign-in/elsewhere", params={"next": path}, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        there = answer.headers["Location"]
    async with client.session.get(URL(there, encoded=True), allow_redirects=False) as answer:
        return str(answer.headers["Location"])


async def come_back(client: Client, place: str) -> tuple[int, str]:
    path = urlsplit(place)
    async with client.get(URL(f"{path.path}?{path.query}", encoded=True), allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "")


def signed_in(client: Client) -> bool:
    return BROWSER_COOKIE in {cookie.key for cookie in client.session.cookie_jar}


async def test_whom_the_provider_knows_is_signed_in(
    client: Client, university: University, store: Redis
) -> None:
    person = await make_person(store, "Zoë Ngô")
    university.user = {"email": person.email.upper(), "email_verified": True}
    async with client.get("/sign-in?next=/home") as answer:
        text = await answer.text()
    assert "Sign in with Uni" in text
    assert await come_back(client, await leave(client)) == (303, "/home?a=1")
    async with client.get("/home") as answer:
        assert "Zoë Ngô" in await answer.text()


async def test_who_came_once_is_known_by_subject_afterwards(
    client: Client, university: University, store: Redis
) -> None:
    person, other = await make_person(store), await make_person(store)
    university.user = {"email": person.email, "email_verified": True}
    assert (await come_back(client, await leave(client)))[0] == 303
    university.user = {"email": other.email, "email_verified": True}
    client.session.cookie_jar.clear()
    assert (await come_back(client, await leave(client)))[0] == 303
    async with client.get("/account") as answer:
        assert person.email in await answer.text()


async def test_people_without_an_account_are_told(
    client: Client, university: University, store: Redis
) -> None:
    university.user = {"email": "nobody@example.org", "email_verified": True}
    assert (await come_back(client, await leave(client)))[0] == 403
    assert not signed_in(client)
    assert await people.load_by_email(store, "nobody@example.org") is None


def changed(**claims: Any) -> Change:
    return lambda said: {**said, **claims}


def without(name: str) -> Change:
    return lambda said: {key: value for key, value in said.items() if key != name}


@pytest.mark.parametrize(
    "claims",
    [
        changed(iss="https://evil.example"),
        changed(aud="another"),
        changed(aud=["compagnon", "another"]),
        changed(aud=["compagnon", "another"], azp="another"),
        changed(exp=int(time.time()) - 3600),
        changed(nonce="another"),
        changed(sub=""),
        changed(sub=["s-1"]),
        changed(email_verified=False),
        *(without(name) for name in ("iss", "aud", "exp", "nonce", "sub", "email_verified", "email")),
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_signs_nobody_in(
    client: Client, university: University, store: Redis, claims: Change
) -> None:
    person = await make_person(store)
    university.user = {"email": person.email, "email_verified": True}
    university.claims = claims
    assert (await come_back(client, await leave(client)))[0] in {400, 403}
    assert not signed_in(client)


async def test_a_token_that_somebody_else_signed_is_refused(
    client: Client, university: University, store: Redis
) -> None:
    person = await make_person(store)
    university.user = {"email": person.email, "email_verified": True}
    university.signing = RSAKey.generate_key(2048, {"kid": "1"})
    assert (await come_back(client, await leave(client)))[0] == 400
    assert not signed_in(client)


async def test_a_browser_that_did_not_leave_does_not_come_back(
    client: Client, university: University, store: Redis
) -> None:
    """Nobody is signed in by a link that somebody else prepared at the provider."""
    person = await make_person(store)
    university.user = {"email": person.email, "email_verified": True}
    place = await leave(client)
    client.session.cookie_jar.clear()
    assert (await come_back(client, place))[0] == 400
    mine = await leave(client)
    stolen = {**{key: each[0] for key, each in parse_qs(urlsplit(mine).query).items()}}
    stolen["state"] = parse_qs(urlsplit(place).query)["state"][0]
    assert (await come_back(client, f"{urlsplit(mine).path}?{urlencode(stolen)}"))[0] == 400
    assert not signed_in(client)


async def test_coming_back_counts_once(client: Client, university: University, store: Redis) -> None:
    person = await make_person(store)
    university.user = {"email": person.email, "email_verified": True}
    place = await leave(client)
    assert (await come_back(client, place))[0] == 303
    assert (await come_back(client, place))[0] == 400
    assert (await come_back(client, "/sign-in/elsewhere/back?error=access_denied&state=x"))[0] == 400


async def test_a_code_is_worth_nothing_without_its_secret(
    client: Client, university: University, store: Redis
) -> None:
    """PKCE: a code that leaked can't be traded in by another sign-in."""
    person = await make_person(store)
    university.user = {"email": person.email, "email_verified": True}
    leaked = parse_qs(urlsplit(await leave(client)).query)["code"][0]
    place = urlsplit(await leave(client))
    query = {key: each[0] for key, each in parse_qs(place.query).items()}
    assert (await come_back(client, f"{place.path}?{urlencode({**query, 'code': leaked})}"))[0] == 400
    assert not signed_in(client)


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_it_leads_nowhere_else(client: Client, university: University, store: Redis, path: str) -> None:
    person = await make_person(store)
    university.user = {"email": person.email, "email_verified": True}
    assert await come_back(client, await leave(client, path)) == (303, "/home")


@pytest.mark.parametrize(
    "discovery",
    [
        changed(issuer="https://evil.example"),
        changed(token_endpoint="file:///etc/passwd"),
        without("authorization_endpoint"),
    ],
)
async def test_a_provider_that_is_not_itself_is_not_used(
    client: Client, university: University, discovery: Change
) -> None:
    university.discovery = discovery
    async with client.get("/sign-in/elsewhere", allow_redirects=False) as answer:
        assert answer.status == 503


async def test_a_provider_that_is_away_is_said(
    site: Site, aiohttp_client: Callable[..., Awaitable[Client]]
) -> None:
    settings = ProviderSettings(
        issuer=f"http://127.0.0.1:{free_port()}", client="compagnon", secret=SECRET, name="Uni"
    )
    other = replace(site, config=replace(site.config, provider=settings))
    client = await aiohttp_client(make_app(other, StaticFiles(static_folder())))
    async with client.get("/sign-in/elsewhere", allow_redirects=False) as answer:
        assert answer.status == 503
        assert "ask for a link by e-mail" in await answer.text()


async def test_without_a_provider_there_is_no_such_page(
    site: Site, aiohttp_client: Callable[..., Awaitable[Client]]
) -> None:
    client = await aiohttp_client(make_app(site, StaticFiles(static_folder())))
    for path in ("/sign-in/elsewhere", "/sign-in/elsewhere/back?code=x&state=y"):
        async with client.get(path, allow_redirects=False) as answer:
            assert answer.status == 404
