"""Rooms as people live through them, over a real WebSocket, with a real store and relay."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest
from redis.asyncio import Redis

from server import live_places
from server.clock import now_ms
from server.live import Limits
from server.live_room import Connection
from server.room.links import sign_personal
from server.storage import links, rooms
from server.storage.secret import load_secret
from signaling.messages import (
    ClientMessage,
    Enter,
    Entered,
    Join,
    Leave,
    Media,
    NotesOpen,
    Ping,
    Pong,
    TimerChanged,
    TimerCommand,
)
from signaling.parts import Role
from tests.support.eventually import eventually
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving

THREE: tuple[tuple[str, Role], ...] = (("Mo", "mentor"), ("Ana", "mentee"), ("Bo", "mentee"))


async def test_two_people_meet(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana ")
        arrived = await mo.sees(lambda member: member.id == ana.id)
        assert (arrived.name, arrived.role) == ("Ana", "mentee")
        await ana.send(Media(camera=False, screen=True))
        await mo.sees(lambda member: member.screen and not member.camera)
        await mo.send(TimerCommand(action="start"))
        await ana.hears(TimerChanged, lambda told: told.timer.status == "running")
        assert mo.room() == ana.room()
        assert (server.live.room_count, server.live.member_count) == (1, 2)


async def test_what_was_told_is_stored_already(store: Redis) -> None:
    record, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.come("Mo")
        for action in ("start", "next", "pause", "back"):
            await mo.send(TimerCommand(action=action))
        told = await mo.hears(TimerChanged, count=4)
        found = await rooms.load(store, record.id)
        assert found is not None
        assert found.timer == told.timer
        assert [(each.id, each.name) for each in found.members] == [(mo.id, "Mo")]


async def test_the_green_room_sees_who_is_there_but_is_not_seen(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        joined = await ana.join()
        assert (joined.entered, joined.media_kept, joined.answer, joined.slots) == (False, False, None, ())
        assert joined.video_slots == 2
        assert [guest.name for guest in joined.room.guests] == ["Mo", "Ana"]
        await mo.come("Mo")
        await ana.sees(lambda member: member.name == "Mo")
        assert [each.id for each in mo.room().members] == [mo.id]
        assert server.live.member_count == 1


@pytest.mark.parametrize("message", [Media(camera=True), TimerCommand(action="start"), NotesOpen()])
async def test_the_green_room_changes_nothing(store: Redis, message: ClientMessage) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.join()
        await mo.send(message)
        error = await mo.refused()
        assert (error.code, error.about) == ("not-entered", message.__struct_config__.tag)


async def test_join_and_enter_may_be_sent_in_one_breath(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.connect()
        await mo.send(Join(token=mentor))
        await mo.send(Enter(name="Mo", microphone=False, camera=False))
        await mo.hears(Entered)
        await mo.send(Join(token=mentor))
        assert (await mo.refused()).about == "join"


async def test_only_the_mentor_drives(store: Redis) -> None:
    _, (_, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentee) as ana:
        await ana.come()
        await ana.send(TimerCommand(action="start"))
        assert (await ana.refused()).code == "not-facilitator"


async def test_a_lost_connection_is_resumed(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        session = (await ana.join()).session
        await ana.enter("Ana", camera=False)
        await ana.drop()
        await mo.sees(lambda member: not member.connected)
        again = await ana.join(resume=session)
        assert (again.entered, again.session, again.member) == (True, session, ana.id)
        await mo.sees(lambda member: member.id == ana.id and member.connected)
        await ana.send(Media(camera=True))
        await mo.sees(lambda member: member.id == ana.id and member.camera)
        assert mo.gone == []


async def test_a_resume_that_is_made_up_opens_the_green_room_only(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        session = (await mo.join()).session
        await mo.enter()
        joined = await ana.join(resume=session)
        assert not joined.entered
        assert joined.session != session


async def test_a_place_is_given_up_after_a_while(store: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_places, "PLACE_KEPT_S", 0.2)
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        session = (await ana.join()).session
        await ana.enter()
        await ana.drop()
        await mo.misses()
        found = await rooms.load(store, record.id)
        assert found is not None
        assert [each.id for each in found.members] == [mo.id]
        assert not (await ana.join(resume=session)).entered


async def test_the_second_tab_takes_the_place_of_the_first(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with (
        serving(store) as server,
        Robot(server.url, mentor) as mo,
        Robot(server.url, mentee) as first,
        Robot(server.url, mentee) as second,
    ):
        await mo.come()
        await first.come("Ana")
        await second.join()
        assert await first.ended() == "replaced"
        await mo.sees(lambda member: not member.connected)
        await second.enter("Ana")
        await mo.sees(lambda member: member.id == second.id and member.connected)
        assert len(mo.room().members) == 2
        assert mo.gone == []


async def test_the_first_tab_can_take_its_place_back(store: Redis) -> None:
    _, (_, mentee) = await make_room(store)
    async with (
        serving(store) as server,
        Robot(server.url, mentee) as first,
        Robot(server.url, mentee) as second,
    ):
        session = (await first.join()).session
        await first.enter()
        await second.join()
        assert await first.ended() == "replaced"
        assert (await first.join(resume=session)).entered
        assert await second.ended() == "replaced"


async def test_who_leaves_is_gone_at_once(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        await ana.come()
        await ana.send(Leave())
        assert await ana.ended() == "left"
        assert await mo.misses() == ana.id


async def test_a_revoked_link_ends_the_call(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        await ana.come()
        guest = await links.revoke(store, record.id, ana.id)
        await server.live.guest_changed(record.id, guest)
        assert await ana.ended() == "revoked"
        assert await mo.misses() == guest.id
        await ana.connect()
        await ana.send(Join(token=mentee))
        assert (await ana.refused()).code == "link-revoked"
        await ana.ended()
        assert ana.close_code == 1008
        restored = await links.restore(store, record.id, guest.id)
        await server.live.guest_changed(record.id, restored)
        await ana.come()


async def test_a_renewed_link_ends_what_came_by_the_old_one(store: Redis) -> None:
    record, (_, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentee) as ana:
        await ana.come()
        guest = await links.renew(store, record.id, ana.id)
        await server.live.guest_changed(record.id, guest)
        assert await ana.ended() == "revoked"
        ana.token = sign_personal(await load_secret(store), record.id, guest)
        await ana.come()


async def test_a_room_ends_when_its_links_expire(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store, expires_ms=time.time_ns() // 1_000_000 + 700)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        assert await mo.ended() == "room-ended"
        await ana.connect()
        await ana.send(Join(token=mentee))
        assert (await ana.refused()).code == "link-expired"


@pytest.mark.parametrize("token", ["", "abc", "WyJhIiwiYiIsMV0.forged", "x" * 512])
async def test_a_forged_link_opens_nothing(store: Redis, token: str) -> None:
    async with serving(store) as server, Robot(server.url, token) as eve:
        await eve.connect()
        await eve.send(Join(token=token))
        error = await eve.refused()
        assert (error.code, error.about, error.field) == ("link-invalid", "join", "token")
        assert await eve.ended() is None
        assert eve.close_code == 1008


async def test_a_genuine_link_to_a_room_that_is_gone(store: Redis) -> None:
    record, (mentor, _) = await make_room(store)
    for key in await store.keys(f"*{record.id}*"):
        await store.delete(key)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.connect()
        await mo.send(Join(token=mentor))
        assert (await mo.refused()).code == "room-ended"


async def test_a_room_that_is_full_says_so(store: Redis) -> None:
    _, tokens = await make_room(store, THREE)
    async with (
        serving(store, Limits(members=2)) as server,
        Robot(server.url, tokens[0]) as mo,
        Robot(server.url, tokens[1]) as ana,
        Robot(server.url, tokens[2]) as bo,
    ):
        await mo.come()
        session = (await ana.join()).session
        await ana.enter()
        await ana.drop()
        await bo.connect()
        await bo.send(Join(token=bo.token))
        assert (await bo.refused()).code == "room-full"
        # The kept place is Ana's, and a second tab of hers is not a third person.
        assert (await ana.join(resume=session)).entered
        await ana.send(Leave())
        await ana.ended()
        await bo.join()


async def test_a_server_that_is_full_says_so(store: Redis) -> None:
    _, (first, *_) = await make_room(store)
    _, (second, *_) = await make_room(store)
    async with (
        serving(store, Limits(rooms=1)) as server,
        Robot(server.url, first) as mo,
        Robot(server.url, second) as ana,
    ):
        await mo.come()
        await ana.connect()
        await ana.send(Join(token=second))
        assert (await ana.refused()).code == "server-full"
        await mo.send(Leave())
        await mo.ended()
        await eventually(lambda: server.live.room_count == 0, "the room's end")
        await ana.join()


async def test_who_joins_too_often_waits(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store, Limits(joins=3)) as server, Robot(server.url, mentor) as mo:
        for _ in range(3):
            await mo.join()
        await mo.connect()
        await mo.send(Join(token=mentor))
        assert (await mo.refused()).code == "too-many-joins"


async def test_an_empty_room_is_let_go_and_comes_back_as_it_was(store: Redis) -> None:
    record, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.come()
        assert await rooms.occupied(store) == {record.id}
        await mo.send(TimerCommand(action="start"))
        started = (await mo.hears(TimerChanged)).timer
        await mo.send(Leave())
        await mo.ended()
        await eventually(lambda: server.live.room_count == 0, "the room's end")
        joined = await mo.join()
        assert joined.room.timer == started
        await mo.hang_up()
        await eventually(lambda: server.live.room_count == 0, "the room's end")
    assert await rooms.occupied(store) == set()


async def test_a_hundred_people_come_and_go_and_leave_nothing_behind(store: Redis) -> None:
    places: list[tuple[str, Role]] = [("Mo", "mentor"), *[(f"P{n}", "mentee") for n in range(15)]]
    tokens = [token for _ in range(7) for token in (await make_room(store, places))[1]]
    async with serving(store) as server:
        robots = [Robot(server.url, token) for token in tokens]
        try:
            started = time.monotonic()
            await asyncio.gather(*(robot.come() for robot in robots))
            assert time.monotonic() - started < 10
            assert (server.live.room_count, server.live.member_count) == (7, 112)
            await asyncio.gather(*(robot.send(Leave()) for robot in robots))
            await asyncio.gather(*(robot.ended() for robot in robots))
        finally:
            await asyncio.gather(*(robot.close() for robot in robots))
        await eventually(lambda: server.live.room_count == 0, "the end of the rooms")
        await eventually(lambda: connections_alive() == 0, "the end of the connections")


def connections_alive() -> int:
    gc.collect()
    return sum(isinstance(each, Connection) for each in gc.get_objects())


async def test_everyone_has_the_servers_clock(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.join()
        sent = now_ms()
        await mo.send(Ping(sent=123.456))
        pong = await mo.hears(Pong)
        assert pong.sent == 123.456
        assert sent <= pong.now_ms <= now_ms()


async def test_a_server_that_stops_says_goodbye_and_keeps_everything(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        session = (await mo.join()).session
        await mo.enter("Mo")
        await ana.come("Ana")
        await mo.send(TimerCommand(action="start"))
        await ana.hears(TimerChanged)
        await server.live.stop()
        assert await mo.ended() == "stopping"
        assert await ana.ended() == "stopping"
        async with serving(store) as again:
            mo.url = again.url
            joined = await mo.join(resume=session)
            assert joined.entered
            assert joined.room.timer.status == "running"
            assert {each.name for each in joined.room.members} == {"Mo", "Ana"}
            assert await rooms.occupied(store) == {record.id}


async def test_who_does_not_come_back_after_a_restart_is_let_go(
    store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.come()
        await server.live.stop()
        await mo.ended()
    monkeypatch.setattr(live_places, "PLACE_KEPT_S", 0.2)
    async with serving(store) as server:
        assert (server.live.room_count, server.live.member_count) == (1, 1)
        await eventually(lambda: server.live.room_count == 0, "the room's end")
    found = await rooms.load(store, record.id)
    assert found is not None
    assert found.members == ()
    assert await rooms.occupied(store) == set()
