from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from server.room.formats import formats
from server.room.links import PersonalLink, check, read_personal, sign_personal
from server.room.record import GuestRecord, Invited, plan
from server.storage import links, rooms
from server.storage.secret import load_secret
from signaling.errors import ProtocolError

FAR_MS = 4_000_000_000_000


@pytest.fixture
async def room(store: Redis) -> str:
    record, timer = plan(
        room_id="r1",
        title="",
        agenda=formats()["open"],
        minutes=60,
        invited=[Invited("m", "Mo", "mentor"), Invited("a", "Ana", "mentee")],
        now_ms=0,
        expires_ms=FAR_MS,
    )
    await rooms.create(store, record, timer)
    return record.id


async def opened(store: Redis, guest: GuestRecord) -> str | None:
    """The error code that this guest's link meets, None when it opens."""
    record = await rooms.load_record(store, "r1")
    try:
        check(record, PersonalLink("r1", guest.id, guest.serial), now_ms=1)
    except ProtocolError as error:
        return error.code
    return None


async def test_a_revoked_link_opens_nothing_until_it_is_restored(store: Redis, room: str) -> None:
    revoked = await links.revoke(store, room, "a")
    assert await opened(store, revoked) == "link-revoked"
    assert await opened(store, GuestRecord(id="m", name="Mo", role="mentor")) is None
    restored = await links.restore(store, room, "a")
    assert await opened(store, restored) is None


async def test_a_renewed_link_makes_the_old_one_fall(store: Redis, room: str) -> None:
    old = GuestRecord(id="a", name="Ana", role="mentee")
    await links.revoke(store, room, "a")
    new = await links.renew(store, room, "a")
    assert await opened(store, new) is None
    assert await opened(store, old) == "link-revoked"


async def test_renewals_at_the_same_time_each_count(store: Redis, room: str) -> None:
    renewed = await asyncio.gather(*(links.renew(store, room, "a") for _ in range(5)))
    assert sorted(each.serial for each in renewed) == [2, 3, 4, 5, 6]


async def test_nobody_is_made_up(store: Redis, room: str) -> None:
    with pytest.raises(LookupError):
        await links.revoke(store, room, "stranger")
    with pytest.raises(LookupError):
        await links.renew(store, "nowhere", "a")


async def test_the_secret_is_made_once(store: Redis) -> None:
    first, second = await asyncio.gather(load_secret(store), load_secret(store))
    assert first == second == await load_secret(store)
    assert len(first) >= 43
    token = sign_personal(first, "r1", GuestRecord(id="a", name="Ana", role="mentee", serial=3))
    assert read_personal(second, token) == PersonalLink("r1", "a", 3)
