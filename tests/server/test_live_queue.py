"""Office hours as people live through them: real sockets, a real store and relay."""

from __future__ import annotations

from collections.abc import Sequence

from pycrdt import Doc, Text
from redis.asyncio import Redis

from server.live_small_notes import visit_notes
from server.storage import rooms
from signaling.codec import encode
from signaling.messages import (
    ApartChanged,
    Bye,
    ChatLines,
    ChatOpen,
    Enter,
    Entered,
    Leave,
    Members,
    NotesOpen,
    NotesSaved,
    Said,
    Say,
    TimerChanged,
    Waiting,
)
from signaling.notes import Ask, Reply, Update, decode_notes, encode_notes
from signaling.parts import Role
from signaling.visits import QueueAbout, QueueChanged, QueueCommand, QueuePass, QueuePlace
from tests.support.robots import Robot
from tests.support.robots_server import RobotProcess, make_room, serving
from tests.support.store import Valkey

PEOPLE: Sequence[tuple[str, Role]] = (("Mo", "mentor"), ("Ana", "mentee"), ("Bo", "mentee"), ("Cy", "mentee"))
NEXT = QueueCommand(action="next")


def written(text: str) -> bytes:
    doc: Doc[Text] = Doc()
    notes = doc.get("notes", type=Text)
    notes += text
    return doc.get_update()


async def waits(robot: Robot, name: str) -> QueuePlace:
    await robot.send(Enter(name=name, microphone=True, camera=True))
    await robot.hears(Waiting)
    return await robot.hears(QueuePlace)


async def test_visitors_wait_are_told_their_place_and_come_in_one_by_one(store: Redis) -> None:
    record, (mentor, *visitors) = await make_room(store, PEOPLE, format="office-hours-60", minutes=60)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        ana, bo, cy = (Robot(server.url, token) for token in visitors)
        async with ana, bo, cy:
            await ana.join()
            assert [guest.name for guest in (await bo.join()).room.guests] == ["Mo", "Bo"]
            await cy.join()
            assert (await waits(ana, "Ana")).minutes is None
            await mo.come("Mo")
            assert (await ana.hears(QueuePlace, lambda told: told.minutes is not None)).minutes == 0
            assert await waits(bo, "Bo") == QueuePlace(
                place=2, minutes=10, behind=False, closed=False, about=""
            )
            await waits(cy, "Cy")
            await bo.send(QueueAbout(text="My thesis"))
            await bo.hears(QueuePlace, lambda told: told.about == "My thesis")
            await ana.send(QueuePass())
            await ana.hears(QueuePlace, lambda told: told.place == 2)
            queue = await mo.hears(QueueChanged, lambda told: [each.name for each in told.line][:1] == ["Bo"])
            assert queue.line[0].about == "My thesis"

            await mo.send(NEXT)
            await bo.hears(Entered)
            # Who waits doesn't learn who visits, by whatever name.
            await cy.hears(ApartChanged)
            assert bo.id not in str([each for each in cy.told if isinstance(each, ApartChanged)])
            await bo.until(lambda: bo.room().apart is not None, "the room of the visit")
            await ana.hears(QueuePlace, lambda told: told.place == 1)
            stored = await rooms.load(store, record.id)
            assert stored is not None
            assert [visitor.name for visitor in stored.queue.line] == ["Ana", "Cy"]
            timer = (await mo.hears(TimerChanged)).timer
            assert timer.turn is not None
            assert timer.turn.order == (bo.id,)

            await mo.send(NEXT)
            assert await bo.ended() == "visited"
            await ana.hears(Entered)
            await cy.send(Leave())
            assert await cy.ended() == "left"
            await mo.hears(QueueChanged, lambda told: told.count == 0 and told.visit is not None)
            told = [member.name for each in ana.told if isinstance(each, Members) for member in each.present]
            assert "Bo" not in told


