"""Making a session: a planned room in the store and its links. For pages and the command line."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from server.carry_over import beginning
from server.mentoring.meetings import AgendaItem
from server.room.formats import Format
from server.room.links import sign_management, sign_personal
from server.room.record import GuestRecord, Invited, RoomRecord, plan
from server.storage.rooms import create
from signaling.parts import Language, Role

LINKS_LIVE_MS = 14 * 24 * 3_600_000
"""How long links open a room: two weeks, so that a session can be moved once and still be found."""


@dataclass(frozen=True, slots=True)
class Session:
    """A room that was just made. ``management`` is the token of ``/s/<token>``."""

    record: RoomRecord
    management: str


async def make(
    store: Redis,
    secret: str,
    agenda: Format,
    minutes: int,
    people: Sequence[tuple[str, Role]],
    now_ms: int,
    title: str = "",
    still_open: Sequence[str] = (),
    *,
    items: Sequence[AgendaItem] = (),
    language: Language = "en",
    zone: str = "UTC",
) -> Session:
    """A new room with one link for each of ``people``; its notes begin with the lines ``still_open``.

    Raises as ``record.plan`` does, and ``RedisError``.
    """
    record, timer = plan(
        room_id=secrets.token_urlsafe(12),
        title=title,
        agenda=agenda,
        minutes=minutes,
        invited=[Invited(secrets.token_urlsafe(6), name, role) for name, role in people],
        now_ms=now_ms,
        expires_ms=now_ms + LINKS_LIVE_MS,
        items=items,
        language=language,
        zone=zone,
    )
    await create(store, record, timer, beginning(record, None, still_open))
    return Session(record, sign_management(secret, record.id))


def personal_path(secret: str, record: RoomRecord, guest: GuestRecord) -> str:
    """The path of a guest's link as it is now."""
    return f"/j/{sign_personal(secret, record.id, guest)}"
