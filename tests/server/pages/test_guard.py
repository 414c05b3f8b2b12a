"""What stands around every page: strict headers, refusals in the person's language, own forms only."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import re
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from server.logs import JsonLines
from server.pages import landing
from server.pages.guard import MOST_BODY
from server.pages.site import Site
from server.sessions import Session, personal_path
from server.storage.people import ChangedMeanwhileError
from tests.server.pages.conftest import Client
from tests.support.store import Valkey

FRENCH = {"Accept-Language": "de;q=0.9, fr-CA;q=0.8, en;q=0.5"}


@pytest.mark.parametrize("path", ["/", "/start", "/nowhere", "/healthz", "/static/nothing.js"])
async def test_every_answer_is_strict(client: Client, path: str) -> None:
    async with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "camera=(self)" in answer.headers["Permissions-Policy"]
        assert "Server" not in answer.headers


async def test_pages_hold_nothing_that_the_policy_forbids(client: Client, session: Session) -> None:
    for path in ("/", "/start", f"/s/{session.management}", "/nowhere"):
        async with client.get(path) as answer:
            text = await answer.text()
        assert not re.search(r"<[^>]+\s(style|on\w+)=", text)
        scripts = re.findall(r"<script[^>]*>", text)
        assert all("src=" in script or "application/json" in script for script in scripts)


async def test_the_one_script_in_a_page_is_named_by_the_policy(
    client: Client, site: Site, session: Session
) -> None:
    guest = session.record.guests[0]
    async with client.get(personal_path(site.secret, session.record, guest)) as answer:
        text, allowed = await answer.text(), answer.headers["Content-Security-Policy"]
    (inline,) = re.findall(r"<script data-socket=\"/ws\">(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in allowed


async def test_errors_are_pages_in_the_persons_language(client: Client) -> None:
    async with client.get("/nowhere", headers=FRENCH) as answer:
        assert answer.status == 404
        assert answer.headers["Content-Language"] == "fr"
        assert '<html lang="fr">' in await answer.text()
    async with client.get("/nowhere") as answer:
        assert '<html lang="en">' in await answer.text()
    async with client.put("/start") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET,HEAD,POST"


async def test_the_cookie_wins_over_the_header(client: Client) -> None:
    async with client.get("/", headers={**FRENCH, "Cookie": "language=en"}) as answer:
        assert '<html lang="en">' in await answer.text()
    async with client.get("/", headers={**FRENCH, "Cookie": "language=xx"}) as answer:
        assert '<html lang="fr">' in await answer.text()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_forms_of_other_sites_change_nothing(
    client: Client, site: Site, session: Session, headers: dict[str, str]
) -> None:
    guest = session.record.guests[1]
    for path in (f"/s/{session.management}/guests/{guest.id}/revoke", "/start", "/language"):
        async with client.post(path, headers=headers, data={"language": "fr"}) as answer:
            assert answer.status == 403
            assert "Set-Cookie" not in answer.headers
    async with client.get(personal_path(site.secret, session.record, guest) + "/notes.md") as answer:
        assert answer.status == 200


async def test_a_body_beyond_the_limit_is_refused(client: Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = io.BytesIO(b"title=" + b"x" * MOST_BODY)
    async with client.post("/start", data=body, headers=headers) as answer:
        assert answer.status == 413
        assert "<h1>" in await answer.text()


async def test_a_fault_of_ours_shows_no_trace_and_logs_no_content(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> str:
        raise ValueError(f"cannot read {text}")

    monkeypatch.setattr(landing, "own_path", broken)
    async with client.post("/language", data={"language": "fr", "next": "/j/secret"}) as answer:
        text = await answer.text()
        assert answer.status == 500
    assert "Traceback" not in text
    assert "secret" not in text
    lines = [JsonLines().format(record) for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(lines) == 1
    assert "ValueError" in lines[0]
    assert "secret" not in lines[0]


async def test_whoever_was_a_moment_too_late_is_told_that_nothing_was_saved(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(text: str) -> str:
        raise ChangedMeanwhileError

    monkeypatch.setattr(landing, "own_path", late)
    async with client.post("/language", data={"language": "en", "next": "/"}) as answer:
        assert answer.status == 409
        assert "changed elsewhere in the meantime" in await answer.text()


async def test_a_store_that_is_gone_is_said_so(client: Client, session: Session, valkey: Valkey) -> None:
    valkey.kill()
    try:
        async with client.get(f"/s/{session.management}") as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"]
        async with client.get("/readyz") as answer:
            assert answer.status == 503
            assert "store" in await answer.text()
        async with client.get("/healthz") as answer:
            assert answer.status == 200
    finally:
        valkey.start()
    async with client.get(f"/s/{session.management}") as answer:
        assert answer.status == 200
    async with client.get("/readyz") as answer:
        assert answer.status == 200


async def test_the_access_log_names_routes_not_paths(
    client: Client, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="server")
    async with client.get(f"/s/{session.management}?done=created") as answer:
        assert answer.status == 200
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "server.access"]
    said = [msgspec.json.decode(line) for line in lines]
    assert [(one["route"], one["method"], one["status"]) for one in said] == [("links", "GET", 200)]
    assert session.management not in "".join(lines)


async def test_sites_with_a_real_certificate_ask_for_https_from_then_on(
    client: Client, client_of: Callable[..., Awaitable[Client]]
) -> None:
    async with client.get("/healthz") as answer:
        assert "Strict-Transport-Security" not in answer.headers
    secured = await client_of(tls_cert="/c", tls_key="/k")
    async with secured.get("/healthz") as answer:
        assert "max-age" in answer.headers["Strict-Transport-Security"]
