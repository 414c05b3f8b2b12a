"""Rooms: made once as planned, loaded whole, and changed by what the pure room decided should be saved."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, json, structs
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.mentoring.attendance import Stay
from server.room.agenda import replanned
from server.room.change import (
    DropMember,
    DropPoll,
    DropVotes,
    Save,
    SaveFloor,
    SaveGuest,
    SaveKeeping,
    SaveMember,
    SaveParting,
    SavePoll,
    SaveQueue,
    SaveSmall,
    SaveTimer,
    SaveVote,
    TellTurn,
)
from server.room.choices import Choice
from server.room.parting import TOGETHER, Parting, SmallRecord
from server.room.poll_record import PollRecord
from server.room.record import GuestRecord, RoomRecord
from server.room.state import NOBODY_WAITS, NOTHING_SAID, Present, Queue
from server.storage import keys, polls
from server.storage.subscriptions import add_turn
from signaling.parts import NOT_KEPT, Box, Floor, Keeping, Timer

RETENTION_MS = 30 * 24 * 3_600_000
"""How long a room outlives its links, so that its notes can still be fetched by whoever runs the server."""


class StoredRoom(Struct, frozen=True):
    """All of a room but its notes. ``members`` are in no order."""

    record: RoomRecord
    timer: Timer
    members: tuple[Present, ...]
    choices: tuple[Choice, ...] = ()
    floor: Floor = NOTHING_SAID
    polls: tuple[PollRecord, ...] = ()
    keeping: Keeping = NOT_KEPT
    queue: Queue = NOBODY_WAITS
    parting: Parting = TOGETHER


async def create(store: Redis, record: RoomRecord, timer: Timer, notes: bytes = b"") -> None:
    """Stores a new room; its id must be new. ``notes`` is an update of the document that it begins with."""
    about = structs.replace(record, guests=())
    async with store.pipeline(transaction=True) as pipe:
        pipe.set(keys.about(record.id), json.encode(about), pxat=_until(record))
        if record.guests:
            pipe.hset(keys.guests(record.id), mapping={each.id: json.encode(each) for each in record.guests})
            pipe.pexpireat(keys.guests(record.id), _until(record))
        pipe.set(keys.timer(record.id), json.encode(timer), pxat=_until(record))
        if notes:
            pipe.xadd(keys.notes(record.id), {"u": notes})
            pipe.pexpireat(keys.notes(record.id), _until(record))
        await pipe.execute()


# KEYS: about, guests, timer, notes. ARGV: the room, its timer, until when, what its notes begin with (or ""),
# then each guest's id and record. Whoever comes first makes it; later ones only add guests that are missing.
_PREPARE = """
local until_ms = ARGV[3]
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PXAT', until_ms) then
  redis.call('SET', KEYS[3], ARGV[2], 'PXAT', until_ms)
  if ARGV[4] ~= '' then
    redis.call('XADD', KEYS[4], '*', 'u', ARGV[4])
    redis.call('PEXPIREAT', KEYS[4], until_ms)
  end
end
for at = 5, #ARGV, 2 do redis.call('HSETNX', KEYS[2], ARGV[at], ARGV[at + 1]) end
redis.call('PEXPIREAT', KEYS[2], until_ms)
return 0
"""


async def prepare(store: Redis, record: RoomRecord, timer: Timer, notes: bytes = b"") -> None:
    """Stores a room unless it is there already; guests that it doesn't know are added either way.

    ``notes`` is an update of the document that a new room's notes begin with.
    """
    about = structs.replace(record, guests=())
    guests = [word for each in record.guests for word in (each.id, json.encode(each))]
    await store.eval(
        _PREPARE,
        4,
        *(named(record.id) for named in (keys.about, keys.guests, keys.timer, keys.notes)),
        json.encode(about),
        json.encode(timer),
        _until(record),
        notes,
        *guests,
    )


# KEYS: timer. ARGV: the timer as it was, as it is to be.
_EXCHANGE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
"""


async def replan(store: Redis, room: str, boxes: tuple[Box, ...]) -> bool:
    """Exchanges the boxes of a room whose timer waits; False when there is none, or it has started."""
    while True:
        found = await store.get(keys.timer(room))
        if found is None:
            return False
        before = json.decode(found, type=Timer)
        after = replanned(before, boxes)
        if after is before:
            return before.status == "ready"
        if await store.eval(_EXCHANGE, 1, keys.timer(room), found, json.encode(after)):
            return True


async def load_stays(store: Redis, room: str) -> list[Stay]:
    """When people were in a room, in the order in which they came; empty for no such room."""
    found = await store.hgetall(keys.stays(room))
    stays = []
    for name, left in found.items():
        entered, _, member = (name if isinstance(name, str) else name.decode()).partition(":")
        stays.append(Stay(member, int(entered), int(left) if left else None))
    return sorted(stays, key=lambda each: (each.joined_ms, each.person))


