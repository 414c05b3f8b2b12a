"""A device that has too much to do sends and shows fewer and smaller videos, and says so."""

from __future__ import annotations

import pytest

from tests.support.browsers import eventually
from tests.support.call import tile
from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

# A browser that says of what it sends that the processor is its limit, while ``tired`` is set.
TIRED = """
{
  const asked = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function (...args) {
    const stats = await asked.apply(this, args);
    if (!window.tired) return stats;
    return new Map([...stats].map(([id, stat]) => {
      const picture = stat.type === 'outbound-rtp' && stat.kind === 'video';
      return [id, picture ? { ...stat, framesPerSecond: 9, qualityLimitationReason: 'cpu' } : stat];
    }));
  };
}
"""

# Until one of the pictures that come has gone on by ten frames: those that moved meanwhile are shown.
MOVING = """
async () => {
  const frames = async () => [...(await compagnon.peer.getStats()).values()]
    .filter(s => s.type === 'inbound-rtp' && s.kind === 'video').map(s => s.framesDecoded ?? 0);
  const before = await frames();
  for (;;) {
    const more = (await frames()).map((now, index) => now - (before[index] ?? 0));
    if (Math.max(...more) >= 10) return more.filter(each => each > 0).length;
  }
}
"""

SAID = "words => document.body.innerText.includes(words)"


async def test_a_tired_device_sends_and_shows_less_and_says_so(company: Company) -> None:
    room = await company.room(3)
    ada = await company.person(room, 0, "chromium", TIRED)
    bao, chloe = await company.person(room, 1), await company.person(room, 2)
    for person in (ada, bao, chloe):
        await person.join()
    await ada.sees(bao)
    await ada.sees(chloe)
    await ada.tab.run("() => { window.tired = true }")
    await ada.until(SAID, "This device has a lot to do", seconds=15, what="it is said")
    await ada.until("() => compagnon.state.strain === 3", seconds=30, what="the last step")

    async def one() -> bool:
        return bool(await ada.tab.run(MOVING) == 1)

    await eventually(one, "one picture is left", 15)
    left_out = f"{tile(bao.member)} .tile-paused, {tile(chloe.member)} .tile-paused"
    await ada.until(
        "s => document.querySelector(s)?.textContent.includes('spare this device')",
        left_out,
        what="why is said on the other's tile",
    )
    # Everybody is heard all the time, and whoever looks at the tired one goes on seeing them.
    await ada.hears(bao, chloe)
    await bao.sees(ada)
    await bao.frames_come(ada)
