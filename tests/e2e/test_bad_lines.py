"""What a call between real browsers is like when one of them has a bad line; ``bench/links`` at length."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bench.lines import Goal, reached
from tests.support import lacking
from tests.support.bad_line import BadLine, bad_line, listens
from tests.support.call_company import Browsers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.asyncio(loop_scope="session"),
    lacking.unless(lacking.emulated_lines()),
]

ADAPT_S, HEARD_S = 10, 6


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def street(browsers: Browsers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BadLine]:
    async with bad_line(browsers.chromiums, tmp_path_factory.mktemp("street")) as line:
        yield line


@pytest_asyncio.fixture(loop_scope="session")
async def line(street: BadLine) -> AsyncIterator[BadLine]:
    """The shared line, good again and with nobody at it after each test."""
    try:
        yield street
    finally:
        await street.go_home()


@pytest.mark.parametrize(
    ("bad", "bound"),
    [
        pytest.param({"loss": 15}, Goal(12, 40, 7), id="15% loss"),
        pytest.param({"rate": 300}, Goal(2, 20, 10), id="300 kbit/s"),
        pytest.param({"rate": 150}, Goal(3, 20, 6), id="150 kbit/s"),
        pytest.param({"rate": 500, "queue": 1_000}, Goal(2, 20, 10), id="500 kbit/s, 1 s queue"),
    ],
)
async def test_a_call_goes_on_over_a_bad_line(line: BadLine, bad: dict[str, float], bound: Goal) -> None:
    people = await line.meet(1, 1)
    line.become(**bad)
    await listens(people, ADAPT_S)
    ways = await listens(people, HEARD_S)
    told = " | ".join(map(str, ways))
    print(told)
    assert reached(bound, ways), told