async def load_smalls(store: Redis, room: str) -> tuple[list[SmallRecord], Parting]:
    """All small rooms that there have been in a room, the first first, and how it is parted now."""
    async with store.pipeline(transaction=True) as pipe:
        pipe.hvals(keys.smalls(room))
        pipe.get(keys.apart(room))
        smalls, apart = await pipe.execute()
    found = [json.decode(each, type=SmallRecord) for each in smalls]
    parting = TOGETHER if apart is None else json.decode(apart, type=Parting)
    return sorted(found, key=lambda each: (each.at_ms, each.number)), parting


async def load_record(store: Redis, room: str) -> RoomRecord | None:
    """The room as planned, guests in the order of the plan; None when there is no such room."""
    async with store.pipeline(transaction=True) as pipe:
        pipe.get(keys.about(room))
        pipe.hvals(keys.guests(room))
        about, guests = await pipe.execute()
    return _record(about, guests)


async def load(store: Redis, room: str) -> StoredRoom | None:
    """Everything of a room but its notes; None when there is no such room."""
    async with store.pipeline(transaction=True) as pipe:
        pipe.get(keys.about(room))
        pipe.hvals(keys.guests(room))
        pipe.get(keys.timer(room))
        pipe.hvals(keys.members(room))
        pipe.hvals(keys.choices(room))
        pipe.get(keys.floor(room))
        pipe.hvals(keys.polls(room))
        pipe.hgetall(keys.votes(room))
        pipe.get(keys.keeping(room))
        pipe.get(keys.queue(room))
        pipe.get(keys.apart(room))
        (
            about,
            guests,
            timer,
            members,
            choices,
            floor,
            asked,
            votes,
            keeping,
            queue,
            apart,
        ) = await pipe.execute()
    record = _record(about, guests)
    if record is None or timer is None:
        return None
    return StoredRoom(
        record=record,
        timer=json.decode(timer, type=Timer),
        members=tuple(json.decode(member, type=Present) for member in members),
        choices=tuple(json.decode(choice, type=Choice) for choice in choices),
        floor=NOTHING_SAID if floor is None else json.decode(floor, type=Floor),
        polls=polls.read(asked, votes),
        keeping=NOT_KEPT if keeping is None else json.decode(keeping, type=Keeping),
        queue=NOBODY_WAITS if queue is None else json.decode(queue, type=Queue),
        parting=TOGETHER if apart is None else json.decode(apart, type=Parting),
    )


def add_saves(pipe: Pipeline, room: str, expires_ms: int, saves: Iterable[Save], at_ms: int) -> None:
    """Adds what a change asked to be saved at an instant to a transaction. Twice does no harm."""
    for each in saves:
        _write(pipe, room, each, expires_ms + RETENTION_MS, at_ms)


async def mark_occupied(store: Redis, room: str) -> None:
    """Puts the room on the list of those that a starting server brings back to life."""
    await store.sadd(keys.OCCUPIED, room)


async def mark_empty(store: Redis, room: str) -> None:
    """Takes the room off that list."""
    await store.srem(keys.OCCUPIED, room)


async def occupied(store: Redis) -> frozenset[str]:
    """The rooms that had somebody in them when this was last known."""
    return frozenset(room.decode() for room in await store.smembers(keys.OCCUPIED) if isinstance(room, bytes))


def _write(pipe: Pipeline, room: str, save: Save, until: int, at_ms: int) -> None:
    match save:
        case SaveMember(member):
            pipe.hset(keys.members(room), member.id, json.encode(member))
            pipe.pexpireat(keys.members(room), until)
            pipe.hsetnx(keys.stays(room), f"{member.entered_ms}:{member.id}", "")
            pipe.pexpireat(keys.stays(room), until)
        case DropMember(member_id, entered_ms):
            pipe.hdel(keys.members(room), member_id)
            pipe.hset(keys.stays(room), f"{entered_ms}:{member_id}", str(at_ms))
            pipe.pexpireat(keys.stays(room), until)
        case SaveTimer(timer):
            pipe.set(keys.timer(room), json.encode(timer), pxat=until)
        case SaveFloor(floor):
            pipe.set(keys.floor(room), json.encode(floor), pxat=until)
        case SaveQueue(queue):
            pipe.set(keys.queue(room), json.encode(queue), pxat=until)
        case SaveParting(parting):
            pipe.set(keys.apart(room), json.encode(parting), pxat=until)
        case SaveSmall(record):
            pipe.hset(keys.smalls(room), record.id, json.encode(record))
            pipe.pexpireat(keys.smalls(room), until)
        case TellTurn(member_id):
            add_turn(pipe, room, member_id, at_ms)
        case SaveGuest(guest):
            pipe.hset(keys.guests(room), guest.id, json.encode(guest))
        case SaveKeeping(keeping):
            pipe.set(keys.keeping(room), json.encode(keeping), pxat=until)
        case SavePoll() | SaveVote() | DropVotes() | DropPoll():
            polls.write(pipe, room, save, until)


def _until(record: RoomRecord) -> int:
    return record.expires_ms + RETENTION_MS


def _record(about: bytes | None, guests: list[bytes]) -> RoomRecord | None:
    if about is None:
        return None
    found = sorted((json.decode(each, type=GuestRecord) for each in guests), key=lambda guest: guest.place)
    return structs.replace(json.decode(about, type=RoomRecord), guests=tuple(found))
