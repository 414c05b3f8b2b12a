"""What each person of a session has chosen for their call, with what it has used."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import json
from redis.asyncio.client import Pipeline

from server.room.choices import Choice
from server.storage import keys
from server.storage.rooms import RETENTION_MS


def add(pipe: Pipeline, room: str, expires_ms: int, choices: Iterable[Choice]) -> None:
    """Adds choices to a transaction. Twice does no harm."""
    for each in choices:
        pipe.hset(keys.choices(room), each.member, json.encode(each))
    pipe.pexpireat(keys.choices(room), expires_ms + RETENTION_MS)
