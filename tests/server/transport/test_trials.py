"""The probe before a call, on a real connection: padding down, whatever the browser sends up."""

from __future__ import annotations

from server.media.trial import STEPS
from server.transport.trials import Probed
from tests.support.rtc_client import RTX, until
from tests.support.rtc_room import scene


async def test_before_entering_the_line_is_tried_both_ways() -> None:
    async with scene() as stage:
        anna = await stage.join("anna", enter=False)
        found: list[Probed | None] = []
        assert anna.peer.probe(found.append)
        assert not anna.peer.probe(found.append)

        def done() -> bool:
            anna.client.frame()
            anna.client.tell_arrivals()
            return bool(found)

        await until(done)
        (probed,) = found
        assert probed is not None
        assert probed.found.down is not None
        assert 0.5 * STEPS[-1] < probed.found.down <= STEPS[-1]
        assert probed.found.loss == 0.0
        assert probed.up > 0
        assert not probed.tcp
        padding = [packet for packet in anna.client.received if packet.payload_type == RTX]
        assert 100_000 < probed.spent - anna.peer.link.received <= 150_000
        assert stage.relay.stats.padding == len(padding)


async def test_a_browser_without_feedback_is_asked_little_and_told_so() -> None:
    async with scene() as stage:
        anna = await stage.join("anna", enter=False)
        found: list[Probed | None] = []
        assert anna.peer.probe(found.append)
        await until(lambda: bool(found))
        (probed,) = found
        assert probed is not None
        assert probed.found.down is None
        assert probed.spent < 60_000


async def test_nobody_is_probed_in_a_call() -> None:
    async with scene() as stage:
        anna = await stage.join("anna")
        assert not anna.peer.probe(lambda found: None)
