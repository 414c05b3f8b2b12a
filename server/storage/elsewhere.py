"""Signing in at a provider: what is under way there, and whom the provider's subjects are here."""

from __future__ import annotations

from msgspec import Struct, json
from redis.asyncio import Redis

from server.mentoring.people import PersonId
from server.storage import keys
from server.storage.signins import digest

UNDER_WAY_MS = 10 * 60_000
"""How long somebody may take at the provider."""


class UnderWay(Struct, frozen=True):
    """A sign-in that was begun here: what the provider's answer is checked against, and where to go then."""

    nonce: str
    verifier: str
    next: str


async def begin(store: Redis, state: str, under_way: UnderWay) -> None:
    """Notes that a browser was sent to the provider with this state."""
    await store.set(keys.elsewhere(digest(state)), json.encode(under_way), px=UNDER_WAY_MS)


async def come_back(store: Redis, state: str) -> UnderWay | None:
    """Uses the state up; None when it is used, too old or made up."""
    found = await store.getdel(keys.elsewhere(digest(state)))
    return json.decode(found, type=UnderWay) if isinstance(found, bytes) else None


async def person_of(store: Redis, issuer: str, subject: str) -> PersonId | None:
    """Who a provider's subject is here, None for somebody who never came from there."""
    found = await store.get(keys.subject(digest(f"{issuer} {subject}")))
    return found.decode() if isinstance(found, bytes) else None


async def remember(store: Redis, issuer: str, subject: str, person: PersonId) -> None:
    """From now on the provider's subject is this person, whatever their address there becomes."""
    await store.set(keys.subject(digest(f"{issuer} {subject}")), person, nx=True)
