from __future__ import annotations

from msgspec.structs import replace
from redis.asyncio import Redis

from server.mentoring.attendance import Stay
from server.room.change import DropMember, Save, SaveMember, SaveTimer
from server.room.formats import formats
from server.room.record import GuestRecord, Invited, RoomRecord, plan
from server.room.state import Present
from server.storage import keys, notes, rooms
from server.storage.client import connect
from server.storage.rooms import RETENTION_MS
from signaling.parts import Timer
from tests.support.store import Valkey

FAR_MS = 4_000_000_000_000


async def save(store: Redis, record: RoomRecord, saves: list[Save]) -> None:
    async with store.pipeline(transaction=True) as pipe:
        rooms.add_saves(pipe, record.id, record.expires_ms, saves, 9_000)
        await pipe.execute()


def planned(room: str = "r1", expires_ms: int = FAR_MS) -> tuple[RoomRecord, Timer]:
    return plan(
        room_id=room,
        title=" First  meeting ",
        agenda=formats()["grow-45"],
        minutes=45,
        invited=[Invited("m", "Zoë", "mentor"), Invited("a", "Ana", "mentee"), Invited("b", "Bo", "mentee")],
        now_ms=1_000,
        expires_ms=expires_ms,
    )


def present(member: str, *, name: str = "Zoë", entered_ms: int = 5) -> Present:
    return Present(
        id=member, name=name, microphone=True, camera=False, screen=False,
        connected=True, session="s-" + member, entered_ms=entered_ms,
    )  # fmt: skip


async def test_a_room_comes_back_as_it_was_planned(store: Redis) -> None:
    record, timer = planned()
    await rooms.create(store, record, timer)
    assert await rooms.load_record(store, "r1") == record
    loaded = await rooms.load(store, "r1")
    assert loaded is not None
    assert (loaded.record, loaded.timer, loaded.members) == (record, timer, ())


async def test_an_unknown_room_is_none(store: Redis) -> None:
    assert await rooms.load_record(store, "nowhere") is None
    assert await rooms.load(store, "nowhere") is None


async def test_changes_are_kept_in_their_order(store: Redis) -> None:
    record, timer = planned()
    await rooms.create(store, record, timer)
    running = Timer(status="running", index=1, boxes=timer.boxes, since_ms=77, turn=None)
    await save(
        store,
        record,
        [
            SaveMember(present("m")),
            SaveMember(present("a")),
            SaveMember(present("m", name="Zoé")),
            DropMember("a", 5),
            SaveTimer(running),
        ],
    )
    loaded = await rooms.load(store, "r1")
    assert loaded is not None
    assert loaded.members == (present("m", name="Zoé"),)
    assert loaded.timer == running


async def test_everything_of_a_room_goes_when_its_time_is_over(store: Redis) -> None:
    record, timer = planned()
    await rooms.create(store, record, timer)
    await save(store, record, [SaveMember(present("m")), SaveTimer(timer)])
    found = [key async for key in store.scan_iter("*")]
    assert len(found) == 5
    for key in found:
        assert b"{r1}" in key
        assert await store.pexpiretime(key) == record.expires_ms + RETENTION_MS, key


async def test_who_was_in_a_room_stays_known(store: Redis) -> None:
    record, _ = planned()
    ana, mo = present("ana", entered_ms=1_000), present("mo", entered_ms=2_000)
    # The client repeats what was not answered: an end is not undone by that.
    for save_twice in ([SaveMember(ana)], [SaveMember(mo)], [DropMember("ana", 1_000)], [SaveMember(ana)]):
        await save(store, record, save_twice)
    assert await rooms.load_stays(store, "r1") == [Stay("ana", 1_000, 9_000), Stay("mo", 2_000, None)]
    assert await rooms.load_stays(store, "r2") == []


async def test_a_room_is_prepared_once_and_takes_in_whoever_is_missing(store: Redis) -> None:
    record, timer = planned()
    await rooms.prepare(store, record, timer, b"first")
    running = Timer(status="running", index=1, boxes=timer.boxes, since_ms=77, turn=None)
    more = record.with_guest(GuestRecord(id="zed", name="Zed", role="mentee", place=9))
    await rooms.prepare(store, replace(more, minutes=99), running, b"second")
    found = await rooms.load(store, "r1")
    assert found is not None
    assert found.record == replace(record, guests=more.guests)
    assert found.timer == timer
    assert [update async for _, update in notes.load(store, "r1")] == [b"first"]


async def test_an_emptied_hash_that_fills_again_expires_too(store: Redis) -> None:
    record, _ = planned()
    steps: list[Save] = [SaveMember(present("m")), DropMember("m", 5), SaveMember(present("m"))]
    for step in steps:
        await save(store, record, [step])
    assert await store.pexpiretime(keys.members("r1")) == record.expires_ms + RETENTION_MS


async def test_what_was_answered_survives_a_killed_store() -> None:
    record, timer = planned()
    with Valkey() as valkey:
        client = connect(valkey.url)
        await rooms.create(client, record, timer)
        await rooms.mark_occupied(client, "r1")
        valkey.kill()
        valkey.start()
        # The client's pooled connection is dead; it is the client's business to notice.
        assert await rooms.load_record(client, "r1") == record
        assert await rooms.occupied(client) == {"r1"}
        await client.aclose()


async def test_occupied_rooms_are_listed_until_they_are_empty(store: Redis) -> None:
    await rooms.mark_occupied(store, "r1")
    await rooms.mark_occupied(store, "r2")
    await rooms.mark_empty(store, "r1")
    assert await rooms.occupied(store) == {"r2"}
