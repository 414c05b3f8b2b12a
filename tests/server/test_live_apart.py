"""Small rooms as people live them: told to all, kept, each with its own talk, and back in time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from redis.asyncio import Redis

from server.clock import now_ms
from server.live import Limits
from server.storage.captions import transcript
from signaling.captions import Caption, Captions, CaptionsWanted, KeepCaptions, KeepingChanged
from signaling.messages import (
    ApartChanged,
    ApartCommand,
    AskHelp,
    ChatLines,
    ChatOpen,
    ClientMessage,
    Leave,
    Members,
    React,
    Reacted,
    Rotate,
    Said,
    Say,
    Split,
    Types,
    Typing,
)
from signaling.parts import Apart, Role
from tests.support.robots import Robot
from tests.support.robots_server import RobotServer, make_room, serving

PEOPLE: Sequence[tuple[str, Role]] = (
    ("Mo", "mentor"),
    ("Ana", "mentee"),
    ("Bo", "mentee"),
    ("Cy", "mentee"),
    ("Di", "mentee"),
)


class Ahead:
    """The server's clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ms = 0

    def __call__(self) -> int:
        return now_ms() + self.ms


@asynccontextmanager
async def five(
    store: Redis, clock: Callable[[], int] = now_ms
) -> AsyncIterator[tuple[RobotServer, list[Robot]]]:
    """Mo, Ana, Bo, Cy and Di, all in the room."""
    _, tokens = await make_room(store, PEOPLE)
    async with serving(store, clock=clock) as server, AsyncExitStack() as stack:
        robots = [await stack.enter_async_context(Robot(server.url, token)) for token in tokens]
        for robot, (name, _) in zip(robots, PEOPLE, strict=True):
            await robot.come(name)
        yield server, robots


async def by_two(robots: list[Robot], minutes: int | None = None) -> None:
    """Ana with Bo, Cy with Di; everybody knows."""
    mo, ana, bo, cy, di = robots
    await mo.send(Split(how="hand", rooms=((ana.id, bo.id), (cy.id, di.id)), minutes=minutes))
    for robot in robots:
        await robot.hears(ApartChanged, lambda told: told.apart is not None)


def apart(robot: Robot) -> Apart:
    """The small rooms that there are, as this robot knows."""
    found = robot.room().apart
    assert found is not None
    return found


def lines(robot: Robot) -> list[str]:
    return [each.line.text for each in robot.told if isinstance(each, Said) and each.key is None]


async def test_everybody_knows_who_is_where_and_comes_back_there_after_a_reload(store: Redis) -> None:
    async with five(store) as (_, robots):
        mo, ana, _, cy, di = robots
        await by_two(robots, minutes=10)
        assert [each.small_room for each in robots] == ["", "1.1", "1.1", "1.2", "1.2"]
        assert apart(mo) == apart(ana)
        assert ana.joined is not None
        session = ana.joined.session
        await ana.drop()
        joined = await ana.join(resume=session)
        assert joined.room.apart == cy.room().apart
        assert ana.small_room == "1.1"
        await di.send(Leave())
        await mo.until(lambda: apart(mo).rooms[1].members == (cy.id,), "one left")
        await di.come("Di")
        await mo.until(lambda: apart(mo).rooms[1].members == (cy.id, di.id), "both")


async def test_what_is_said_in_a_small_room_stays_there(store: Redis) -> None:
    async with five(store) as (_, robots):
        mo, ana, bo, cy, di = robots
        await mo.send(Say(text="before", key="k"))
        await di.hears(Said)
        await by_two(robots)
        await ana.send(Say(text="between us", key="k", room="1.1"))
        await ana.send(React(reaction="heart"))
        await ana.send(Typing())
        await bo.hears(Said, lambda said: said.line.text == "between us")
        await bo.hears(Reacted)
        await bo.hears(Types)
        await cy.send(Say(text="in the other", key="k"))
        await mo.send(Say(text="five minutes left", key="k", everywhere=True))
        for robot in robots:
            await robot.hears(Said, lambda said: said.line.everywhere and said.key is None)
        assert lines(ana) == lines(bo) == ["before", "between us", "five minutes left"]
        assert lines(cy) == lines(di) == ["before", "in the other", "five minutes left"]
        assert lines(mo) == ["before", "five minutes left"]
        for robot in (mo, cy, di):
            assert not [each for each in robot.told if isinstance(each, Reacted | Types)]
        for robot, told in (
            (mo, ["before", "five minutes left"]),
            (bo, ["between us", "five minutes left"]),
            (di, ["in the other", "five minutes left"]),
        ):
            await robot.send(ChatOpen())
            assert [line.text for line in (await robot.hears(ChatLines)).lines] == told


async def test_a_sentence_begun_in_a_small_room_is_neither_shown_nor_kept_in_the_main_one(
    store: Redis,
) -> None:
    def said(line: int, text: str, *, final: bool = True) -> Caption:
        return Caption(line=line, text=text, final=final, language="en")

    async with five(store) as (_, robots):
        mo, ana, bo, *_ = robots
        await mo.send(KeepCaptions(act="ask"))
        for robot in robots[1:]:
            await robot.hears(KeepingChanged)
            await robot.send(KeepCaptions(act="agree"))
        await mo.hears(KeepingChanged, lambda told: len(told.keeping.agreed) == len(robots))
        for robot in (mo, bo):
            await robot.send(CaptionsWanted(on=True))
        await by_two(robots)
        await ana.send(said(1, "between us", final=False))
        await bo.hears(Captions)
        await mo.send(ApartCommand(action="back"))
        await ana.hears(ApartChanged, lambda told: told.apart is None)
        await ana.send(said(1, "Between us alone"))
        await ana.send(said(2, "here", final=False))
        await ana.send(said(2, "Here we are"))
        await mo.hears(Captions, lambda news: any(line.text == "Here we are" for line in news.lines))
        heard = [line.text for each in mo.told if isinstance(each, Captions) for line in each.lines]
        assert not [text for text in heard if "between us" in text.lower()]
        room = mo.room().id
    assert [each.text for each in await transcript(store, room)] == ["Here we are"]


