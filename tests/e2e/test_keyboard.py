"""A whole session by keyboard alone, and what a screen reader says of it: nobody touches a mouse here."""

from __future__ import annotations

import pytest

from signaling.messages import Said, Silenced, TimerChanged
from tests.support.announcements import LISTENS, told
from tests.support.call import Person
from tests.support.call_company import Company
from tests.support.robots import Robot

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

MOST_STOPS = 60

_AT = "s => document.activeElement?.matches(s) === true"
_SHOWN = """
() => {
  const e = document.activeElement;
  const { width, height } = e.getBoundingClientRect();
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);
  const ring = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  return [width > 0 && height > 0, ring, e.outerHTML.slice(0, 120)];
}
"""


async def go_to(person: Person, selector: str, key: str = "Tab") -> None:
    """Moves on from stop to stop until this is reached; each stop on the way can be seen."""
    passed: list[str] = []
    for _ in range(MOST_STOPS):
        if await person.tab.run(_AT, selector):
            seen, ring, element = await person.tab.run(_SHOWN)
            assert seen, element
            assert ring, f"the focus can't be seen on {element}"
            return
        await person.tab.press(key)
        passed.append(await person.tab.run("() => document.activeElement?.outerHTML.slice(0, 80) ?? ''"))
    raise AssertionError(f"{selector} is not reached by {key}; passed: {passed}")


async def press(person: Person, selector: str, *, key: str = "Enter", way: str = "Tab") -> None:
    await go_to(person, selector, way)
    await person.tab.press(key)


async def test_a_whole_session(company: Company) -> None:
    room = await company.room(2, "quick-30")
    ada = await company.person(room, 0, "chromium", LISTENS)
    token = room.links[1].rsplit("/", 1)[1]
    async with Robot(f"{company.base}/ws".replace("http", "ws", 1), token) as bao:
        await coming_in(ada)
        await bao.come("Bao")
        await told(ada, "Bao has joined")
        await driving(ada, bao)
        await speaking_up(ada)
        await chatting(ada, bao)
        await writing(ada)
        await moderating(ada, bao)
        await choosing(ada)
        await leaving(ada, bao)


async def coming_in(ada: Person) -> None:
    await ada.arrive()
    await go_to(ada, "#join-name")
    await ada.tab.press("Control+a")
    for letter in "Ada L":
        await ada.tab.press(letter)
    await press(ada, "#join")
    await ada.in_room()
    await told(ada, "Nobody else is here yet")


async def driving(ada: Person, bao: Robot) -> None:
    await press(ada, 'button[data-timer-action="start"]')
    await bao.hears(TimerChanged)
    await press(ada, "[data-timer-toggle]", way="Shift+Tab")
    await press(ada, '.agenda [data-timer-action="next"]')
    await bao.hears(TimerChanged, lambda message: message.timer.index == 1)
    await go_to(ada, '[data-signals="lights"]')
    await ada.tab.press("Space")
    await ada.until("() => !compagnon.state.lights", what="the light is off")
    await ada.tab.press("Escape")
    await ada.until(_AT, "[data-timer-toggle]", what="the focus is back where the agenda was opened")


async def speaking_up(ada: Person) -> None:
    await ada.tab.press("h")
    await told(ada, "Your hand is raised, place 1")
    await ada.tab.press("h")
    await told(ada, "Your hand is lowered")
    await ada.tab.press("m")
    await told(ada, "Your microphone is off")
    await ada.tab.press("m")
    await told(ada, "Your microphone is on")


async def chatting(ada: Person, bao: Robot) -> None:
    await ada.tab.press("c")
    await ada.until(_AT, "#panel-chat", what="the focus is in the chat")
    await go_to(ada, "#chat-text")
    for letter in "hello":
        await ada.tab.press(letter)
    await ada.tab.press("Enter")
    assert (await bao.hears(Said)).line.text == "hello"
    await press(ada, '[data-panel="chat"] [data-panel-close]', way="Shift+Tab")
    await ada.until(_AT, '.controls [data-control="chat"]', what="the focus is back on the chat's button")


async def writing(ada: Person) -> None:
    await ada.tab.press("n")
    await ada.until(
        "() => document.activeElement?.closest('.cm-content, textarea') != null", what="notes can be typed in"
    )
    for letter in "plan":
        await ada.tab.press(letter)
    await ada.until("() => document.querySelector('.cm-content').textContent.includes('plan')", what="typed")
    await ada.tab.press("Escape")
    await press(ada, '[data-panel="notes"] [data-panel-close]', way="Shift+Tab")
    await ada.until(_AT, '.controls [data-control="notes"]', what="the focus is back on the notes' button")


async def moderating(ada: Person, bao: Robot) -> None:
    await ada.tab.press("p")
    await press(ada, f'[data-member="{bao.id}"] [data-member-menu]')
    await press(ada, '[data-moderate="mute"]')
    assert (await bao.hears(Silenced)).source == "microphone"
    await ada.until(_AT, f'[data-member="{bao.id}"] [data-member-menu]', what="the focus is back on the menu")
    await press(ada, '[data-moderate="lock"]', key="Space", way="Shift+Tab")
    await told(ada, "Nobody new can come in")
    await ada.tab.press("p")


async def choosing(ada: Person) -> None:
    await press(ada, 'button[data-control="more"]')
    await press(ada, '[data-reaction="clap"]')
    await ada.until("() => compagnon.state.reactions.length > 0", what="the applause is shown")
    await ada.tab.press("Escape")
    await press(ada, 'button[data-control="more"]')
    await press(ada, ".more-list .menu-item:has(use[href$='#worry'])")
    await ada.until(_AT, "#worry-text", what="the focus is in the form")
    await ada.tab.press("Escape")
    await ada.until(_AT, 'button[data-control="more"]', what="the focus is where the form came from")
    await ada.tab.press("?")
    await ada.until("() => !!document.querySelector('shortcut-help dialog[open]')", what="the keys are shown")
    await ada.tab.press("Escape")


async def leaving(ada: Person, bao: Robot) -> None:
    await ada.tab.press("l")
    await press(ada, "[data-leave-now]")
    await ada.until("() => document.activeElement?.tagName === 'H1'", what="the end is read out")
    assert await bao.misses() == ada.member
    assert bao.room().floor.stand_in == bao.id
