"""Nobody's good line suffers from another's bad one: three real browsers, one of them at 100 kbit/s."""

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

SETTLE_S, HEARD_S = 4, 8


@pytest_asyncio.fixture(loop_scope="session")
async def line(browsers: Browsers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BadLine]:
    async with bad_line(browsers.chromiums, tmp_path_factory.mktemp("street")) as made:
        try:
            yield made
        finally:
            await made.go_home()


async def test_who_has_a_good_line_sees_and_hears_as_before(line: BadLine) -> None:
    """Ada sends 720p; Bao, beside her, must not notice that Chloé's line has become a bad one."""
    _, bao, chloe = await line.meet(2, 1, (1280, 720), sends=1)
    await bao.until(
        "async () => [...(await compagnon.peer.getStats()).values()].some(s => s.frameHeight >= 540"
        " && s.type === 'inbound-rtp')",
        seconds=45,
        what="the picture is large",
    )
    [before] = await listens([bao], HEARD_S)
    line.become(rate=100, loss=10)
    await listens([bao], SETTLE_S)
    [after] = await listens([bao], HEARD_S)
    [bad] = await listens([chloe], 1)
    told = f"before {before} | after {after} | on the bad line {bad}"
    print(told)
    # A busy machine takes frames and lines from everybody; what a neighbour could take would show far more.
    assert after.kbits >= 0.6 * before.kbits, told
    assert after.frames >= 0.6 * before.frames, told
    # What Chloé says comes over her own bad line, and is half of what Bao hears.
    assert after.concealed <= before.concealed + 20, told