async def test_what_is_said_and_written_in_a_visit_is_the_visitors_and_the_mentors_alone(
    store: Redis,
) -> None:
    record, (mentor, first, second, _) = await make_room(store, PEOPLE, format="office-hours-60", minutes=60)
    async with serving(store) as server:
        mo, ana, bo = (Robot(server.url, token) for token in (mentor, first, second))
        async with mo, ana, bo:
            await mo.come("Mo")
            await ana.join()
            await waits(ana, "Ana")
            await bo.join()
            await waits(bo, "Bo")
            await mo.send(NEXT)
            await ana.hears(Entered)
            place = await rooms.load(store, record.id)
            assert place is not None
            room = place.parting.room_of(ana.id)
            await ana.send(NotesOpen(room=room))
            await ana.until(lambda: bool(ana.frames), "the notes")
            await ana.say(encode_notes(Update(written("Ana's plan"))))
            await ana.hears(NotesSaved)
            await ana.send(Say(text="A secret", key="k"))
            await mo.hears(Said)
            await mo.send(NEXT)
            await bo.hears(Entered)
            await bo.send(ChatOpen())
            assert (await bo.hears(ChatLines)).lines == ()
            assert not any(isinstance(each, Said) for each in bo.told)
            await bo.send(NotesOpen(room=room))
            await bo.send(NotesOpen())
            found = await visit_notes(store, record.id, ana.id)
            assert [each.text for each in found] == ["Ana's plan"]
            assert await visit_notes(store, record.id, bo.id) == []
            assert [each.text for each in await visit_notes(store, record.id, mo.id)] == ["Ana's plan"]
            await bo.say(encode_notes(Ask(Doc().get_state())))
            await bo.send(QueueAbout(text="x"))
            await bo.refused()
            replies = [each for each in map(decode_notes, bo.frames) if isinstance(each, Reply)]
            assert not any(b"plan" in each.update for each in replies)


async def test_places_outlive_a_killed_server_and_a_reload(store: Redis, valkey: Valkey) -> None:
    record, (mentor, *visitors) = await make_room(store, PEOPLE, format="office-hours-60", minutes=60)
    process = RobotProcess(valkey.url)
    await process.start()
    try:
        mo = Robot(process.url, mentor)
        ana, bo, cy = (Robot(process.url, token) for token in visitors)
        async with mo, ana, bo, cy:
            await mo.come("Mo")
            for robot, name in ((ana, "Ana"), (bo, "Bo"), (cy, "Cy")):
                await robot.join()
                await waits(robot, name)
            await mo.send(NEXT)
            await ana.hears(Entered)
            assert ana.joined is not None
            session = ana.joined.session
            await process.kill()
            await process.start()
            for robot in (mo, ana, bo, cy):
                robot.url = process.url
            await cy.join()
            assert (await waits(cy, "Cy")).place == 2
            await bo.join()
            assert (await waits(bo, "Bo")).place == 1
            assert (await ana.join(resume=session)).entered
            await bo.drop()
            await bo.join()
            assert (await waits(bo, "Bo")).place == 1
            stored = await rooms.load(store, record.id)
            assert stored is not None
            assert [visitor.name for visitor in stored.queue.line] == ["Bo", "Cy"]
            assert stored.queue.visit is not None
    finally:
        await process.kill()


async def test_nobody_gets_round_the_queue(store: Redis) -> None:
    _, (mentor, first, second, third) = await make_room(store, PEOPLE, format="office-hours-60", minutes=60)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, first) as ana:
        await ana.join()
        await waits(ana, "Ana")
        await ana.send(NEXT)
        assert (await ana.refused()).code == "not-entered"
        await ana.say(encode(NotesOpen()))
        assert (await ana.refused()).code == "not-entered"
        await mo.come("Mo")
        await mo.send(QueueCommand(action="close"))
        async with Robot(server.url, second) as bo:
            await bo.join()
            await ana.hears(QueuePlace, lambda told: told.closed)
            await bo.send(Enter(name="Bo", microphone=True, camera=True))
            assert (await bo.refused()).code == "queue-closed"
        await mo.send(QueueCommand(action="dismiss", member=ana.id))
        assert await ana.ended() == "refused"
        await mo.send(NEXT)
        assert (await mo.refused()).code == "queue-state"
        await mo.send(QueueCommand(action="open"))
        async with Robot(server.url, third) as cy:
            await cy.join()
            await waits(cy, "Cy")
            await mo.send(NEXT)
            await cy.hears(Entered)
            await mo.send(QueueCommand(action="put-back"))
            await cy.hears(Waiting, count=2)
            assert (await cy.hears(QueuePlace, count=2)).place == 1
            await mo.send(NEXT)
            await cy.hears(Entered, count=2)
            assert not any(isinstance(each, Bye) for each in cy.told)
