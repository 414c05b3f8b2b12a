"""Formats that programmes have made for themselves, beside those that come with the server."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.programmes import ProgrammeId
from server.room.formats import formats
from server.room.formats.own import OwnFormat
from server.room.formats.schema import Format
from server.storage import keys
from server.storage.records import Change, Op, load, load_many, members, put


def saved_format(own: OwnFormat) -> list[Change]:
    """What stores a format, new or changed."""
    return [put(keys.own_format(own.id), own), Op("SADD", keys.formats_of(own.programme), (own.id,))]


async def load_own(store: Redis, key: str) -> OwnFormat | None:
    """One of a programme's own, archived or not; None when there is no such one."""
    return await load(store, keys.own_format(key), OwnFormat)


async def load_owns(store: Redis, programme: ProgrammeId) -> list[OwnFormat]:
    """All of a programme's own, in the order in which they were made."""
    ids = await members(store, keys.formats_of(programme))
    found = await load_many(store, [keys.own_format(each) for each in ids], OwnFormat)
    return sorted((each for each in found if each is not None), key=lambda each: (each.agenda.order, each.id))


async def formats_for(store: Redis, programme: ProgrammeId) -> dict[str, Format]:
    """Every format that a session of this programme can be given: the programme's own first."""
    own = {each.id: each.agenda for each in await load_owns(store, programme) if not each.archived}
    return {**own, **formats()}


async def format_named(store: Redis, key: str) -> Format:
    """The format with this key, a programme's own too; the open one where there is none any more."""
    found = formats().get(key)
    if found is not None:
        return found
    own = await load_own(store, key)
    return formats()["open"] if own is None else own.agenda
