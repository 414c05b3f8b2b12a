"""What goes on beside the talk, in real browsers: a poll, pointers on a shared screen, replies, captions."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.e2e.test_chat import reads, write
from tests.e2e.test_floor import axe_finds_nothing, picture
from tests.support.browsers import text, visible
from tests.support.call import Person
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def page(person: Person) -> Page:
    assert isinstance(person.tab, ChromiumTab)
    return person.tab.page


async def narrow(person: Person) -> None:
    """The smallest screen that there is; nothing may be wider."""
    await page(person).set_viewport_size({"width": 320, "height": 640})
    wide = "() => document.documentElement.scrollWidth > 320 || document.body.scrollWidth > 320"
    assert not await person.tab.run(wide)


async def said(person: Person, words: str) -> None:
    await person.until(
        "w => document.querySelector('[data-live]').textContent.includes(w)", words, what=f"“{words}” is said"
    )


async def opens(person: Person, words: str) -> None:
    """Chooses something in the menu "More"."""
    await person.click("more")
    await page(person).get_by_role("button", name=words).click()


async def test_a_poll_is_asked_answered_and_closed(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await opens(ada, "Polls")
    # By the keyboard alone, from the panel's heading on.
    mine = page(ada)
    await mine.locator("[data-poll-new]").focus()
    await mine.keyboard.press("Enter")
    await visible(ada.tab, "#poll-question")
    await mine.keyboard.type("Which day suits you?")
    await mine.keyboard.press("Tab")
    await mine.keyboard.type("Monday")
    await mine.locator("[data-poll-ask]").click()
    await visible(ada.tab, ".poll-options .error")
    await mine.locator('[data-choice="1"]').fill("Friday, in the afternoon")
    await mine.locator("[data-poll-more]").click()
    await mine.keyboard.type("Whenever it is")
    await mine.locator("[data-poll-preview]").click()
    await visible(ada.tab, ".poll-preview .ballot")
    await picture(ada, "poll-preview")
    await axe_finds_nothing(ada)
    await mine.locator("[data-poll-ask]").click()
    await visible(bao.tab, ".poll-card")
    await said(bao, "Ada asks: Which day suits you?")
    await picture(bao, "poll-asked")
    await axe_finds_nothing(bao)
    theirs = page(bao)
    assert await theirs.locator(".poll-result").count() == 0
    await theirs.locator(".ballot input").first.focus()
    await theirs.keyboard.press("ArrowDown")
    await theirs.keyboard.press("Enter")
    await said(bao, "Your answer is counted")
    await visible(bao.tab, '.poll-result[data-own="true"]')
    # Who works by keys alone is still where they were.
    assert await bao.tab.run("() => document.activeElement.hasAttribute('data-poll-change')")
    await narrow(bao)
    await picture(bao, "poll-phone")
    await axe_finds_nothing(bao)
    await ada.until(
        "() => document.querySelector('.poll-entry')?.textContent.includes('1 of 2')",
        what="Ada sees that one has answered",
    )
    await mine.locator(".poll-entry [data-poll-voters]").click()
    await ada.until("() => document.querySelector('.poll-entry').textContent.includes('Bao')", what="by name")
    await picture(ada, "poll-panel")
    await axe_finds_nothing(ada)
    await mine.locator('.poll-entry [data-poll-do="close"]').click()
    await visible(bao.tab, '.poll-card[data-status="closed"]')
    await said(bao, "The poll is closed")
    await theirs.locator("[data-poll-aside]").click()
    assert "Which day" in await text(bao.tab, "[data-poll-pill]")
    await mine.locator('.poll-entry [data-poll-do="delete"]').click()
    await bao.until("() => !document.querySelector('poll-card')", what="it is gone")
    await mine.locator("[data-poll-undo]").click()
    await visible(bao.tab, '.poll-card[data-status="closed"]')


async def test_people_point_at_a_shared_screen(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await ada.turn("screen", on=True)
    await visible(bao.tab, "[data-point]")
    theirs, mine = page(bao), page(ada)
    await theirs.locator("[data-point]").click()
    box = await theirs.locator(".pointing").bounding_box()
    assert box is not None
    await theirs.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # Where it is on the picture, whatever the size of either.
    await theirs.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    await visible(ada.tab, f'.own-share [data-pointer="{bao.member}"]')
    assert await mine.locator(".own-share [data-pointer]").inner_text() == "Bao"
    await picture(ada, "pointed-at")
    await picture(bao, "pointing")
    await axe_finds_nothing(ada, bao)
    # Still for two seconds, it is gone; the arrows move it on.
    await ada.until("() => !document.querySelector('[data-pointer]')", what="it has faded")
    await theirs.locator(".pointing").focus()
    await theirs.keyboard.press("Shift+ArrowLeft")
    await visible(ada.tab, f'.own-share [data-pointer="{bao.member}"]')
    await theirs.keyboard.press("Escape")
    await ada.until("() => !document.querySelector('[data-pointer]')", what="Bao points no longer")
    assert await bao.tab.run("() => document.activeElement.hasAttribute('data-point')")
    await mine.locator("[data-pointers-allowed]").uncheck()
    await bao.until("() => !document.querySelector('[data-point]')", what="nobody can point")


async def test_a_line_answers_another(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    for person in (ada, bao):
        await person.tab.press("c")
    await write(ada, "Which day suits you?")
    await write(ada, "And at what time?")
    await reads(bao, "And at what time?")
    theirs = page(bao)
    # The last line's button is in the order of the Tab key; the arrows reach the others.
    await theirs.locator('[data-reply][tabindex="0"]').focus()
    await theirs.keyboard.press("ArrowUp")
    await theirs.keyboard.press("Enter")
    await visible(bao.tab, ".chat-answering")
    await theirs.keyboard.type("Friday")
    await picture(bao, "reply-writing")
    await axe_finds_nothing(bao)
    await theirs.keyboard.press("Enter")
    await reads(ada, "Friday")
    mine = page(ada)
    assert await mine.locator(".chat-quote").inner_text() == "You Which day suits you?"
    await mine.locator(".chat-quote").click()
    asked = await ada.tab.run("() => document.activeElement.querySelector('.chat-text')?.textContent")
    assert asked == "Which day suits you?"
    await picture(ada, "reply")
    await axe_finds_nothing(ada)


# The browser's own service is not here: this understands what the test says.
EARS = """
window.SpeechRecognition = window.webkitSpeechRecognition = class {
  start() { window.ear = this; }
  abort() { if (window.ear === this) window.ear = null; }
};
window.hear = (transcript, isFinal) => window.ear.onresult(
  { resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
"""


async def test_captions_are_seen_and_kept_by_consent(company: Company) -> None:
    room = await company.room(2)
    ada = await company.person(room, 0)
    bao = await company.person(room, 1, "chromium", EARS)
    for person in (ada, bao):
        await person.join()
    await opens(bao, "Captions")
    theirs, mine = page(bao), page(ada)
    await visible(bao.tab, "[data-captioning]")
    await picture(bao, "captions-panel")
    await axe_finds_nothing(bao)
    assert not await bao.tab.run("() => !!window.ear")
    await theirs.locator("[data-captioning]").check()
    await bao.until("() => !!window.ear && window.ear.lang === 'en-GB'", what="the browser listens")
    await bao.tab.run("() => hear('I would say', false)")
    caption = f'[data-caption="{bao.member}"]'
    await ada.until("s => document.querySelector(s)?.textContent.includes('I would say')", caption)
    await bao.tab.run("() => hear('I would say that Friday is best.', true)")
    await ada.until(
        "s => document.querySelector(s)?.innerText.trim() === 'Bao I would say that Friday is best.'",
        caption,
    )
    await picture(ada, "caption")
    await axe_finds_nothing(ada)
    # Muted is muted.
    await bao.turn("microphone", on=False)
    await bao.until("() => window.ear === null", what="nothing is understood")
    await bao.turn("microphone", on=True)
    await opens(ada, "Captions")
    await mine.locator('[data-captions="aloud"]').check()
    await mine.locator('[data-keep-do="ask"]').click()
    await visible(ada.tab, '[data-keep="waits"]')
    await said(bao, "Ada asks whether captions may be kept")
    await visible(bao.tab, ".caption-ask")
    await narrow(bao)
    await picture(bao, "captions-asked")
    await axe_finds_nothing(bao)
    await theirs.locator('.caption-ask [data-keep-do="agree"]').click()
    await visible(ada.tab, '[data-keep="kept"]')
    assert await bao.tab.run("() => document.activeElement.closest('caption-keeping') !== null")
    await bao.until("() => !!window.ear", what="the browser listens again")
    await bao.tab.run("() => hear('Let us meet on Friday.', true)")
    await ada.until(
        "w => document.querySelector('[data-captions-aloud]').textContent.includes(w)",
        "Bao: Let us meet on Friday.",
        what="it is read out",
    )
    await picture(ada, "captions-kept")
    await axe_finds_nothing(ada)
    await mine.locator('[data-captions="shown"]').uncheck()
    await ada.until("() => !document.querySelector('.captions')", what="they are hidden")
    await theirs.locator('.captions-panel [data-keep-do="stop"]').click()
    await ada.until("() => !document.querySelector('[data-keep]')", what="nothing more is kept")
