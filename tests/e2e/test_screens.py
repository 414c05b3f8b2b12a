"""Pictures of the main states, for people to look at: test-results/screens. Nothing is compared."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.support.browsers import drawn_face, visible
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab
from tests.support.media import Face

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

SIZES = {"wide": (1280, 720), "phone": (390, 780), "narrow": (320, 640)}


async def shoot(tab: ChromiumTab, shots: Path, name: str) -> None:
    """Light at every size, dark at the widest."""
    for size, (width, height) in SIZES.items():
        await tab.page.set_viewport_size({"width": width, "height": height})
        await tab.page.screenshot(path=shots / f"{name}-{size}.png")
    await tab.page.set_viewport_size({"width": 1280, "height": 720})
    await tab.page.emulate_media(color_scheme="dark")
    await tab.page.screenshot(path=shots / f"{name}-dark.png")
    await tab.page.emulate_media(color_scheme="light")
    assert (shots / f"{name}-dark.png").stat().st_size > 1000


async def test_pages(company: Company, shots: Path) -> None:
    tab = await company.tab()
    assert isinstance(tab, ChromiumTab)
    room = await company.room(3, "grow-45")
    for name, url in {
        "landing": company.base,
        "start": urljoin(company.base, "/start"),
        "links": f"{room.manage}?done=created",
        "error": urljoin(company.base, "/j/nothing"),
    }.items():
        await tab.goto(url)
        await shoot(tab, shots, name)
    tab.problems.clear()


async def test_green_room_and_room(company: Company, shots: Path) -> None:
    room = await company.room(5, "grow-45")
    ada = await company.person(room, 0)
    tab = ada.tab
    assert isinstance(tab, ChromiumTab)
    await ada.arrive()
    await ada.until("() => compagnon.state.mine.camera === 'on'", what="the preview is on")
    await ada.until("() => compagnon.state.media === 'ok'", what="the check is done")
    await shoot(tab, shots, "green-room")
    await ada.enter()
    await shoot(tab, shots, "room-1")
    bao = await company.person(
        room, 1, "chromium", drawn_face(Face("cyan", "white", 0), 640, 360, stands="screen")
    )
    await bao.join()
    await ada.sees(bao)
    await shoot(tab, shots, "room-2")
    await ada.click("notes")
    await visible(tab, "[data-notes]")
    await shoot(tab, shots, "room-2-notes")
    await ada.click("notes")
    others = [bao]
    for index in range(2, 5):
        person = await company.person(room, index)
        await person.join()
        others.append(person)
    for other in others:
        await ada.sees(other)
    await others[-1].turn("camera", on=False)
    await ada.sees_initials(others[-1])
    await tab.click('button[data-timer-action="start"]')
    await shoot(tab, shots, "room-5")
    await bao.turn("screen", on=True)
    await ada.sees(bao, Face("cyan", "white", 0), "screen")
    await shoot(tab, shots, "room-5-screen")
    await ada.click("more")
    await shoot(tab, shots, "room-5-more")
    await tab.click(".more-list .menu-item:has(use[href$='#connection'])")
    await ada.until("() => document.querySelector('[data-figures=receives]')", what="the figures")
    await shoot(tab, shots, "room-5-figures")
    await tab.click("[data-panel=details] [data-panel-close]")
    await ada.click("leave")
    await visible(tab, '[data-view="left"]')
    await shoot(tab, shots, "left")
