"""Who leads, in real browsers: two at once, then somebody for now; who looks on; a worry said quietly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.e2e.test_floor import axe_finds_nothing, picture
from tests.e2e.test_timer import drive, remaining, status
from tests.support.announcements import LISTENS, told
from tests.support.browsers import eventually, text, visible
from tests.support.call import Person, open_room
from tests.support.call_company import NAMES, Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SKEW_MS = 5 * 60_000

SKEWED = """
(() => {
  const [now, origin] = [Date.now, performance.timeOrigin];
  Date.now = () => now() + SKEW;
  Object.defineProperty(Performance.prototype, 'timeOrigin', { get: () => origin + SKEW });
})();
"""
"""A computer whose clock is wrong."""


async def come(company: Company, roles: list[str], **skews: int) -> list[Person]:
    """A room for these roles, and everybody in it in a browser; ``skews`` are ms by name."""
    room = await open_room(company.base, list(zip(NAMES, roles, strict=False)), "quick-30")
    people = []
    for index, _ in enumerate(roles):
        skew = skews.get(NAMES[index], 0)
        person = await company.person(room, index, "chromium", LISTENS, SKEWED.replace("SKEW", str(skew)))
        await person.join()
        people.append(person)
    return people


async def the_same_second(*people: Person) -> None:
    """What is left, as all show it in the same moment, is a second apart at most."""

    async def same() -> bool:
        left = await asyncio.gather(*(remaining(person) for person in people))
        return max(left) - min(left) <= 1_000

    async def seen() -> object:
        return [await remaining(person) for person in people]

    await eventually(same, "all show the same second", 5, seen)


async def test_two_lead_with_clocks_that_are_wrong_and_when_they_go_somebody_stands_in(
    company: Company,
) -> None:
    ada, bao, chloe = await come(company, ["mentor", "mentor", "mentee"], Ada=-SKEW_MS, Bao=SKEW_MS)
    await drive(ada, "start")
    for person in (ada, bao, chloe):
        await status(person, "running", 0)
    own = "() => performance.timeOrigin + performance.now()"
    assert await bao.tab.run(own) - await ada.tab.run(own) > 1.9 * SKEW_MS
    await the_same_second(ada, bao, chloe)
    await bao.tab.reload()
    await bao.in_room()
    await the_same_second(ada, bao, chloe)

    for person in (ada, bao):
        await person.tab.click("[data-timer-toggle]")
    await asyncio.gather(*(_presses_next(person) for person in (ada, bao)))
    for person in (ada, bao, chloe):
        await status(person, "running", 1)
    faster = [await text(person.tab, "body") for person in (ada, bao)]
    assert sum("Somebody was a moment faster" in shown for shown in faster) <= 1
    await the_same_second(ada, bao, chloe)

    assert await chloe.tab.run("() => document.querySelectorAll('[data-timer-action]').length") == 0
    await ada.click("leave")
    await bao.click("leave")
    await told(chloe, "You lead the session for now")
    await chloe.tab.click("[data-timer-toggle]")
    await visible(chloe.tab, '.agenda [data-timer-action="next"]')
    await picture(chloe, "standing-in")
    await axe_finds_nothing(chloe)
    await drive(chloe, "pause")
    await status(chloe, "paused", 1)
    await ada.tab.click("#come-back")
    await ada.in_room()
    await told(chloe, "Somebody else leads the session now")
    await chloe.until(
        "() => document.querySelectorAll('[data-timer-action]').length === 0", what="the controls are gone"
    )
    await status(ada, "paused", 1)


async def _presses_next(person: Person) -> Any:
    return await person.tab.run("() => document.querySelector('.agenda [data-timer-action=next]').click()")


async def test_who_looks_on_is_shown_to_all_and_a_worry_is_told_to_nobody_here(company: Company) -> None:
    room = await open_room(
        company.base, [("Ada", "mentor"), ("Bao", "mentee"), ("Chloé", "observer")], "quick-30"
    )
    ada, bao, chloe = [await company.person(room, index, "chromium", LISTENS) for index in range(3)]
    await ada.join()
    await bao.join()
    await chloe.arrive()
    assert "You observe this session" in await text(chloe.tab, ".green-self")
    await picture(chloe, "observer-green-room")
    await axe_finds_nothing(chloe)
    await chloe.enter()
    for person in (ada, bao):
        await told(person, "Chloé observes")
        await visible(person.tab, "[data-observing]")
        assert await person.tab.run("() => document.querySelector('room-stage').dataset.scene") == "pair"
    await ada.sees(bao)
    await chloe.sees(ada)
    await chloe.hears(ada, bao)
    assert (
        await chloe.tab.run(
            "() => document.querySelectorAll(['microphone', 'camera', 'screen', 'hand']"
            ".map(c => `[data-control=${c}]`).join()).length"
        )
        == 0
    )
    await chloe.tab.press("h")
    await chloe.tab.press("c")
    await visible(chloe.tab, "chat-panel")
    assert await chloe.tab.run("() => document.querySelectorAll('chat-panel textarea').length") == 0
    await picture(ada, "observed")
    await picture(chloe, "observer")
    await axe_finds_nothing(ada, chloe)
    assert await ada.tab.run("() => compagnon.state.floor.hands.length") == 0

    assert isinstance(bao.tab, ChromiumTab)
    await bao.click("more")
    await bao.tab.click(".more-list .menu-item:has(use[href$='#worry'])")
    await visible(bao.tab, "#worry-text")
    await bao.until(
        "() => document.querySelector('worry-dialog').textContent.includes('Whoever made this session')",
        what="it is said who will read it",
    )
    await axe_finds_nothing(bao)
    await picture(bao, "worry")
    await bao.tab.page.route("**/worry", lambda route: route.abort())
    await bao.tab.fill("#worry-text", "She shouts at me")
    await bao.tab.click("[data-worry-send]")
    await visible(bao.tab, "#worry-problem")
    assert await bao.tab.run("() => document.querySelector('#worry-text').value") == "She shouts at me"
    await bao.tab.page.unroute("**/worry")
    await bao.tab.click("[data-worry-send]")
    await visible(bao.tab, "[data-worry-saved]")
    bao.tab.problems.clear()  # the request that was cut off is logged by Chromium
    for person in (ada, chloe):
        assert "shouts" not in await person.tab.run("() => document.body.textContent")
    await ada.tab.goto(room.manage)
    assert "She shouts at me" in await text(ada.tab, ".worries")
    await picture(ada, "worries")
