"""The shared notes over a real socket: what is stored, shown, acknowledged and refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from pycrdt import Doc, Text
from redis.asyncio import Redis

from server import live_document, live_notes
from server.storage import keys, notes
from signaling.errors import ProtocolError
from signaling.messages import Error, NotesOpen, NotesSaved
from signaling.notes import (
    EMPTY_UPDATE,
    MAX_UPDATE,
    Ask,
    Presence,
    PresenceEntry,
    Query,
    Reply,
    Update,
    decode_notes,
    encode_notes,
)
from tests.support.editor import Editor, stored
from tests.support.eventually import eventually
from tests.support.robots import Robot
from tests.support.robots_server import RobotServer, make_room, serving


@asynccontextmanager
async def two_editors(store: Redis) -> AsyncIterator[tuple[RobotServer, str, Editor, Editor]]:
    record, tokens = await make_room(store)
    async with (
        serving(store) as server,
        Editor(server.url, tokens[0]) as mo,
        Editor(server.url, tokens[1]) as ana,
    ):
        yield server, record.id, await mo.open(), await ana.open()


async def test_what_one_writes_the_other_reads_and_the_store_keeps(store: Redis) -> None:
    async with two_editors(store) as (server, room, mo, ana):
        await mo.frame(Update(mo.write("# Goal\n🙂 é")))
        await mo.saved(2)
        await ana.until(lambda: str(ana.text) == "# Goal\n🙂 é", "the text")
        assert await stored(store, room) == "# Goal\n🙂 é"
        assert await server.live.notes_text(room) == "# Goal\n🙂 é"


async def test_what_was_written_alone_is_merged(store: Redis) -> None:
    async with two_editors(store) as (_, room, mo, ana):
        await mo.frame(Update(mo.write("one ")))
        await mo.saved(2)
        await ana.drop()
        ana.write("two ")
        await mo.frame(Update(mo.write("three ")))
        await mo.saved(3)
        await ana.open()
        await ana.saved(1)
        await mo.until(lambda: sorted(str(mo.text).split()) == ["one", "three", "two"], "the merge")
        await ana.until(lambda: str(ana.text) == str(mo.text), "the merge")
        assert await stored(store, room) == str(mo.text)


async def test_acknowledgements_count_every_frame_in_order(store: Redis) -> None:
    async with two_editors(store) as (_, _, mo, _):
        await mo.frame(Update(EMPTY_UPDATE))
        await mo.frame(Update(mo.write("a")))
        await mo.frame(Reply(EMPTY_UPDATE))
        await mo.saved(4)
        counts = [each.count for each in mo.told if isinstance(each, NotesSaved)]
        assert counts == [1, 2, 3, 4]


async def test_an_update_that_misses_something_is_asked_for_anew(store: Redis) -> None:
    async with two_editors(store) as (_, room, mo, ana):
        mo.write("swallowed ")
        await mo.frame(Update(mo.write("gap ")))
        await mo.heard_frame(Ask, count=2)
        await mo.frame(Update(mo.write("on the way ")))
        await mo.frame(Reply(mo.doc.get_update()))
        await mo.saved(4)
        assert [each.count for each in mo.told if isinstance(each, NotesSaved)] == [1, 4]
        assert await stored(store, room) == "on the way gap swallowed "
        await ana.until(lambda: str(ana.text) == "on the way gap swallowed ", "the text")
        assert not any(isinstance(each, Error) for each in mo.told)


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        (b"\x00\x02\x05abc", "bad-message", "update"),
        (b"\x09", "bad-message", "kind"),
        (encode_notes(Update(b"no update")), "bad-message", "update"),
        (encode_notes(Reply(b"\x01")), "bad-message", "update"),
        (encode_notes(Ask(b"\x05")), "bad-message", "vector"),
        (encode_notes(Update(bytes(MAX_UPDATE + 1))), "note-too-large", "update"),
        (encode_notes(Presence((PresenceEntry(1, 1, "[1]"),))), "bad-message", "awareness"),
        (encode_notes(Presence((PresenceEntry(1, 1, '{"a":'),))), "bad-message", "awareness"),
        (b"\x01\x0b\x02\x01\x01\x02{}\x02\x01\x02{}", "bad-message", "awareness"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_refused_and_breaks_nothing(
    store: Redis, frame: bytes, code: str, field: str
) -> None:
    async with two_editors(store) as (_, _, mo, ana):
        await mo.say(frame)
        error = await mo.refused()
        assert (error.code, error.about, error.field) == (code, "notes", field)
        await ana.frame(Update(ana.write("still here")))
        await ana.saved(2)
        await mo.until(lambda: str(mo.text) == "still here", "the text")


async def test_after_a_refused_update_only_everything_is_acknowledged(store: Redis) -> None:
    async with two_editors(store) as (_, room, mo, _):
        await mo.frame(Update(b"no update"))
        await mo.refused()
        await mo.frame(Update(mo.write("kept all the same ")))
        await mo.frame(Update(EMPTY_UPDATE))
        await mo.frame(Reply(mo.doc.get_update()))
        await mo.saved(5)
        assert [each.count for each in mo.told if isinstance(each, NotesSaved)] == [1, 5]
        assert await stored(store, room) == "kept all the same "


async def test_who_was_refused_for_size_goes_on_after_making_room(
    store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_document, "MOST_BYTES", 2_000)
    monkeypatch.setattr(live_notes, "_ask_every_s", 0.0)
    async with two_editors(store) as (_, room, mo, _):
        await mo.frame(Update(mo.write("x" * 3_000)))
        assert (await mo.refused()).code == "note-too-large"
        asked = sum(isinstance(decode_notes(each), Ask) for each in mo.frames)
        before = mo.doc.get_state()
        del mo.text[0:3_000]
        await mo.frame(Update(mo.doc.get_update(before)))
        await mo.heard_frame(Ask, count=asked + 1)
        mo.write("fits")
        await mo.frame(Reply(mo.doc.get_update()))
        await mo.saved(4)
        assert await stored(store, room) == "fits"


async def test_who_makes_gaps_without_end_is_at_fault(store: Redis) -> None:
    async with two_editors(store) as (_, _, mo, _):
        for _ in range(11):
            mo.write("swallowed")
            await mo.frame(Update(mo.write("gap")))
            await mo.frame(Reply(mo.doc.get_update()))
        error = await mo.hears(Error)
        assert (error.code, error.field) == ("bad-message", "update")
        assert sum(isinstance(decode_notes(each), Ask) for each in mo.frames) == 11


async def test_the_notes_are_for_those_who_opened_them(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.come()
        await mo.say(encode_notes(Query()))
        error = await mo.refused()
        assert (error.code, error.about) == ("bad-message", "notes")


async def test_cursors_are_shown_as_those_of_their_member(store: Redis) -> None:
    async with two_editors(store) as (_, _, mo, ana):
        state = {"user": {"id": "somebody else", "name": "<b>"}, "cursor": None, "typing": True}
        await mo.frame(Presence((PresenceEntry(77, 3, msgspec.json.encode(state).decode()),)))
        shown = await ana.heard_frame(Presence)
        assert isinstance(shown, Presence)
        entry = shown.entries[0]
        assert (entry.client, entry.clock) == (77, 3)
        assert msgspec.json.decode(entry.state) == {"user": {"id": mo.id}, "cursor": None, "typing": True}
        await mo.drop()
        gone = await ana.heard_frame(Presence, count=2)
        assert gone == Presence((PresenceEntry(77, 3, "null"),))


async def test_a_newcomer_sees_the_cursors_that_are_there(store: Redis) -> None:
    async with two_editors(store) as (_, _, mo, ana):
        await mo.frame(Presence((PresenceEntry(77, 3, "{}"),)))
        await ana.heard_frame(Presence)
        await ana.hang_up()
        await ana.open()
        assert isinstance(await ana.heard_frame(Presence), Presence)
        await ana.frame(Query())
        await ana.heard_frame(Presence, count=2)
        await mo.frame(Presence((PresenceEntry(77, 4, "null"),)))
        await ana.heard_frame(Presence, count=3)
        await ana.frame(Query())
        await ana.frame(Ask(b"\x00"))
        await ana.heard_frame(Reply, count=2)
        assert len([each for each in map(decode_notes, ana.frames) if isinstance(each, Presence)]) == 3


async def test_nobody_moves_another_ones_cursor(store: Redis) -> None:
    async with two_editors(store) as (_, _, mo, ana):
        await mo.frame(Presence((PresenceEntry(77, 3, "{}"),)))
        await ana.heard_frame(Presence)
        await ana.frame(Presence((PresenceEntry(77, 9, "null"),)))
        assert (await ana.refused()).field == "awareness"
        await mo.frame(Presence((PresenceEntry(78, 1, "{}"),)))
        assert (await mo.refused()).field == "awareness"
        await mo.frame(Presence((PresenceEntry(77, 4, "{}"),)))
        await ana.heard_frame(Presence, count=2)


async def test_the_log_is_compacted_and_reads_the_same(store: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_notes, "COMPACT_AT", 20)
    async with two_editors(store) as (server, room, mo, ana):
        for number in range(90):
            editor = (mo, ana)[number % 2]
            await editor.frame(Update(editor.write(f"{number} ")))
        await mo.saved(46)
        await ana.saved(46)
        await mo.until(lambda: str(mo.text) == str(ana.text), "the text")
        entries = [entry async for entry in notes.load(store, room)]
        assert len(entries) < 45
        assert len(str(mo.text).split()) == 90
        assert await stored(store, room) == str(mo.text)
        text, token = str(mo.text), mo.token
    async with serving(store) as server, Editor(server.url, token) as mo:
        assert await server.live.notes_text(room) == text
        await mo.open()
        assert str(mo.text) == text


async def test_a_long_log_is_read_page_by_page(store: Redis) -> None:
    record, _ = await make_room(store)
    writer: Doc[Text] = Doc()
    text = writer.get("notes", type=Text)
    updates: list[bytes] = []
    seen = writer.observe(lambda event: updates.append(event.update))
    for number in range(250):
        text += f"{number} "
    writer.unobserve(seen)
    async with store.pipeline(transaction=True) as pipe:
        for update in updates:
            notes.append(pipe, record.id, record.expires_ms, update)
        await pipe.execute()
    assert await stored(store, record.id) == str(text)


async def test_the_notes_go_with_the_room(store: Redis) -> None:
    record, _ = await make_room(store)
    async with store.pipeline(transaction=True) as pipe:
        notes.append(pipe, record.id, record.expires_ms, EMPTY_UPDATE)
        await pipe.execute()
    assert await store.pexpiretime(keys.notes(record.id)) > record.expires_ms


async def test_an_editor_who_leaves_at_once_leaves_nothing_behind(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Editor(server.url, mentor) as mo:
        for _ in range(3):
            await mo.come()
            await mo.send(NotesOpen())
            await mo.drop()
        await eventually(lambda: server.live.member_count <= 1, "the members")
        await mo.open()
        await mo.frame(Update(mo.write("x")))
        await mo.saved(2)


async def test_the_server_ticks_an_action_while_others_write(store: Redis) -> None:
    async with two_editors(store) as (server, room, mo, ana):
        await mo.frame(Update(mo.write("🙂 é\n- [ ] @Ana write the CV (2026-11-03)\n")))
        await mo.saved(2)
        await server.live.tick(room, "write the CV", done=True)
        ticked = "🙂 é\n- [x] @Ana write the CV (2026-11-03)\n"
        await ana.until(lambda: str(ana.text) == ticked, "the tick")
        await mo.frame(Update(mo.write("still here\n")))
        await mo.saved(3)
        await ana.until(lambda: str(ana.text) == f"still here\n{ticked}", "both")
        assert await stored(store, room) == str(ana.text) == str(mo.text)
        # Said twice, or about nothing, it changes nothing.
        await server.live.tick(room, "write the CV", done=True)
        await server.live.tick(room, "something else", done=True)
        assert await stored(store, room) == str(ana.text)
        await server.live.tick(room, "write the CV", done=False)
        await mo.until(lambda: "- [ ] @Ana" in str(mo.text), "open again")


async def test_an_action_is_ticked_in_a_room_where_nobody_is(store: Redis) -> None:
    record, _ = await make_room(store)
    doc: Doc[Text] = Doc()
    doc.get("notes", type=Text).insert(0, "- [ ] read\n")
    async with store.pipeline() as pipe:
        notes.append(pipe, record.id, record.expires_ms, doc.get_update())
        await pipe.execute()
    async with serving(store) as server:
        await server.live.tick(record.id, "Read", done=True)
        assert await stored(store, record.id) == "- [x] read\n"
        await eventually(lambda: server.live.room_count == 0, "the room is let go of")
        with pytest.raises(ProtocolError, match="room-ended"):
            await server.live.tick("nowhere", "read", done=True)
