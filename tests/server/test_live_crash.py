"""``kill -9`` of the server, of the store, of both, in mid-call: nothing that anyone was shown is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from pycrdt import Doc, Text
from redis.asyncio import Redis

from server.live_saver import MOST_WAITING
from server.room.timer import remaining_ms
from server.storage import rooms
from server.storage.client import connect
from signaling.messages import (
    Error,
    Join,
    Media,
    Members,
    NotesOpen,
    NotesSaved,
    Ping,
    Pong,
    Saving,
    TimerChanged,
    TimerCommand,
)
from signaling.notes import Ask, Reply, Update, decode_notes, encode_notes
from tests.support.robots import Robot
from tests.support.robots_server import RobotProcess, make_room, serving
from tests.support.store import Valkey


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    with Valkey() as valkey:
        yield valkey


@pytest.fixture
async def own_store(own_valkey: Valkey) -> AsyncIterator[Redis]:
    client = connect(own_valkey.url)
    yield client
    await client.aclose()


@pytest.fixture
async def process(own_valkey: Valkey) -> AsyncIterator[RobotProcess]:
    process = RobotProcess(own_valkey.url)
    try:
        await process.start()
        yield process
    finally:
        await process.kill()


class Scribe(Robot):
    """Writes lines into the notes; remembers how many of its frames are stored."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.doc: Doc[Text] = Doc()
        self.text = self.doc.get("notes", type=Text)

    async def open(self) -> None:
        await self.send(NotesOpen())
        await self.say(encode_notes(Ask(self.doc.get_state())))
        await self.until(
            lambda: sum(isinstance(decode_notes(f), Ask | Reply) for f in self.frames) == 2, "sync"
        )
        await self.say(encode_notes(Reply(self.doc.get_update())))
        await self.hears(NotesSaved)

    async def write(self, text: str) -> None:
        before = self.doc.get_state()
        self.text += text
        await self.say(encode_notes(Update(self.doc.get_update(before))))

    def heard(self, data: bytes) -> None:
        super().heard(data)
        match decode_notes(data):
            case Reply(update) | Update(update):
                self.doc.apply_update(update)


@pytest.mark.parametrize("victim", ["the server", "the store", "both"])
async def test_nothing_shown_is_lost(
    own_valkey: Valkey, own_store: Redis, process: RobotProcess, victim: str
) -> None:
    _, (mentor, mentee) = await make_room(own_store)
    async with Scribe(process.url, mentor) as mo, Scribe(process.url, mentee) as ana:
        session = (await mo.join()).session
        await mo.enter("Mo", camera=False)
        ana_session = (await ana.join()).session
        await ana.enter("Ana")
        await mo.open()
        for action in ("start", "next"):
            await mo.send(TimerCommand(action=action))
        shown = await ana.hears(TimerChanged, count=2)
        await mo.write("agreed: 🙂 é\n")
        await mo.hears(NotesSaved, count=2)
        if victim != "the server":
            own_valkey.kill()
        if victim != "the store":
            await process.kill()
            await asyncio.gather(mo.ended(), ana.ended())
        if victim != "the server":
            own_valkey.start()
        if victim != "the store":
            await process.start()
            joined = await mo.join(resume=session)
            assert joined.entered
            assert not joined.media_kept
            assert (await ana.join(resume=ana_session)).entered
        else:
            await mo.send(Media(camera=True))
            await ana.sees(lambda member: member.id == mo.id and member.camera)
        await mo.until(lambda: all(each.connected for each in mo.room().members), "both")
        assert {each.name for each in mo.room().members} == {"Mo", "Ana"}
        timer = mo.room().timer
        now_ms = time.time_ns() // 1_000_000
        assert timer == shown.timer
        assert abs(remaining_ms(timer, now_ms) - (5 * 60_000 - (now_ms - shown.now_ms))) < 1_000
        if victim != "the store":
            await ana.open()
            text = str(ana.text)
            assert [text.count(part) for part in ("agreed: 🙂 é\n", "### Past actions\n")] == [1, 1]
        assert mo.gone == ana.gone == []


