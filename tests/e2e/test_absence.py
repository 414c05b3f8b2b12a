"""Going away for good: what the others are shown, and when."""

from __future__ import annotations

import pytest

from tests.support.call import tile
from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_whoever_does_not_come_back_is_gone_after_their_time(company: Company) -> None:
    """A closed browser keeps its place for 30 s, shown as away, then it is given up."""
    ada, bao = await company.meet(["chromium", "chromium"], "quick-30")
    await ada.sees(bao)
    await ada.tab.close()
    company.tabs.remove(ada.tab)
    await bao.until(
        "m => { const x = compagnon.state.members.find(x => x.id === m); return !x || !x.connected }",
        ada.member,
        what="Ada is shown as away",
    )
    await bao.until(
        "m => !compagnon.state.members.some(x => x.id === m)", ada.member, seconds=40, what="Ada is gone"
    )
    assert not await bao.tab.run("s => !!document.querySelector(s)", tile(ada.member))
