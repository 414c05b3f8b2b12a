"""What a subscriber's browser tells of its line reaches the estimate of that line, and of no other."""

from __future__ import annotations

import pytest

from tests.support.rtc_client import RTX, until
from tests.support.rtc_room import scene

pytestmark = pytest.mark.usefixtures("inner_loop")

REMB = bytes.fromhex("8fce0005 00000001 00000000 52454d42 010861a8 00000000")


async def test_a_browser_that_sends_remb_is_heeded() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        before = anna.peer.link.rate.target
        ben.client.control(REMB)
        await until(lambda: ben.peer.link.rate.target == 25_000 << 2)
        assert anna.peer.link.rate.target == before


async def test_a_browsers_reports_bring_padding_and_with_it_a_higher_target() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        start = ben.peer.link.rate.target

        def risen() -> bool:
            anna.client.frame()
            ben.client.tell_arrivals()
            return ben.peer.link.rate.target > 1.5 * start

        await until(risen)
        padding = [p for p in ben.client.received if p.payload_type == RTX]
        assert len(padding) == stage.relay.stats.padding > 0
        assert {p.payload for p in padding} == {bytes(254) + b"\xff"}
        assert {p.ssrc for p in padding} <= set(ben.rtx.values())
        numbers = {packet.number for packet in ben.client.received}
        assert numbers == set(range(len(ben.client.received)))
        assert anna.peer.link.rate.target == start
        assert ben.peer.link.rate.queue < 0.1


async def test_a_browser_that_reports_nothing_is_sent_no_padding() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        rounds = ben.peer.rounds
        await until(lambda: ben.peer.rounds > rounds + 8)
        assert stage.relay.stats.padding == 0
