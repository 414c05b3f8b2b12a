"""Whoever speaks in a small window over other apps: with a name and the microphone, gone with the call."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.call_company import Company
from tests.support.chromium import ChromiumTab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WINDOW = "documentPictureInPicture.window?.document"


async def test_a_small_window_shows_who_speaks_mutes_and_ends_with_the_call(company: Company) -> None:
    ada, bao = await company.meet(["chromium", "chromium"])
    await ada.sees(bao)
    assert isinstance(ada.tab, ChromiumTab)
    await ada.click("more")
    await ada.tab.page.get_by_role("button", name="Small window over other apps").click()
    await ada.until(f"() => {WINDOW}?.body.dataset.picture === 'on'", what="Bao's picture is in the window")
    assert await ada.tab.run(f"() => {WINDOW}.querySelector('.float-name').textContent") == "Bao"
    if folder := os.environ.get("COMPAGNON_PICTURES"):
        [_, window] = ada.tab.page.context.pages
        await window.screenshot(path=Path(folder) / "float.png")
    await ada.tab.run(f"() => {WINDOW}.querySelector('[data-float-mute]').click()")
    await ada.until("() => compagnon.state.mine.microphone === 'off'", what="Ada is muted")
    await bao.hears()
    await ada.click("leave")
    await ada.until("() => documentPictureInPicture.window === null", what="the window is closed")
