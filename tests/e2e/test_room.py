"""The room itself: how people are placed, what keys do, what a screen reader is told, how it fits a phone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.axe import overflow
from tests.support.browsers import visible
from tests.support.call import Person, tile
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS: dict[str, str] = json.loads(
    (Path(__file__).parents[2] / "web" / "locales" / "en" / "room.json").read_text("utf-8")
)

BOX = """
s => { const b = document.querySelector(s).getBoundingClientRect();
  return { width: b.width, height: b.height, left: b.left, top: b.top } }
"""


async def box(person: Person, selector: str) -> dict[str, float]:
    found = await person.tab.run(BOX, selector)
    assert isinstance(found, dict)
    return found


async def test_one_to_one_the_other_fills_the_screen(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await ada.sees(bao)
    stage = await box(ada, "room-stage")
    other = await box(ada, tile(bao.member))
    own = await box(ada, f"{tile(ada.member)}[data-self]")
    # A 16:9 picture on a 16:9 stage: at least nine tenths of it, with the small own picture over a corner.
    assert other["width"] * other["height"] >= 0.9 * stage["width"] * stage["height"]
    assert own["width"] <= stage["width"] / 3
    await ada.click("more")
    await ada.tab.click("#more .menu-item:has-text('Hide your own picture')")
    await ada.until("s => !document.querySelector(s)", tile(ada.member), what="the own picture is hidden")
    await bao.sees(ada)


async def test_a_group_has_a_grid_and_a_speaker_view(company: Company) -> None:
    ada, bao, chloe = await company.meet(["chromium"] * 3)
    await ada.turn("microphone", on=False)
    await chloe.turn("microphone", on=False)
    for other in (bao, chloe):
        await ada.sees(other)

    def equal(a: dict[str, float], b: dict[str, float]) -> bool:
        return abs(a["width"] - b["width"]) < 2

    if await ada.tab.run("() => compagnon.state.arrangement") != "grid":
        await ada.click("view")
    await ada.until("() => document.querySelector('room-stage').dataset.scene === 'grid'", what="the grid")
    assert equal(await box(ada, tile(bao.member)), await box(ada, tile(chloe.member)))
    await ada.until(
        "s => document.querySelector(s)?.dataset.speaking === 'true'", tile(bao.member), what="Bao speaks"
    )
    await ada.click("view")
    larger = """
      ([big, small]) =>
        document.querySelector(big).clientWidth >= 2 * document.querySelector(small).clientWidth
    """
    await ada.until(larger, [tile(bao.member), tile(chloe.member)], what="the speaker is large")
    await bao.turn("microphone", on=False)
    await chloe.turn("microphone", on=True)
    await ada.until(larger, [tile(chloe.member), tile(bao.member)], what="the new speaker is large")
    await ada.sees(chloe)


async def test_every_control_has_its_key_and_none_while_writing(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await bao.hears(ada)
    await ada.tab.press("m")
    await ada.until("() => compagnon.state.mine.microphone === 'off'", what="M mutes")
    await bao.hears()
    await ada.tab.press("m")
    await bao.hears(ada)
    await ada.tab.press("v")
    await bao.sees_initials(ada)
    await ada.tab.press("v")
    await bao.sees(ada)
    await ada.tab.press("p")
    await ada.until("() => compagnon.state.panel === 'people'", what="P shows the people")
    await ada.tab.press("n")
    await ada.until("() => compagnon.state.panel === 'notes'", what="N shows the notes")
    await ada.until(
        "() => document.activeElement.matches("
        "'.cm-content[contenteditable=true], textarea[data-notes-plain]:not([readonly])')",
        what="the focus is in the notes, which have come and can be written in",
    )
    for letter in "mvl":
        await ada.tab.press(letter)
    await ada.until(
        "() => document.querySelector('[data-notes]').innerText.includes('mvl')"
        " || document.querySelector('textarea[data-notes-plain]')?.value.includes('mvl')",
        what="letters are letters in the notes",
    )
    assert await ada.tab.run("() => [compagnon.state.mine.microphone, compagnon.state.view]") == [
        "on",
        "room",
    ]
    await ada.click("notes")
    await ada.until("() => compagnon.state.panel === null", what="the notes are closed")
    await ada.tab.press("?")
    await visible(ada.tab, "shortcut-help dialog[open]")
    await ada.tab.press("Escape")
    await ada.tab.press("l")
    await visible(ada.tab, "dialog[open] [data-leave-now]")
    await ada.tab.click("[data-leave-now]")
    await visible(ada.tab, '[data-view="left"]')
    await bao.until("s => !document.querySelector(s)", tile(ada.member), what="Ada is gone")


HEAR_ALOUD = """
() => { window.aloud = [];
  new MutationObserver(() => aloud.push(document.querySelector('[data-live]').textContent))
    .observe(document.querySelector('[data-live]'), { childList: true, characterData: true, subtree: true }) }
"""


async def said(person: Person, key: str, **values: Any) -> None:
    words = WORDS[key]
    for name, value in values.items():
        words = words.replace(f"{{{name}}}", str(value))
    await person.until("w => aloud.some(a => a.includes(w))", words, what=f"{words!r} is said")


async def test_a_screen_reader_is_told_what_happens(company: Company) -> None:
    room = await company.room(2, "quick-30")
    ada, bao = [await company.person(room, index) for index in (0, 1)]
    await ada.join()
    await ada.tab.run(HEAR_ALOUD)
    await bao.join()
    await said(ada, "say.joined", name="Bao")
    await ada.turn("microphone", on=False)
    await said(ada, "say.microphone-off")
    assert (
        await ada.tab.run(
            "() => document.querySelector('button[data-control=microphone]').getAttribute('aria-pressed')"
        )
        == "false"
    )
    await bao.click("leave")
    await said(ada, "say.left", name="Bao")
    assert (
        await ada.tab.run("() => document.querySelector('[data-live]').getAttribute('aria-live')") == "polite"
    )


async def test_a_phone_reaches_everything_by_touch(company: Company) -> None:
    room = await company.room(2, "quick-30")
    ada = await company.person(
        room, 0, "chromium", viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True
    )
    bao = await company.person(room, 1)
    await ada.join()
    await bao.join()
    await ada.sees(bao)
    assert isinstance(ada.tab, ChromiumTab)
    assert await overflow(ada.tab) == []
    small = await ada.tab.run(
        """() => [...document.querySelectorAll('button')].filter(b => b.checkVisibility())
          .map(b => [b.getAttribute('aria-label') ?? b.innerText, b.getBoundingClientRect()])
          .filter(([, r]) => r.width > 0 && (r.width < 44 || r.height < 44))
          .map(([name, r]) => `${name} ${r.width}x${r.height}`)"""
    )
    assert small == [], "touch targets of at least 44 pixels"
    await ada.tab.page.tap('button[data-control="microphone"]')
    await ada.until("() => compagnon.state.mine.microphone === 'off'", what="a tap mutes")
    await ada.tab.page.tap('button[data-control="notes"]')
    await visible(ada.tab, "[data-notes]")
    assert await overflow(ada.tab) == []


async def test_full_screen(company: Company) -> None:
    room = await company.room(2)
    ada = await company.person(room, 0)
    await ada.join()
    await ada.tab.press("f")
    await ada.until("() => document.fullscreenElement !== null", what="full screen")
    await ada.tab.press("f")
    await ada.until("() => document.fullscreenElement === null", what="and back")
