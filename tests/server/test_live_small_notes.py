"""Each small room's notes: written and read there alone, and by whom they are for once everybody is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from redis.asyncio import Redis

from server.live_small_notes import LONGEST_SHOWN, small_notes
from signaling.messages import (
    ApartChanged,
    ApartCommand,
    NotesOpen,
    NotesSaved,
    Ping,
    Pong,
    Rotate,
    SmallNotes,
    SmallNotesWanted,
    Split,
)
from signaling.notes import Update
from tests.support.editor import Editor, stored
from tests.support.robots_server import RobotServer, make_room, serving


@asynccontextmanager
async def five(store: Redis) -> AsyncIterator[tuple[RobotServer, str, list[Editor]]]:
    """Mo, Ana, Bo, Cy and Di, who have the main room's notes open."""
    names = ("Ana", "Bo", "Cy", "Di")
    record, tokens = await make_room(store, [("Mo", "mentor"), *((name, "mentee") for name in names)])
    async with serving(store) as server, AsyncExitStack() as stack:
        editors = [await stack.enter_async_context(Editor(server.url, token)) for token in tokens]
        for editor in editors:
            await editor.open()
        yield server, record.id, editors


async def by_two(editors: list[Editor]) -> None:
    mo, ana, bo, cy, di = editors
    await mo.send(Split(how="hand", rooms=((ana.id, bo.id), (cy.id, di.id))))
    for editor in editors:
        await editor.hears(ApartChanged)


async def in_order(editor: Editor) -> None:
    """Whatever this one has sent is taken in."""
    pongs = sum(isinstance(each, Pong) for each in editor.told)
    await editor.send(Ping(sent=0))
    await editor.hears(Pong, count=pongs + 1)


async def test_each_small_room_has_notes_of_its_own(store: Redis) -> None:
    async with five(store) as (server, room, editors):
        mo, ana, bo, cy, di = editors
        await mo.frame(Update(mo.write("for all")))
        await mo.saved(2)
        await by_two(editors)
        for editor, small in ((ana, "1.1"), (bo, "1.1"), (cy, "1.2"), (di, "1.2")):
            await editor.turn_to(small)
            assert str(editor.text) == ""
        await ana.frame(Update(ana.write("we two")))
        await cy.frame(Update(cy.write("the others")))
        await bo.until(lambda: str(bo.text) == "we two", "Ana's note")
        await di.until(lambda: str(di.text) == "the others", "Cy's note")
        await in_order(mo)
        assert str(mo.text).startswith("for all")
        assert "we two" not in await server.live.notes_text(room)
        assert [await stored(store, room, small) for small in ("1.1", "1.2")] == ["we two", "the others"]


async def test_frames_between_being_moved_and_opening_go_nowhere(store: Redis) -> None:
    async with five(store) as (_, room, editors):
        _, ana, bo, _, _ = editors
        before = await stored(store, room)
        await by_two(editors)
        await ana.frame(Update(ana.write("meant for all")))
        await in_order(ana)
        await bo.turn_to("1.1")
        assert str(bo.text) == ""
        assert await stored(store, room) == before
        assert not [each for each in ana.told if isinstance(each, NotesSaved)][1:]


async def test_the_notes_of_another_room_are_out_of_reach(store: Redis) -> None:
    async with five(store) as (_, room, editors):
        mo, ana, _, cy, _ = editors
        await by_two(editors)
        await cy.turn_to("1.2")
        await cy.frame(Update(cy.write("not for Ana")))
        await cy.saved(2)
        for elsewhere in ("1.2", "", "7.7"):
            ana.frames.clear()
            await ana.send(NotesOpen(room=elsewhere))
            await ana.frame(Update(ana.write("in the wrong place ")))
            await in_order(ana)
            assert ana.frames == []
        await mo.send(NotesOpen(room="1.2"))
        await in_order(mo)
        assert await stored(store, room, "1.2") == "not for Ana"
        await ana.send(SmallNotesWanted())
        error = await ana.refused()
        assert (error.code, error.about) == ("apart-state", "small-notes-wanted")
        await mo.send(SmallNotesWanted())
        assert (await mo.hears(SmallNotes)).notes == ()


async def test_who_helps_reads_and_writes_along(store: Redis) -> None:
    async with five(store) as (_, _, editors):
        mo, ana, _, _, _ = editors
        await by_two(editors)
        await ana.turn_to("1.1")
        await ana.frame(Update(ana.write("stuck")))
        await ana.saved(2)
        await mo.send(ApartCommand(action="move", member=mo.id, room="1.1"))
        await mo.until(lambda: mo.small_room == "1.1", "the small room")
        await mo.turn_to("1.1")
        await mo.frame(Update(mo.write("not ")))
        await ana.until(lambda: str(ana.text) == "not stuck", "help")


async def test_back_together_everybody_reads_what_groups_wrote_for_all(store: Redis) -> None:
    async with five(store) as (_, room, editors):
        mo, ana, bo, cy, di = editors
        await by_two(editors)
        await ana.turn_to("1.1")
        await ana.frame(Update(ana.write("x" * (LONGEST_SHOWN + 1))))
        await ana.saved(2)
        await cy.turn_to("1.2")
        assert await small_notes(store, room) == []
        await mo.send(ApartCommand(action="back"))
        await di.hears(ApartChanged, lambda told: told.apart is None)
        await di.send(SmallNotesWanted())
        (note,) = (await di.hears(SmallNotes)).notes
        assert (note.room, note.number, note.members, note.cut) == ("1.1", 1, (ana.id, bo.id), True)
        assert note.text == "x" * LONGEST_SHOWN
        (whole,) = await small_notes(store, room)
        assert (len(whole.text), whole.record.notes) == (LONGEST_SHOWN + 1, "all")
        # The main room's notes are as they were left.
        await ana.turn_to("")
        assert "xx" not in str(ana.text)
        # Who asks again and again costs no more than who asks once.
        for _ in range(20):
            await bo.send(SmallNotesWanted())
        await in_order(bo)
        await bo.hears(SmallNotes)
        assert sum(isinstance(each, SmallNotes) for each in bo.told) < 20


async def test_what_a_pair_wrote_is_for_the_pair(store: Redis) -> None:
    async with five(store) as (_, _, editors):
        mo, ana, *others = editors
        await mo.send(Rotate(between="all", minutes=5, rounds=1, stay=(mo.id,)))
        apart = (await ana.hears(ApartChanged)).apart
        assert apart is not None
        assert apart.notes == "room"
        await ana.until(lambda: bool(ana.small_room), "a small room")
        own = next(room for room in apart.rooms if ana.id in room.members)
        mate = next(each for each in others if each.id in own.members)
        await ana.turn_to(own.id)
        await ana.frame(Update(ana.write("between us")))
        await ana.saved(2)
        await mo.send(ApartCommand(action="back"))
        for editor in editors:
            await editor.hears(ApartChanged, lambda told: told.apart is None)
            await editor.send(SmallNotesWanted())
            found = [note.text for note in (await editor.hears(SmallNotes)).notes]
            assert found == (["between us"] if editor in (ana, mate) else [])
