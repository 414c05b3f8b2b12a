"""The first page and the choice of language, which sends nobody away from this site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pages.landing import own_path
from tests.server.pages.conftest import Client


async def test_one_thing_to_do(client: Client) -> None:
    async with client.get("/") as answer:
        text = await answer.text()
        assert answer.status == 200
        assert answer.headers["Vary"] == "Accept-Language, Cookie"
    assert 'href="/start"' in text


async def test_a_chosen_language_is_kept_and_leads_back(client: Client) -> None:
    data = {"language": "fr", "next": "/start?x=1"}
    async with client.post("/language", data=data, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "/start?x=1"
        cookie = answer.headers["Set-Cookie"]
    assert "language=fr" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    async with client.get("/", headers={"Accept-Language": "en"}) as answer:
        assert '<html lang="fr">' in await answer.text()


async def test_over_https_the_cookie_stays_there(client_of: Callable[..., Awaitable[Client]]) -> None:
    client = await client_of(base_url="https://meet.example.org")
    async with client.post("/language", data={"language": "fr"}, allow_redirects=False) as answer:
        assert "Secure" in answer.headers["Set-Cookie"]


async def test_an_unknown_language_is_refused(client: Client) -> None:
    async with client.post("/language", data={"language": "xx"}, allow_redirects=False) as answer:
        assert answer.status == 400
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "",
        "/a\r\nSet-Cookie: x=1",
        "/\t/evil.example",
        "/" + "a" * 3000,
        "/é",
    ],
)
def test_only_paths_of_this_site_lead_back(text: str) -> None:
    assert own_path(text) == "/"


@given(st.text(alphabet="/\\.?#@:ea\t\r\n %", max_size=12))
def test_no_path_names_another_host(text: str) -> None:
    place = urljoin("https://own.example/language", own_path(text))
    assert urlsplit(place).netloc == "own.example"


async def test_components_are_shown_in_development_only(
    client: Client, client_of: Callable[..., Awaitable[Client]]
) -> None:
    async with client.get("/design") as answer:
        assert answer.status == 404
    developing = await client_of({"COMPAGNON_DEV": "1"})
    async with developing.get("/design") as answer:
        assert answer.status == 200
