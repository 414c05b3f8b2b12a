"""Browsers and servers that the browser tests share: started once, ended in any case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from tests.support.chromium import ChromiumPool
from tests.support.firefox import Firefox
from tests.support.media import FACES


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromiums(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ChromiumPool]:
    """The Chromium processes, started as tests ask for them."""
    async with async_playwright() as playwright:
        pool = ChromiumPool(playwright, tmp_path_factory.mktemp("faces"))
        try:
            yield pool
        finally:
            await pool.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def firefox() -> AsyncIterator[Firefox]:
    """The one Firefox process; its microphone plays the last face's tone."""
    browser = await Firefox.start(FACES[-1].tone)
    try:
        yield browser
    finally:
        await browser.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots for people to look at go; git does not see it."""
    folder = Path(__file__).parents[2] / "test-results" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
