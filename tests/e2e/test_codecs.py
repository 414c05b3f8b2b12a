"""Two have a better codec where their browsers and devices bear it; with somebody who can't, all have VP8."""

from __future__ import annotations

import pytest

from tests.support.browsers import eventually
from tests.support.call import Person
from tests.support.call_company import Company

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]

STRONG = "Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => 8 });"

# A device with a chip for H.264, as far as a page can know.
PHONE = """
Object.defineProperty(Navigator.prototype, 'userAgentData', { get: () => ({ mobile: true }) });
MediaCapabilities.prototype.encodingInfo = async () => ({ supported: true, powerEfficient: true });
"""


def without(side: str, *codecs: str) -> str:
    """An init script: this browser can't encode (``Sender``) or decode (``Receiver``) these codecs."""
    return f"""
    {{
      const asked = RTCRtp{side}.getCapabilities.bind(RTCRtp{side});
      RTCRtp{side}.getCapabilities = (kind) => {{
        const found = asked(kind);
        const gone = {[f"video/{codec}" for codec in codecs]};
        return {{ ...found, codecs: found.codecs.filter((c) => !gone.includes(c.mimeType.toLowerCase())) }};
      }};
    }}
    """


# The codec in which somebody's camera comes.
COMES = """
async (member) => {
  const slot = compagnon.state.slots.find(s => s.member === member && s.source === 'camera');
  const stats = await compagnon.peer.getStats();
  const line = [...stats.values()].find(s => s.type === 'inbound-rtp' && s.mid === slot?.mid);
  return stats.get(line?.codecId)?.mimeType?.replace('video/', '').toLowerCase() ?? null;
}
"""


# The height in which it does.
HEIGHT = COMES.replace(
    "stats.get(line?.codecId)?.mimeType?.replace('video/', '').toLowerCase()", "line?.frameHeight"
)

# What the relay reads of this page's own camera, as its sender is shown: codec and lines.
SENDS = """
() => new Promise((resolve) => {
  const hear = ({ data }) => {
    const told = typeof data === 'string' ? JSON.parse(data) : {};
    if (told.type !== 'figures') return;
    compagnon.socket.removeEventListener('message', hear);
    resolve(told.sends.filter(s => s.source === 'camera' && s.receivers).map(s => [s.codec, s.lines]));
  };
  compagnon.socket.addEventListener('message', hear);
  compagnon.socket.send(JSON.stringify({ type: 'figures-wanted' }));
})
"""


async def comes(person: Person, other: Person, codec: str, seconds: float = 30) -> None:
    """Waits until the other's picture comes in this codec, and is seen."""

    async def now() -> object:
        return await person.tab.run(COMES, other.member)

    async def good() -> bool:
        return await now() == codec

    await eventually(good, f"{other.name}'s picture comes to {person.name} as {codec}", seconds, now)
    await person.frames_come(other)
    await person.sees(other)

    async def figures() -> tuple[object, list[object]]:
        return await person.tab.run(HEIGHT, other.member), await other.tab.run(SENDS)

    async def true() -> bool:
        height, sends = await figures()
        return [codec, height] in sends

    await eventually(true, f"{other.name}'s figures name the lines that come", 5, figures)


async def test_two_have_a_better_codec_until_somebody_comes_who_can_not_decode_it(company: Company) -> None:
    room = await company.room(3)
    ada = await company.person(room, 0, "chromium", STRONG)
    phone = await company.person(room, 1, "chromium", PHONE)
    old = await company.person(room, 2, "chromium", without("Receiver", "vp9", "av1", "h264"))
    await ada.join()
    await phone.join()
    await comes(phone, ada, "vp8", 10)
    await comes(phone, ada, "vp9")
    await comes(ada, phone, "h264")
    await old.join()
    for one in (ada, phone, old):
        for other in (ada, phone, old):
            if one is not other:
                await comes(one, other, "vp8", 10)


async def test_firefox_sees_a_better_codec_and_sends_what_it_likes(company: Company) -> None:
    room = await company.room(2)
    ada = await company.person(room, 0, "chromium", STRONG, without("Sender", "vp9"))
    fox = await company.person(room, 1, "firefox")
    await ada.join()
    await fox.join()
    await comes(fox, ada, "av1")
    await comes(ada, fox, "vp8", 10)
