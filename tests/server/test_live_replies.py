"""Lines that answer others, and lines that are written outside the room while people are in it."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from server.mentoring.conversations import Message
from server.storage import conversations, rooms
from server.storage.conversations import posted_message
from server.storage.records import commit
from signaling.messages import ChatLines, ChatOpen, Said, Say
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving


async def in_a_tie(store: Redis) -> list[str]:
    record, tokens = await make_room(store)
    found = await rooms.load(store, record.id)
    assert found is not None
    await rooms.create(store, replace(found.record, conversation="tie-1"), found.timer)
    return tokens


def message(author: str, text: str, **change: str) -> Message:
    now_ms = time.time_ns() // 1_000_000
    return replace(
        Message(id=f"m-{now_ms}", mentorship="tie-1", author=author, text=text, at_ms=now_ms), **change
    )


@pytest.mark.parametrize("tie", [True, False], ids=["in a tie", "in a room of its own"])
async def test_a_line_answers_another_and_shows_it(store: Redis, tie: bool) -> None:
    _, tokens = (None, await in_a_tie(store)) if tie else await make_room(store)
    async with (
        serving(store) as server,
        Robot(server.url, tokens[0]) as mo,
        Robot(server.url, tokens[1]) as ana,
    ):
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(Say(text="Which\nday?  " + "x" * 200, key="a"))
        asked = (await ana.hears(Said)).line
        assert (asked.reply, asked.quote) == (None, None)
        await ana.send(Say(text="Monday", key="b", reply=asked.id))
        line = (await mo.hears(Said, lambda said: said.line.member == ana.id)).line
        assert line.reply == asked.id
        assert line.quote is not None
        assert (line.quote.member, line.quote.at_ms) == (mo.id, asked.at_ms)
        assert line.quote.text.startswith("Which day? xxx")
        assert len(line.quote.text) <= 141
        await ana.send(ChatOpen())
        assert (await ana.hears(ChatLines)).lines == (asked, line)
        # What isn't there, or not here, is no answer to anything.
        await ana.send(Say(text="?", key="c", reply="nothing"))
        other = (await mo.hears(Said, lambda said: said.line.text == "?")).line
        assert (other.reply, other.quote) == ("nothing", None)


async def test_another_conversation_is_not_quoted(store: Redis) -> None:
    tokens = await in_a_tie(store)
    foreign = message("eve", "a secret", id="foreign", mentorship="tie-2")
    await commit(store, posted_message(foreign, []))
    async with serving(store) as server, Robot(server.url, tokens[0]) as mo:
        await mo.come("Mo")
        await mo.send(Say(text="?", key="a", reply="foreign"))
        assert (await mo.hears(Said)).line.quote is None
        await mo.send(ChatOpen())
        assert [line.quote for line in (await mo.hears(ChatLines)).lines] == [None]


async def test_what_is_written_on_the_page_is_told_in_the_room_once_and_is_read_there(store: Redis) -> None:
    tokens = await in_a_tie(store)
    async with (
        serving(store) as server,
        Robot(server.url, tokens[0]) as mo,
        Robot(server.url, tokens[1]) as ana,
    ):
        await mo.come("Mo")
        await ana.come("Ana")
        await mo.send(Say(text="In the call", key="a"))
        first = (await ana.hears(Said)).line
        written = message(ana.id, "From the train", via="mail", reply=first.id)
        await commit(store, posted_message(written, [mo.id, ana.id]))
        line = (await mo.hears(Said, lambda said: said.line.id == written.id)).line
        assert (line.member, line.text, line.reply) == (ana.id, "From the train", first.id)
        assert line.quote is not None
        assert line.quote.text == "In the call"
        assert await conversations.unread(store, mo.id) == {}
        await mo.send(Say(text="Last", key="b"))
        await ana.hears(Said, lambda said: said.line.text == "Last")
        told = [each.line.text for each in ana.told if isinstance(each, Said)]
        assert told == ["In the call", "From the train", "Last"]