async def test_a_line_for_others_than_those_who_would_read_it_now_is_refused(store: Redis) -> None:
    async with five(store) as (_, robots):
        mo, ana, bo, _, _ = robots
        await by_two(robots)
        await mo.send(ApartCommand(action="back"))
        await ana.hears(ApartChanged, lambda told: told.apart is None)
        await ana.send(Say(text="only for Bo", key="k", room="1.1"))
        error = await ana.refused()
        assert (error.code, error.about, error.field) == ("moved", "say", "room")
        await ana.send(Say(text="to all rooms", key="k", everywhere=True))
        assert (await ana.refused()).code == "not-facilitator"
        await bo.send(Say(text="hello again", key="k", room=""))
        await mo.hears(Said)
        assert lines(mo) == ["hello again"]


async def test_a_line_by_the_id_of_another_room_says_nothing_there(store: Redis) -> None:
    async with five(store) as (_, robots):
        mo, ana, bo, cy, _ = robots
        await by_two(robots)
        await ana.send(Say(text="in your room", key="k", room="1.2"))
        assert (await ana.refused()).code == "moved"
        await ana.send(ApartCommand(action="move", member=ana.id, room="1.2"))
        assert (await ana.refused()).code == "not-facilitator"
        await cy.send(Say(text="all quiet", key="k"))
        await cy.hears(Said)
        assert lines(cy) == ["all quiet"]
        assert lines(bo) == lines(mo) == []


async def test_help_comes_and_goes_on_to_the_next(store: Redis) -> None:
    async with five(store) as (_, robots):
        mo, ana, bo, cy, di = robots
        await by_two(robots)
        await cy.send(AskHelp(wanted=True))
        await mo.until(lambda: apart(mo).rooms[1].asks == (cy.id,), "a call for help")
        await mo.send(ApartCommand(action="move", member=mo.id, room="1.2"))
        await cy.until(lambda: apart(cy).rooms[1].members == (cy.id, di.id, mo.id), "help")
        assert apart(cy).rooms[1].asks == ()
        await mo.send(Say(text="what is it?", key="k", room="1.2"))
        await di.hears(Said)
        await mo.send(ApartCommand(action="move", member=mo.id, room="1.1"))
        await mo.until(lambda: mo.small_room == "1.1", "the other room")
        await mo.send(Say(text="and here?", key="k", room="1.1"))
        await bo.hears(Said)
        assert (lines(ana), lines(di)) == (["and here?"], ["what is it?"])


async def test_when_the_time_is_up_everybody_is_back_by_the_servers_clock(store: Redis) -> None:
    clock = Ahead()
    async with five(store, clock) as (_, robots):
        await by_two(robots, minutes=10)
        clock.ms += 9 * 60_000
        await robots[0].send(ApartCommand(action="add", minutes=5))
        await robots[1].hears(ApartChanged, count=2)
        clock.ms += 5 * 60_000
        await robots[0].send(AskHelp(wanted=True))
        assert (await robots[0].refused()).code == "apart-state"
        assert robots[1].small_room == "1.1"
        clock.ms += 60_000
        for robot in robots:
            await robot.hears(ApartChanged, lambda told: told.apart is None)


@pytest.mark.parametrize("stay", [True, False])
async def test_what_each_is_told_of_does_not_grow_with_the_room(store: Redis, stay: bool) -> None:
    """The same acts among eight people and among forty: as many messages of state to each."""
    told = [await _messages(store, people, stay=stay) for people in (8, 40)]
    assert told[0] == told[1]


async def _messages(store: Redis, people: int, *, stay: bool) -> Counter[str]:
    roles: list[tuple[str, Role]] = [("Mo", "mentor")]
    roles += [(f"Person {index}", "mentee") for index in range(people - 1)]
    _, tokens = await make_room(store, roles)
    async with serving(store, Limits(joins=1_000)) as server, AsyncExitStack() as stack:
        robots = [await stack.enter_async_context(Robot(server.url, token)) for token in tokens]
        await asyncio.gather(*(robot.come() for robot in robots))
        mo = robots[0]
        for robot in robots:
            await robot.until(lambda robot=robot: len(robot.room().members) == people, "everybody")  # type: ignore[misc]
        before = [len(robot.told) for robot in robots]
        acts: list[ClientMessage] = [
            Split(how="random", size=2),
            ApartCommand(action="back"),
            Rotate(between="all", minutes=5, rounds=3, stay=(mo.id,) if stay else ()),
            ApartCommand(action="next"),
            ApartCommand(action="next"),
            ApartCommand(action="back"),
        ]
        for count, act in enumerate(acts, 1):
            await mo.send(act)
            for robot in robots:
                await robot.hears(ApartChanged, count=count)
        kinds = [
            Counter(
                type(each).__name__ for each in robot.told[start:] if isinstance(each, ApartChanged | Members)
            )
            for robot, start in zip(robots, before, strict=True)
        ]
        assert all(each == kinds[0] for each in kinds)
        assert kinds[0]["ApartChanged"] == len(acts)
        return kinds[0]
