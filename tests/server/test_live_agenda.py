"""The agenda changed while it runs, and its headings in the notes: real sockets, a real store."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from redis.asyncio import Redis

from server.room.formats import formats, scale
from server.room.timer import drive
from server.storage import rooms
from signaling.agenda import AgendaEdit
from signaling.messages import TimerChanged, TimerCommand
from signaling.notes import Update
from signaling.parts import Timer, TimerAction
from tests.support.editor import Editor, stored
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving

FACILITATORS = (("Mo", "mentor"), ("Li", "mentor"), ("Ana", "mentee"))


async def timer_of(store: Redis, room: str) -> Timer:
    found = await rooms.load(store, room)
    assert found is not None
    return found.timer


async def test_two_facilitators_edit_and_the_one_who_is_late_sees_what_the_other_did(store: Redis) -> None:
    record, tokens = await make_room(store, FACILITATORS)
    async with (
        serving(store) as server,
        Robot(server.url, tokens[0]) as mo,
        Robot(server.url, tokens[1]) as li,
        Robot(server.url, tokens[2]) as ana,
    ):
        for robot, name in ((mo, "Mo"), (li, "Li"), (ana, "Ana")):
            await robot.come(name)
        await ana.send(AgendaEdit(action="remove", revision=0, box="b1"))
        assert (await ana.refused()).code == "not-facilitator"
        await mo.send(AgendaEdit(action="rename", revision=0, box="b2", title="Where you stand"))
        told = await li.hears(TimerChanged)
        assert (told.by, told.timer.revision, told.timer.boxes[2].key) == (mo.id, 1, "reality")
        assert await timer_of(store, record.id) == told.timer
        await li.send(AgendaEdit(action="remove", revision=0, box="b2"))
        late = await li.refused()
        assert (late.code, late.about, late.field) == ("agenda-changed", "agenda-edit", "revision")
        await li.send(AgendaEdit(action="move", revision=1, box="b2", place=4))
        for robot in (mo, li, ana):
            timer = (await robot.hears(TimerChanged, count=2)).timer
            assert [box.id for box in timer.boxes] == ["b0", "b1", "b3", "b4", "b2"]
    async with serving(store) as server, Robot(server.url, tokens[0]) as mo:
        again = (await mo.join()).room.timer
        assert (again.revision, again.boxes[4].title and again.boxes[4].title.fr) == (2, "Where you stand")


async def test_the_sessions_page_changes_the_agenda_of_a_room_until_its_timer_starts(store: Redis) -> None:
    record, tokens = await make_room(store)
    boxes = scale(formats()["quick-30"], 30)
    async with serving(store) as server, Robot(server.url, tokens[0]) as mo:
        await mo.come("Mo")
        assert await rooms.replan(store, record.id, boxes)
        await server.live.replan(record.id, boxes)
        told = await mo.hears(TimerChanged)
        assert (told.by, told.timer.boxes, told.timer.revision) == (None, boxes, 1)
        await mo.send(TimerCommand(action="start"))
        await mo.hears(TimerChanged, count=2)
        assert not await rooms.replan(store, record.id, boxes[:1])
        await server.live.replan(record.id, boxes[:1])
        assert (await timer_of(store, record.id)).boxes == boxes
    assert not await rooms.replan(store, "no-such-room", boxes)


async def test_each_box_gets_its_heading_once_while_somebody_writes(store: Redis) -> None:
    record, (mentor, mentee) = await make_room(store, format="quick-30", minutes=30)
    async with serving(store) as server, Editor(server.url, mentor) as mo, Editor(server.url, mentee) as ana:
        await mo.open()
        await ana.open()
        await ana.frame(Update(ana.write("Hello there.\n")))
        await ana.saved(2)
        # The check-in is not written down; the topic is renamed before it begins.
        steps: list[TimerAction] = ["start", "next", "back", "next", "next", "pause", "back", "next"]
        await mo.send(AgendaEdit(action="rename", revision=0, box="b1", title="*Ana* plan"))
        for count, action in enumerate(steps):
            await mo.send(TimerCommand(action=action))
            await ana.frame(Update(ana.write(f"{count} ")))
            await mo.hears(TimerChanged, count=count + 2)
        day = datetime.now(UTC).strftime("%-d %B %Y")
        await ana.saved(2 + len(steps))
        await ana.until(lambda: "### Next steps" in str(ana.text), "the last heading")
        text = await stored(store, record.id)
        assert str(ana.text) == text
        await mo.until(lambda: str(mo.text) == text, "the same text at the other")
        for heading in (f"## A meeting · {day}\n", "### *Ana* plan\n", "### Next steps\n"):
            assert text.count(heading) == 1
        assert text.count("#") == 2 + 3 + 3
        assert text.index("plan") < text.index("Next steps")
    async with serving(store) as server, Editor(server.url, mentor) as mo:
        await mo.open()
        await mo.send(TimerCommand(action="back"))
        await mo.hears(TimerChanged)
        assert await stored(store, record.id) == text


async def test_a_heading_that_a_dying_server_did_not_write_is_written_when_it_is_back(store: Redis) -> None:
    record, tokens = await make_room(store)
    started = drive(
        await timer_of(store, record.id), TimerCommand(action="start"), time.time_ns() // 1_000_000
    )
    await rooms.create(store, record, started)
    await rooms.mark_occupied(store, record.id)
    async with serving(store) as server, Editor(server.url, tokens[0]) as mo:
        await mo.open()
        await mo.until(lambda: "### Past actions\n" in str(mo.text), "the heading")
        assert str(mo.text) == await stored(store, record.id)
