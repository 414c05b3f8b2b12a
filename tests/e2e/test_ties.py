"""A request, a yes, an agreement that both sign, a group with a queue: in a real browser with scripts off,
and read by axe with scripts on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from server.storage.mentorships import mentorships_of
from tests.support.accounts import sign_in_context
from tests.support.axe import faults, overflow
from tests.support.chromium import Chromium, ChromiumPool, ChromiumTab
from tests.support.programmes import made_cast
from tests.support.server import Server

pytestmark = [pytest.mark.browser]


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[Chromium]:
    async with async_playwright() as playwright:
        pool = ChromiumPool(playwright, tmp_path)
        try:
            yield await pool.start(())
        finally:
            await pool.close()


async def clean(tab: ChromiumTab, url: str) -> None:
    """A phone and a desktop find nothing in the way, with all that can be opened open."""
    await tab.goto(url)
    await tab.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    for width in (320, 1280):
        await tab.page.set_viewport_size({"width": width, "height": 720})
        assert await faults(tab) == [], (url, width)
        assert await overflow(tab) == [], (url, width)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def test_two_people_find_each_other_and_a_group_fills_up(tmp_path: Path, chromium: Chromium) -> None:
    async with Server.running(tmp_path) as server:
        store = server.store()
        try:
            cast = await made_cast(store, mentors=1, mentees=3)
            tabs = [await chromium.tab(java_script_enabled=False) for _ in range(4)]
            for tab, person in zip(tabs, (cast.mentors[0], *cast.mentees), strict=True):
                await sign_in_context(tab.context, server.url, store, person)
            mentor, mentee, second, third = (tab.page for tab in tabs)
            programme = f"{server.url}/p/{cast.programme.id}"

            await mentee.goto(f"{programme}/requests/new?mentor={cast.mentors[0].id}")
            await press(mentee, "Ask Mentor 1")
            await expect(mentee.get_by_role("alert")).to_contain_text("Write something here.")
            await mentee.get_by_label("Your request").fill("I would like to find my first job in a lab.")
            await press(mentee, "Ask Mentor 1")
            await expect(mentee.locator("h1")).to_have_text("Your request to Mentor 1")
            request = mentee.url

            await mentor.goto(f"{server.url}/home")
            await mentor.get_by_role("link", name="Mentee 1", exact=True).click()
            await press(mentor, "Yes, gladly")
            [tie] = await mentorships_of(store, cast.mentees[0].id)
            await mentor.get_by_role("link", name="Open the agreement").click()
            await press(mentor, "Sign and pass on")
            await mentee.goto(f"{server.url}/m/{tie.id}/agreement")
            await press(mentee, "Sign")
            await expect(mentee.locator("h1 + .badge")).to_have_text("Under way")
            await expect(mentee.locator(".timeline")).to_contain_text("Mentee 1 signed the agreement.")

            await mentor.goto(f"{programme}/groups")
            await mentor.get_by_role("link", name="Open a group").click()
            await mentor.get_by_label("Name").fill("First steps in a lab")
            await mentor.get_by_label("What is it about?").fill("How to begin")
            await mentor.get_by_label("Seats").fill("1")
            await press(mentor, "Open")
            group = mentor.url
            await second.goto(f"{programme}/groups")
            await second.get_by_role("link", name="First steps in a lab").click()
            await second.get_by_label("I promise this too").check()
            await press(second, "Take a seat")
            await expect(second.locator("h1 + .badge")).to_have_text("Under way")
            await third.goto(f"{group}/seat")
            await press(third, "Wait for a seat")
            await expect(third.locator(".banner")).to_contain_text("number 1 in the queue")
            await second.goto(f"{group}/seat")
            await press(second, "Give my seat back")
            await third.reload()
            await expect(third.locator(".banner.warm")).to_contain_text("kept for you until")

            read = await chromium.tab(reduced_motion="reduce")
            await sign_in_context(read.context, server.url, store, cast.mentees[0])
            for path in ("", "/agreement", "/pause", "/closing", "/concern", "/survey/mid"):
                await clean(read, f"{server.url}/m/{tie.id}{path}")
            for url in (request, f"{programme}/requests", f"{programme}/groups", f"{server.url}/mentorships"):
                await clean(read, url)
            await clean(read, f"{server.url}/home")
            assert read.problems == []
        finally:
            await store.aclose()
