"""Loss both ways, repaired; feedback that publishers and their estimators live on."""

from __future__ import annotations

import random

import pytest

from bench.load.feedback import TransportFeedback
from server.media import rtcp
from tests.support.rtc_client import RTX, Rtp, until
from tests.support.rtc_room import Guest, Scene, scene

pytestmark = pytest.mark.usefixtures("inner_loop")


async def pair(stage: Scene) -> tuple[Guest, Guest, int]:
    """Anna and Ben; Ben sees Anna in the slot whose SSRC is returned."""
    anna, ben = await stage.join("anna"), await stage.join("ben")
    return anna, ben, await stage.show(anna, ben)


def bodies(packets: list[Rtp]) -> dict[int, bytes]:
    """What each sequence number carried; the same number twice must carry the same."""
    found: dict[int, bytes] = {}
    for packet in packets:
        assert found.setdefault(packet.sequence, packet.payload) == packet.payload
    return found


def missing(packets: list[Rtp]) -> set[int]:
    """Sequence numbers between the first and the newest that are not there."""
    first = packets[0].sequence
    there = {(packet.sequence - first) & 0xFFFF for packet in packets}
    return {(first + n) & 0xFFFF for n in range(max(there))} - {(first + n) & 0xFFFF for n in there}


async def test_what_is_lost_on_the_way_up_is_asked_for_and_passed_on_in_its_place() -> None:
    async with scene() as stage:
        anna, ben, face = await pair(stage)
        chance = random.Random(1)
        anna.client.lose_out = lambda track, sequence: chance.random() < 0.15
        start = anna.client.tracks["c"].count
        for _ in range(60):
            anna.client.frame()
            await until(lambda: stage.relay.stats.packets_in > 0)
        anna.client.lose_out = lambda track, sequence: False
        anna.client.frame()
        expected = anna.client.tracks["c"].count - start
        await until(lambda: not missing(ben.client.of(face)) and len(ben.client.of(face)) >= expected)
        assert stage.relay.stats.nacks_out > 0
        assert stage.relay.stats.repaired > 10
        carried = bodies(ben.client.of(face))
        order = [
            carried[s] for s in sorted(carried, key=lambda s: (s - ben.client.of(face)[0].sequence) & 0xFFFF)
        ]
        counts = [int.from_bytes(b[5:9]) for b in order]
        assert counts == list(range(counts[0], counts[0] + len(counts)))


async def test_what_a_viewer_misses_comes_again_on_the_repair_stream() -> None:
    async with scene() as stage:
        anna, ben, face = await pair(stage)
        lost: dict[int, Rtp] = {}

        def lose(packet: Rtp) -> bool:
            if packet.ssrc == face and packet.sequence % 7 == 0:
                lost[packet.sequence] = packet
                return True
            return False

        ben.client.lose_in = lose
        for _ in range(20):
            anna.client.frame()
        await until(lambda: len(lost) >= 5)
        ben.client.control(rtcp.nack(5, face, sorted(lost)))
        repair = ben.rtx[face]
        wanted = dict(lost)
        await until(lambda: len(ben.client.of(repair)) >= len(wanted))
        again = ben.client.of(repair)
        assert {packet.payload_type for packet in again} == {RTX}
        for packet in again:
            original = wanted[int.from_bytes(packet.payload[:2])]
            assert packet.payload[2:] == original.payload
            assert (packet.timestamp, packet.marker) == (original.timestamp, original.marker)
        numbers = [packet.sequence for packet in again]
        assert len(set(numbers)) == len(numbers), "GCM: no number is used twice"


class Jittery:
    """A browser's reports of a line on which every third packet comes 40 ms after those that follow it."""

    def __init__(self, guest: Guest) -> None:
        self.lost: set[int] = set()
        self._client = guest.client
        self._reports = TransportFeedback(5)
        self._seen = self._microseconds = 0

    def tell(self) -> None:
        """Report on what has come since the last time, but for what is ``lost``."""
        for index, packet in enumerate(self._client.received[self._seen :]):
            assert packet.number is not None
            self._microseconds += 2_000
            if packet.number not in self.lost:
                late = 40_000 if index % 3 == 0 else 0
                self._reports.arrived(packet.number & 0xFFFF, self._microseconds + late)
        self._seen = len(self._client.received)
        report = self._reports.report(7)
        if report is not None:
            self._client.control(report)


async def test_what_is_merely_late_is_not_sent_again_and_what_is_lost_is() -> None:
    async with scene() as stage:
        anna, ben, face = await pair(stage)
        line = Jittery(ben)

        def overtaken() -> bool:
            anna.client.frame()
            line.tell()
            return ben.peer.link.rate.late.doubtful

        await until(overtaken)
        before = len(ben.client.of(face))
        anna.client.frame()
        await until(lambda: len(ben.client.of(face)) > before + 1)
        lost, late = ben.client.of(face)[-2:]
        assert lost.number is not None
        line.lost.add(lost.number)
        line.tell()
        rate = ben.peer.link.rate
        await until(lambda: rate.late.until(face, late.sequence, rate.times) is None)
        ben.client.control(rtcp.nack(5, face, [lost.sequence, late.sequence]))

        def repairs() -> set[int]:
            """What was sent again; the line is tried with padding as well."""
            again = [packet.payload for packet in ben.client.of(ben.rtx[face])]
            return {int.from_bytes(payload[:2]) for payload in again if payload[2:].strip(b"\0\xff")}

        await until(lambda: overtaken() and bool(repairs()))
        assert repairs() == {lost.sequence}


