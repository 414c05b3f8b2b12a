"""The connection in figures: by keyboard, true, fresh while it is open, and silent when it is not."""

from __future__ import annotations

import pytest

from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_COUNT_QUESTIONS = """
() => {
  window.asked = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (typeof data === 'string' && JSON.parse(data).type === 'figures-wanted') window.asked += 1;
    return send.call(this, data);
  };
}
"""


async def test_figures_of_ones_own_connection(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await ada.sees(bao)
    await ada.tab.run(_COUNT_QUESTIONS)
    await ada.tab.run("() => document.querySelector('.controls [data-control=more]').focus()")
    await ada.tab.press("Enter")
    await ada.tab.run(
        "() => document.querySelector('.more-list .menu-item:has(use[href$=\"#connection\"])').focus()"
    )
    await ada.tab.press("Enter")
    row = f'tr[data-member="{bao.member}"][data-source=camera]'
    # The second figures have rates: they are of the time between.
    await ada.until(
        "row => document.querySelector(row)?.innerText.includes('bit/s')", row, what="the rate of a picture"
    )
    focused = await ada.tab.run("() => document.activeElement.id")
    assert focused == "panel-details"
    seen = await ada.tab.run("row => document.querySelector(row).innerText", row)
    assert bao.name in seen
    assert "VP8" in seen
    line = await ada.tab.run("() => document.querySelector('[data-figures=line]').innerText")
    assert "UDP" in line
    sends = await ada.tab.run("() => document.querySelector('[data-figures=sends]').innerText")
    assert "Opus" in sends
    await ada.tab.run(
        "() => { window.copied = ''; navigator.clipboard.writeText = async t => { copied = t } }"
    )
    await ada.tab.click("[data-details-copy]")
    await ada.until(
        "name => window.copied.includes(`- ${name}, Camera`)", bao.name, what="the figures as text"
    )
    await ada.tab.click("[data-panel=details] [data-panel-close]")
    assert await ada.tab.run("() => document.activeElement.dataset.control") == "more"
    assert await ada.tab.run("() => window.asked") >= 2
    asked = await ada.tab.run("() => window.asked")
    # Longer than the 2 s after which it would ask again.
    before = await ada.tab.run("() => performance.now()")
    await ada.until("start => performance.now() > start + 2500", before, what="two seconds and a half")
    assert await ada.tab.run("() => window.asked") == asked
