"""The notes as people live them: typing, names at carets, both editors, undo, keys, download."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.axe import faults, overflow
from tests.support.browsers import Kind, until
from tests.support.call_company import Browsers
from tests.support.notes_page import EDITOR, HAND, MODES, NO_DEVICES, Mode, NotesPage
from tests.support.notes_writers import Writers, exported
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def writers(browsers: Browsers, server: Server) -> AsyncIterator[Writers]:
    """People at the shared server, whose pages must not complain: not even of a style that was refused."""
    people = Writers(browsers, server)
    try:
        yield people
        assert people.problems() == []
    finally:
        await people.go_home()


async def caret_of(page: NotesPage, name: str) -> None:
    """Waits until ``name`` can be read beside a caret."""
    await until(
        page.tab,
        "n => [...document.querySelectorAll('.notes-caret-name')].some(e => e.textContent === n &&"
        " e.checkVisibility({ opacityProperty: true }) && e.getBoundingClientRect().width > 10)",
        name,
        what=f"{name}'s caret",
        report="() => document.querySelector('.cm-content').innerHTML",
    )


async def says_who_writes(page: NotesPage, sentence: str) -> None:
    await until(
        page.tab,
        "s => document.querySelector('[data-notes-writing]').innerText === s",
        sentence,
        what=f"the page says {sentence!r}",
        report="() => document.querySelector('[data-notes-writing]').innerText",
    )


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_two_people_write_together(writers: Writers, kind: Kind) -> None:
    room = await writers.room()
    ada = await writers.at(room.links[0], kind)
    bao = await writers.at(room.links[1])
    await ada.tab.click(EDITOR)
    await ada.type("# Plan\nBonjour à tous")
    await bao.says("# Plan\nBonjour à tous")
    await caret_of(bao, "Ada")
    await bao.tab.click(EDITOR)
    await bao.tab.press("ArrowDown" if kind == "firefox" else "Control+End")
    await bao.tab.press("End")
    await bao.type(", merci")
    await ada.says("# Plan\nBonjour à tous, merci")
    await caret_of(ada, "Bao")
    await ada.saved()
    await bao.saved()
    assert await exported(room.links[0]) == await ada.text() == "# Plan\nBonjour à tous, merci"
    # The look that CodeMirror brings has come without a style element, which the page's policy forbids.
    assert await ada.tab.run("() => document.querySelectorAll('style').length") == 0
    assert (
        await ada.tab.run("() => getComputedStyle(document.querySelector('.cm-line')).paddingLeft") == "16px"
    )


async def test_the_plain_editor_says_who_writes_and_is_remembered(writers: Writers) -> None:
    ada, bao = await writers.two()
    await bao.switch("plain")
    await ada.tab.click(EDITOR)
    await ada.type("from Ada ")
    await bao.says("from Ada ")
    await says_who_writes(bao, "Ada is writing…")
    await says_who_writes(bao, "")
    await bao.tab.click(EDITOR)
    await bao.tab.press("Control+End")
    await bao.type("from Bao")
    await ada.says("from Ada from Bao")
    await caret_of(ada, "Bao")
    await bao.saved()
    await bao.tab.reload()
    await bao.in_room()
    await bao.open()
    assert await bao.mode() == "plain"
    assert await bao.text() == "from Ada from Bao"
    await bao.switch("rich")
    assert await bao.text() == "from Ada from Bao"


@pytest.mark.parametrize("mode", MODES)
async def test_undo_takes_back_ones_own_only(writers: Writers, mode: Mode) -> None:
    ada, bao = await writers.two()
    await ada.switch(mode)
    await ada.tab.click(EDITOR)
    await ada.type("Adas ")
    await bao.says("Adas ")
    await bao.tab.click(EDITOR)
    await bao.tab.press("Control+End")
    await bao.type("Baos")
    await ada.says("Adas Baos")
    await ada.tab.press("Control+z")
    for page in (ada, bao):
        await until(page.tab, "() => hand.read() === 'Baos'", what="her words are gone, and no others")
    await ada.tab.press("Control+Shift+Z")
    await bao.says("Adas Baos")
    await ada.type("!")
    await bao.says("Adas !Baos")


@pytest.mark.parametrize("mode", MODES)
async def test_keys_write_lists_and_leave_the_editor(writers: Writers, mode: Mode) -> None:
    room = await writers.room()
    ada = await writers.at(room.links[0])
    await ada.switch(mode)
    await ada.tab.click(EDITOR)
    await ada.type("- one\ntwo\n\nthree")
    assert await ada.text() == "- one\n- two\nthree"
    await ada.tab.press("Control+b")
    assert await ada.text() == "- one\n- two\n**three**"
    await ada.tab.press("Escape")
    await ada.tab.press("Tab")
    inside = "s => !!document.activeElement.closest(s)"
    assert not await ada.tab.run(inside, ".notes-page")
    assert await ada.text() == "- one\n- two\n**three**"
    await ada.tab.press("Shift+Tab")
    assert await ada.tab.run(inside, ".notes-page")
    await ada.tab.press("Shift+Tab")
    assert await ada.tab.run(inside, ".notes-tools")
    # The toolbar is one stop; arrows walk along it.
    await ada.tab.press("Home")
    await ada.tab.press("ArrowRight")
    assert await ada.tab.run("() => document.activeElement.dataset.notesTool") == "bold"
    await ada.tab.press("Enter")
    assert await ada.text() == "- one\n- two\nthree"
    assert await ada.tab.run(inside, ".notes-page")


@pytest.mark.parametrize("mode", MODES)
async def test_an_action_item_has_an_owner_and_a_box(writers: Writers, mode: Mode) -> None:
    ada, bao = await writers.two()
    await ada.switch(mode)
    await ada.tab.click(EDITOR)
    await ada.type("call the school")
    await ada.tab.click('[data-notes-tool="action"] > summary')
    await ada.tab.click('[data-notes-tool="action"] .menu-item:nth-of-type(2)')
    await bao.says("- [ ] @Bao call the school")
    await ada.tab.press("Control+Enter")
    await bao.says("- [x] @Bao call the school")
    box = ".cm-content .notes-box"
    assert await bao.tab.run("s => document.querySelector(s).ariaChecked", box) == "true"
    await bao.tab.click(box)
    await ada.says("- [ ] @Bao call the school")


@pytest.mark.parametrize("mode", MODES)
async def test_what_no_update_could_carry_is_refused_in_words(writers: Writers, mode: Mode) -> None:
    room = await writers.room()
    ada = await writers.at(room.links[0])
    await ada.switch(mode)
    await ada.tab.run("() => hand.replace(0, 0, 'kept')")
    await ada.tab.run("() => hand.replace(2, 2, 'x'.repeat(100_001))")
    await until(
        ada.tab,
        "() => document.body.textContent.includes('too long')",
        what="the page says that it is too long",
    )
    await ada.saved()
    assert await ada.text() == "kept"
    await ada.tab.run("() => hand.replace(2, 2, 'x'.repeat(100_000))")
    await ada.saved()
    assert len(await exported(room.links[0])) == 100_004


async def test_the_notes_can_be_taken_away(writers: Writers) -> None:
    room = await writers.room()
    ada = await writers.at(room.links[0])
    await ada.tab.click(EDITOR)
    await ada.type("# Kept é")
    await ada.saved()
    await ada.tab.click('[data-notes-tool="more"] > summary')
    link = await ada.tab.run("() => document.querySelector('[data-notes-export]').href")
    assert re.fullmatch(r"http://[^/]+/j/[^/]+/notes\.md", link)
    given = await ada.tab.run("async url => (await fetch(url)).text()", link)
    assert given == await ada.text() == "# Kept é"


async def test_an_editor_that_cannot_be_fetched_is_replaced_or_asked_for_again(
    browsers: Browsers, server: Server
) -> None:
    people = Writers(browsers, server)
    try:
        room = await people.room()
        tab = await (await browsers.chromiums.start(())).tab(NO_DEVICES, HAND)
        people.tabs.append(tab)
        await tab.context.route("**/chunks/editor-*", lambda route: route.abort())
        ada = NotesPage(tab)
        await ada.arrive(room.links[0])
        assert await ada.mode() == "plain"
        await tab.click(EDITOR)
        await ada.type("kept")
        await ada.saved()
        # Asked for by hand it still can't be had: what is there stays.
        await tab.click('[data-notes-tool="more"] > summary')
        await tab.click('[data-notes-mode="rich"]')
        await until(tab, "() => document.body.textContent.includes('could not be fetched')")
        assert await ada.text() == "kept"
        await tab.context.unroute("**/chunks/editor-*")
        await ada.switch("rich")
        assert await ada.text() == "kept"
    finally:
        await people.go_home()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mode", MODES)
async def test_both_editors_fit_a_small_phone_and_every_reader(
    writers: Writers, mode: Mode, scheme: str, shots: Path
) -> None:
    room = await writers.room()
    ada = await writers.at(
        room.links[0], viewport={"width": 320, "height": 640}, color_scheme=scheme, locale="fr-FR"
    )
    await ada.switch(mode)
    await ada.tab.run(
        "() => hand.replace(0, 0, '# Séance du 12 novembre\\n\\nNous parlons des **premiers mois**.\\n\\n"
        "## Décidé\\n- Trois questions avant chaque visite, à apporter la prochaine fois\\n"
        "- [ ] @Bao appelle la coordination\\n- [x] @Ada envoie un horaire\\n')"
    )
    await ada.saved()
    assert await faults(ada.tab) == []
    assert await overflow(ada.tab) == []
    small = await ada.tab.run(
        "() => [...document.querySelectorAll('.notes-tools .button')].filter(e => e.checkVisibility())"
        ".map(e => e.getBoundingClientRect())"
        ".filter(box => box.width < 44 || box.height < 44 || box.right > innerWidth).length"
    )
    assert small == 0
    await ada.tab.screenshot(shots / f"notes-{mode}-320-{scheme}.png")
