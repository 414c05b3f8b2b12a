"""Audit events: appended in the transaction that they tell of, never changed."""

from __future__ import annotations

from msgspec import json
from redis.asyncio import Redis

from server.mentoring.audit import AuditEvent
from server.mentoring.programmes import ProgrammeId
from server.storage import keys
from server.storage.records import Op


def noted(event: AuditEvent) -> Op:
    """What appends an event."""
    return Op("XADD", keys.audit(event.programme), ("*", "e", json.encode(event)))


async def events(store: Redis, programme: ProgrammeId, most: int = 200) -> list[AuditEvent]:
    """The last events of a programme, the newest first."""
    found = await store.xrevrange(keys.audit(programme), count=most) or []
    return [json.decode(fields[b"e"], type=AuditEvent) for _, fields in found if fields is not None]
