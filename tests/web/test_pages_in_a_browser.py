"""The pages' small scripts and the components page, in Chromium; forms without scripts, too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright, expect

from server.pages.guard import policy
from tests.support.axe import faults, overflow
from tests.support.chromium import Chromium, ChromiumPool, ChromiumTab
from tests.web.samples import HOSTILE, PAGES
from web.i18n import as_language
from web.render import Renderer
from web.views import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

POSTED = web.AppKey("posted", list[list[tuple[str, str]]])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(renderer: Renderer, built: Path) -> AsyncIterator[TestServer]:
    """The sample pages under the server's policy; what forms post is kept."""

    async def page(request: web.Request) -> web.Response:
        language = as_language(request.match_info["language"]) or "en"
        view = PAGES[request.match_info["page"]](request.query.get("name", "Paul Ngô"), language)
        html = renderer.render(view, Chrome(language=language, path=request.path_qs))
        headers = {"Content-Security-Policy": policy(renderer.inline_source)}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def worker(request: web.Request) -> web.Response:
        return web.Response(text="", content_type="text/javascript")

    async def posted(request: web.Request) -> web.Response:
        request.app[POSTED].append(parse_qsl(await request.text(), keep_blank_values=True))
        return web.Response(text='<link rel="icon" href="data:,">posted', content_type="text/html")

    async def healthy(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app[POSTED] = []
    app.router.add_get("/pages/{language}/{page}", page)
    app.router.add_post("/start", posted)
    app.router.add_get("/healthz", healthy)
    app.router.add_static("/static", built)
    app.router.add_get("/sw.js", worker)
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


@pytest_asyncio.fixture(loop_scope="module")
async def tab(chromium: Chromium) -> AsyncIterator[ChromiumTab]:
    """A page that must not complain."""
    made = await chromium.tab(reduced_motion="reduce")
    try:
        yield made
        assert made.problems == []
    finally:
        await made.close()


def address(site: TestServer, page: str, language: str = "en") -> str:
    return str(site.make_url(f"/pages/{language}/{page}"))


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_component_is_for_everyone(site: TestServer, tab: ChromiumTab, language: str) -> None:
    await tab.goto(address(site, "design", language))
    for width in (1280, 320):
        await tab.page.set_viewport_size({"width": width, "height": 700})
        assert await faults(tab) == []
        assert await overflow(tab) == []
    for theme in ("light", "dark"):
        await tab.click(f'[data-toast="toast-{theme}"]')
        await expect(tab.page.locator(".toast")).to_have_count(1)
        await tab.page.locator(f'[data-theme="{theme}"] details.menu > summary').click()
        assert await faults(tab) == []
        await tab.press("Escape")
        await tab.click("[data-dismiss]")
        await expect(tab.page.locator(".toast")).to_have_count(0)
        await tab.click(f'[data-dialog="dialog-{theme}"]')
        await expect(tab.page.locator(f"#dialog-{theme}")).to_be_visible()
        assert await faults(tab) == []
        await tab.press("Escape")
        await expect(tab.page.locator(f"#dialog-{theme}")).to_be_hidden()
        await expect(tab.page.locator(f'[data-dialog="dialog-{theme}"]')).to_be_focused()


async def test_people_come_and_go_by_keyboard(site: TestServer, tab: ChromiumTab) -> None:
    page = tab.page
    await tab.goto(address(site, "start"))
    people = page.locator("[data-person]:visible")
    await expect(people).to_have_count(2)
    await expect(page.locator("[data-remove]:visible")).to_have_count(0)
    await tab.fill("#person-1-name", "Amina")
    await tab.fill("#person-2-name", "Paul")
    for name in ("Zoë", "Noé"):
        await page.locator("[data-add]").press("Enter")
        await page.keyboard.type(name)
    await page.locator("#person-4-role").select_option("mentor")
    await expect(people).to_have_count(4)

    await page.locator("[data-remove]").nth(1).press("Enter")
    await expect(people).to_have_count(3)
    await expect(page.locator("#person-2-name")).to_be_focused()
    assert await faults(tab) == []

    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    posted = site.app[POSTED][-1]
    names = [value for key, value in posted if key == "name"]
    roles = [value for key, value in posted if key == "role"]
    assert list(zip(names, roles, strict=True))[:3] == [
        ("Amina", "mentor"),
        ("Zoë", "mentee"),
        ("Noé", "mentor"),
    ]
    assert names[3:] == [""] * 5


async def test_all_eight_fit_and_no_ninth(site: TestServer, tab: ChromiumTab) -> None:
    await tab.goto(address(site, "start"))
    add = tab.page.locator("[data-add]")
    for _ in range(6):
        await add.click()
    await expect(tab.page.locator("[data-person]:visible")).to_have_count(8)
    await expect(add).to_be_hidden()
    await tab.page.locator("[data-remove]").nth(7).click()
    await expect(add).to_be_visible()


async def test_the_format_says_its_minutes(site: TestServer, tab: ChromiumTab) -> None:
    await tab.goto(address(site, "start"))
    minutes = tab.page.locator("#minutes")
    await expect(minutes).to_have_attribute("placeholder", "30")
    await tab.page.locator("#format-quick-30").focus()
    await tab.press("ArrowDown")
    await expect(minutes).to_have_attribute("placeholder", "45")


async def test_errors_are_what_one_comes_to_first(site: TestServer, tab: ChromiumTab) -> None:
    await tab.goto(address(site, "start-errors"))
    await expect(tab.page.locator("[data-summary]")).to_be_focused()
    await tab.press("Tab")
    await tab.press("Tab")
    await tab.press("Enter")
    await expect(tab.page.locator("#minutes")).to_be_focused()
    assert await faults(tab) == []


async def test_links_are_copied_and_menus_close(site: TestServer, tab: ChromiumTab) -> None:
    page = tab.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await tab.goto(address(site, "links-created"))
    await page.locator("[data-copy]").first.click()
    await expect(page.locator("[data-toasts]")).to_have_text("The link of Amina Traoré is copied.")
    assert await tab.run("() => navigator.clipboard.readText()") == "https://meet.example/j/eyJyIjoiMSJ9.abc"

    menu = page.locator("details.menu").first
    await menu.locator("summary").press("Enter")
    await expect(menu.locator(".menu-item").first).to_be_visible()
    await menu.locator(".menu-item").first.focus()
    await tab.press("Escape")
    await expect(menu.locator(".menu-item").first).to_be_hidden()
    await expect(menu.locator("summary")).to_be_focused()

    code = page.locator(".qr-code").first
    await page.locator(".qr > summary").first.click()
    await expect(code).to_be_visible()
    # The code closes and what lies below moves up, yet the press on the next menu hits.
    await page.locator("details.menu").nth(1).locator("summary").click()
    await expect(code).to_be_hidden()
    await expect(page.locator("details.menu").nth(1).locator(".menu-item").first).to_be_visible()
    await page.locator("h1").click()
    await expect(page.locator("details.menu .menu-item:visible")).to_have_count(0)


async def test_times_are_the_readers_own(site: TestServer, chromium: Chromium) -> None:
    tab = await chromium.tab(timezone_id="America/Montreal", locale="fr-CA")
    try:
        await tab.goto(address(site, "links-created", "fr"))
        line = tab.page.locator("[data-until]")
        await expect(line).to_have_text("Les liens fonctionnent jusqu\u2019au jeudi 29 octobre à 09:00.")
    finally:
        await tab.close()


async def test_a_caseload_is_walked_by_keyboard(site: TestServer, tab: ChromiumTab) -> None:
    page = tab.page
    await tab.goto(address(site, "caseload"))
    cases = page.locator("[data-case]")
    await expect(page.locator("[data-keys]")).to_be_visible()
    for place in (0, 1):
        await tab.press("j")
        await expect(cases.nth(place)).to_be_focused()
    await tab.press("k")
    await expect(cases.nth(0)).to_be_focused()
    await tab.press("x")
    await expect(page.locator("[name=to]").nth(0)).to_be_checked()
    # Letters that are typed stay letters.
    await page.locator("#text").fill("")
    await page.locator("#text").press_sequentially("jkx")
    await expect(page.locator("#text")).to_have_value("jkx")
    await expect(page.locator("[name=to]").nth(0)).to_be_checked()


async def test_weights_say_their_number(site: TestServer, tab: ChromiumTab) -> None:
    await tab.goto(address(site, "matching"))
    said = tab.page.locator('[data-weight-of="skills"]')
    await expect(said).to_have_text("4")
    await tab.page.locator("#skills").press("ArrowRight")
    await expect(said).to_have_text("5")


async def test_without_scripts_nothing_is_missing(site: TestServer, chromium: Chromium) -> None:
    tab = await chromium.tab(java_script_enabled=False)
    page = tab.page
    try:
        await tab.goto(address(site, "start"))
        await expect(page.locator("[data-add]")).to_be_hidden()
        await tab.fill("#person-1-name", "Amina")
        await page.locator(".more-people > summary").click()
        await tab.fill("#person-8-name", "Paul")
        async with page.expect_navigation():
            await tab.press("Enter")
        posted = site.app[POSTED][-1]
        assert [value for key, value in posted if key == "name"] == ["Amina", "", "", "", "", "", "", "Paul"]
        assert ("format", "quick-30") in posted

        await tab.goto(address(site, "links-created"))
        await expect(page.locator("[data-until]")).to_contain_text("Thursday 29 October, 13:00 (UTC)")
        await page.locator("details.menu > summary").first.click()
        await expect(page.locator('form[action$="/g1/revoke"] button')).to_be_visible()
        await expect(page.locator("[data-copy]").first).to_be_hidden()
    finally:
        await tab.close()


async def test_names_stay_text_in_scripts_too(site: TestServer, tab: ChromiumTab) -> None:
    dialogs: list[str] = []
    tab.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    url = site.make_url("/pages/en/links-created").with_query(name=HOSTILE)
    await tab.goto(str(url))
    await tab.page.locator("[data-copy]").nth(1).click()
    await expect(tab.page.locator("[data-toasts] .toast > span")).to_have_text(
        f"The link of {HOSTILE} is copied."
    )
    assert await overflow(tab) == []
    assert dialogs == []


async def test_a_form_that_can_not_be_sent_keeps_what_was_typed_and_says_so(
    site: TestServer, tab: ChromiumTab
) -> None:
    page = tab.page
    await tab.goto(address(site, "start"))
    await tab.fill("#person-1-name", "Amina")
    await tab.fill("#person-2-name", "Paul")
    site.app[POSTED].clear()
    await page.context.set_offline(True)
    await page.locator("[data-submit]").click()
    await expect(page.locator("[data-unreached]")).to_be_visible()
    assert await faults(tab) == []
    assert site.app[POSTED] == []
    tab.problems.clear()  # Chromium logs the request that found no network
    await expect(page.locator("#person-1-name")).to_have_value("Amina")
    await page.context.set_offline(False)
    await page.locator("[data-submit]").dblclick()
    await expect(page.locator("body")).to_contain_text("posted")
    assert len(site.app[POSTED]) == 1
