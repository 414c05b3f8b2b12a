"""Notes through losses: offline, reload, killed server and store. Nothing shown as saved is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.browsers import eventually, until
from tests.support.call_company import Browsers
from tests.support.notes_line import Line
from tests.support.notes_page import EDITOR, MODES, Mode
from tests.support.notes_robot import Robot
from tests.support.notes_writers import Writers, exported
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_WATCH = """
() => {
  // What the page has shown as saved, and when it said so last.
  window.shown = { saved: hand.read(), states: [] };
  new MutationObserver(() => {
    const state = document.querySelector('[data-notes-state]').dataset.notesState;
    if (state === 'saved') shown.saved = hand.read();
    if (shown.states.at(-1) !== state) shown.states.push(state);
  }).observe(document.querySelector('[data-notes]'), { subtree: true, attributes: true,
    attributeFilter: ['data-notes-state'] });
}
"""

_NO_SOCKETS = """
() => {
  window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.()) } close() {} send() {} };
}
"""


@pytest_asyncio.fixture(loop_scope="session")
async def frail(tmp_path: Path) -> AsyncIterator[Server]:
    """A server of this test alone, to be killed."""
    async with Server.running(tmp_path) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def writers(browsers: Browsers, frail: Server) -> AsyncIterator[Writers]:
    """People at the frail server. A lost server is logged by the browsers themselves."""
    people = Writers(browsers, frail)
    try:
        yield people
        assert [problem for problem in people.problems() if "uncaught" in problem] == []
    finally:
        await people.go_home()


@pytest.mark.parametrize("mode", MODES)
async def test_what_is_written_offline_merges(writers: Writers, mode: Mode) -> None:
    room = await writers.room()
    async with Line.to(writers.server.port) as line:
        ada = await writers.at(line.through(room.links[0]))
        bao = await writers.at(room.links[1])
        await ada.switch(mode)
        await ada.tab.click(EDITOR)
        await ada.type("one ")
        await bao.says("one ")
        line.cut()
        await ada.in_state("offline")
        words = await ada.tab.run("() => document.querySelector('[data-notes-state]').innerText")
        assert words == "Offline. What you write is kept here and sent when the connection is back."
        await ada.type("two 😀 ")
        await bao.tab.click(EDITOR)
        await bao.tab.press("Home")
        await bao.type("zero ")
        await bao.saved()
        assert await bao.text() == "zero one "
        assert await ada.text() == "one two 😀 "
        line.mend()
        await bao.says("zero one two 😀 ")
        await ada.says("zero one two 😀 ")
        await ada.saved()
        # The caret has stayed behind what was written last.
        await ada.type("three")
        await bao.says("zero one two 😀 three")


async def test_what_could_not_be_sent_survives_a_reload(writers: Writers) -> None:
    room = await writers.room()
    async with Line.to(writers.server.port) as line:
        ada = await writers.at(line.through(room.links[0]))
        await ada.tab.click(EDITOR)
        await ada.type("saved, ")
        await ada.saved()
        line.cut()
        await ada.in_state("offline")
        await ada.type("unsent")
        kept = "Object.keys(localStorage).filter(key => key.startsWith('compagnon.notes.unsent.')).length"
        await until(ada.tab, f"() => {kept} === 1", what="the edit is kept in the browser")
        assert await exported(room.links[2]) == "saved, "
        # This life of the page gets nowhere any more: only what it has kept can come.
        await ada.tab.run(_NO_SOCKETS)
        line.mend()
        await ada.tab.reload()
        await ada.in_room()
        # It is sent although nobody opens the notes.
        await until(ada.tab, f"() => {kept} === 0", what="the browser has let go of it")
        assert await exported(room.links[2]) == "saved, unsent"
        await ada.open()
        assert await ada.text() == "saved, unsent"


@pytest.mark.parametrize("killed", ["server", "store", "both"])
async def test_nothing_shown_as_saved_is_lost(writers: Writers, killed: str) -> None:
    room = await writers.room()
    server = writers.server
    async with Line.to(server.port) as line:
        ada = await writers.at(line.through(room.links[0]))
        await ada.tab.click(EDITOR)
        await ada.type("all that is written ")
        await ada.saved()
        await ada.tab.run(_WATCH)
        typing = asyncio.create_task(ada.type("while everything falls "))
        await ada.says("while")
        if killed in {"store", "both"}:
            server.kill_store()
        if killed in {"server", "both"}:
            await server.kill()
        # From here on the page can't mend the loss from its own copy.
        line.cut()
        await ada.in_state("offline")
        promised = await ada.tab.run("() => shown.saved")
        await typing
        if killed != "store":
            await server.start()
        async with Robot.at(room.links[2], "Chloé") as newcomer:

            async def fetched() -> bool:
                return newcomer.saved

            await eventually(fetched, "a newcomer has fetched the notes", seconds=30)
            assert promised.startswith("all that is written ")
            assert newcomer.text.startswith(promised)
            line.mend()

            async def whole() -> bool:
                return newcomer.text == "all that is written while everything falls "

            await eventually(whole, "what was typed meanwhile has come", seconds=30)
        await ada.saved()
        states = await ada.tab.run("() => shown.states")
        assert "offline" in states
        assert states[-1] == "saved"


async def test_while_the_store_is_away_nothing_is_called_saved(writers: Writers) -> None:
    room = await writers.room()
    server = writers.server
    ada = await writers.at(room.links[0])
    bao = await writers.at(room.links[1])
    await ada.tab.click(EDITOR)
    await ada.type("before ")
    await bao.says("before ")
    await ada.saved()
    store = server.store_pid()
    assert store is not None
    os.kill(store, signal.SIGSTOP)
    try:
        await ada.type("during")
        await ada.in_state("saving")
        assert await bao.text() == "before "
    finally:
        os.kill(store, signal.SIGCONT)
    await ada.saved(30)
    await bao.says("before during")
    assert await exported(room.links[2]) == "before during"
