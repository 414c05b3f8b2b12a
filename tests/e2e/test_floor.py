"""Hands, reactions, the door and what a facilitator does about others, in real browsers."""

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


async def people(person: Person) -> None:
    await person.tab.press("p")
    await visible(person.tab, '[data-panel="people"] .people')


async def about(leader: Person, member: Person, action: str) -> None:
    """Does something about a member, from the menu beside their name."""
    row = f'people-panel [data-member="{member.member}"]'
    await leader.tab.click(f"{row} [data-member-menu]")
    await leader.tab.click(f'{row} [data-moderate="{action}"]')


async def axe_finds_nothing(*persons: Person) -> None:
    for person in persons:
        assert isinstance(person.tab, ChromiumTab)
        assert await faults(person.tab) == []


async def picture(person: Person, name: str) -> None:
    """Leaves a screenshot where ``COMPAGNON_PICTURES`` names a folder, for whoever wants to look."""
    if folder := os.environ.get("COMPAGNON_PICTURES"):
        await person.tab.screenshot(Path(folder) / f"{name}.png")


async def test_a_hand_goes_up_and_is_taken_down(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await bao.tab.press("h")
    await ada.until(
        "s => document.querySelector(s)?.textContent.includes('1')",
        f'[data-tile][data-member="{bao.member}"] .tile-hand',
        what="the hand is on the tile",
    )
    await ada.until(
        "() => document.querySelector('[data-live]').textContent.includes('Bao raises their hand')",
        what="it is said",
    )
    await people(ada)
    await ada.click("more")
    await ada.tab.click('[data-reaction="clap"]')
    await bao.until(
        "s => !!document.querySelector(s)",
        f'[data-tile][data-member="{ada.member}"] [data-reaction="clap"]',
        what="the applause is seen",
    )
    await picture(ada, "hand")
    await axe_finds_nothing(ada, bao)
    await about(ada, bao, "lower")
    await bao.until("() => compagnon.state.floor.hands.length === 0", what="the hand is down")


async def test_a_muted_member_is_not_heard_and_can_speak_again(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await ada.hears(bao)
    await people(ada)
    await about(ada, bao, "mute")
    await bao.until("() => compagnon.state.mine.microphone === 'off'", what="the microphone is off")
    await bao.until(
        "() => document.querySelector('.toasts')?.textContent.includes('Ada has turned your microphone off')",
        what="Bao is told by whom",
    )
    await ada.hears()
    await bao.turn("microphone", on=True)
    await ada.hears(bao)


async def test_who_waits_at_the_door_is_let_in(company: Company) -> None:
    room = await company.room(3)
    ada, bao, chloe = [await company.person(room, index) for index in range(3)]
    await ada.join()
    await people(ada)
    await ada.tab.click('[data-moderate="lobby"]')
    await ada.until("() => compagnon.state.floor.lobby", what="there is a lobby")
    for person in (bao, chloe):
        await person.arrive()
        await person.tab.click("#join")
        await visible(person.tab, '[data-banner="door"]')
    await visible(ada.tab, ".people-door")
    assert "2 people wait at the door" in await text(ada.tab, ".people-door")
    await picture(ada, "door")
    await picture(bao, "waiting")
    await axe_finds_nothing(ada, bao)
    await ada.tab.click(f'[data-waiting="{chloe.member}"] [data-moderate="refuse"]')
    await visible(chloe.tab, '.ending[data-banner="refused"]')
    await ada.tab.click(f'[data-waiting="{bao.member}"] [data-moderate="admit"]')
    await bao.in_room()
    await ada.sees(bao)


async def test_who_is_removed_does_not_come_back_by_reloading(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await people(ada)
    await about(ada, bao, "remove")
    await picture(ada, "remove")
    await axe_finds_nothing(ada)
    await ada.tab.click("[data-remove-now]")
    await visible(bao.tab, '.ending[data-banner="removed"]')
    await bao.tab.reload()
    assert "link" in (await text(bao.tab, "h1")).lower()
    bao.tab.problems.clear()  # the refused page answers with its status, which Chromium logs
    await ada.until("() => compagnon.state.members.length === 1", what="nobody else is here")


async def test_a_locked_room_says_so_and_a_new_lead_can_open_it(company: Company) -> None:
    room = await company.room(3)
    ada, bao, chloe = [await company.person(room, index) for index in range(3)]
    await ada.join()
    await bao.join()
    await people(ada)
    await about(ada, bao, "promote")
    await people(bao)
    await visible(bao.tab, ".people-room")
    await bao.tab.click('[data-moderate="lock"]')
    await ada.until("() => compagnon.state.floor.locked", what="the room is locked")
    await chloe.arrive()
    await chloe.tab.click("#join")
    await chloe.until(
        "() => document.querySelector('.green-join [role=alert]')?.textContent.includes('nobody new')",
        what="the green room says so",
    )
    await ada.tab.click('[data-moderate="lock"]')
    await ada.until("() => !compagnon.state.floor.locked", what="the room is open")
    await chloe.enter()
