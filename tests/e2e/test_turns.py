"""The agenda leads a group: prompts, turns in order, and whoever is to listen is offered to be silent."""

from __future__ import annotations

import pytest

from tests.e2e.test_floor import axe_finds_nothing, picture
from tests.support.browsers import text, visible
from tests.support.call import Person
from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def drive(leader: Person, *actions: str) -> None:
    """Presses the timer's buttons, those of the open agenda but for the first start."""
    for action in actions:
        before = await leader.tab.run("() => JSON.stringify(compagnon.state.timer)")
        await leader.tab.click(f'[data-timer-action="{action}"]')
        await leader.until(
            "b => JSON.stringify(compagnon.state.timer) !== b", before, what=f"{action} is done"
        )


async def turn_of(viewer: Person, words: str) -> None:
    await viewer.until(
        "w => document.querySelector('.turn strong')?.textContent === w", words, what=f"“{words}” is shown"
    )


async def test_a_circle_goes_round(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"], "circle-60")
    await drive(ada, "start")
    assert "say what this circle is about" in await text(bao.tab, ".guide-prompt")
    await ada.tab.click("[data-timer-toggle]")
    await drive(ada, "next")
    await turn_of(ada, "It is your turn")
    await turn_of(bao, "Ada speaks")
    await bao.until("m => compagnon.state.kept === m", ada.member, what="Ada is shown large")
    await picture(ada, "turn-agenda")
    await picture(bao, "turn-guide")
    await axe_finds_nothing(ada, bao)
    await drive(ada, "next-turn")
    await turn_of(bao, "It is your turn")
    await bao.until(
        "() => document.querySelector('[data-live]').textContent.includes('It is your turn')",
        what="it is said",
    )
    await drive(ada, "next")
    await ada.until("() => !document.querySelector('.turn')", what="everyone speaks again")
    assert "0 of 5 min" in await text(ada.tab, ".agenda")


async def test_whoever_is_to_listen_may_be_silent_by_their_own_press(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"], "codevelopment-90")
    await drive(ada, "start")
    await ada.tab.click("[data-timer-toggle]")
    await drive(ada, "next-turn", "next", "next", "next")
    await turn_of(bao, "You listen now, the others speak")
    await turn_of(ada, "Bao listens, the others speak")
    assert await bao.tab.run("() => compagnon.state.mine.microphone") == "on"
    await visible(bao.tab, "[data-turn-mute]")
    await axe_finds_nothing(bao)
    await bao.tab.click("[data-turn-mute]")
    await bao.until("() => compagnon.state.mine.microphone === 'off'", what="Bao is silent")
    await bao.until("() => !document.querySelector('[data-turn-mute]')", what="nothing is left to press")
