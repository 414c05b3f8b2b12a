"""What a subscriber's browser tells of its line reaches the estimate of that line, and of no other."""

from __future__ import annotations

from tests.support.rtc_client import until
from tests.support.rtc_room import scene

REMB = bytes.fromhex("8fce0005 00000001 00000000 52454d42 010861a8 00000000")


async def test_a_browser_that_sends_remb_is_heeded() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        before = anna.peer.link.rate.target
        ben.client.control(REMB)
        await until(lambda: ben.peer.link.rate.target == 25_000 << 2)
        assert anna.peer.link.rate.target == before
