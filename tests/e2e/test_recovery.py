"""Coming back: reload, lost network, a killed server, a killed store. Nothing that was shown is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.call import Person, loopback_server
from tests.support.call_company import Browsers, Company
from tests.support.chromium import ChromiumTab
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

BACK_SECONDS = 5.0
"""What is promised: pages reconnect by themselves within 5 s of the server's return."""


@pytest_asyncio.fixture(loop_scope="session")
async def frail(tmp_path: Path) -> AsyncIterator[Server]:
    """A server of this test alone, to be killed."""
    async with loopback_server(tmp_path) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def friends(browsers: Browsers, frail: Server) -> AsyncIterator[Company]:
    """People at the frail server. A lost server is logged by the browsers themselves."""
    people = Company(browsers, frail.url)
    try:
        yield people
    finally:
        uncaught = [problem for problem in people.problems() if "uncaught" in problem]
        await people.go_home()
    assert uncaught == []


async def call_of_two(company: Company) -> tuple[Person, Person]:
    ada, bao = await company.meet(["chromium", "chromium"], "quick-30")
    await ada.sees(bao)
    await bao.sees(ada)
    return ada, bao


async def whole_again(ada: Person, bao: Person) -> None:
    """Both are in the room as themselves, see fresh pictures and hear each other."""
    for person, other in ((ada, bao), (bao, ada)):
        await person.until(
            "ids => compagnon.state.link === 'open' && compagnon.state.entered && ids.every(id =>"
            " compagnon.state.members.some(m => m.id === id && m.connected))",
            [ada.member, bao.member],
            what="both are members again",
        )
        await person.sees(other)
        await person.frames_come(other)
        await person.hears(other)
        members = await person.tab.run("() => compagnon.state.members.map(m => m.id).sort()")
        assert members == sorted([ada.member, bao.member])


async def timer_of(person: Person) -> Any:
    return await person.tab.run("() => compagnon.state.timer")


async def start_timer(ada: Person, bao: Person) -> Any:
    await ada.tab.click('button[data-timer-action="start"]')
    for person in (ada, bao):
        await person.until("() => compagnon.state.timer.status === 'running'", what="the timer runs")
    return await timer_of(ada)


async def write_note(person: Person, words: str) -> None:
    """Opens the notes, types, and waits until the page says that it is saved."""
    await open_notes(person)
    editor = "[data-notes] .cm-content, [data-notes] textarea[data-notes-plain]"
    await person.tab.click(editor)
    for character in words:
        await person.tab.press(character)
    await person.until(
        "w => document.querySelector('[data-notes]').innerText.includes(w) ||"
        " document.querySelector('textarea[data-notes-plain]')?.value.includes(w)",
        words,
        what="the note is typed",
    )
    await person.until(
        "() => document.querySelector('[data-notes-state]')?.dataset.notesState === 'saved'",
        what="the note is saved",
    )


async def open_notes(person: Person) -> None:
    if not await person.tab.run("() => !!document.querySelector('[data-notes]')"):
        await person.click("notes")
    await person.until(
        "() => !!document.querySelector('[data-notes] .cm-content, [data-notes] textarea[data-notes-plain]')",
        what="the notes are open",
    )


async def has_note(person: Person, words: str) -> None:
    await open_notes(person)
    await person.until(
        "w => (document.querySelector('[data-notes] .cm-content')?.innerText ??"
        " document.querySelector('textarea[data-notes-plain]').value).includes(w)",
        words,
        what=f"the notes say {words!r}",
    )


async def test_a_reload_comes_back_as_the_same_member_without_asking(company: Company) -> None:
    ada, bao = await call_of_two(company)
    await bao.tab.run(
        "() => { window.told = []; compagnon.socket.addEventListener('message', e => told.push(e.data)) }"
    )
    await ada.tab.reload()
    await ada.in_room()
    await whole_again(ada, bao)
    told = await bao.tab.run("() => told.filter(t => typeof t === 'string').map(t => JSON.parse(t))")
    assert not any(each["left"] for each in told if each["type"] == "members")


async def test_camera_and_microphone_stay_off_over_a_reload(company: Company) -> None:
    ada, bao = await call_of_two(company)
    await ada.turn("camera", on=False)
    await ada.turn("microphone", on=False)
    await ada.tab.reload()
    await ada.in_room()
    await bao.sees_initials(ada)
    await bao.hears()
    assert await ada.tab.run("() => [compagnon.state.mine.camera, compagnon.state.mine.microphone]") == [
        "off",
        "off",
    ]


