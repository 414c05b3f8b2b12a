"""The local outbox: letters that stay here because there is no mail server, the newest last."""

from __future__ import annotations

from msgspec import Struct, json
from redis.asyncio import Redis

from server.storage import keys

KEPT = 200
"""About so many letters are kept."""


class OutboxLetter(Struct, frozen=True, kw_only=True):
    """A letter as it would have been sent; ``url`` is where its button leads."""

    id: str
    to: str
    subject: str
    text: str
    url: str
    at_ms: int


async def keep(store: Redis, letter: OutboxLetter) -> None:
    """Adds a letter."""
    await store.xadd(keys.OUTBOX, {"l": json.encode(letter)}, maxlen=KEPT, approximate=True)


async def kept(store: Redis) -> list[OutboxLetter]:
    """All letters that are kept, the newest first."""
    found = await store.xrevrange(keys.OUTBOX, count=KEPT) or []
    return [json.decode(fields[b"l"], type=OutboxLetter) for _, fields in found if fields is not None]
