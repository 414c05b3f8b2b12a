"""Pictures wait for a narrow line in the relay and not in the line's queue; speech does not wait."""

from __future__ import annotations

import time

import pytest

from tests.support.rtc_client import RTX, Client, Rtp, until
from tests.support.rtc_room import Guest, Scene, scene

pytestmark = pytest.mark.usefixtures("inner_loop")

RATE = 250e3
SIZE = 400
QUEUE_S = 0.2


class Narrow(Client):
    """A client that reports arrivals as if they had come over a line of ``RATE`` bits/s with little
    of a queue.

    ``landed`` is when each packet came in truth.
    """

    def __init__(self) -> None:
        super().__init__()
        self.landed: list[tuple[float, Rtp]] = []
        self._free = 0.0
        self._arrived = self.arrivals.arrived
        self.arrivals.arrived = self._late  # type: ignore[method-assign]

    def _late(self, number: int, at: int) -> None:
        now = at / 1e6
        self.landed.append((now, self.received[-1]))
        took = 8 * (len(self.received[-1].payload) + 64) / RATE
        self._free = min(max(now, self._free) + took, now + QUEUE_S)
        self._arrived(number, int(self._free * 1e6))


async def narrowed(stage: Scene) -> tuple[Guest, Guest, int]:
    """Anna, Ben, and where Ben sees her, once his line has been found narrow."""
    anna, ben = await stage.join("anna"), await stage.join("ben", client=Narrow())
    face = await stage.show(anna, ben)
    await stage.seen(ben, "microphone", "anna")

    def found() -> bool:
        if not ben.peer.link.pacer.bits:
            anna.client.frame(key=anna.client.asked(), packets=4)
        ben.client.tell_arrivals()
        return ben.peer.link.paced and not ben.peer.link.pacer.bits and ben.peer.legs[face].running

    await until(found, 20)
    return anna, ben, face


def gaps(packets: list[Rtp]) -> set[int]:
    first = packets[0].sequence
    there = {(packet.sequence - first) & 0xFFFF for packet in packets}
    return set(range(max(there))) - there


async def test_a_burst_leaves_evenly_and_speech_overtakes_it() -> None:
    async with scene() as stage:
        anna, ben, face = await narrowed(stage)
        assert isinstance(ben.client, Narrow)
        voice = ben.audio[0]
        ben.peer.link.rate.queue = 0.0
        before, target = len(ben.client.landed), ben.peer.link.rate.target
        begun = time.monotonic()
        anna.client.frame(packets=60, size=SIZE)
        for _ in range(3):
            anna.client.audio()
        last = anna.client.tracks["c"].sequence
        await until(lambda: len(ben.client.landed) >= before + 63 and not ben.peer.link.pacer.bits)
        burst = [at for at, packet in ben.client.landed[before:] if packet.ssrc == face]
        spoken = [at for at, packet in ben.client.landed[before:] if packet.ssrc == voice]
        assert last == anna.client.tracks["c"].sequence
        # 60 packets are three quarters of a second of this line; the estimate may rise meanwhile.
        assert burst[-1] - begun > 0.5 * 60 * 8 * SIZE / (1.2 * max(target, ben.peer.link.rate.target))
        assert spoken[0] < burst[len(burst) // 2]
        assert not gaps(ben.client.of(face))
        numbers = [packet.number for _, packet in ben.client.landed]
        assert numbers == sorted(numbers)


async def test_what_is_asked_for_again_goes_before_what_waits() -> None:
    async with scene() as stage:
        anna, ben, face = await narrowed(stage)
        assert isinstance(ben.client, Narrow)
        lost = ben.client.of(face)[-1].sequence
        anna.client.frame(packets=24, size=SIZE)
        await until(lambda: ben.peer.link.pacer.bits > 8 * SIZE * 12)
        before = len(ben.client.landed)
        head = bytes.fromhex("81cd0003 00000007") + face.to_bytes(4)
        ben.client.control(head + lost.to_bytes(2) + bytes(2))
        await until(lambda: any(packet.payload_type == RTX for _, packet in ben.client.landed[before:]))
        assert ben.peer.link.pacer.bits > 0


async def test_more_than_waits_for_a_second_stops_the_picture_at_a_frame_and_leaves_no_gap() -> None:
    async with scene() as stage:
        anna, ben, face = await narrowed(stage)
        leg = ben.peer.legs[face]

        def flooded() -> bool:
            anna.client.frame(packets=6, size=SIZE)
            return not leg.running

        anna.client.asked()
        await until(flooded, 20)
        assert stage.relay.stats.plis_in == 0
        stopped = anna.client.tracks["c"].count
        assert ben.peer.link.pacer.clogged

        def back() -> bool:
            ben.client.tell_arrivals()
            if anna.client.asked():
                anna.client.frame(key=True)
            return leg.running

        await until(back, 20)
        anna.client.frame()
        await until(lambda: len(ben.client.of(face)) and _count(ben.client.of(face)[-1]) > stopped)
        assert not gaps(ben.client.of(face))
        frames = [packet for packet in ben.client.of(face) if packet.marker]
        assert len(frames) > 3


async def test_what_waits_for_too_long_is_dropped_and_leaves_no_gap() -> None:
    """The line falls to a tenth while a second of pictures waits."""
    async with scene() as stage:
        anna, ben, face = await narrowed(stage)
        leg = ben.peer.legs[face]
        anna.client.asked()
        anna.client.frame(packets=50, size=SIZE)
        await until(lambda: ben.peer.link.pacer.bits > 8 * SIZE * 20)

        def stopped() -> bool:
            # Its share may stop the picture before what waits is dropped.
            ben.peer.link.rate.target = 20e3
            return not leg.running and not ben.peer.link.pacer.bits

        await until(stopped)
        dropped = anna.client.tracks["c"].count

        def back() -> bool:
            ben.peer.link.rate.target = 250e3
            if anna.client.asked():
                anna.client.frame(key=True)
            return leg.running

        await until(back, 20)
        anna.client.frame()
        await until(lambda: _count(ben.client.of(face)[-1]) >= dropped)
        counts = [_count(packet) for packet in ben.client.of(face)]
        assert counts[-1] - counts[0] > len(counts), "some were dropped"
        assert not gaps(ben.client.of(face))


def _count(packet: Rtp) -> int:
    """Which of its sender's packets this was: the client writes it behind the descriptor."""
    return int.from_bytes(packet.payload[5:9])
