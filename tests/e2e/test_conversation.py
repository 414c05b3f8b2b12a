"""Signing in by a letter and talking to each other, in a real browser: without scripts, and with them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from server.clock import now_ms
from server.mentoring.mentorships import Mentorship, Participation
from server.mentoring.people import Person
from server.storage import conversations
from server.storage.mentorships import saved_mentorship
from server.storage.records import commit
from tests.support.accounts import make_person, sign_in_context
from tests.support.axe import faults, overflow
from tests.support.browsers import eventually as becomes
from tests.support.chromium import Chromium, ChromiumPool
from tests.support.eventually import eventually
from tests.support.mail import sink, text_of
from tests.support.programmes import made_programme
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


async def pair(server: Server) -> tuple[Mentorship, Person, Person]:
    """Two people with an active tie."""
    store = server.store()
    try:
        mentor = await make_person(store, "Amina Traoré")
        mentee = await make_person(store, "Zoë Ngô", language="fr", zone="America/Montreal")
        programme = await made_programme(store)
        now = now_ms()
        made = Mentorship(
            id="tie-1",
            programme=programme.id,
            kind="one-to-one",
            state="active",
            participations=(
                Participation(person=mentor.id, role="mentor", from_ms=now),
                Participation(person=mentee.id, role="mentee", from_ms=now),
            ),
            created_ms=now,
            changed_ms=now,
        )
        await commit(store, saved_mentorship(made))
        return made, mentor, mentee
    finally:
        await store.aclose()


async def test_without_scripts_a_letter_signs_in_and_a_message_is_written(
    tmp_path: Path, chromium: Chromium
) -> None:
    async with sink() as office:
        options = ("--smtp-url", f"smtp://127.0.0.1:{office.port}", "--mail-from", "c@meet.example")
        async with Server.running(tmp_path, *options) as server:
            tie, mentor, _ = await pair(server)
            tab = await chromium.tab(java_script_enabled=False)
            page = tab.page
            await tab.goto(f"{server.url}/m/{tie.id}/messages")
            await tab.fill("#email", mentor.email)
            await page.get_by_role("button", name="Send me a link").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
            await eventually(lambda: office.taken, "the letter")
            found = re.search(r"http\S+/sign-in/\S+", text_of(office.taken[0]))
            assert found is not None
            await tab.goto(found[0])
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Messages with Zoë Ngô")
            await tab.fill("#text", "Hello\nZoë")
            await page.set_input_files(
                "#files", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"plan"}
            )
            await page.get_by_role("button", name="Send").click()
            await expect(page.locator(".message.mine .message-text")).to_have_text("Hello\nZoë")
            async with page.expect_download() as started:
                await page.locator(".message-file").click()
            download = await started.value
            assert download.suggested_filename == "a.txt"
            assert (await download.path()).read_bytes() == b"plan"


async def test_an_open_conversation_shows_what_comes_and_loses_nothing(
    tmp_path: Path, chromium: Chromium
) -> None:
    async with Server.running(tmp_path) as server:
        tie, mentor, mentee = await pair(server)
        store = server.store()
        try:
            tabs = [await chromium.tab(), await chromium.tab()]
            for tab, person in zip(tabs, (mentor, mentee), strict=True):
                await sign_in_context(tab.context, server.url, store, person)
                await tab.goto(f"{server.url}/m/{tie.id}/messages")
            mine, theirs = tabs
            await mine.page.locator("#text").focus()
            await mine.page.keyboard.type("Bonjour Zoë")
            await mine.page.keyboard.press("Control+Enter")
            await expect(mine.page.locator(".message.mine")).to_have_count(1)
            await expect(theirs.page.locator(".message")).to_contain_text("Bonjour Zoë", timeout=10_000)
            await expect(theirs.page.locator("[data-arrived]")).to_contain_text("Bonjour Zoë")

            async def read() -> bool:
                return await conversations.unread(store, mentee.id) == {}

            await becomes(read, "what is shown is read")

            # The line is lost while somebody writes: the words are still there after a reload.
            await theirs.fill("#text", "Merci, je réponds")
            await theirs.context.set_offline(True)
            await expect(theirs.page.locator("[data-offline]")).to_be_visible(timeout=30_000)
            await theirs.context.set_offline(False)
            await expect(theirs.page.locator("[data-offline]")).to_be_hidden(timeout=30_000)
            theirs.problems.clear()
            await theirs.reload()
            await expect(theirs.page.locator("#text")).to_have_value("Merci, je réponds")
            await theirs.page.get_by_role("button", name="Envoyer").click()
            await expect(theirs.page.locator(".message.mine")).to_have_count(1)
            await expect(theirs.page.locator("#text")).to_have_value("")
            await expect(mine.page.locator(".message")).to_have_count(2, timeout=10_000)

            # A message is answered; what it answers is a step away.
            await mine.page.locator(".message").last.locator("[data-reply]").click()
            await expect(mine.page.locator("#answers")).to_contain_text("Merci, je réponds")
            await expect(mine.page.locator("#text")).to_be_focused()
            await mine.page.keyboard.type("Avec plaisir")
            await mine.page.keyboard.press("Control+Enter")
            await expect(theirs.page.locator(".message")).to_have_count(3, timeout=10_000)
            await theirs.page.locator(".message").last.locator("[data-quote]").click()
            await expect(theirs.page.locator(".message").nth(1)).to_be_focused()

            for path in (f"/m/{tie.id}/messages", "/account", "/home"):
                for tab in tabs:
                    await tab.goto(f"{server.url}{path}")
                    for width in (1280, 320):
                        await tab.page.set_viewport_size({"width": width, "height": 700})
                        assert await faults(tab) == [], path
                        assert await overflow(tab) == [], path
            assert [tab.problems for tab in tabs] == [[], []]
        finally:
            await store.aclose()