async def test_while_the_store_is_away_everything_waits_and_then_happens(
    own_valkey: Valkey, own_store: Redis
) -> None:
    record, (mentor, mentee) = await make_room(own_store)
    async with (
        serving(own_store) as server,
        Scribe(server.url, mentor) as mo,
        Scribe(server.url, mentee) as ana,
    ):
        await mo.come()
        session = (await ana.join()).session
        await ana.enter()
        await mo.open()
        await ana.open()
        own_valkey.kill()
        await mo.send(TimerCommand(action="start"))
        await mo.write("written ")
        for robot in (mo, ana):
            await robot.hears(Saving, lambda told: told.held)
        # The connection lives on, and whoever comes back sees the room as stored and that it is held.
        await mo.send(Ping(sent=1))
        await mo.hears(Pong)
        await ana.drop()
        again = await ana.join(resume=session)
        assert again.entered
        assert again.room.timer.status == "ready"
        await ana.hears(Saving, lambda told: told.held)
        assert not any(isinstance(each, TimerChanged) for each in mo.told)
        assert not any(isinstance(each, NotesSaved) and each.count == 2 for each in mo.told)
        own_valkey.start()
        changed = await ana.hears(TimerChanged)
        assert changed.timer.status == "running"
        await mo.hears(NotesSaved, lambda told: told.count == 2)
        await mo.hears(Saving, lambda told: not told.held)
        found = await rooms.load(own_store, record.id)
        assert found is not None
        assert found.timer == changed.timer
        assert (await server.live.notes_text(record.id)).count("written ") == 1
        assert abs(changed.now_ms - time.time() * 1000) < 5_000


async def test_beyond_a_bound_what_can_not_be_stored_is_refused(own_valkey: Valkey, own_store: Redis) -> None:
    _, (mentor, mentee) = await make_room(own_store)
    async with (
        serving(own_store) as server,
        Scribe(server.url, mentor) as mo,
        Scribe(server.url, mentee) as ana,
    ):
        await mo.come()
        await ana.come()
        await mo.open()
        await ana.open()
        own_valkey.kill()
        for number in range(MOST_WAITING + 10):
            await mo.send(Media(camera=number % 2 == 1))
        await mo.hears(
            Error, lambda told: told.code == "store-unavailable" and told.about == "media", count=10
        )
        await mo.write("can't be taken ")
        await mo.hears(Error, lambda told: told.code == "store-unavailable" and told.about == "notes")
        await mo.write("nor this ")
        own_valkey.start()
        await mo.hears(Saving, lambda told: not told.held)
        # The notes are asked for anew, because something was not taken.
        await mo.until(lambda: sum(isinstance(decode_notes(f), Ask) for f in mo.frames) == 2, "the question")
        await mo.say(encode_notes(Reply(mo.doc.get_update())))
        await mo.hears(NotesSaved, lambda told: told.count == 4)
        await ana.until(lambda: str(ana.text) == "can't be taken nor this ", "the text")
        refused = [each for each in mo.told if isinstance(each, Error) and each.about == "media"]
        assert len(refused) == 10
        # All that waited came true at once, and is told as it is in the end.
        expected = [MOST_WAITING % 2 == 0, True]
        await ana.until(
            lambda: [member.camera for member in ana.room().members] == expected,
            "the camera as it is in the end",
        )
        assert len([each for each in ana.told if isinstance(each, Members)]) <= 4


async def test_nobody_gets_into_a_room_that_can_not_be_fetched(own_valkey: Valkey, own_store: Redis) -> None:
    _, (mentor, mentee) = await make_room(own_store)
    async with (
        serving(own_store) as server,
        Robot(server.url, mentor) as mo,
        Robot(server.url, mentee) as ana,
    ):
        own_valkey.kill()
        await mo.connect()
        await mo.send(Join(token=mentor))
        assert (await mo.refused()).code == "store-unavailable"
        own_valkey.start()
        await ana.come()
