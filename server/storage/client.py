"""The connection to the store. Whatever can go wrong there arrives as ``redis.exceptions.RedisError``."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

ANSWER_S = 3.0
"""How long one command may take. No command blocks on purpose, so redis-py 8's own default of 5 s is kept out
of nobody's way; beyond this the store counts as gone."""

CONNECT_S = 2.0


def connect(url: str) -> Redis:
    """A client of the store at ``redis://``, ``rediss://`` or ``unix://``; connects when first used.

    A command is tried twice: the first may have found a connection that a restarted store had dropped.
    Everything stored is written so that writing it twice does no harm.
    """
    return Redis.from_url(
        url,
        socket_timeout=ANSWER_S,
        socket_connect_timeout=CONNECT_S,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
        decode_responses=False,
    )
