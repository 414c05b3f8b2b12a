"""Built files are kept by browsers for good, packed where they can be, and nothing else is served."""

from __future__ import annotations

import pytest

from tests.server.pages.conftest import Client
from web.assets import Assets


async def test_built_files_are_kept_for_good_and_packed(client: Client) -> None:
    url = Assets.load().url("compagnon.css")
    async with client.get(url, headers={"Accept-Encoding": "br"}, auto_decompress=False) as packed:
        assert packed.headers["Content-Encoding"] == "br"
        assert packed.headers["Content-Type"] == "text/css; charset=utf-8"
        assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in packed.headers["Vary"]
        size = len(await packed.read())
    async with client.get(url, headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert len(await plain.read()) > size
    async with client.get(
        url, headers={"If-None-Match": plain.headers["ETag"], "Accept-Encoding": "identity"}
    ) as again:
        assert again.status == 304


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        ".stamp",
        "../render.py",
        "%2e%2e/render.py",
        "..%2f..%2fpyproject.toml",
        "%00",
        "strings",
    ],
)
async def test_nothing_else_is_served(client: Client, name: str) -> None:
    async with client.get(f"/static/{name}") as answer:
        assert answer.status == 404
