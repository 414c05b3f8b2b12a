"""Polls, pointers and captions over real sockets and a real store: who is told what, and what stays."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from msgspec.structs import replace
from redis.asyncio import Redis

from server.storage import keys
from server.storage.captions import transcript
from server.storage.client import connect
from server.storage.polls import asked
from signaling.captions import Caption, Captions, CaptionsWanted, KeepCaptions, KeepingChanged
from signaling.messages import ClientMessage, Enter, Media
from signaling.parts import NOT_KEPT, Keeping, Role
from signaling.pointers import (
    Point,
    Pointer,
    Pointers,
    PointersAllowed,
    PointersWanted,
    PointingOff,
    PointOff,
)
from signaling.polls import (
    PollDo,
    PollDraft,
    PollGone,
    PollNow,
    Polls,
    PollsWanted,
    PollVote,
    Voted,
    Voters,
    VotersWanted,
)
from tests.support.robots import Robot
from tests.support.robots_server import RobotProcess, make_room, serving
from tests.support.store import Valkey

ASK = PollDraft(poll="poll-one", question="Which day?", choices=("Monday", "Friday"), ask=True)


def vote(*choices: int) -> PollVote:
    return PollVote(poll="poll-one", choices=choices)


async def sends(robot: Robot, *messages: ClientMessage) -> None:
    for message in messages:
        await robot.send(message)


async def test_a_poll_is_asked_answered_and_outlives_the_server(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(ASK)
        poll = (await ana.hears(PollNow)).poll
        assert (poll.question, poll.status, poll.counts) == ("Which day?", "open", None)
        assert (await mo.hears(PollNow)).poll.counts == (0, 0)
        await ana.send(vote(1))
        assert (await ana.hears(Voted)).vote.choices == (1,)
        assert (await ana.hears(PollNow, lambda now: now.poll.counts == (0, 1))).poll.voters == 1
        await mo.hears(PollNow, lambda now: now.poll.counts == (0, 1))
        assert not [each for each in mo.told if isinstance(each, Voted)]
        await mo.send(VotersWanted(poll="poll-one"))
        assert (await mo.hears(Voters)).choices == ((), (ana.id,))
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await ana.send(PollsWanted())
        found = await ana.hears(Polls)
        assert [(each.poll, each.choices) for each in found.own] == [("poll-one", (1,))]
        assert found.polls[0].counts == (0, 1)
        await sends(mo, PollDo(poll="poll-one", act="close"), PollDo(poll="poll-one", act="delete"))
        await ana.hears(PollGone)
        assert await asked(store, record.id) == ()
        await mo.send(PollDo(poll="poll-one", act="restore"))
        await ana.hears(PollNow, lambda now: now.poll.status == "closed" and now.poll.shown)
    [kept] = await asked(store, record.id)
    assert (kept.counts, kept.voters, [each.member for each in kept.votes]) == ((0, 1), 1, [ana.id])


async def test_what_an_anonymous_poll_knew_is_gone_when_it_closes(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(PollDraft(poll="poll-one", question="?!", choices=("a", "b"), anonymous=True, ask=True))
        await ana.send(PollsWanted())
        await ana.hears(PollNow)
        await ana.send(vote(0))
        await ana.hears(Voted)
        [open_] = await asked(store, record.id)
        assert (open_.votes, open_.voters) == ((), 1)
        assert await fields(store, record.id) == [f"poll-one:{ana.id}"]
        await mo.send(VotersWanted(poll="poll-one"))
        assert (await mo.refused()).code == "poll-secret"
        await mo.send(PollDo(poll="poll-one", act="close"))
        await ana.hears(PollNow, lambda now: now.poll.counts == (1, 0))
        assert await fields(store, record.id) == []
        [closed] = await asked(store, record.id)
        assert (closed.votes, closed.counts, closed.voters) == ((), (1, 0), 1)


async def fields(store: Redis, room: str) -> list[str]:
    return sorted(each.decode() for each in await store.hkeys(keys.votes(room)))


async def test_a_crowd_that_answers_at_once_is_told_of_in_a_few_messages(store: Redis) -> None:
    people: list[tuple[str, Role]] = [("Mo", "mentor"), *((f"P{number}", "mentee") for number in range(20))]
    _, tokens = await make_room(store, people)
    async with serving(store) as server, AsyncExitStack() as stack:
        robots = [await stack.enter_async_context(Robot(server.url, token)) for token in tokens]
        await asyncio.gather(*(robot.come(f"R{at}") for at, robot in enumerate(robots)))
        mo, others = robots[0], robots[1:]
        await mo.send(ASK)
        await asyncio.gather(*(robot.hears(PollNow) for robot in others))
        await asyncio.gather(*(robot.send(vote(at % 2)) for at, robot in enumerate(others)))
        last = await mo.hears(PollNow, lambda now: now.poll.voters == 20)
        assert last.poll.counts == (10, 10)
        told = [each for each in mo.told if isinstance(each, PollNow)]
        assert len(told) < 10


async def test_pointers_reach_those_who_look_and_stop_where_they_are_not_wanted(store: Redis) -> None:
    people: list[tuple[str, Role]] = [("Mo", "mentor"), ("Ana", "mentee"), ("Bo", "mentee")]
    _, tokens = await make_room(store, people)
    async with serving(store) as server, AsyncExitStack() as stack:
        mo, ana, bo = [await stack.enter_async_context(Robot(server.url, token)) for token in tokens]
        for robot in (mo, ana, bo):
            await robot.come()
        await mo.send(Media(screen=True))
        await ana.sees(lambda member: member.id == mo.id and member.screen)
        await mo.send(PointersWanted(on=True))
        assert (await mo.hears(PointingOff)).members == ()
        # Far more than anybody may send: most is passed over, and none comes back to its sender.
        for step in range(100):
            await ana.send(Point(of=mo.id, x=step, y=10_000))
        await ana.send(PointOff())
        await mo.hears(Pointers, lambda news: news.gone == (ana.id,))
        points = [point for each in mo.told if isinstance(each, Pointers) for point in each.points]
        assert points
        assert len(points) <= 12
        assert {(point.member, point.of, point.y) for point in points} == {(ana.id, mo.id, 10_000)}
        assert not [each for each in (*ana.told, *bo.told) if isinstance(each, Pointers)]
        await mo.send(PointersAllowed(allowed=False))
        await mo.hears(PointingOff, lambda off: off.members == (mo.id,))
        await bo.send(PointersWanted(on=True))
        assert (await bo.hears(PointingOff)).members == (mo.id,)
        await bo.send(Point(of=mo.id, x=1, y=1))
        await mo.send(PointersAllowed(allowed=True))
        await bo.hears(PointingOff, lambda off: off.members == ())
        # Whoever sent too much waits for a moment.
        point = Point(of=mo.id, x=5, y=6)
        await bo.send(point)
        seen = await mo.hears(Pointers, lambda news: any(each.member == bo.id for each in news.points))
        assert seen.points == (Pointer(member=bo.id, of=mo.id, x=5, y=6),)


def caption(line: int, text: str, *, final: bool = True) -> Caption:
    return Caption(line=line, text=text, final=final, language="en")


async def test_captions_reach_those_who_want_them_and_are_kept_by_consent_alone(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(CaptionsWanted(on=True))
        await sends(ana, caption(1, "before anybody", final=False), caption(1, "Before anybody agreed"))
        first = await mo.hears(Captions, lambda news: any(line.final for line in news.lines))
        assert first.lines[-1].text == "Before anybody agreed"
        await mo.send(KeepCaptions(act="ask"))
        asked_for = await ana.hears(KeepingChanged)
        assert asked_for.keeping == Keeping(by=mo.id, agreed=(mo.id,))
        await sends(ana, caption(2, "Not yet"), KeepCaptions(act="agree"))
        await ana.hears(KeepingChanged, count=2)
        await sends(ana, caption(3, "so kept", final=False), caption(3, "So kept"), KeepCaptions(act="stop"))
        assert (await mo.hears(KeepingChanged, count=3)).keeping == NOT_KEPT
        await ana.send(caption(4, "No more"))
        await mo.hears(Captions, lambda news: any(line.text == "No more" for line in news.lines))
        assert not [each for each in ana.told if isinstance(each, Captions)]
    assert [(each.name, each.text) for each in await transcript(store, record.id)] == [("Ana", "So kept")]


async def test_consent_is_asked_of_whoever_comes_and_outlives_the_server(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await mo.send(KeepCaptions(act="ask"))
        await mo.hears(KeepingChanged)
        await mo.send(caption(1, "Alone"))
        await ana.come("Ana")
        assert ana.joined is not None
        assert ana.joined.room.keeping.by == mo.id
        await mo.sees(lambda member: member.id == ana.id)
        await mo.send(caption(2, "While Ana was not asked"))
        await mo.send(CaptionsWanted(on=True))
        await ana.send(caption(1, "Hello"))
        await mo.hears(Captions)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        joined = await mo.join()
        assert joined.room.keeping == Keeping(by=mo.id, agreed=(mo.id,))
        await mo.send(Enter(name="Mo", microphone=False, camera=False))
    assert [each.text for each in await transcript(store, record.id)] == ["Alone"]


async def test_what_was_shown_of_a_poll_survives_kill_9() -> None:
    with Valkey() as valkey:
        store, process = connect(valkey.url), RobotProcess(valkey.url)
        try:
            await process.start()
            _, (mentor, mentee) = await make_room(store)
            async with Robot(process.url, mentor) as mo, Robot(process.url, mentee) as ana:
                await mo.come("Mo")
                await ana.come("Ana")
                await sends(mo, ASK, replace(ASK, poll="poll-two", ask=False), KeepCaptions(act="ask"))
                await ana.hears(PollNow)
                await sends(ana, vote(1), KeepCaptions(act="agree"))
                await ana.hears(PollNow, lambda now: now.poll.counts == (0, 1))
                keeping = (await ana.hears(KeepingChanged, count=2)).keeping
                sessions = [each.joined.session for each in (mo, ana) if each.joined is not None]
                await process.kill()
                await asyncio.gather(mo.ended(), ana.ended())
                valkey.kill()
                valkey.start()
                await process.start()
                for robot, session in zip((mo, ana), sessions, strict=True):
                    assert (await robot.join(resume=session)).room.keeping == keeping
                    await robot.send(PollsWanted())
                assert [poll.status for poll in (await mo.hears(Polls)).polls] == ["open", "draft"]
                found = await ana.hears(Polls)
                assert [(poll.counts, poll.voters) for poll in found.polls] == [((0, 1), 1)]
                assert [each.choices for each in found.own] == [(1,)]
        finally:
            await process.kill()
            await store.aclose()
