"""The closer look at the connection in the green room, by real browsers: both ways, in words."""

from __future__ import annotations

import pytest

from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_the_line_is_tried_before_joining_and_nobody_gets_it(company: Company, browser: str) -> None:
    room = await company.room(2)
    ada = await company.person(room, 0)
    await ada.join()
    bao = await company.person(room, 1, browser)
    await bao.arrive()
    await bao.until("() => compagnon.state.media === 'ok'", what="the media")
    await bao.tab.click("[data-probe]")
    await bao.until("() => compagnon.state.probing?.state === 'running'", what="the test runs")
    await bao.until("() => compagnon.state.probing?.state === 'done'", seconds=15, what="the test's result")
    found = await bao.tab.run("() => compagnon.state.probing.found")
    assert found["path"] == "udp"
    assert found["spent"] < 1_500_000
    assert found["up"] > 100_000
    if browser == "chromium":
        assert found["down"] > 500_000
        assert found["loss"] < 0.2
    said = await bao.tab.run("() => document.querySelector('[data-check=probe]').innerText")
    assert "Mbit/s" in said
    assert await ada.received_height() == 0
    await bao.enter()
    await ada.sees(bao)
