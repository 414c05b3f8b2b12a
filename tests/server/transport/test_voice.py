"""Sound over lines that lose packets: what was said is said again, each way, and heard once."""

from __future__ import annotations

import random

import pytest

from server.media.red import unwrap
from tests.support.rtc_client import AUDIO, RED, Rtp, until
from tests.support.rtc_room import Guest, Scene, scene

pytestmark = pytest.mark.usefixtures("inner_loop")


def words(packets: list[Rtp]) -> list[int]:
    """The numbers said, in the order of their sequence numbers, each packet's own only."""
    first = packets[0].sequence
    own = sorted(packets, key=lambda packet: (packet.sequence - first + 0x8000) & 0xFFFF)
    return [int.from_bytes(plain(packet)[-1][-4:]) for packet in own]


def plain(packet: Rtp) -> list[bytes]:
    if packet.payload_type == AUDIO:
        return [packet.payload]
    frames = unwrap(packet.payload, 0)
    assert frames is not None
    return [frame.payload for frame in frames]


async def hearing(stage: Scene) -> tuple[Guest, Guest, int]:
    """Anna, and Ben who hears her on the line that is returned."""
    anna, ben = await stage.join("anna"), await stage.join("ben")
    line = await stage.seen(ben, "microphone", "anna")

    def begun() -> bool:
        anna.client.audio(body=b"word" + anna.client.tracks["a"].count.to_bytes(4))
        return bool(ben.client.of(line))

    await until(begun)
    return anna, ben, line


@pytest.mark.parametrize("seed", range(5))
async def test_what_was_lost_on_the_way_up_comes_with_the_next_and_is_heard_once(seed: int) -> None:
    async with scene() as stage:
        anna, ben, line = await hearing(stage)
        track = anna.client.tracks["a"]
        track.red = True
        anna.client.audio(body=b"word" + track.count.to_bytes(4))
        first = track.count
        chance, previous = random.Random(seed), [False]

        def lose(_: object, __: int) -> bool:
            # Never two in a row: one earlier frame can make good for one loss.
            previous[0] = not previous[0] and chance.random() < 0.3
            return previous[0]

        anna.client.lose_out = lose
        for _ in range(60):
            anna.client.audio(body=b"word" + track.count.to_bytes(4))
        anna.client.lose_out = lambda *_: False
        anna.client.audio(body=b"word" + track.count.to_bytes(4))
        said = list(range(first, track.count))
        await until(lambda: set(said) <= set(words(ben.client.of(line))))
        found = ben.client.of(line)
        assert {packet.payload_type for packet in found} == {AUDIO}
        assert len({packet.sequence for packet in found}) == len(found)
        assert [number for number in words(found) if number >= first] == said


@pytest.mark.parametrize("depth", [1, 2])
async def test_a_line_that_loses_is_sent_what_came_before_too(depth: int) -> None:
    async with scene() as stage:
        anna, ben, line = await hearing(stage)
        carl = await stage.join("carl")
        other = await stage.seen(carl, "microphone", "anna")
        for leg in ben.peer.audio:
            leg.repeat(depth)
        first = anna.client.tracks["a"].count
        for _ in range(30):
            anna.client.audio(body=b"word" + anna.client.tracks["a"].count.to_bytes(4))
        last = anna.client.tracks["a"].count - 1
        await until(lambda: last in words(ben.client.of(line)) and bool(carl.client.of(other)))
        redundant = [packet for packet in ben.client.of(line) if packet.payload_type == RED]
        numbers = [[int.from_bytes(frame[-4:]) for frame in plain(packet)] for packet in redundant]
        assert [each[-1] for each in numbers] == list(range(first, last + 1))
        assert all(each == list(range(each[-1] - depth, each[-1] + 1)) for each in numbers)
        assert {packet.payload_type for packet in carl.client.of(other)} == {AUDIO}
        # Back to plain sound, on the same numbers.
        for leg in ben.peer.audio:
            leg.repeat(0)
        anna.client.audio(body=b"word" + anna.client.tracks["a"].count.to_bytes(4))
        await until(lambda: last + 1 in words(ben.client.of(line)))
        newest = ben.client.of(line)[-1]
        assert newest.payload_type == AUDIO
        assert newest.sequence == (redundant[-1].sequence + 1) & 0xFFFF


