"""Axe finds nothing in any state, light and dark, English and French, 320 and 1280 pixels wide."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from playwright.async_api import ViewportSize

from tests.support.axe import faults, out_of_reach, overflow
from tests.support.browsers import until, visible
from tests.support.call import Control, OpenRoom, Person
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 720}, {"width": 320, "height": 640})
ZOOMED: ViewportSize = {"width": 640, "height": 360}
"""The wide window at 200 %: half as many CSS pixels each way."""
LOCALES = ("en-GB", "fr-FR")


async def clean(tab: ChromiumTab, state: str) -> list[str]:
    """What is wrong with the page as it stands, in both schemes and both widths; leaves it light and wide."""
    wrong = []
    for size in reversed(SIZES):
        await tab.page.set_viewport_size(size)
        for scheme in ("dark", "light"):
            await tab.page.emulate_media(
                color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
            )
            where = f"{state}, {size['width']} px, {scheme}"
            wrong += [f"{where}: {fault}" for fault in await faults(tab)]
        sideways = await overflow(tab)
        if sideways:
            wrong.append(f"{state}, {size['width']} px: scrolls sideways: {sideways}")
        wrong += await lost(tab, f"{state}, {size['width']} px")
    await tab.page.set_viewport_size(ZOOMED)
    wrong += [f"{state}, zoomed: scrolls sideways: {each}" for each in await overflow(tab)]
    wrong += await lost(tab, f"{state}, zoomed")
    await tab.page.set_viewport_size(SIZES[0])
    return wrong


async def lost(tab: ChromiumTab, state: str) -> list[str]:
    return [f"{state}: out of reach: {each}" for each in await out_of_reach(tab)]


async def page_tab(company: Company, locale: str, index: int = 0) -> ChromiumTab:
    tab = await company.tab(index, locale=locale)
    assert isinstance(tab, ChromiumTab)
    return tab


@pytest.mark.parametrize("locale", LOCALES)
async def test_pages(company: Company, locale: str) -> None:
    tab = await page_tab(company, locale)
    room = await company.room(2, "grow-45")
    wrong: list[str] = []

    await tab.goto(company.base)
    wrong += await clean(tab, "landing")

    await tab.goto(urljoin(company.base, "/start"))
    wrong += await clean(tab, "start")
    await tab.fill("#minutes", "many")
    async with tab.page.expect_navigation(wait_until="load"):
        await tab.click("form.start button.primary")
    await visible(tab, "[data-summary]")
    wrong += await clean(tab, "start with errors")

    await tab.goto(f"{room.manage}?done=created")
    wrong += await clean(tab, "links")
    await tab.click(".link-card:nth-of-type(1) .qr summary")
    await tab.click(".link-card:nth-of-type(2) .menu summary")
    wrong += await clean(tab, "links, QR code and menu open")
    async with tab.page.expect_navigation(wait_until="load"):
        await tab.click('.link-card:nth-of-type(2) form[action$="/revoke"] button')
    wrong += await clean(tab, "links, one switched off")

    for path in ("/j/nothing", "/nowhere", f"/j/{room.links[1].rsplit('/', 1)[1]}"):
        await tab.goto(urljoin(company.base, path))
        wrong += await clean(tab, f"error {path[:12]}")
    # Error pages answer with their status, which Chromium logs.
    tab.problems.clear()
    assert not wrong, "\n".join(wrong)


async def guest(company: Company, room: OpenRoom, index: int, locale: str) -> tuple[Person, ChromiumTab]:
    person = await company.person(room, index, "chromium", locale=locale)
    assert isinstance(person.tab, ChromiumTab)
    return person, person.tab


async def opened(person: Person, control: Control, shown: str) -> None:
    await person.click(control)
    await visible(person.tab, shown)


@pytest.mark.parametrize(("locale", "people"), [("en-GB", 5), ("fr-FR", 3)])
async def test_green_room_and_room_with_one_two_and_five(company: Company, locale: str, people: int) -> None:
    """In the second language with three: the words are others, and the layout of five is the same."""
    room = await company.room(people, "grow-45")
    ada, tab = await guest(company, room, 0, locale)
    wrong: list[str] = []

    await ada.arrive()
    await ada.until("() => compagnon.state.mine.camera === 'on'", what="the preview is on")
    wrong += await clean(tab, "green room")
    await ada.enter()
    wrong += await clean(tab, "room with 1")

    others = []
    for index in range(1, people):
        other = await company.person(room, index)
        await other.join()
        others.append(other)
        if index == 1:
            await ada.sees(other)
            wrong += await clean(tab, "room with 2")
    for other in others:
        await ada.sees(other)
    kept = others[-1]
    await others[0].turn("camera", on=False)
    await kept.turn("microphone", on=False)
    await ada.sees_initials(others[0])
    wrong += await clean(tab, f"room with {people}, one without camera, one muted")

    await opened(ada, "notes", "[data-notes]")
    await until(
        tab,
        "() => document.querySelector('.cm-content, textarea[data-notes-plain]')",
        what="the notes are open",
    )
    wrong += await clean(tab, "notes open")
    await ada.click("notes")
    await ada.click("more")
    wrong += await clean(tab, "more open")
    await tab.click(".more-list .menu-item:has(use[href$='#connection'])")
    await visible(tab, "[data-figures=receives]")
    wrong += await clean(tab, "connection in figures")
    await tab.click("[data-panel=details] [data-panel-close]")
    await tab.click(".controls [data-control=people]")
    await tab.click(f"[data-panel=people] [data-member='{kept.member}'] [data-keep]")
    await visible(tab, f"[data-tile][data-role=main][data-member='{kept.member}']")
    wrong += await clean(tab, "people, one kept large")
    await tab.click(f"[data-panel=people] [data-member='{kept.member}'] [data-keep]")
    await until(tab, "() => document.querySelector('room-stage').dataset.scene === 'grid'")
    await tab.click("[data-panel=people] [data-panel-close]")
    await tab.click('button[data-timer-action="start"]')
    await until(tab, "() => document.querySelector('[data-timer]').dataset.status === 'running'")
    wrong += await clean(tab, "timer running")
    await ada.click("view")
    wrong += await clean(tab, "other view")
    await ada.click("leave")
    await visible(tab, '[data-view="left"]')
    wrong += await clean(tab, "left")
    assert not wrong, "\n".join(wrong)
