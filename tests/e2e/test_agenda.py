"""The agenda is changed while it runs, and its headings come into the notes."""

from __future__ import annotations

import pytest

from tests.e2e.test_floor import axe_finds_nothing, picture
from tests.support.browsers import text
from tests.support.call import Person
from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TITLES = "() => [...document.querySelectorAll('.agenda-box > :first-child')].map(e => e.textContent).join()"


async def edited(leader: Person, box: str, field: str, value: str) -> None:
    """Writes into a field of a box, as Tab leaves it."""
    revision = await leader.tab.run("() => compagnon.state.timer.revision")
    await leader.tab.fill(f'[data-box="{box}"] input[name={field}]', value)
    await leader.tab.press("Tab")
    await leader.until("r => compagnon.state.timer.revision > r", revision, what=f"{box} {field} is saved")


async def test_the_agenda_is_changed_in_the_room_and_the_notes_follow(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"], "quick-30")
    for person in (ada, bao):
        await person.tab.click("[data-timer-toggle]")
    assert not await bao.tab.run("() => !!document.querySelector('[data-agenda-edit]')")
    await ada.tab.click('[data-timer-action="start"]')
    await bao.until("() => compagnon.state.timer.status === 'running'", what="it runs")
    await ada.tab.click("[data-agenda-edit]")
    await edited(ada, "b1", "title", "Your <CV>")
    await edited(ada, "b1", "minutes", "12")
    await edited(ada, "b0", "minutes", "3")
    await ada.tab.fill(".agenda-new input[name=title]", "A break")
    await ada.tab.press("Enter")
    await bao.until("() => compagnon.state.timer.boxes.length === 4", what="the new box is there")
    # By keyboard: two presses at once both count, and the focus goes along with the box.
    await ada.tab.run("() => document.querySelector('[data-box=b2] [data-edit=up]').focus()")
    await ada.tab.press("Enter")
    await ada.until(
        "() => compagnon.state.timer.boxes[1].id === 'b2' && document.activeElement.closest('[data-box=b2]')",
        what="it has moved, with the focus",
    )
    await axe_finds_nothing(ada)
    await picture(ada, "agenda-edit")
    await ada.tab.click('[data-box="b2"] [data-edit="down"]')
    await ada.tab.click('[data-box="b2"] [data-edit="down"]')
    await bao.until(
        "() => compagnon.state.timer.boxes.at(-1).id === 'b2'", what="it is the last one, two presses later"
    )
    await ada.tab.click("[data-agenda-edit]")
    for person in (ada, bao):
        assert await person.tab.run(TITLES) == "Check-in,Your <CV>,A break,Next steps"
    assert "12\xa0min" in await text(bao.tab, ".agenda")
    await picture(bao, "agenda-edited")
    await ada.tab.click('[data-timer-action="next"]')
    await bao.until("() => compagnon.state.timer.index === 1", what="the next box")
    await bao.click("notes")
    await bao.until(
        "() => [...document.querySelectorAll('[data-notes] .cm-line')].map(e => e.textContent)"
        ".filter(t => t.includes('Your <CV>')).length === 1",
        what="the heading is in the notes",
    )
    await picture(bao, "agenda-heading")
