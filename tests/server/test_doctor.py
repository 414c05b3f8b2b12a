"""The doctor looks at what really is there: certificates, a store's durability, addresses, ports."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from server import tls
from server.config import Config, read
from server.doctor import Finding, examine
from tests.support.mail import sink
from tests.support.server import free_port
from tests.support.store import Valkey

DAY = datetime.timedelta(days=1)


def config(data: Path, **said: str | list[str]) -> Config:
    return read({"data": str(data), "port": str(free_port()), **said}, {})


def about(found: list[Finding], word: str) -> list[tuple[str, str]]:
    return [(finding.mark.strip(), finding.text) for finding in found if word in finding.text]


@pytest.mark.parametrize(
    ("made", "base", "expected"),
    [
        (0 * DAY, "https://meet.example.org", ["ok"]),
        (-390 * DAY, "https://meet.example.org", ["note"]),
        (-400 * DAY, "https://meet.example.org", ["WRONG"]),
        (0 * DAY, "https://other.example.org", ["ok", "WRONG"]),
    ],
)
async def test_certificates(
    tmp_path: Path, valkey: Valkey, made: datetime.timedelta, base: str, expected: list[str]
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    now = datetime.datetime.now(datetime.UTC)
    for path, content in zip(
        (key, certificate), tls.make_self_signed(["meet.example.org"], now + made), strict=True
    ):
        path.write_bytes(content)
    chosen = config(
        tmp_path, redis_url=valkey.url, tls_key=str(key), tls_cert=str(certificate), base_url=base
    )
    said = about(await examine(chosen), "certificate")
    assert [mark for mark, _ in said] == expected


async def test_a_missing_certificate(tmp_path: Path, valkey: Valkey) -> None:
    chosen = config(tmp_path, redis_url=valkey.url, tls_key="/no/key.pem", tls_cert="/no/cert.pem")
    [(mark, text)] = about(await examine(chosen), "--tls-cert")
    assert mark == "WRONG"
    assert "missing or can't be read" in text


@pytest.mark.parametrize(
    ("setting", "value", "mark", "word"),
    [
        ("appendfsync", "always", "ok", "before anybody is told"),
        ("appendfsync", "everysec", "note", "a second behind"),
        ("appendonly", "no", "note", "no append-only file"),
    ],
)
async def test_how_durable_a_store_of_the_operators_own_is(
    tmp_path: Path, valkey: Valkey, store: Redis, setting: str, value: str, mark: str, word: str
) -> None:
    before = (await store.config_get(setting))[setting]
    await store.config_set(setting, value)
    try:
        assert [found for found, _ in about(await examine(config(tmp_path, redis_url=valkey.url)), word)] == [
            mark
        ]
    finally:
        await store.config_set(setting, before)


async def test_where_media_goes(tmp_path: Path, valkey: Valkey) -> None:
    chosen = config(tmp_path, redis_url=valkey.url, public_addresses=["203.0.113.5"])
    assert about(await examine(chosen), "203.0.113.5")[0][0] == "ok"
    chosen = config(tmp_path, redis_url=valkey.url, public_addresses=["nobody.invalid"])
    assert about(await examine(chosen), "nobody.invalid")[0] == (
        "WRONG",
        "--public-address nobody.invalid: no IP address is known for this name.",
    )


async def test_a_mail_server_is_asked(tmp_path: Path, valkey: Valkey) -> None:
    async with sink() as office:
        here = {"redis_url": valkey.url, "mail_from": "c@meet.example"}
        chosen = config(tmp_path, smtp_url=f"smtp://127.0.0.1:{office.port}", **here)
        [(mark, text)] = about(await examine(chosen), "mail server")
        assert mark == "ok"
        assert "c@meet.example" in text
    away = config(tmp_path, smtp_url=f"smtp://127.0.0.1:{free_port()}", **here)
    [(mark, _)] = about(await examine(away), "mail server")
    assert mark == "WRONG"
    [(mark, text)] = about(await examine(config(tmp_path, redis_url=valkey.url)), "outbox")
    assert mark == "note"
    assert "--smtp-url" in text
