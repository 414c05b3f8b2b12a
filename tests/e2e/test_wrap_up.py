"""From a session without accounts to what it leaves behind: agreed, ticked, taken along, met again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pypdfium2
import pytest
import pytest_asyncio

from tests.support.axe import faults, overflow
from tests.support.browsers import until
from tests.support.call_company import Browsers
from tests.support.chromium import ChromiumTab
from tests.support.notes_page import EDITOR
from tests.support.notes_writers import Writers, exported
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def writers(browsers: Browsers, server: Server) -> AsyncIterator[Writers]:
    people = Writers(browsers, server)
    try:
        yield people
        assert people.problems() == []
    finally:
        await people.go_home()


async def test_what_two_agreed_is_theirs_to_keep(writers: Writers) -> None:
    room = await writers.room()
    ada = await writers.at(room.links[0], timezone_id="Europe/Paris")
    tab = ada.tab
    assert isinstance(tab, ChromiumTab)
    await tab.click(EDITOR)
    await ada.type("we meet every Tuesday")
    await tab.click('[data-notes-tool="decision"]')
    await tab.press("End")
    await tab.press("Enter")
    await ada.type("write the first page (3 Nov 2026)")
    await tab.click('[data-notes-tool="action"] > summary')
    await tab.click('[data-notes-tool="action"] .menu-item:nth-of-type(2)')
    await ada.says("Decision: we meet every Tuesday\n- [ ] @Bao write the first page (3 Nov 2026)")
    await ada.saved()

    bao = await writers.at(room.links[1])
    await bao.says(await ada.text())
    await tab.click('button[data-timer-action="start"]')
    await tab.click('.controls [data-control="leave"]')
    await until(tab, "() => document.querySelector('#go-on') !== null", what="the way to the wrap-up")
    async with tab.page.expect_navigation():
        await tab.click("#go-on")
    assert tab.page.url == f"{room.links[0]}/wrap-up?zone=Europe%2FParis"
    said = await tab.page.inner_text("main")
    assert "we meet every Tuesday" in said
    assert "Bao, by 3 Nov 2026" in said
    assert "1 person is still in the session." in said
    wrong = await faults(tab)
    await tab.page.set_viewport_size({"width": 320, "height": 700})
    wrong += await overflow(tab)
    assert wrong == []

    # Ticked here, while Bao still has the notes open: they say so at once.
    async with tab.page.expect_navigation():
        await tab.click(".action-line button")
    await bao.says("Decision: we meet every Tuesday\n- [x] @Bao write the first page (3 Nov 2026)")
    assert "- [x] @Bao" in await exported(room.links[0])

    async with tab.page.expect_download() as promised:
        await tab.click('a[href*="wrap-up.pdf"]')
    download = await promised.value
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\w ]+\.pdf", download.suggested_filename)
    document = pypdfium2.PdfDocument(await download.path())
    try:
        assert "we meet every Tuesday" in document[0].get_textpage().get_text_range()
    finally:
        document.close()

    # When Bao has left as well, whoever comes back by their link finds it, too.
    await bao.tab.click('.controls [data-control="leave"]')
    await until(bao.tab, "() => document.querySelector('#go-on') !== null", what="Bao has left")
    await bao.tab.reload()
    await until(bao.tab, "() => document.querySelector('#behind') !== null", what="the way back to it")
    async with tab.page.expect_navigation():
        await tab.click('form[action$="/wrap-up/again"] button')
    assert "/s/" in tab.page.url
    links = await tab.page.eval_on_selector_all("[data-address]", "all => all.map(each => each.value)")
    assert len(links) == 3
    assert await exported(links[0]) == "", "what is done is not carried on"
