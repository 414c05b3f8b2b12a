from __future__ import annotations

from redis.asyncio import Redis

from signaling.messages import MemberJoined, MemberLeft, TimerChanged, TimerCommand
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving


async def test_two_people_meet(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana ")
        arrived = await mo.hears(MemberJoined)
        assert (arrived.member.id, arrived.member.name, arrived.member.role) == (ana.id, "Ana", "mentee")
        await mo.send(TimerCommand(action="start"))
        await ana.hears(TimerChanged, lambda told: told.timer.status == "running")
        assert mo.room() == ana.room()
        await ana.hang_up()
        await mo.until(lambda: any(not each.connected for each in mo.room().members), "the loss")
        assert not any(isinstance(each, MemberLeft) for each in mo.told)
