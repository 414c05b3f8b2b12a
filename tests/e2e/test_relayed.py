"""A browser that reaches nobody but a TURN relay: real coturn, real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import lacking
from tests.support.call import Person
from tests.support.call_company import NAMES, Browsers
from tests.support.coturn import SECRET, relay
from tests.support.media import FACES
from tests.support.server import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    lacking.unless(lacking.turn_server()),
]

_RELAY_ONLY = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) {
    super({ ...configuration, iceTransportPolicy: 'relay' });
  }
  setConfiguration(configuration) {
    super.setConfiguration({ ...configuration, iceTransportPolicy: 'relay' });
  }
};
"""

_RELAYED = """
async () => {
  const stats = await compagnon.peer.getStats();
  for (const transport of stats.values())
    if (transport.type === 'transport' && transport.selectedCandidatePairId) {
      const pair = stats.get(transport.selectedCandidatePairId);
      return stats.get(pair.localCandidateId).candidateType === 'relay';
    }
  return false;
}
"""


async def test_who_reaches_nothing_but_a_relay_is_in_the_call(browsers: Browsers, tmp_path: Path) -> None:
    async with relay(tmp_path) as port:
        url = f"turn:127.0.0.1:{port}?transport=tcp"
        secret = {"COMPAGNON_TURN_SECRET": SECRET}
        async with Server.running(tmp_path, "--turn-url", url, environment=secret) as server:
            links = await server.new_room()
            people = []
            for index, link in enumerate(links.personal):
                chromium = await browsers.chromiums.with_face(FACES[index])
                tab = await chromium.tab(*([_RELAY_ONLY] if index == 0 else []))
                people.append(Person(tab, link, NAMES[index], FACES[index], FACES[index].tone))
            ada, bao = people
            for person in people:
                await person.join()
            await ada.sees(bao)
            await bao.sees(ada)
            await ada.hears(bao)
            assert await ada.tab.run(_RELAYED)
            assert not await bao.tab.run(_RELAYED)
            # The page and the socket both told of it; the secret is in neither log nor page.
            assert SECRET not in server.log.read_text()
            assert SECRET not in await ada.tab.run("() => document.documentElement.outerHTML")
