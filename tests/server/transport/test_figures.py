"""What a person's helper is shown is what goes over that person's line."""

from __future__ import annotations

import gc

import pytest

from server.transport.streams import Stream
from tests.support.rtc_client import until
from tests.support.rtc_room import scene


async def test_figures_are_of_what_comes_and_goes() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        assert (first := anna.peer.figures()).up is None
        assert first.path == "udp"
        ben.peer.figures()
        sent = anna.peer.link.received
        for _ in range(20):
            anna.client.frame()
        await until(lambda: anna.peer.link.received >= sent + 20 * 3 * 400)
        stage.clock.ahead += 2.0
        own, other = anna.peer.figures(), ben.peer.figures()
        assert own.up == pytest.approx((anna.peer.link.received - sent) * 8 / 2.0, rel=0.2)
        camera = next(each for each in own.sends if each.source == "camera")
        assert (camera.layer, camera.codec, camera.receivers) == (0, "vp8", 1)
        assert camera.bitrate is not None
        assert camera.bitrate == pytest.approx(own.up, rel=0.1)
        [seen] = [each for each in other.receives if each.source == "camera"]
        assert (seen.member, seen.codec, seen.layer, seen.layers, seen.flowing) == ("anna", "vp8", 0, 1, True)
        assert seen.bitrate == pytest.approx(camera.bitrate, rel=0.1)
        assert other.down == pytest.approx(own.up, rel=0.1)
        assert other.sends[0].bitrate == 0


async def test_a_line_that_waits_for_its_picture_says_so() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.seen(ben, "camera", "anna")
        [seen] = [each for each in ben.peer.figures().receives if each.source == "camera"]
        assert (seen.member, seen.flowing, seen.lines) == ("anna", False, None)
        ben.peer.set_sending("camera", on=False)
        assert [each.source for each in ben.peer.figures().sends] == ["microphone"]
        assert anna.peer.figures().receives


async def test_nobody_is_held_on_to_by_another_ones_figures() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        ben.peer.figures()
        lost = anna.peer
        lost.close()
        await until(lambda: not any(each.member for each in ben.peer.figures().receives))
        held = [each for each in gc.get_referrers(*lost.uplink.streams()) if isinstance(each, dict)]
        assert not any(isinstance(key, Stream) for each in held for key in each)
