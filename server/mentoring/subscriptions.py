"""A browser that wants to be told by Web Push: where its push service is, and what only it can read with."""

from __future__ import annotations

from msgspec import Struct

from server.mentoring.people import PersonId

MOST_SUBSCRIPTIONS = 10
"""Browsers a person; one more takes the place of the oldest."""

LONGEST_ENDPOINT = 1_000


class Subscription(Struct, frozen=True, kw_only=True):
    """``endpoint`` is the push service's address of this browser; ``p256dh`` and ``auth`` are its keys
    (base64url).

    ``agent`` is how the browser calls itself.
    """

    id: str
    person: PersonId
    endpoint: str
    p256dh: str
    auth: str
    agent: str
    created_ms: int
    version: int = 1