async def test_loss_that_is_reported_turns_it_on_where_there_is_room() -> None:
    async with scene() as stage:
        anna, ben, line = await hearing(stage)
        ben.peer.loss_down = 0.2
        ben.peer.judge(stage.clock())
        assert {leg.redundancy for leg in ben.peer.audio} == {2}
        rate = ben.peer.link.rate
        rate._capacity, rate.target = 60_000.0, 55_000.0
        ben.peer.loss_down = 0.1
        ben.peer.judge(stage.clock())
        assert {leg.redundancy for leg in ben.peer.audio} == {0}
        anna.client.audio()
        await until(lambda: len(ben.client.of(line)) > 1)
        assert ben.client.of(line)[-1].payload_type == AUDIO


async def test_silence_stops_after_a_few_packets_and_the_first_syllable_is_whole() -> None:
    async with scene() as stage:
        anna, ben, line = await hearing(stage)
        track = anna.client.tracks["a"]

        def say(level: int) -> int:
            anna.client.audio(level=level, body=b"word" + track.count.to_bytes(4))
            return track.timestamp

        begun = track.count
        for _ in range(100):
            say(127)
        stamp = say(30)
        last = track.count - 1
        for _ in range(20):
            say(30)
        await until(lambda: words(ben.client.of(line)[-1:]) == [track.count - 1])
        found = ben.client.of(line)
        empty = [packet for packet in found if len(packet.payload) == 1]
        spoken = [packet for packet in found if len(packet.payload) > 1]
        # All hundred came at once: ten as they were, then one empty frame in their place.
        assert len(empty) == 1
        since = next(index for index, packet in enumerate(found) if words([packet]) == [begun])
        assert len(found) == since + 10 + 1 + 21
        assert empty[0].payload == bytes((b"w"[0] & 0xFC,))
        first = next(packet for packet in spoken if words([packet]) == [last])
        assert [packet.marker for packet in spoken[-21:]] == [True] + [False] * 20
        # Numbers go on without a gap, time as it passed for the speaker.
        start = found[0].sequence
        assert [(packet.sequence - start) & 0xFFFF for packet in found] == list(range(len(found)))
        quiet = spoken[-22]
        passed = (first.timestamp - quiet.timestamp) & 0xFFFFFFFF
        assert passed == (stamp - (stamp - 960 * 91)) & 0xFFFFFFFF


async def test_whoever_comes_into_silence_hears_its_end() -> None:
    async with scene() as stage:
        anna, _, _ = await hearing(stage)
        for _ in range(50):
            anna.client.audio(level=127)
        carl = await stage.join("carl")
        line = await stage.seen(carl, "microphone", "anna")

        def heard() -> bool:
            anna.client.audio(body=b"word" + anna.client.tracks["a"].count.to_bytes(4))
            return any(len(packet.payload) > 1 for packet in carl.client.of(line))

        await until(heard)


async def test_whose_line_up_loses_speech_should_say_it_twice_and_no_more_once_it_does_not() -> None:
    async with scene() as stage:
        anna, _, _ = await hearing(stage)
        chance = random.Random(3)
        anna.client.lose_out = lambda *_: chance.random() < 0.1

        def speaks() -> None:
            for _ in range(30):
                anna.client.audio(body=b"word")

        def repeats() -> bool:
            speaks()
            anna.peer.judge(stage.clock())
            return anna.peer.should_repeat

        await until(repeats)
        anna.peer.available = 60_000.0
        assert not anna.peer.should_repeat
        anna.peer.available = None
        anna.client.lose_out = lambda *_: False

        def enough() -> bool:
            speaks()
            stage.clock.ahead += 2
            anna.peer.judge(stage.clock())
            return not anna.peer.should_repeat

        await until(enough)
