"""A server of two media workers: a call outlives its worker; players without our page watch by WHEP."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiortc import RTCPeerConnection, RTCSessionDescription
from av import AudioFrame, VideoFrame

from tests.support.browsers import until
from tests.support.call import LOOPBACK, Person
from tests.support.call_company import Browsers, Company
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

BACK_SECONDS = 5.0
"""What is promised: a killed worker's rooms are back within 5 s, media included."""


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server of this test alone, with two workers."""
    made = Server(tmp_path, "--host", LOOPBACK, "--workers", "2", host=LOOPBACK)
    try:
        await made.start()
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def friends(browsers: Browsers, server: Server) -> AsyncIterator[Company]:
    """People at that server. A lost socket is logged by the browsers themselves."""
    people = Company(browsers, server.url)
    try:
        yield people
    finally:
        uncaught = [problem for problem in people.problems() if "uncaught" in problem]
        await people.go_home()
    assert uncaught == []


def worker_pids(server: Server) -> dict[int, int]:
    """The processes that run now, by the number of the worker."""
    found = re.findall(r'worker-started.*?"worker": ?(\d+).*?"pid": ?(\d+)', server.log.read_text())
    return {int(worker): int(pid) for worker, pid in found}


async def test_a_call_outlives_its_worker(friends: Company, server: Server) -> None:
    ada, bao = await friends.meet(["chromium", "chromium"], "quick-30")
    await ada.sees(bao)
    await bao.sees(ada)
    await ada.tab.click('button[data-timer-action="start"]')
    await bao.until("() => compagnon.state.timer.status === 'running'", what="the timer runs")
    timer = await bao.tab.run("() => compagnon.state.timer")
    for person in (ada, bao):
        await person.tab.run("() => { window.before = compagnon.socket }")
    # The first room of a server that nobody has used goes to its first worker.
    os.kill(worker_pids(server)[0], signal.SIGKILL)
    killed = time.monotonic()
    for person in (ada, bao):
        # Too quick to be caught between: another socket than before shows that there was a loss.
        await person.until("() => compagnon.socket !== before", what="the loss is noticed")
    for person, other in ((ada, bao), (bao, ada)):
        await person.until("() => compagnon.state.link === 'open' && compagnon.state.entered", what="back")
        await person.frames_come(other)
        await person.hears(other)
    took = time.monotonic() - killed
    assert took <= BACK_SECONDS, f"pictures and sound were back only after {took:.1f} s"
    for person in (ada, bao):
        assert await person.tab.run("() => compagnon.state.timer") == timer


_PLAY = """
async ([url, token]) => {
  const peer = (window.player = new RTCPeerConnection({ bundlePolicy: 'max-bundle' }));
  const stream = new MediaStream();
  peer.ontrack = ({ track }) => stream.addTrack(track);
  // Sound that nothing plays is not decoded.
  const screen = document.body.appendChild(document.createElement('video'));
  screen.autoplay = true;
  screen.srcObject = stream;
  for (const kind of ['audio', 'video']) peer.addTransceiver(kind, { direction: 'recvonly' });
  await peer.setLocalDescription();
  const made = await fetch(url, { method: 'POST', body: peer.localDescription.sdp,
    headers: { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` } });
  if (made.status !== 201) throw new Error(await made.text());
  window.session = made.headers.get('Location');
  await peer.setRemoteDescription({ type: 'answer', sdp: await made.text() });
  return made.headers.get('ETag');
}
"""

_RECEIVED = """
async () => {
  const found = { audio: 0, video: 0 };
  for (const each of (await player.getStats()).values())
    if (each.type === 'inbound-rtp')
      found[each.kind] = each.kind === 'video' ? each.framesDecoded : each.totalAudioEnergy;
  return found.video > 20 && found.audio > 0;
}
"""


def token(person: Person) -> str:
    return person.link.rsplit("/", 1)[1]


async def test_a_page_plays_by_whep(friends: Company, server: Server) -> None:
    ada, bao = await friends.meet(["chromium", "chromium"], "quick-30")
    await ada.sees(bao)
    page = await friends.tab(0)
    await page.goto(server.url)
    assert await page.run(_PLAY, [f"{server.url}/whep", token(ada)])
    await until(page, _RECEIVED, seconds=20, what="pictures and sound by WHEP")
    assert len(await ada.tab.run("() => compagnon.state.members")) == 2
    status = await page.run(
        "async token => (await fetch(session, { method: 'DELETE',"
        " headers: { Authorization: `Bearer ${token}` } })).status",
        token(ada),
    )
    assert status == 200


async def test_aiortc_plays_by_whep(friends: Company, server: Server) -> None:
    ada, bao = await friends.meet(["chromium", "chromium"], "quick-30")
    await ada.sees(bao)
    player = RTCPeerConnection()
    try:
        receivers = [player.addTransceiver(kind, "recvonly").receiver for kind in ("audio", "video")]
        await player.setLocalDescription(await player.createOffer())
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {token(bao)}"}
        async with aiohttp.ClientSession() as http:
            url = f"{server.url}/whep?member={ada.member}"
            async with http.post(url, data=player.localDescription.sdp, headers=headers) as made:
                assert made.status == 201, await made.text()
                answer = await made.text()
        await player.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        sound = [await asyncio.wait_for(receivers[0].track.recv(), 10) for _ in range(20)]
        pictures = [await asyncio.wait_for(receivers[1].track.recv(), 10) for _ in range(20)]
        assert all(isinstance(frame, AudioFrame) for frame in sound)
        assert all(isinstance(frame, VideoFrame) and frame.width >= 160 for frame in pictures)
    finally:
        await player.close()
