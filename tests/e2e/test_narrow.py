"""320 px wide, and at 200 %: whatever opens in the room is there whole, and all of it can be pressed."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from playwright.async_api import ViewportSize

from tests.e2e.test_floor import picture
from tests.support.axe import out_of_reach, overflow
from tests.support.call import Person, open_room
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab
from tests.support.notes_page import NO_DEVICES
from tests.support.robots import Robot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SIZES: tuple[ViewportSize, ...] = ({"width": 640, "height": 360}, {"width": 320, "height": 640})
"""A window of 1280 by 720 at 200 %, and the narrowest that WCAG 2.2 asks for (1.4.10)."""

PEOPLE = [("Ada", "mentor"), ("Bao", "mentee"), ("Chloé", "mentee"), ("Dov", "mentee"), ("Ruth", "observer")]

ACTS = ("hand", "screen", "view", "fullscreen")
"""What acts at once, and opens nothing."""

LEAST_OPENED = 7
"""Chat, people, devices, quality and data, figures, a worry, the keys."""

ITEMS = ".more-list .menu-item:not(.reaction)"


async def lost(person: Person, state: str) -> list[str]:
    """What is out of sight or reach in either size; leaves the page narrow."""
    assert isinstance(person.tab, ChromiumTab)
    wrong = []
    for size in SIZES:
        await person.tab.page.set_viewport_size(size)
        where = f"{state}, {size['width']} px"
        wrong += [f"{where}: sticks out: {each}" for each in await overflow(person.tab)]
        wrong += [f"{where}: {each}" for each in await out_of_reach(person.tab)]
    return wrong


async def test_nothing_is_lost(company: Company) -> None:
    room = await open_room(company.base, PEOPLE, "circle-60")
    ada = await company.person(room, 0, "chromium", NO_DEVICES)
    async with AsyncExitStack() as stack:
        await ada.arrive()
        wrong = await lost(ada, "green room")
        await ada.enter()
        for index, (name, _) in enumerate(PEOPLE[1:], start=1):
            token = room.links[index].rsplit("/", 1)[1]
            robot = await stack.enter_async_context(Robot(f"{company.base}/ws", token))
            await robot.come(name)
        await ada.until("() => compagnon.state.members.length === 5", what="everybody is there")
        await ada.tab.click('button[data-timer-action="start"]')
        await ada.until("() => compagnon.state.timer.status === 'running'", what="the timer runs")
        wrong += await lost(ada, "room")
        await ada.tab.click("[data-timer-toggle]")
        wrong += await lost(ada, "agenda")
        await picture(ada, "narrow-agenda")
        await ada.tab.press("Escape")
        wrong += await whatever_opens(ada)
    assert not wrong, "\n".join(wrong)


async def whatever_opens(ada: Person) -> list[str]:
    """Each thing that the menu offers is opened, looked at, and closed again."""
    await ada.click("more")
    wrong = await lost(ada, "menu")
    offered = await ada.tab.run(
        "s => [...document.querySelectorAll(s)]"
        ".map(e => [e.dataset.control ?? '', e.innerText.split('\\n')[0]])",
        ITEMS,
    )
    seen = 0
    for act, name in offered:
        if act in ACTS:
            continue
        if not await ada.tab.run("() => !!document.querySelector('.more-list')"):
            await ada.click("more")
        await ada.tab.run(
            "(s, name) => [...document.querySelectorAll(s)].find(e => e.innerText.includes(name))?.click()",
            ITEMS,
            name,
        )
        if not await opened(ada):
            continue
        wrong += await lost(ada, name)
        await picture(ada, f"narrow-{seen}")
        seen += 1
        await ada.tab.run(
            "() => { for (const d of document.querySelectorAll('dialog[open]')) d.close();"
            " document.querySelector('.panel:not([hidden]) [data-panel-close]')?.click() }"
        )
    assert seen >= LEAST_OPENED, offered
    return wrong


async def opened(ada: Person) -> bool:
    """Whether a press has opened a dialog or a panel; some are fetched first."""
    try:
        await ada.until(
            "() => !!document.querySelector('dialog[open], .panel:not([hidden])')", seconds=1, what="it opens"
        )
    except AssertionError:
        return False
    return True
