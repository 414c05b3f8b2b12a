"""Passkeys, found by their own id and by person; and the challenges that prove that a key answers now."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.passkeys import Passkey
from server.mentoring.people import PersonId
from server.storage import keys
from server.storage.records import Change, Drop, Op, load, load_many, members, put
from server.storage.signins import digest

CHALLENGE_MS = 5 * 60_000
"""How long a device may take to answer."""


def saved_passkey(passkey: Passkey) -> list[Change]:
    """What stores a new passkey or its next version."""
    return [
        put(keys.passkey(passkey.id), passkey),
        Op("SADD", keys.passkeys(passkey.person), (passkey.id,)),
    ]


def removed_passkey(passkey: Passkey) -> list[Change]:
    """What takes a passkey away: it opens nothing from then on."""
    return [
        Drop(keys.passkey(passkey.id), passkey.version),
        Op("SREM", keys.passkeys(passkey.person), (passkey.id,)),
    ]


async def load_passkey(store: Redis, passkey: str) -> Passkey | None:
    """The passkey with this id, or None."""
    return await load(store, keys.passkey(passkey), Passkey)


async def load_passkeys(store: Redis, person: PersonId) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    ids = await members(store, keys.passkeys(person))
    found = await load_many(store, [keys.passkey(each) for each in ids], Passkey)
    return sorted((each for each in found if each is not None), key=lambda each: each.created_ms)


async def challenge(store: Redis, text: str, purpose: str) -> None:
    """From now on an answer to this challenge counts, once, for this purpose."""
    await store.set(keys.challenge(digest(text)), purpose, px=CHALLENGE_MS)


async def answered(store: Redis, text: str) -> str | None:
    """Uses a challenge up: what it was for, None when it is used, too old or made up."""
    found = await store.getdel(keys.challenge(digest(text)))
    return found.decode() if isinstance(found, bytes) else None
