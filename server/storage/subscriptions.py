"""Browsers that want to be told by Web Push, by person; and the key that proves who we are."""

from __future__ import annotations

from msgspec import json
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from server.mentoring.people import PersonId
from server.mentoring.subscriptions import Subscription
from server.storage import keys
from server.storage.due import Due
from server.storage.records import Change, Drop, Op, load, load_many, members, put

PUSH = "push"
"""The kind of task that tells one browser something: ``about`` is the subscription, ``mark`` what and of
which session, "soon:<session>"."""

TURN = "push-turn"
"""The kind of task that somebody's turn in office hours brings: ``about`` is the session, ``mark`` the
person."""


def saved_subscription(subscription: Subscription) -> list[Change]:
    """What stores a new subscription."""
    return [
        put(keys.subscription(subscription.id), subscription),
        Op("SADD", keys.subscriptions(subscription.person), (subscription.id,)),
    ]


def removed_subscription(subscription: Subscription) -> list[Change]:
    """What takes a subscription away."""
    return [
        Drop(keys.subscription(subscription.id), subscription.version),
        Op("SREM", keys.subscriptions(subscription.person), (subscription.id,)),
    ]


async def load_subscription(store: Redis, subscription: str) -> Subscription | None:
    """The subscription with this id, or None."""
    return await load(store, keys.subscription(subscription), Subscription)


async def load_subscriptions(store: Redis, person: PersonId) -> list[Subscription]:
    """A person's browsers that want to be told, the oldest first."""
    ids = await members(store, keys.subscriptions(person))
    found = await load_many(store, [keys.subscription(each) for each in ids], Subscription)
    return sorted((each for each in found if each is not None), key=lambda each: each.created_ms)


def add_turn(pipe: Pipeline, session: str, person: PersonId, now_ms: int) -> None:
    """Lets somebody be told that their turn is near, with what else is being stored."""
    pipe.zadd(keys.DUE, {json.encode(Due(TURN, session, person)): now_ms})


async def server_key(store: Redis, made: bytes) -> bytes:
    """The secret number of our own key: ``made`` where there is none yet. Never expires."""
    await store.set(keys.PUSH_KEY, made, nx=True)
    found = await store.get(keys.PUSH_KEY)
    if not isinstance(found, bytes):
        raise RedisError("the store did not keep the key")
    return found
