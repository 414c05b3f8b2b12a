"""Without a network the site still says something, by itself, and comes back by itself."""

from __future__ import annotations

import pytest

from tests.support.browsers import text
from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_page_that_can_not_be_fetched_is_replaced_by_one_that_was_kept(company: Company) -> None:
    tab = await company.tab()
    assert isinstance(tab, ChromiumTab)
    await tab.goto(company.base)
    await tab.run("async () => { await navigator.serviceWorker.ready; }")
    await tab.page.context.set_offline(True)
    await tab.goto(f"{company.base}/start")
    assert await text(tab, "h1") == "There is no connection right now"
    assert (
        await tab.run("() => getComputedStyle(document.querySelector('.button.primary')).borderRadius")
        == "10px"
    )
    tab.problems.clear()  # Chromium logs the script that was not kept
    await tab.page.context.set_offline(False)
    async with tab.page.expect_navigation():
        await tab.click(".button.primary")
    assert await text(tab, "h1") == "Start a session"