async def test_a_repair_of_a_renumbered_picture_is_renumbered_too() -> None:
    async with scene(max_video_slots=1) as stage:
        anna = await stage.join("anna", video=1)
        ben = await stage.join("ben", video=1)
        carl = await stage.join("carl", video=1)
        await stage.show(anna, ben)
        anna.peer.close()
        face = await stage.show(carl, ben)
        carl.client.frame()
        await until(lambda: len(ben.client.of(face)) > 3)
        newest = ben.client.of(face)[-1]
        ben.client.control(rtcp.nack(5, face, [newest.sequence]))
        await until(lambda: bool(ben.client.of(ben.rtx[face])))
        assert ben.client.of(ben.rtx[face])[0].payload[2:] == newest.payload


async def test_packets_from_before_a_switch_are_not_given_again() -> None:
    async with scene(max_video_slots=1) as stage:
        anna = await stage.join("anna", video=1)
        ben = await stage.join("ben", video=1)
        carl = await stage.join("carl", video=1)
        face = await stage.show(anna, ben)
        old = [packet.sequence for packet in ben.client.of(face)]
        anna.peer.close()
        await stage.show(carl, ben)
        new = ben.client.of(face)[-1].sequence
        ben.client.control(rtcp.nack(5, face, [*old, new]))
        await until(lambda: bool(ben.client.of(ben.rtx[face])))
        again = {int.from_bytes(packet.payload[:2]) for packet in ben.client.of(ben.rtx[face])}
        assert again == {new}


async def test_a_hole_that_never_fills_ends_in_a_keyframe() -> None:
    async with scene() as stage:
        anna, ben, _ = await pair(stage)
        anna.client.repairs = False
        anna.client.frame()
        anna.client.lose_out = lambda track, sequence: True
        anna.client.frame(packets=1)
        anna.client.lose_out = lambda track, sequence: False
        anna.client.frame()
        anna.client.asked()
        await until(lambda: any(isinstance(r, rtcp.Nack) for r in anna.client.reports))
        stage.clock.ahead += 5
        await until(lambda: anna.client.asked())
        assert ben.client.received


async def test_one_viewer_can_not_make_the_relay_flood_another_link() -> None:
    async with scene() as stage:
        anna, ben, face = await pair(stage)
        for _ in range(20):
            anna.client.frame()
        await until(lambda: len(ben.client.of(face)) > 50)
        numbers = [packet.sequence for packet in ben.client.of(face)]
        before = stage.relay.stats.nacks_in
        for _ in range(100):
            ben.client.control(rtcp.nack(5, face, numbers[-50:]))
        await until(lambda: stage.relay.stats.nacks_in >= before + 100)
        assert stage.relay.stats.retransmissions <= 1_000


async def test_every_arrival_is_told_to_the_publishers_estimator() -> None:
    async with scene() as stage:
        anna, _, _ = await pair(stage)
        for _ in range(30):
            anna.client.frame()
            anna.client.audio()
        last = (anna.client.transport_sequence - 1) & 0xFFFF
        await until(lambda: anna.client.twcc.get(last) is not None)
        sent = set(range(anna.client.transport_sequence))
        assert {n for n, at in anna.client.twcc.items() if at is not None} == sent
        times = [anna.client.twcc[n] for n in sorted(sent)]
        assert times == sorted(times, key=lambda t: t or 0)


async def test_publishers_get_reports_of_loss() -> None:
    async with scene() as stage:
        anna, _, _ = await pair(stage)
        anna.client.repairs = False
        track = anna.client.tracks["c"]
        anna.client.lose_out = lambda track, sequence: sequence % 4 == 0
        for _ in range(40):
            anna.client.frame()
        anna.client.lose_out = lambda track, sequence: False
        anna.client.frame()

        def blocks() -> list[rtcp.Block]:
            return [
                block
                for report in anna.client.reports
                if isinstance(report, rtcp.ReceiverReport)
                for block in report.blocks
                if block.ssrc == track.ssrc
            ]

        await until(lambda: any(block.highest & 0xFFFF == track.sequence for block in blocks()))
        told = next(block for block in blocks() if block.highest & 0xFFFF == track.sequence)
        gone = sum(1 for sequence in track.sent if sequence % 4 == 0)
        assert gone - 3 <= told.lost <= gone
        assert any(block.fraction for block in blocks())


async def test_a_viewers_reports_tell_round_trip_and_quality() -> None:
    async with scene() as stage:
        anna, ben, face = await pair(stage)
        track = anna.client.tracks["c"]
        anna.client.control(
            rtcp.sender_report(rtcp.SenderReport(track.ssrc, 1 << 40, track.timestamp, 1, 1, ()))
        )
        await until(lambda: any(isinstance(r, rtcp.SenderReport) for r in ben.client.reports))
        sent = next(r for r in ben.client.reports if isinstance(r, rtcp.SenderReport))
        block = rtcp.Block(face, 64, 10, 1, 0, sent.ntp >> 16 & 0xFFFFFFFF, 0)
        ben.client.control(rtcp.receiver_report(5, (block,)))
        await until(lambda: ben.peer.rtt is not None)
        assert ben.peer.rtt is not None
        assert 0 <= ben.peer.rtt < 0.5
        await until(lambda: stage.heard.quality.get("ben") == "poor")
        assert stage.heard.quality.get("anna", "good") == "good"


async def test_one_viewers_line_limits_what_the_publisher_sends() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
        rate = ben.peer.link.rate
        rate.target, rate._capacity = 300_000.0, 300_000.0

        def told() -> list[float]:
            return [r.bitrate for r in anna.client.reports if isinstance(r, rtcp.Remb)]

        def limited() -> bool:
            anna.client.frame()
            return bool(told()) and told()[-1] <= 300_000 + 48_000

        await until(limited)
        assert told()[-1] > 200_000
        carl = await stage.join("carl")
        await stage.show(anna, carl)
        await until(lambda: told()[-1] > 2_000_000)
