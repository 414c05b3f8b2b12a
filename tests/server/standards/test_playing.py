"""What the doors of WHIP and WHEP are for: whoever publishes is a member, and players see the room."""

from __future__ import annotations

import asyncio
import contextlib

from redis.asyncio import Redis

from signaling.messages import Bye, LookingOn
from tests.support.doors import PEOPLE, Stage, caller, problem
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving
from tests.support.rtc_client import until


async def test_a_publisher_is_a_member(stage: Stage) -> None:
    async with caller(stage.server.base, "whip", stage.tokens[2]) as encoder:
        await encoder.connect()
        member = await stage.robot.sees(lambda member: member.name == "Encoder")
        assert (member.microphone, member.camera) == (True, True)
        async with caller(stage.server.base, "whip", stage.tokens[2]) as other:
            await other.open()
            async with encoder.http.get(encoder.url, headers=encoder.headers()) as answer:
                assert answer.status == 404
        assert [member.name for member in stage.robot.room().members] == ["Mo", "Encoder"]


async def test_a_watcher_sees_is_not_counted_and_is_no_secret(stage: Stage) -> None:
    async with (
        caller(stage.server.base, "whip", stage.tokens[2]) as encoder,
        caller(stage.server.base, "whep", stage.tokens[1]) as player,
    ):
        await encoder.connect()
        streaming = encoder.stream()
        try:
            await player.connect()
            for ssrc in player.ssrcs.values():
                await until(lambda ssrc=ssrc: len(player.client.of(ssrc)) > 10)  # type: ignore[misc]
        finally:
            streaming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await streaming
        await stage.robot.sees(lambda member: member.name == "Encoder")
        assert [member.name for member in stage.robot.room().members] == ["Mo", "Encoder"]
        assert stage.server.live.member_count == 2
        ana = stage.robot.room().guests[1].id
        await stage.robot.hears(LookingOn, lambda told: told.guests == (ana,))
        async with Robot(stage.server.url, stage.tokens[1]) as newcomer:
            await newcomer.join()
            assert (await newcomer.hears(LookingOn)).guests == (ana,)
        async with player.http.delete(player.url, headers=player.headers()) as answer:
            assert answer.status == 200
        await stage.robot.hears(LookingOn, lambda told: told.guests == ())


async def test_a_watcher_may_choose(stage: Stage) -> None:
    async with (
        caller(stage.server.base, "whip", stage.tokens[2]) as encoder,
        caller(stage.server.base, "whep", stage.tokens[1]) as player,
        caller(stage.server.base, "whep", stage.tokens[1]) as other,
    ):
        await encoder.connect()
        streaming = encoder.stream()
        try:
            await player.connect(f"?member={stage.server.live.link(stage.tokens[2]).guest}")
            await other.connect(f"?member={stage.robot.id}")
            await until(lambda: len(player.client.of(player.ssrcs["video"])) > 10)
        finally:
            streaming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await streaming
        assert not other.client.received


async def test_an_empty_room_is_told_to_come_back(store: Redis) -> None:
    _, tokens = await make_room(store, PEOPLE)
    async with serving(store) as server, caller(server.base, "whep", tokens[1]) as player:
        async with player.post() as answer:
            assert answer.status == 409
            assert int(answer.headers["Retry-After"]) > 0
            await problem(answer)
        async with Robot(server.url, tokens[0]) as robot:
            await robot.come("Mo")
            await player.connect()
            await until(lambda: server.relay.stats.connected == 1)
        # The place of a robot that vanished is kept; one that leaves empties the room, and ends the watching.
        async with Robot(server.url, tokens[0]) as robot:
            await robot.come("Mo")
            await robot.hang_up()
        async with player.delete() as ended:
            assert ended.status == 200


async def test_a_player_is_told_when_the_server_stops(store: Redis) -> None:
    _, tokens = await make_room(store, PEOPLE)
    async with contextlib.AsyncExitStack() as stack:
        async with serving(store) as server:
            robot = await stack.enter_async_context(Robot(server.url, tokens[0]))
            await robot.come("Mo")
            player = await stack.enter_async_context(caller(server.base, "whep", tokens[1]))
            await player.connect()
            encoder = await stack.enter_async_context(caller(server.base, "whip", tokens[2]))
            await encoder.connect()
            await until(lambda: server.relay.stats.connected == 2)
        assert (await robot.hears(Bye)).reason == "stopping"
        await until(lambda: player.client.dtls.state == encoder.client.dtls.state == "closed")
