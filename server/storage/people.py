"""Accounts: one for each normalised address, found by id and by address, changed under a version number."""

from __future__ import annotations

from msgspec import json
from redis.asyncio import Redis

from server.mentoring.people import Person, PersonId
from server.storage import keys

_CREATE = """
local known = redis.call('GET', KEYS[2])
if known then return known end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2])
if cjson.decode(ARGV[1]).admin then redis.call('SADD', KEYS[3], ARGV[2]) end
return ARGV[2]
"""

# 1 for changed, 0 for somebody was faster, -1 for nobody there. Saying the same again does no harm:
# the client repeats a command whose answer was lost.
_CHANGE = """
local known = redis.call('GET', KEYS[1])
if not known then return -1 end
if known == ARGV[2] then return 1 end
if cjson.decode(known).version ~= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
local person = cjson.decode(ARGV[2])
if person.admin then redis.call('SADD', KEYS[2], person.id) end
return 1
"""


class ChangedMeanwhileError(Exception):
    """Somebody else changed the record since it was read."""


async def create(store: Redis, person: Person) -> Person:
    """The person with this address: the one given, or the one who was there already, unchanged."""
    found = await store.eval(
        _CREATE,
        3,
        keys.person(person.id),
        keys.email(person.email),
        keys.ADMINS,
        json.encode(person),
        person.id,
    )
    there = await load(store, found.decode())
    if there is None:
        raise LookupError("an address without its person")
    return there


async def load(store: Redis, person: PersonId) -> Person | None:
    """The person, or None."""
    stored = await store.get(keys.person(person))
    return None if stored is None else json.decode(stored, type=Person)


async def load_living(store: Redis, person: PersonId) -> Person | None:
    """The person, or None; also None for somebody whose account was erased: nothing signs them in again."""
    found = await load(store, person)
    return None if found is None or found.gone else found


async def load_by_email(store: Redis, address: str) -> Person | None:
    """The person with this normalised address, or None."""
    found = await store.get(keys.email(address))
    return await load(store, found.decode()) if isinstance(found, bytes) else None


async def change(store: Redis, person: Person) -> None:
    """Stores the next version of a person (same id and address).

    Raises ``ChangedMeanwhileError`` unless the stored version is the one before, ``LookupError`` for nobody.
    """
    outcome = await store.eval(
        _CHANGE, 2, keys.person(person.id), keys.ADMINS, person.version - 1, json.encode(person)
    )
    if outcome == -1:
        raise LookupError("no such person")
    if outcome == 0:
        raise ChangedMeanwhileError
