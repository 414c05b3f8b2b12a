"""The chat as people live it: stored before it is shown, only to those who are in, and kept."""

from __future__ import annotations

from msgspec.structs import replace
from redis.asyncio import Redis

from server.room.chat import LONGEST_LINE
from server.storage import conversations, rooms
from signaling.messages import ChatLines, ChatOpen, Enter, Leave, Moderate, Said, Say, Types, Typing, Waiting
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving


def texts(lines: ChatLines) -> list[str]:
    return [line.text for line in lines.lines]


async def test_a_line_is_shown_to_all_once_it_is_stored(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await ana.send(Say(text=" <b>Hello</b>\n\nhttps://example.org \u0007", key="k1"))
        own = await ana.hears(Said, lambda said: said.key == "k1")
        seen = await mo.hears(Said)
        assert (seen.line, seen.key) == (own.line, None)
        assert (seen.line.member, seen.line.text) == (ana.id, "<b>Hello</b>\n\nhttps://example.org")
        await mo.send(ChatOpen())
        assert (await mo.hears(ChatLines)).lines == (seen.line,)


async def test_lines_keep_their_order_and_are_paged_backwards(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        for robot in (mo, ana, mo):
            for number in range(18):
                await robot.send(Say(text=f"{robot.id} {number}", key=str(number)))
        await mo.hears(Said, lambda said: said.key is None, count=38)
        await mo.send(ChatOpen())
        last = await mo.hears(ChatLines)
        told = [each.line.text for each in mo.told if isinstance(each, Said) and each.key is None]
        assert texts(last) == told[-50:]
        assert last.more == (len(told) > 50)
        await mo.send(ChatOpen(before_ms=last.lines[5].at_ms))
        assert texts(await mo.hears(ChatLines, count=2)) == texts(last)[:5]


async def test_what_can_not_be_a_line_is_refused(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.join()
        await mo.send(Say(text="early", key="k"))
        assert (await mo.refused()).code == "not-entered"
        await mo.enter("Mo")
        await mo.send(Say(text=" \n\u200b\t ", key="k"))
        assert (await mo.refused()).code == "chat-empty"
        await mo.send(Say(text="x" * (LONGEST_LINE + 1), key="k"))
        error = await mo.refused()
        assert (error.code, error.field) == ("chat-too-long", "text")


async def test_nobody_at_the_door_reads_along(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await mo.send(Moderate(action="lobby"))
        await mo.send(Say(text="before you came", key="k"))
        await mo.hears(Said)
        await ana.join()
        await ana.send(ChatOpen())
        assert (await ana.refused()).code == "not-entered"
        await ana.send(Enter(name="Ana", microphone=False, camera=False))
        await ana.hears(Waiting)
        await mo.send(Say(text="between us", key="k"))
        await mo.hears(Said, count=4)
        await mo.send(Moderate(action="admit-all"))
        await ana.sees(lambda member: member.id == ana.id)
        assert not [each for each in ana.told if isinstance(each, Said)]


async def test_the_chat_outlives_the_server(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.come("Mo")
        await mo.send(Say(text="kept", key="k"))
        await mo.hears(Said)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.come("Mo")
        await mo.send(ChatOpen())
        assert texts(await mo.hears(ChatLines)) == ["kept"]


async def test_in_the_room_of_an_appointment_it_is_the_ties_conversation(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store)
    found = await rooms.load(store, record.id)
    assert found is not None
    await rooms.create(store, replace(found.record, conversation="tie-1"), found.timer)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(Say(text="See you on Thursday", key="k"))
        line = (await ana.hears(Said)).line
        [message] = await conversations.messages(store, "tie-1")
        assert (message.id, message.author, message.text) == (line.id, mo.id, "See you on Thursday")
        # Who is in the call has seen it; who has gone finds it unread.
        assert await conversations.unread(store, ana.id) == {}
        assert await conversations.read_mark(store, "tie-1", ana.id) == line.at_ms
        await ana.send(ChatOpen())
        assert texts(await ana.hears(ChatLines)) == ["See you on Thursday"]
        await ana.send(Leave())
        await mo.misses()
        await mo.send(Say(text="Are you there?", key="k2"))
        await mo.hears(Said, lambda said: said.key == "k2")
        assert list(await conversations.unread(store, ana.id)) == ["tie-1"]


async def test_who_is_writing_is_told(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come("Mo")
        await ana.come("Ana")
        await ana.send(Typing())
        assert (await mo.hears(Types)).member == ana.id
