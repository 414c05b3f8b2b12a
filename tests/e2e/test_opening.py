"""A page that is cut off while it loads opens by itself in the end."""

from __future__ import annotations

import pytest
from playwright.async_api import Route

from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

# Runs before the page's own scripts: which sockets it opens, and how far the page was then.
_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...all) {
    super(...all);
    window.sockets.push(window.compagnon === undefined ? 'ahead' : 'later');
  }
};
"""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_page_whose_script_was_cut_off_twice_opens_by_itself(company: Company) -> None:
    person = await company.person(await company.room(2), 0)
    assert isinstance(person.tab, ChromiumTab)
    page, asked = person.tab.page, []

    async def changed(route: Route) -> None:
        asked.append(route.request.url)
        await (route.abort("connectionreset") if len(asked) <= 2 else route.continue_())

    await page.route("**/static/room-*.js", changed)
    await person.arrive()
    assert len(asked) == 3
    assert await page.evaluate("() => sessionStorage.getItem('opening')") is None
    # The browser itself complains of what was cut off, and of nothing else.
    assert all("Failed to load resource" in problem for problem in person.tab.problems), person.tab.problems
    person.tab.problems.clear()


async def test_the_call_speaks_on_the_socket_that_the_page_opened_ahead_of_its_script(
    company: Company,
) -> None:
    person = await company.person(await company.room(2), 0)
    assert isinstance(person.tab, ChromiumTab)
    await person.tab.page.add_init_script(_SOCKETS)
    await person.arrive()
    assert await person.tab.page.evaluate("() => window.sockets") == ["ahead"]
