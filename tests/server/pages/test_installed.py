"""What a browser needs to install the site: a manifest, a worker, a page for when there is no network."""

from __future__ import annotations

import re

from msgspec import json

from tests.server.pages.conftest import Client


async def test_the_manifest_speaks_the_readers_language(client: Client) -> None:
    async with client.get("/app.webmanifest", headers={"Accept-Language": "fr"}) as answer:
        assert answer.content_type == "application/manifest+json"
        told = json.decode(await answer.read())
    assert (told["lang"], told["display"], told["start_url"]) == ("fr", "standalone", "/home")
    async with client.get(told["icons"][0]["src"]) as icon:
        assert (icon.status, icon.content_type) == (200, "image/svg+xml")


async def test_every_page_names_the_manifest(client: Client) -> None:
    async with client.get("/") as answer:
        assert '<link rel="manifest" href="/app.webmanifest">' in await answer.text()


async def test_the_worker_keeps_what_the_offline_page_is_made_of(client: Client) -> None:
    async with client.get("/sw.js") as answer:
        assert (answer.status, answer.content_type) == (200, "text/javascript")
        assert answer.headers["Cache-Control"] == "no-cache"
        text = await answer.text()
    listed = re.match(r'const VERSION="[0-9a-f]{12}",KEPT=(\[.*?\]);', text)
    assert listed is not None
    kept = json.decode(listed[1])
    for path in kept:
        async with client.get(path) as found:
            assert found.status == 200, path
    async with client.get("/offline") as answer:
        page = await answer.text()
    needed = {
        name for name in re.findall(r'(?:href|src)="(/static/[^"#]+)', page) if not name.endswith(".js")
    }
    assert needed <= set(kept)
