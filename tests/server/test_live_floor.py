"""Hands, moderation and the door as people live through them: real sockets, a real store and relay."""

from __future__ import annotations

from msgspec.structs import replace
from redis.asyncio import Redis

from server.room.state import NOTHING_SAID
from server.storage import rooms
from signaling.messages import (
    Enter,
    Entered,
    FloorChanged,
    Hand,
    Join,
    Media,
    Moderate,
    React,
    Reacted,
    Silenced,
    TimerCommand,
    Waiting,
)
from tests.support.eventually import eventually
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving

ENTER = Enter(name="Ana", microphone=True, camera=True)


async def test_hands_are_seen_by_all_and_stored_before_that(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await ana.send(Hand(raised=True))
        told = await mo.hears(FloorChanged)
        assert (told.floor, told.by) == (replace(NOTHING_SAID, hands=(ana.id,)), ana.id)
        found = await rooms.load(store, record.id)
        assert found is not None
        assert found.floor == told.floor
        await mo.send(Moderate(action="lower", member=ana.id))
        assert (await ana.hears(FloorChanged, count=2)).floor.hands == ()


async def test_a_hand_outlives_the_server(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await ana.send(Hand(raised=True))
        await ana.hears(FloorChanged)
        assert mo.joined is not None
        session = mo.joined.session
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        again = await mo.join(resume=session)
        assert [len(again.room.floor.hands), again.entered] == [1, True]


async def test_reactions_are_shown_but_not_without_end(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.join()
        await ana.send(React(reaction="heart"))
        assert (await ana.refused()).code == "not-entered"
        await ana.enter("Ana")
        for _ in range(40):
            await ana.send(React(reaction="clap"))
        await ana.send(Hand(raised=True))
        await mo.hears(FloorChanged)
        seen = [each for each in mo.told if isinstance(each, Reacted)]
        assert seen[0] == Reacted(member=ana.id, reaction="clap")
        assert 5 <= len(seen) < 20


async def test_nothing_that_a_muted_member_sends_by_hand_gets_through(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(Moderate(action="mute", member=ana.id))
        assert (await ana.hears(Silenced)).source == "microphone"
        await mo.sees(lambda member: member.id == ana.id and not member.microphone)
        await ana.send(Moderate(action="mute", member=mo.id))
        assert (await ana.refused()).code == "not-facilitator"
        await ana.send(Media(microphone=True))
        await mo.sees(lambda member: member.id == ana.id and member.microphone)


async def test_a_removed_member_does_not_come_back_in_any_way(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        assert ana.joined is not None
        session = ana.joined.session
        await mo.send(Moderate(action="remove", member=ana.id))
        assert await ana.ended() == "removed"
        assert await mo.misses() == ana.joined.member
        for resume in (None, session):
            await ana.connect()
            await ana.send(Join(token=mentee, resume=resume))
            assert (await ana.refused()).code == "link-revoked"
        found = await rooms.load(store, record.id)
        assert found is not None
        assert [guest.revoked for guest in found.record.guests] == [False, True]
    async with serving(store) as server, Robot(server.url, mentee) as ana:
        await ana.connect()
        await ana.send(Join(token=mentee))
        assert (await ana.refused()).code == "link-revoked"


async def test_a_locked_room_admits_nobody_by_race(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.join()
        await mo.send(Moderate(action="lock"))
        await ana.hears(FloorChanged, lambda told: told.floor.locked)
        await ana.send(ENTER)
        assert (await ana.refused()).code == "room-locked"
        await mo.send(Moderate(action="unlock"))
        await ana.hears(FloorChanged, lambda told: not told.floor.locked)
        await ana.enter("Ana")


async def test_who_waits_is_let_in_with_their_media(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await mo.send(Moderate(action="lobby"))
        await mo.hears(FloorChanged)
        await ana.join()
        await ana.send(ENTER)
        await ana.hears(Waiting)
        await mo.hears(FloorChanged, lambda told: [each.name for each in told.floor.waiting] == ["Ana"])
        for message in (
            Hand(raised=True),
            TimerCommand(action="start"),
            Moderate(action="admit", member=ana.id),
        ):
            await ana.send(message)
            assert (await ana.refused()).code == "not-entered"
        await mo.send(Moderate(action="admit", member=ana.id))
        await ana.hears(Entered)
        await mo.sees(lambda member: member.id == ana.id and member.camera)


async def test_who_is_refused_is_told(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await mo.send(Moderate(action="lobby"))
        await mo.hears(FloorChanged)
        await ana.join()
        await ana.send(ENTER)
        await ana.hears(Waiting)
        await mo.send(Moderate(action="refuse", member=ana.id))
        assert await ana.ended() == "refused"


async def test_who_goes_away_from_the_door_waits_no_longer(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await mo.send(Moderate(action="lobby"))
        await mo.hears(FloorChanged)
        await ana.join()
        await ana.send(ENTER)
        await mo.hears(FloorChanged, lambda told: told.floor.waiting != ())
        await ana.drop()
        await mo.hears(FloorChanged, lambda told: told.floor.waiting == (), count=2)
        await eventually(lambda: server.live.member_count == 1, "one member")


async def test_who_was_promoted_drives_the_timer(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(Moderate(action="promote", member=ana.id))
        await ana.sees(lambda member: member.id == ana.id and member.role == "mentor")
        await ana.send(TimerCommand(action="start"))
        await ana.until(lambda: ana.room().timer.status == "running", "the timer")
