"""The secret that links are signed with: made once by whichever server comes first, the same for all."""

from __future__ import annotations

import secrets

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.storage import keys


async def load_secret(store: Redis) -> str:
    """The secret, made when there is none yet: 256 random bits as text. Never expires."""
    await store.set(keys.SECRET, secrets.token_urlsafe(32), nx=True)
    secret = await store.get(keys.SECRET)
    if not isinstance(secret, bytes):
        raise RedisError("the store did not keep the secret")
    return secret.decode()
