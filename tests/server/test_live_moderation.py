"""What somebody sends who may no longer, or never might: by an old socket, by hand, by another door.

Each rule of moderation and the test that shows it; the table for people is in ``docs/architecture.md``, and
``test_every_rule_has_its_test`` holds it against what there is.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from pathlib import Path

import aiohttp
import pytest
from pycrdt import Doc, Text
from redis.asyncio import Redis

from server.storage import chat, rooms
from signaling.codec import encode
from signaling.messages import (
    ChatOpen,
    ClientMessage,
    Enter,
    FloorChanged,
    Hand,
    Join,
    LookingOn,
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
from tests.support.doors import caller
from tests.support.eventually import eventually
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving

ROOT = Path(__file__).parents[2]

BY_HAND: tuple[ClientMessage, ...] = (
    Media(microphone=True, camera=True, screen=True),
    Hand(raised=True),
    React(reaction="clap"),
    Say(text="still here", key="1"),
    Typing(),
    ChatOpen(),
    TimerCommand(action="start"),
    Moderate(action="mute-all"),
    NotesOpen(),
    Enter(name="Ana", microphone=True, camera=True),
)


@pytest.mark.parametrize("how", ["removed", "replaced"])
async def test_what_comes_by_an_old_socket_changes_nothing(store: Redis, how: str) -> None:
    """A client that does not close: it goes on writing to a socket whose end it has been told."""
    record, (mentor, mentee) = await make_room(store)
    doc: Doc[Text] = Doc()
    doc["notes"] = Text("by hand")
    async with (
        serving(store) as server,
        Robot(server.url, mentor) as mo,
        Robot(server.url, mentee) as other,
        aiohttp.ClientSession() as http,
        http.ws_connect(server.url, autoclose=False) as old,
    ):
        await mo.come("Mo")
        for message in (Join(token=mentee), Enter(name="Ana", microphone=False, camera=False)):
            await old.send_str(encode(message))
        ana = await mo.sees(lambda member: member.name == "Ana")
        if how == "removed":
            await mo.send(Moderate(action="remove", member=ana.id))
            await mo.misses()
        else:
            await other.come("Ana")
        with contextlib.suppress(ConnectionError):
            for message in BY_HAND:
                await old.send_str(encode(message))
            await old.send_bytes(encode_notes(Update(doc.get_update())))
        # What the room does afterwards is told in order: whatever had come of it would have been told before.
        await mo.send(Say(text="after that", key="2"))
        await mo.hears(Said, lambda said: said.key == "2")
        assert not [each for each in mo.told if isinstance(each, Reacted | Types)]
        assert mo.room().floor.hands == ()
        assert mo.room().timer.status == "ready"
        assert [line.text for line in await chat.lines(store, record, None, 10)] == ["after that"]
        found = await rooms.load(store, record.id)
        assert found is not None
        assert [member.id for member in found.members] == ([mo.id] if how == "removed" else [mo.id, other.id])


async def test_an_encoder_of_somebody_who_observes_is_shown_and_not_forwarded(store: Redis) -> None:
    """WHIP (RFC 9725) is another door into the same room."""
    _, (mentor, observer, watcher) = await make_room(
        store, (("Mo", "mentor"), ("Ruth", "observer"), ("Ana", "mentee"))
    )
    async with (
        serving(store) as server,
        Robot(server.url, mentor) as mo,
        caller(server.base, "whip", observer) as encoder,
        caller(server.base, "whep", watcher) as player,
    ):
        await mo.come("Mo")
        await encoder.connect()
        shown = await mo.sees(lambda member: member.name == "Ruth")
        assert (shown.role, shown.microphone, shown.camera) == ("observer", False, False)
        streaming = encoder.stream()
        try:
            await player.connect()
            arrived = server.relay.stats.packets_in
            await eventually(lambda: server.relay.stats.packets_in > arrived + 50, "packets")
            assert all(not player.client.of(ssrc) for ssrc in player.ssrcs.values())
        finally:
            streaming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await streaming


async def test_a_player_ends_with_the_link_that_it_came_by(store: Redis) -> None:
    """WHEP shows a room without being in it: whoever is removed doesn't see on by it, in it or away."""
    _, (mentor, mentee, third) = await make_room(
        store, (("Mo", "mentor"), ("Ana", "mentee"), ("Bo", "mentee"))
    )
    async with (
        serving(store) as server,
        Robot(server.url, mentor) as mo,
        Robot(server.url, mentee) as ana,
        caller(server.base, "whep", mentee) as hers,
        caller(server.base, "whep", third) as his,
    ):
        await mo.come("Mo")
        await ana.come("Ana")
        for player in (hers, his):
            await player.connect()
        bo = mo.room().guests[2].id
        await mo.hears(LookingOn, lambda told: set(told.guests) == {ana.id, bo})
        await mo.send(Moderate(action="remove", member=ana.id))
        await mo.hears(LookingOn, lambda told: told.guests == (bo,))
        await mo.send(Moderate(action="remove", member=bo))
        await mo.hears(LookingOn, lambda told: told.guests == ())
        await eventually(lambda: server.relay.stats.peers == 0, "the end of both")
        for player in (hers, his):
            async with player.post() as refused:
                assert refused.status == 401


async def test_a_locked_room_is_locked_to_players(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with (
        serving(store) as server,
        Robot(server.url, mentor) as mo,
        caller(server.base, "whep", mentee) as player,
    ):
        await mo.come("Mo")
        await mo.send(Moderate(action="lock"))
        await mo.hears(FloorChanged, lambda told: told.floor.locked)
        async with player.post() as refused:
            assert refused.status == 503
            assert "Retry-After" in refused.headers
        await mo.send(Moderate(action="unlock"))
        await mo.hears(FloorChanged, lambda told: not told.floor.locked)
        await player.connect()


def test_every_rule_has_its_test() -> None:
    """The table in ``docs/architecture.md`` names tests that exist."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = text.split("## Who may do what in a room")[1].split("\n## ")[0]
    named = re.findall(r"`(test_\w+)`", table)
    assert len(named) > 15
    there = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in named if f"def {name}(" not in there] == []