async def test_a_lost_network_is_said_and_healed(company: Company) -> None:
    ada, bao = await call_of_two(company)
    assert isinstance(ada.tab, ChromiumTab)
    # Chromium's offline mode leaves an open WebSocket alone; closing it is what a lost network does later.
    await ada.tab.context.set_offline(True)
    await ada.tab.run("() => compagnon.socket.close(4000)")
    await ada.until("() => !!document.querySelector('[data-banner]')", what="the banner says so")
    await ada.tab.context.set_offline(False)
    await ada.until("() => compagnon.state.link === 'open'", seconds=BACK_SECONDS + 5, what="it is back")
    await whole_again(ada, bao)
    await ada.until(
        "() => !document.querySelector('[data-banner]')?.checkVisibility()", what="the banner is gone"
    )
    # The browser logs the attempts made while offline.
    ada.tab.problems.clear()


async def test_the_same_person_in_a_second_tab_replaces_the_first(company: Company) -> None:
    ada, bao = await call_of_two(company)
    again = Person(await company.tab(0), ada.link, ada.name, ada.face, ada.tone)
    await again.join()
    await ada.until(
        "() => document.querySelector('[data-view]').dataset.view === 'error'", what="the first ends"
    )
    await bao.sees(again)
    await bao.hears(again)


async def test_a_killed_server_comes_back_with_everything(friends: Company, frail: Server) -> None:
    ada, bao = await call_of_two(friends)
    timer = await start_timer(ada, bao)
    await write_note(ada, "agreed: call on Friday")
    await frail.kill()
    for person in (ada, bao):
        await person.until("() => compagnon.state.link !== 'open'", what="the loss is noticed")
        await person.until("() => !!document.querySelector('[data-banner]')", what="and said")
    await frail.start()
    returned = time.monotonic()
    for person in (ada, bao):
        await person.until("() => compagnon.state.link === 'open'", seconds=BACK_SECONDS, what="reconnected")
    await whole_again(ada, bao)
    media_back = time.monotonic() - returned
    assert media_back <= BACK_SECONDS * 2, f"pictures and sound were back only after {media_back:.1f} s"
    for person in (ada, bao):
        # The same since_ms on the same server clock is right to the second; what is shown is checked too.
        assert await timer_of(person) == timer
        ends = timer["since_ms"] + timer["boxes"][0]["seconds"] * 1000
        await person.until(
            "ends => Math.abs(Number(document.querySelector('[data-remaining-ms]').dataset.remainingMs)"
            " + Date.now() - ends) < 1000",
            ends,
            what="the timer shows the right second",
        )
        await has_note(person, "agreed: call on Friday")
    await ada.tab.click('button[data-timer-action="pause"]')
    await bao.until("() => compagnon.state.timer.status === 'paused'", what="and it can be driven")


async def test_a_killed_store_is_not_noticed_by_the_call(friends: Company, frail: Server) -> None:
    ada, bao = await call_of_two(friends)
    await start_timer(ada, bao)
    await write_note(ada, "before the fall")
    frail.kill_store()
    await ada.frames_come(bao, more=20)
    await bao.frames_come(ada, more=20)
    await ada.hears(bao)
    # A command in the gap is carried out once the store is back, or refused so that it can be given again.
    await ada.tab.click('button[data-timer-action="pause"]')
    await ada.until("() => compagnon.state.timer.status === 'paused'", seconds=20, what="the timer is paused")
    await bao.until("() => compagnon.state.timer.status === 'paused'", what="for both")
    await ada.until("() => !compagnon.state.saving", seconds=20, what="all is stored again")
    paused = await timer_of(ada)
    await write_note(ada, "after the fall")
    for person in (ada, bao):
        await has_note(person, "before the fall")
        await has_note(person, "after the fall")
    # What was shown is in the store: a server that is killed now comes back with it.
    await frail.kill()
    await frail.start()
    for person in (ada, bao):
        await person.until(
            "() => compagnon.state.link === 'open' && compagnon.state.entered", seconds=20, what="back again"
        )
        assert await timer_of(person) == paused
        await has_note(person, "after the fall")


async def test_a_graceful_stop_is_announced_and_keeps_everything(friends: Company, frail: Server) -> None:
    ada, bao = await call_of_two(friends)
    timer = await start_timer(ada, bao)
    await write_note(bao, "until tomorrow")
    for person in (ada, bao):
        await person.tab.run(
            "() => { window.told = []; compagnon.socket.addEventListener('message', e => told.push(e.data)) }"
        )
    await asyncio.wait_for(frail.stop(), 10)
    for person in (ada, bao):
        await person.until(
            "() => told.some(t => typeof t === 'string' && t.includes('\"bye\"') && t.includes('stopping'))",
            what="told that the server stops",
        )
    await frail.start()
    await whole_again(ada, bao)
    assert await timer_of(bao) == timer
    await has_note(ada, "until tomorrow")
