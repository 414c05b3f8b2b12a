"""The eyes and ears of the browser tests are tested first: they must tell right from wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from tests.support.axe import faults, overflow
from tests.support.browsers import Tab, drawn_face, eventually, text, until, visible
from tests.support.call_company import Browsers
from tests.support.call_senses import listen, look, matches
from tests.support.media import FACES, Face

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGE = """<!doctype html><html lang="en"><head><title>Plain</title></head>
<body><main><h1>Plain page</h1><label>Name <input id="name"></label><button id="go">Go</button>
<video muted autoplay playsinline width="320" height="180"></video><audio autoplay></audio></main>
<script src="/page.js"></script></body></html>"""

# The sound and the picture cross a real peer connection, so that codecs are part of what is probed.
SCRIPT = """
document.querySelector('#go').onclick = async () => {
  const own = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = e => e.candidate && b.addIceCandidate(e.candidate);
  b.onicecandidate = e => e.candidate && a.addIceCandidate(e.candidate);
  b.ontrack = e => { document.querySelector(e.track.kind).srcObject = new MediaStream([e.track]); };
  for (const track of own.getTracks()) a.addTrack(track, own);
  await a.setLocalDescription(); await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription(); await a.setRemoteDescription(b.localDescription);
  window.own = own;
};
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def plain() -> AsyncIterator[str]:
    policy = {"Content-Security-Policy": "default-src 'self'; media-src 'self' blob:"}

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html", headers=policy)

    async def script(request: web.Request) -> web.Response:
        return web.Response(text=SCRIPT, content_type="text/javascript")

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/page.js", script)
    app.router.add_get("/favicon.ico", script)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    try:
        await site.start()
        yield f"http://localhost:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def probe(tab: Tab, face: Face, tone: int) -> None:
    await tab.click("#go")

    async def seen() -> object:
        return await look(tab, "video"), await listen(tab, "audio")

    async def sees() -> bool:
        sight = await look(tab, "video")
        return sight is not None and (sight.left, sight.right) == (face.left, face.right) and sight.shown

    async def hears() -> bool:
        return matches(await listen(tab, "audio"), tone)

    await eventually(sees, "sees the face", seen=seen)
    await eventually(hears, "hears the tone", seen=seen)
    heard = await listen(tab, "audio")
    assert not any(matches(heard, other.tone) for other in FACES if other.tone != tone)
    first = await look(tab, "video")
    assert first is not None

    async def moves() -> bool:
        sight = await look(tab, "video")
        return sight is not None and sight.frames > first.frames + 3

    await eventually(moves, "frames come", seen=seen)
    await tab.run("() => { window.own.getAudioTracks()[0].enabled = false }")

    async def silent() -> bool:
        return not await listen(tab, "audio")

    await eventually(silent, "silence", seen=seen)
    assert tab.problems == []


async def test_chromium_shows_and_plays_the_files(browsers: Browsers, plain: str) -> None:
    for index, tone in ((0, FACES[0].tone), (3, FACES[3].tone)):
        tab = await (await browsers.chromiums.with_face(FACES[index])).tab()
        try:
            await tab.goto(plain)
            await probe(tab, FACES[index], tone)
        finally:
            await tab.close()


async def test_drawn_face_in_both_browsers(browsers: Browsers, plain: str) -> None:
    chromium_tab = await (await browsers.chromiums.with_face(FACES[0])).tab(drawn_face(FACES[1]))
    firefox_tab = await (await browsers.firefox()).tab(drawn_face(FACES[2]))
    try:
        for tab, index, tone in ((chromium_tab, 1, FACES[0].tone), (firefox_tab, 2, FACES[-1].tone)):
            await tab.goto(plain)
            await probe(tab, FACES[index], tone)
            await tab.run("() => { drawnFace.left = 'rgb(30, 200, 200)' }")

            async def cyan(tab: Tab = tab) -> bool:
                sight = await look(tab, "video")
                return sight is not None and sight.left == "cyan"

            await eventually(cyan, "the new colour arrives")
    finally:
        await chromium_tab.close()
        await firefox_tab.close()


async def test_a_person_types_and_axe_looks(browsers: Browsers, plain: str) -> None:
    tabs: list[Tab] = [
        await (await browsers.chromiums.with_face(FACES[0])).tab(),
        await (await browsers.firefox()).tab(),
    ]
    try:
        for tab in tabs:
            await tab.goto(plain)
            await visible(tab, "#name")
            await tab.fill("#name", "Zoé & co")
            assert await tab.run("() => document.querySelector('#name').value") == "Zoé & co"
            assert "Plain page" in await text(tab)
            assert await overflow(tab) == []
            assert await faults(tab) == []
            await tab.run(
                "() => { document.querySelector('label').replaceWith(document.querySelector('#name')) }"
            )
            assert any(fault.startswith("label:") for fault in await faults(tab))
            await tab.run("() => { document.querySelector('main').style.width = '4000px' }")
            assert await overflow(tab) != []
            with pytest.raises(AssertionError, match="not within"):
                await until(tab, "() => false", seconds=0.2)
    finally:
        for tab in tabs:
            await tab.close()
