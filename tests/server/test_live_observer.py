"""Somebody who observes, over a real socket and with real media: whatever they send by hand gets nowhere."""

from __future__ import annotations

from pycrdt import Doc, Text
from redis.asyncio import Redis

from server.storage import chat
from signaling.messages import (
    ClientMessage,
    Hand,
    Media,
    Moderate,
    NotesOpen,
    React,
    Reacted,
    Said,
    Say,
    TimerCommand,
    Types,
    Typing,
)
from signaling.notes import Update, encode_notes
from signaling.polls import PollVote
from tests.server.test_live_calls import Caller
from tests.support.eventually import eventually
from tests.support.robots_server import make_room, serving

PEOPLE = (("Mo", "mentor"), ("Ruth", "observer"))

BY_HAND: tuple[ClientMessage, ...] = (
    Media(microphone=True, camera=True, screen=True),
    Hand(raised=True),
    React(reaction="clap"),
    Say(text="I was never here", key="1"),
    Typing(),
    TimerCommand(action="start"),
    Moderate(action="mute-all"),
    PollVote(poll="a-poll-of-none", choices=(0,)),
)


async def test_they_see_and_hear_and_nothing_comes_from_them(store: Redis) -> None:
    record, (mentor, observer) = await make_room(store, PEOPLE)
    async with (
        serving(store) as server,
        Caller(server.url, mentor) as mo,
        Caller(server.url, observer) as ruth,
    ):
        await mo.call()
        await mo.enter("Mo")
        await ruth.call()
        await ruth.enter("Ruth", microphone=True, camera=True)
        shown = await mo.sees(lambda member: member.name == "Ruth")
        assert (shown.role, shown.microphone, shown.camera) == ("observer", False, False)
        await ruth.hears_more()

        for message in BY_HAND:
            await ruth.send(message)
            assert (await ruth.refused()).code == "observer", message
        await ruth.send(NotesOpen())
        await ruth.until(lambda: bool(ruth.frames), "the notes, which they may read")
        doc: Doc[Text] = Doc()
        doc["notes"] = Text("by hand")
        await ruth.say(encode_notes(Update(doc.get_update())))
        assert (await ruth.refused()).code == "observer"

        # Their connection sends sound all the while, as a client that takes no notice would.
        await mo.send(Media(microphone=False))
        await ruth.sees(lambda member: member.id == mo.id and not member.microphone)
        arrived, out = server.relay.stats.packets_in, server.relay.stats.packets_out
        await eventually(lambda: server.relay.stats.packets_in > arrived + 20, "packets")
        assert server.relay.stats.packets_out == out
        assert mo.heard_frames == 0
        assert not [each for each in mo.told if isinstance(each, Reacted | Said | Types)]
        assert mo.room().timer.status == "ready"
        assert mo.room().floor.hands == ()
        assert not await chat.lines(store, record, None, 10)
