"""What was written in small rooms: read from the store once they are over."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from redis.asyncio import Redis

from server.live_notes import stored_text
from server.room.parting import SmallRecord
from server.storage import notes, rooms
from signaling.parts import SmallNote

LONGEST_SHOWN = 20_000
"""Characters of one small room's notes that are shown in a call; exports have all."""

MOST_SHOWN = 100
"""Small rooms whose notes are shown in a call, the latest."""


class SmallText(Struct, frozen=True):
    """A small room that there has been, and what was written in it (Markdown, never empty)."""

    record: SmallRecord
    text: str


async def small_notes(store: Redis, room: str) -> list[SmallText]:
    """What was written in small rooms of a room that nobody is in now, the earliest first.

    Raises ``RedisError``. ``record.notes`` says who may read it: ``all`` who may read the room's, or only
    ``record.members``.
    """
    records, parting = await rooms.load_smalls(store, room)
    busy = {each.id for each in parting.rooms if each.members}
    return await _texts(store, room, [record for record in records if record.id not in busy])


async def visit_notes(store: Redis, room: str, visitor: str) -> list[SmallText]:
    """What was written in somebody's visits in office hours, the present one too, the earliest first."""
    records, _ = await rooms.load_smalls(store, room)
    return await _texts(store, room, [record for record in records if visitor in record.members])


async def readable(store: Redis, room: str, member: str, but: Collection[str]) -> tuple[SmallNote, ...]:
    """What this member may read of it, for the call. ``but`` are small rooms that are not over."""
    found, _ = await rooms.load_smalls(store, room)
    records = [
        record
        for record in found
        if record.id not in but and (record.notes == "all" or member in record.members)
    ]
    return tuple(
        SmallNote(
            room=each.record.id,
            number=each.record.number,
            at_ms=each.record.at_ms,
            members=each.record.members,
            text=each.text[:LONGEST_SHOWN],
            cut=len(each.text) > LONGEST_SHOWN,
        )
        for each in (await _texts(store, room, records))[-MOST_SHOWN:]
    )


async def _texts(store: Redis, room: str, records: list[SmallRecord]) -> list[SmallText]:
    found = await notes.written(store, room, [record.id for record in records])
    read = [
        SmallText(record, await stored_text(store, room, record.id))
        for record, written in zip(records, found, strict=True)
        if written
    ]
    return [each for each in read if each.text.strip()]
