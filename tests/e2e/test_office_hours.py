"""Office hours in real browsers: waiting calmly, coming in by one key, thanked at the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.axe import faults
from tests.support.browsers import text, visible
from tests.support.call import Person
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def picture(person: Person, name: str) -> None:
    """Leaves a screenshot where ``COMPAGNON_PICTURES`` names a folder, for whoever wants to look."""
    if folder := os.environ.get("COMPAGNON_PICTURES"):
        await person.tab.screenshot(Path(folder) / f"{name}.png")


async def waits(person: Person, place: int) -> None:
    await person.until(
        "n => document.querySelector('[data-queue-place]')?.dataset.queuePlace === String(n)",
        place,
        what=f"place {place} is shown",
    )


async def said(person: Person, words: str) -> None:
    await person.until(
        "words => document.querySelector('[data-live]').textContent.includes(words)",
        words,
        what=f"“{words}” is said",
    )


async def test_visitors_wait_calmly_and_come_in_by_one_key(company: Company) -> None:
    room = await company.room(3, "office-hours-60")
    ada = await company.person(room, 0)
    bao = await company.person(room, 1)
    chloe = await company.person(room, 2, viewport={"width": 390, "height": 844})
    await ada.join()
    for visitor, place in ((bao, 1), (chloe, 2)):
        await visitor.arrive()
        await visitor.tab.click("#join")
        await waits(visitor, place)
    assert "About 10 minutes" in await text(chloe.tab)
    assert "Bao" not in await text(chloe.tab), "visitors don't hear of each other"
    assert await bao.tab.run("async () => (await compagnon.peer.getSenders()).every(each => !each.track)")
    await chloe.tab.fill("#queue-about", "My thesis plan")
    await chloe.tab.click("[data-queue=about]")
    await ada.until("() => compagnon.state.queue?.line[1]?.about === 'My thesis plan'", what="the topic")
    await ada.tab.press("p")
    await visible(ada.tab, "[data-waiting] [data-queue=call]")
    await picture(ada, "queue-desk")
    await picture(chloe, "queue-phone")
    for person in (ada, chloe):
        assert isinstance(person.tab, ChromiumTab)
        assert await faults(person.tab) == []

    await ada.tab.press("x")
    await bao.in_room()
    await said(bao, "It is your turn")
    await bao.sees(ada)
    await bao.frames_come(ada)
    await waits(chloe, 1)
    assert await chloe.tab.run(
        """async () => [...(await compagnon.peer.getStats()).values()]
          .filter(({ type }) => type === 'inbound-rtp').every(({ packetsReceived }) => !packetsReceived)"""
    ), "nothing of a visit reaches whoever waits"
    await said(chloe, "You are next")
    assert await chloe.tab.run("() => document.title.startsWith('You are next')")
    await chloe.tab.reload()
    await waits(chloe, 1)
    await ada.until("() => compagnon.state.queue.line[0].here", what="Chloé is back in her place")
    await picture(ada, "queue-visit")
    await picture(bao, "queue-visitor")

    await ada.tab.click("[data-queue=next]")
    await bao.until(
        "() => document.querySelector('h1').textContent.includes('Thank you')", what="a thank-you"
    )
    await picture(bao, "queue-thanks")
    await chloe.in_room()
    await chloe.sees(ada)
    await picture(chloe, "queue-phone-visit")
    await ada.tab.click("queue-list [data-queue=put-back]")
    await waits(chloe, 1)
    await ada.tab.click("[data-queue=next]")
    await chloe.in_room()
    await chloe.sees(ada)
