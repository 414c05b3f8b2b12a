"""Letters that are to be sent: written in the transaction that they tell of."""

from __future__ import annotations

from msgspec import json
from redis.asyncio import Redis

from server.mentoring.letters import Letter
from server.storage import keys
from server.storage.due import Due, falls_due
from server.storage.records import Change, Op, load

KIND = "letter"
"""The kind of task that sends a letter."""


def posted(letter: Letter) -> list[Change]:
    """What stores a letter and lets it be sent at ``at_ms``."""
    return [
        Op("SET", keys.letter(letter.id), (json.encode(letter),)),
        falls_due(Due(KIND, letter.id), letter.at_ms),
    ]


async def load_letter(store: Redis, letter: str) -> Letter | None:
    """The letter, None once it was sent."""
    return await load(store, keys.letter(letter), Letter)


async def forget(store: Redis, letter: str) -> None:
    """Takes the letter away: it was sent, or can't be."""
    await store.delete(keys.letter(letter))
