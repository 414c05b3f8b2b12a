"""Browsers and servers that the browser tests share: started once, ended in any case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from tests.support.call import loopback_server
from tests.support.call_company import Browsers, Company
from tests.support.server import Server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsers]:
    """The browser processes, started as tests ask for them."""
    async with async_playwright() as playwright:
        started = Browsers(playwright, tmp_path_factory.mktemp("faces"))
        try:
            yield started
        finally:
            await started.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One real server for every test that does not break it."""
    async with loopback_server(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def company(browsers: Browsers, server: Server) -> AsyncIterator[Company]:
    """People at the shared server; everyone goes home after the test, which must leave no complaint."""
    people = Company(browsers, server.url)
    try:
        yield people
    finally:
        problems = people.problems()
        await people.go_home()
    assert problems == []


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots for people to look at go; git does not see it."""
    folder = Path(__file__).parents[2] / "test-results" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
