"""Two behind one line share it: neither starves, and nothing stands in its queue."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support import lacking
from tests.support.bad_line import BadLine, bad_line, listens
from tests.support.call_company import Browsers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.asyncio(loop_scope="session"),
    lacking.unless(lacking.emulated_lines()),
]

SETTLE_S, SHARE_S = 10, 8
SHARED = {"rate": 1_000, "queue": 1_000}


@pytest_asyncio.fixture(loop_scope="session")
async def line(browsers: Browsers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BadLine]:
    async with bad_line(browsers.chromiums, tmp_path_factory.mktemp("street")) as made:
        try:
            yield made
        finally:
            await made.go_home()


async def test_two_behind_one_line_settle_within_ten_seconds(line: BadLine) -> None:
    """Bao and Chloé look at Ada over the same 1 Mbit/s, with a buffer of a second."""
    _, bao, chloe = await line.meet(1, 2, sends=1)
    line.become(**SHARED)
    await listens([bao, chloe], SETTLE_S)
    line.become(**SHARED)
    one, other = await listens([bao, chloe], SHARE_S)
    down = line.become(**SHARED)["down"]
    told = f"Bao {one} | Chloé {other} | queue {down['queue']:.0f} ms, at most {down['longest']:.0f}"
    print(told)
    # One may have the larger layer for a while: it takes three times the smaller one's bits.
    assert max(one.kbits, other.kbits) < 4 * min(one.kbits, other.kbits), told
    assert min(one.frames, other.frames) >= 8, told
    assert max(one.concealed, other.concealed) < 3, told
    assert down["queue"] < 200, told
