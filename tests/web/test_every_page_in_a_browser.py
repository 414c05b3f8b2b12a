"""Every page in every state is for everyone: axe finds nothing, nothing sticks out on the narrowest phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright

from tests.support.axe import faults, overflow
from tests.support.chromium import Chromium, ChromiumPool
from tests.web.samples import PAGES
from web.i18n import as_language
from web.render import Renderer
from web.views import Account, Chrome

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SWEPT = sorted(PAGES.keys() - {"design", "room"})
"""The components page and the room have tests of their own."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(renderer: Renderer, built: Path) -> AsyncIterator[TestServer]:
    """The sample pages as somebody who is signed in sees them."""

    async def page(request: web.Request) -> web.Response:
        language = as_language(request.match_info["language"]) or "en"
        view = PAGES[request.match_info["page"]]("Paul Ngô", language)
        person = Account(name="Paul Ngô", zone="Europe/Paris")
        html = renderer.render(view, Chrome(language=language, path="/", person=person))
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_get("/pages/{language}/{page}", page)
    app.router.add_static("/static", built)
    server = TestServer(app)
    await server.start_server()
    try:
        yield server
    finally:
        await server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chromium]:
    async with async_playwright() as playwright:
        pool = ChromiumPool(playwright, tmp_path_factory.mktemp("faces"))
        try:
            yield await pool.start(())
        finally:
            await pool.close()


async def test_every_page_is_for_everyone(site: TestServer, chromium: Chromium) -> None:
    """Themes and languages take turns: what differs between them are colours and words, not the markup."""
    tab = await chromium.tab(reduced_motion="reduce")
    wrong: dict[str, list[str]] = {}
    try:
        for place, name in enumerate(SWEPT):
            await tab.page.emulate_media(color_scheme="dark" if place % 2 else "light")
            await tab.page.set_viewport_size({"width": 1280, "height": 800})
            language = "fr" if place // 2 % 2 else "en"
            await tab.goto(str(site.make_url(f"/pages/{language}/{name}")))
            found = await faults(tab)
            await tab.page.set_viewport_size({"width": 320, "height": 700})
            found += await overflow(tab)
            if found:
                wrong[name] = found
    finally:
        await tab.close()
    assert wrong == {}
