"""Each is sent the size of picture that their screen shows; no camera encodes what nobody looks at."""

from __future__ import annotations

import pytest

from tests.support.browsers import eventually
from tests.support.call import OpenRoom, Person
from tests.support.call_company import NAMES, Company
from tests.support.media import FACES

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

ENCODED = """
async () => {
  const stats = [...(await compagnon.peer.getStats()).values()];
  const sent = stats.filter(s => s.type === 'outbound-rtp' && s.mid === '1' && s.rid);
  return Object.fromEntries(sent.map(s => [s.rid, s.framesEncoded ?? 0]));
}
"""

EXCHANGED = """
() => new Promise(resolve => {
  const { peer } = compagnon;
  let offered = false;
  peer.addEventListener('signalingstatechange', () => {
    if (peer.signalingState === 'have-local-offer') offered = true;
    else if (offered && peer.signalingState === 'stable') resolve();
  });
  window.dispatchEvent(new Event('online'));
})
"""

LINES = """
(member) => document.querySelector(`[data-tile][data-member="${member}"] video`)?.videoHeight ?? 0
"""


async def _with_a_large_camera(company: Company, room: OpenRoom) -> Person:
    chromium = await company.browsers.chromiums.with_face(FACES[0], 1280, 720, texture=True)
    tab = await chromium.tab()
    company.tabs.append(tab)
    return Person(tab, room.links[0], NAMES[0], FACES[0], FACES[0].tone)


async def test_a_small_screen_gets_a_small_picture_and_a_large_one_a_sharp_one(company: Company) -> None:
    room = await company.room(3)
    ada = await _with_a_large_camera(company, room)
    large = await company.person(room, 1, viewport={"width": 1280, "height": 800})
    small = await company.person(room, 2, viewport={"width": 320, "height": 480})
    for person in (ada, large, small):
        await person.join()
    for person in (large, small):
        await person.sees(ada)

    async def fits() -> bool:
        wide = await large.tab.run(LINES, ada.member)
        narrow = await small.tab.run(LINES, ada.member)
        return bool(wide >= 360 > narrow > 0)

    await eventually(fits, "each has the layer that fits", 30, large.report)

    async def encoded() -> int:
        before = await ada.tab.run(ENCODED)
        await large.frames_come(ada, more=15)
        after = await ada.tab.run(ENCODED)
        return sum(after[rid] > before[rid] for rid in ("q", "h", "f"))

    async def two() -> bool:
        return await encoded() == 2

    await eventually(two, "the layers that they look at, and no third", 30, ada.report)
    # The small screen's person leaves: the layer that only they looked at is not encoded any more.
    await small.tab.run("() => document.querySelector('[data-leave-now]').click()")

    async def one() -> bool:
        return await encoded() == 1

    await eventually(one, "one layer is left", 20, ada.report)
    await large.sees(ada)


async def test_another_exchange_turns_no_layer_on_that_nobody_looks_at(company: Company) -> None:
    room = await company.room(2)
    ada = await _with_a_large_camera(company, room)
    bo = await company.person(room, 1, viewport={"width": 1280, "height": 800})
    for person in (ada, bo):
        await person.join()
    await bo.sees(ada)

    async def encoded() -> set[str]:
        before = await ada.tab.run(ENCODED)
        await bo.frames_come(ada, more=15)
        after = await ada.tab.run(ENCODED)
        return {rid for rid, frames in after.items() if frames > before.get(rid, 0)}

    async def one() -> bool:
        return len(await encoded()) == 1

    await eventually(one, "one layer of several", 30, ada.report)
    looked_at = await encoded()
    # The network has changed, says the browser: an exchange with the server, after which all is as it was.
    await ada.tab.run(EXCHANGED)
    assert await encoded() == looked_at
