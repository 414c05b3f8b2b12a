"""Real browsers report on their lines, and a good line is soon known to carry a 720p picture."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from tests.support.browsers import Kind, eventually
from tests.support.call import LOOPBACK
from tests.support.call_company import Browsers, Company
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

TOKEN = "0123456789abcdef"


@pytest_asyncio.fixture(loop_scope="session")
async def measured(tmp_path: Path) -> AsyncIterator[Server]:
    """A server that tells its figures."""
    environment = {"COMPAGNON_METRICS_TOKEN": TOKEN}
    server = Server(tmp_path, "--host", LOOPBACK, host=LOOPBACK, environment=environment)
    try:
        await server.start()
        yield server
    finally:
        await server.close()


async def lines(server: Server) -> dict[str, float]:
    """How many lines are estimated at up to each bound."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(f"{server.url}/metrics") as answer:
        assert answer.status == 200, answer.status
        text = await answer.text()
    found = [s for family in text_string_to_metric_families(text) for s in family.samples]
    return {sample.labels["up_to"]: sample.value for sample in found if sample.name == "compagnon_lines"}


@pytest.mark.parametrize("second", ["chromium", "firefox"])
async def test_a_good_line_is_soon_known_to_carry_720p(
    browsers: Browsers, measured: Server, second: Kind
) -> None:
    company = Company(browsers, measured.url)
    try:
        await company.meet(["chromium", second])
        start = time.monotonic()

        async def known() -> bool:
            found = await lines(measured)
            return found["2000000"] + found["+Inf"] == 2

        await eventually(known, what="both lines carry more than 1 Mbit/s")
        assert time.monotonic() - start < 10
    finally:
        await company.go_home()
