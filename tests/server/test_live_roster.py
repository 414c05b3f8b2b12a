"""What a crowd is told of itself: in few messages, the same bytes for all, linear in who comes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from server import live_roster
from server.live import Limits
from server.live_outbox import Outbox
from server.live_roster import Roster
from server.room.state import Present, RoomState
from server.storage.rooms import load
from signaling.codec import decode_server, encode
from signaling.messages import Leave, Media, Members, ServerMessage
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving


def present(name: str, *, camera: bool = True) -> Present:
    return Present(
        id=name, name=name, microphone=True, camera=camera, screen=False, connected=True, session="s",
        entered_ms=1,
    )  # fmt: skip


class Hall:
    """A room of which only the roster is there, with somebody who listens."""

    def __init__(self, state: RoomState) -> None:
        self.state = state
        self.outboxes = [Outbox() for _ in range(3)]
        self.roster = Roster(lambda: self.state, self._tell_all)

    def _tell_all(self, message: ServerMessage) -> None:
        frame = encode(message)
        for outbox in self.outboxes:
            outbox.send_frame(frame)

    def become(self, *members: Present) -> None:
        """These are the members now."""
        self.state = RoomState(record=self.state.record, timer=self.state.timer, members=members)

    async def told(self) -> Members:
        """The next message to all, the same bytes for each."""
        frames = [await asyncio.wait_for(outbox.next(), 5) for outbox in self.outboxes]
        assert all(frame is frames[0] for frame in frames)
        assert isinstance(frames[0], str)
        message = decode_server(frames[0])
        assert isinstance(message, Members)
        return message


@pytest.fixture
async def hall(store: Redis) -> Hall:
    record, _ = await make_room(store)
    found = await load(store, record.id)
    assert found is not None
    return Hall(RoomState(record=found.record, timer=found.timer))


async def test_everybody_is_told_once_as_they_are_by_then(hall: Hall) -> None:
    hall.become(present("ana"))
    hall.roster.changed("ana")
    assert [member.id for member in (await hall.told()).present] == ["ana"]
    # All this comes within the 80 ms after a message.
    hall.become(present("ana"), present("bo"), present("cy"))
    for member in ("bo", "cy", "cy"):
        hall.roster.changed(member)
    hall.roster.graded("bo", "good", 90)
    hall.become(present("ana"), present("bo", camera=False))
    for member in ("bo", "cy"):
        hall.roster.changed(member)
    hall.roster.graded("bo", "fair", 70)
    told = await hall.told()
    assert [(member.id, member.camera) for member in told.present] == [("bo", False)]
    assert told.left == ("cy",)
    assert [(each.member, each.quality, each.score) for each in told.quality] == [("bo", "fair", 70)]


async def test_the_first_news_after_a_quiet_time_waits_for_nothing(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_roster, "TICK_S", 3_600.0)
    hall.roster.changed("ana")
    assert (await hall.told()).left == ("ana",)
    hall.roster.changed("bo")
    newcomer = Outbox()
    hall.roster.tell_newcomer(newcomer)
    hall.roster.graded("bo", "good", 90)
    hall.roster.tell_newcomer(newcomer)
    frame = await newcomer.next()
    assert isinstance(frame, str)
    assert '"quality":[{"member":"bo"' in frame
    hall.roster.stop()


@pytest.mark.parametrize("people", [25, 100])
async def test_a_storm_of_joins_is_told_in_breaths(store: Redis, people: int) -> None:
    _, tokens = await make_room(store, [(f"Person {index}", "mentee") for index in range(people)])
    async with serving(store, Limits(joins=10_000)) as server, AsyncExitStack() as stack:
        robots = [await stack.enter_async_context(Robot(server.url, token)) for token in tokens]
        loop = asyncio.get_running_loop()
        began = loop.time()
        for robot in robots:
            await robot.join()
        await asyncio.gather(*(robot.enter("Somebody") for robot in robots))
        await asyncio.gather(*(robot.send(Media(camera=False)) for robot in robots))

        def all_dark() -> bool:
            here = [robot.room().members for robot in (robots[0], robots[-1])]
            return all(len(members) == people and not any(m.camera for m in members) for members in here)

        await robots[0].until(all_dark, "everybody, without a camera")
        breaths = (loop.time() - began) / live_roster.TICK_S + 2
        for robot in robots:
            told = [each for each in robot.told if isinstance(each, Members)]
            assert len(told) <= breaths
            # Everybody twice at most, entering and without a camera: 130 bytes of each.
            assert sum(len(encode(each)) for each in told) <= 2 * 140 * people + 60 * breaths
        await asyncio.gather(*(robot.send(Leave()) for robot in robots[1:]))
        await robots[0].until(lambda: len(robots[0].gone) == people - 1, "only one")


async def test_how_connections_do_is_told_once_a_second_however_many_they_are(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_roster, "GRADES_S", 0.3)
    hall.become(*(present(f"p{index}") for index in range(50)))
    hall.roster.graded("p0", "good", 90)
    assert [each.member for each in (await hall.told()).quality] == ["p0"]
    began = asyncio.get_running_loop().time()
    for index in range(1, 50):
        hall.roster.graded(f"p{index}", "good", 90)
    assert len((await hall.told()).quality) == 49
    assert asyncio.get_running_loop().time() - began > 0.25
    # Somebody who comes takes it along.
    hall.roster.graded("p1", "poor", 30)
    hall.roster.changed("p2")
    told = await hall.told()
    assert ([each.id for each in told.present], [each.member for each in told.quality]) == (["p2"], ["p1"])
