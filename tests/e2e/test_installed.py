"""Without a network the site still says something, by itself, and comes back by itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.support.browsers import text, until
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


async def test_what_is_pushed_is_shown_and_leads_to_its_page(company: Company) -> None:
    tab = await company.tab(permissions=["notifications"])
    assert isinstance(tab, ChromiumTab)
    await tab.goto(company.base)
    await tab.run("async () => { await navigator.serviceWorker.ready; }")
    devtools = await tab.page.context.new_cdp_session(tab.page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def updated(event: dict[str, Any]) -> None:
        for each in event["registrations"]:
            if not found.done() and not each["isDeleted"]:
                found.set_result(each["registrationId"])

    devtools.on("ServiceWorker.workerRegistrationUpdated", updated)
    await devtools.send("ServiceWorker.enable")
    said = {"title": "Your session begins", "body": "At 15:00", "path": "/sessions/one", "tag": "one"}
    for _ in range(2):
        await devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": company.base, "registrationId": await found, "data": json.dumps(said)},
        )
    shown = await until(
        tab,
        """async () => {
          const worker = await navigator.serviceWorker.ready;
          const found = await worker.getNotifications();
          return found.length > 0 && found.map(({ title, body, data }) => [title, body, data]);
        }""",
        what="a notification",
    )
    assert shown == [["Your session begins", "At 15:00", "/sessions/one"]], "one a session"
