"""Reaching the server on networks that block UDP or change: in a namespace, with real Chromium."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support import lacking
from tests.support.call import Person
from tests.support.call_company import NAMES, Browsers
from tests.support.chromium import ChromiumPool
from tests.support.media import FACES
from tests.support.namespace import HERE, Namespace, namespace, why_not
from tests.support.server import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.asyncio(loop_scope="session"),
    lacking.unless(why_not()),
]

CONNECTED_S = 3.0
"""From opening the page to a good connection check, over TCP alone."""

BLOCKED_S = 5.0
MOVED_S = 4.0
BACK_AFTER_OUTAGE_S = 2.0
"""From the break, or the end of the outage, to fresh pictures both ways. Measured on a busy machine: 1.8 to
2.3 s (20 calls), 2.7 to 3.3 s (19 calls) and 0.7 s. The goal after a move is 3 s; each step waits for the one
before.
"""

OUTAGE_S = 6.0

_PATH = """
async () => {
  const stats = await compagnon.peer.getStats();
  for (const transport of stats.values())
    if (transport.type === 'transport' && transport.selectedCandidatePairId)
      return stats.get(stats.get(transport.selectedCandidatePairId).localCandidateId).protocol;
  return null;
}
"""


class Away:
    """Two people inside the namespace, and the server outside."""

    def __init__(self, net: Namespace, people: list[Person]) -> None:
        self.net = net
        self.people = people

    async def meet(self) -> tuple[Person, Person]:
        ada, bao = self.people
        for person in (ada, bao):
            await person.join()
        await ada.sees(bao)
        await bao.sees(ada)
        # A call that goes on: silence means something only after steady sound and pictures.
        await ada.frames_come(bao, more=30, seconds=30)
        await bao.frames_come(ada, more=30, seconds=30)
        return ada, bao

    async def back(self, since: float) -> float:
        """Waits until fresh pictures come both ways; the seconds since then."""
        ada, bao = self.people
        await ada.frames_come(bao, more=3, seconds=30)
        await bao.frames_come(ada, more=3, seconds=30)
        return time.monotonic() - since


@pytest_asyncio.fixture(loop_scope="session")
async def away(browsers: Browsers, tmp_path: Path) -> AsyncIterator[Away]:
    with namespace(tmp_path) as net:
        server = Server(tmp_path, "--host", HERE, host=HERE)
        pool = ChromiumPool(browsers.chromiums.playwright, tmp_path, program=str(net.program))
        try:
            await server.start()
            links = await server.new_room()
            trusted = f"--unsafely-treat-insecure-origin-as-secure={server.url}"
            people = []
            for index, link in enumerate(links.personal):
                chromium = await pool.with_face(FACES[index], flags=(trusted,))
                tab = await chromium.tab()
                people.append(Person(tab, link, NAMES[index], FACES[index], FACES[index].tone))
            yield Away(net, people)
        finally:
            await pool.close()
            await server.close()


async def test_where_udp_is_blocked_a_call_connects_by_tcp(away: Away) -> None:
    away.net.block_udp()
    ada = away.people[0]
    began = time.monotonic()
    await ada.arrive()
    await ada.until("() => compagnon.state.media === 'ok'", what="the connection is up")
    took = time.monotonic() - began
    print(f"connected by TCP after {took:.2f} s")
    await ada.until(f"async () => (await ({_PATH})()) === 'tcp'", what="TCP is used")
    ada, bao = await away.meet()
    await ada.hears(bao)
    await bao.hears(ada)
    assert took <= CONNECTED_S


async def test_udp_that_is_blocked_in_mid_call_is_replaced_by_tcp(away: Away) -> None:
    ada, bao = await away.meet()
    await ada.until(f"async () => (await ({_PATH})()) === 'udp'", what="UDP is used")
    await ada.tab.run("() => { window.before = compagnon.peer }")
    away.net.block_udp()
    since = time.monotonic()
    await ada.until(f"async () => (await ({_PATH})()) === 'tcp'", seconds=20, what="TCP is used")
    await bao.until(f"async () => (await ({_PATH})()) === 'tcp'", seconds=20, what="TCP is used")
    took = await away.back(since)
    print(f"media back by TCP after {took:.2f} s")
    assert await ada.tab.run("() => compagnon.peer === window.before")
    assert took <= BLOCKED_S


async def test_a_new_address_keeps_the_call(away: Away) -> None:
    ada, bao = await away.meet()
    for person in (ada, bao):
        await person.tab.run("() => { window.before = compagnon.peer }")
    away.net.move()
    since = time.monotonic()
    await ada.until(
        "async () => [...(await compagnon.peer.getStats()).values()].some(s => s.type === 'local-candidate'"
        " && s.address === '10.88.77.3') && compagnon.peer.connectionState === 'connected'",
        seconds=20,
        what="the new address is used",
    )
    took = await away.back(since)
    print(f"media back at the new address after {took:.2f} s")
    assert await ada.tab.run("() => compagnon.peer === window.before")
    assert await bao.tab.run("() => compagnon.peer === window.before")
    assert took <= MOVED_S


async def test_an_outage_of_six_seconds_is_over_soon_after(away: Away) -> None:
    ada, bao = await away.meet()
    for person in (ada, bao):
        await person.tab.run("() => { window.before = compagnon.peer }")
    away.net.cut()
    cut = time.monotonic()
    await ada.until("() => compagnon.state.link === 'lost'", what="the socket is known to be dead")
    await asyncio.sleep(max(0.0, cut + OUTAGE_S - time.monotonic()))
    away.net.mend()
    since = time.monotonic()
    took = await away.back(since)
    await ada.until("() => compagnon.state.link === 'open'", what="the socket is back")
    words = time.monotonic() - since
    print(f"media back {took:.2f} s after the outage, words within {words:.2f} s")
    assert await ada.tab.run("() => compagnon.peer === window.before")
    assert took <= BACK_AFTER_OUTAGE_S
