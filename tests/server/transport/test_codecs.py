"""A sender is asked for the codec that those who look can decode; where it changes nothing is missing."""

from __future__ import annotations

import pytest

from server.media.caps import Capture
from server.media.codecs import STAY_S
from server.media.slots import Feed
from tests.support.encoded import keyframe
from tests.support.rtc_client import Client, until
from tests.support.rtc_room import Guest, Scene, scene

pytestmark = pytest.mark.usefixtures("inner_loop")

VP8, VP9 = 96, 98


class Modern(Client):
    """Encodes and decodes VP9 as well."""

    picture = 0

    def _section(self, kind: str, mid: str, direction: str, extra: list[str]) -> list[str]:
        lines = super()._section(kind, mid, direction, extra)
        if kind == "audio":
            return lines
        lines[0] = lines[0].replace("96 97", "96 97 98 99")
        lines += ["a=rtpmap:98 VP9/90000", "a=fmtp:98 profile-id=0", "a=rtcp-fb:98 nack pli"]
        return [*lines, "a=rtpmap:99 rtx/90000", "a=fmtp:99 apt=98"]

    def shoot(self, *, key: bool) -> None:
        """Send a VP9 picture of one packet: a picture id, begins and ends a frame (RFC 9628 4.2)."""
        track = self.tracks["c"]
        self.picture = (self.picture + 1) & 0x7FFF
        track.timestamp = (track.timestamp + 3_000) & 0xFFFFFFFF
        track.sequence = (track.sequence + 1) & 0xFFFF
        # FFmpeg's descriptor is one byte.
        body = keyframe("vp9", 320, 180)[0][13:] if key else bytes(300)
        payload = bytes((0x8C if key else 0xCC,)) + (0x8000 | self.picture).to_bytes(2) + body
        self._emit(track, track.ssrc, VP9, track.sequence, track.timestamp, payload, True)


def codec(stage: Scene) -> str | None:
    """What anna was last asked for."""
    asked = stage.heard.encodings.get(("anna", "camera"), ())
    return asked[0].codec if asked else None


def seen(guest: Guest) -> tuple[str | None, int | None]:
    """Codec and lines of the camera that this guest sends, or else gets, by their figures."""
    figures = guest.peer.figures()
    [camera] = [each for each in (*figures.receives, *figures.sends) if each.source == "camera"][:1]
    return camera.codec, camera.lines


async def watcher(stage: Scene, name: str, client: Client) -> tuple[Guest, int]:
    guest = await stage.join(name, client=client, senders="a", video=1)  # type: ignore[arg-type]
    guest.peer.look_at({Feed("anna", "camera"): 180})
    return guest, await stage.seen(guest, "camera", "anna")


async def test_one_who_can_gets_the_better_codec_until_one_comes_who_can_not() -> None:
    async with scene() as stage:
        anna = await stage.join("anna", client=Modern(), video=0)
        anna.peer.can_send("camera", Capture(180, 1, ("vp9", "vp8")))
        ben, line = await watcher(stage, "ben", Modern())

        def begun() -> bool:
            anna.client.frame(key=anna.client.asked(), packets=1)
            return bool(ben.client.of(line))

        await until(begun)
        assert codec(stage) is None
        stage.clock.ahead += STAY_S + 1

        def better() -> bool:
            anna.client.frame(packets=1)
            return codec(stage) == "vp9"

        await until(better)
        assert isinstance(anna.client, Modern)
        anna.client.shoot(key=True)
        for _ in range(5):
            anna.client.shoot(key=False)
        await until(lambda: [packet.payload_type for packet in ben.client.of(line)][-6:] == [VP9] * 6)
        came = ben.client.of(line)
        numbers = [packet.sequence for packet in came]
        assert numbers == [(numbers[0] + index) & 0xFFFF for index in range(len(numbers))]
        pictures = [int.from_bytes(p.payload[1:3]) & 0x7FFF for p in came if p.payload_type == VP9]
        assert pictures == [(pictures[0] + index) & 0x7FFF for index in range(6)]
        assert [seen(guest) for guest in (anna, ben)] == [("vp9", 180), ("vp9", 180)]

        carla, other = await watcher(stage, "carla", Client())
        await until(lambda: codec(stage) == "vp8")

        def both() -> bool:
            anna.client.frame(key=anna.client.asked(), packets=1)
            last = [guest.client.of(ssrc)[-1:] for guest, ssrc in ((ben, line), (carla, other))]
            return [[packet.payload_type for packet in packets] for packets in last] == [[VP8], [VP8]]

        await until(both)
