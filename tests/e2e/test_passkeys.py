"""Passkeys in a real browser with a virtual authenticator: added, used, named, removed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.support.accounts import make_person, sign_in_context
from tests.support.axe import faults
from tests.support.chromium import ChromiumPool
from tests.support.server import Server

pytestmark = [pytest.mark.browser]


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[ChromiumPool]:
    async with async_playwright() as playwright:
        pool = ChromiumPool(playwright, tmp_path)
        try:
            yield pool
        finally:
            await pool.close()


async def test_a_passkey_signs_in_until_it_is_removed(tmp_path: Path, pool: ChromiumPool) -> None:
    async with Server.running(tmp_path) as server:
        store = server.store()
        try:
            person = await make_person(store, "Zoë Ngô")
            chromium = await pool.start(())
            tab = await chromium.tab()
            page = tab.page
            await sign_in_context(tab.context, server.url, store, person)
            devtools = await tab.context.new_cdp_session(page)
            await devtools.send("WebAuthn.enable")
            device = {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
            await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})

            await tab.goto(f"{server.url}/account")
            await tab.fill("#passkey-name", "Laptop")
            await page.locator("[data-add-passkey] button").click()
            await expect(page.get_by_role("status")).to_contain_text("The passkey is added.")
            await expect(page.locator("[data-passkeys] .line strong")).to_have_text("Laptop")
            assert await faults(tab) == []

            await page.get_by_role("button", name="Sign out", exact=True).click()
            await page.wait_for_url(f"{server.url}/")
            await tab.goto(f"{server.url}/account")
            assert "/sign-in" in page.url
            await page.get_by_role("button", name="Sign in with a passkey").click()
            await page.wait_for_url(f"{server.url}/account")
            await expect(page.locator("[data-passkeys] .line")).to_contain_text("Last used")

            await page.locator("[data-passkeys] summary").click()
            await tab.fill("#passkey-1", "Old laptop")
            await page.get_by_role("button", name="Rename").click()
            await expect(page.locator("[data-passkeys] .line strong")).to_have_text("Old laptop")
            await page.locator("[data-passkeys] summary").click()
            await page.get_by_role("button", name="Remove", exact=True).click()
            await expect(page.locator("[data-passkeys] .line")).to_have_count(0)
            assert tab.problems == []

            await page.get_by_role("button", name="Sign out", exact=True).click()
            await page.wait_for_url(f"{server.url}/")
            await tab.goto(f"{server.url}/sign-in")
            await page.get_by_role("button", name="Sign in with a passkey").click()
            await expect(page.locator("[data-passkey] [data-error]")).to_contain_text("work")
            letters = [line for line in server.log.read_text().splitlines() if "passkey was added" in line]
            assert len(letters) == 1
        finally:
            await store.aclose()
