"""The chat of a room: the conversation of its mentorship, or lines of its own for a room without one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import json
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.mentoring.conversations import Message
from server.room.record import RoomRecord
from server.storage import conversations, keys
from server.storage.records import Op, ranked
from server.storage.rooms import RETENTION_MS
from signaling.parts import ChatLine


def add_small(pipe: Pipeline, record: RoomRecord, line: ChatLine, small: str) -> None:
    """Adds a line that was said in a small room, or to it, to a transaction. Twice does no harm."""
    pipe.zadd(keys.small_chat(record.id, small), {json.encode(line): line.at_ms})
    pipe.pexpireat(keys.small_chat(record.id, small), record.expires_ms + RETENTION_MS)


def add(pipe: Pipeline, record: RoomRecord, line: ChatLine, present: Collection[str]) -> None:
    """Adds a line to a transaction; ``present`` are shown it, others find it unread. Twice does no harm."""
    if not record.conversation:
        pipe.zadd(keys.chat(record.id), {json.encode(line): line.at_ms})
        pipe.pexpireat(keys.chat(record.id), record.expires_ms + RETENTION_MS)
        return
    message = Message(
        id=line.id,
        mentorship=record.conversation,
        author=line.member,
        text=line.text,
        at_ms=line.at_ms,
    )
    away = [guest.id for guest in record.guests if guest.id not in present]
    for change in conversations.posted_message(message, away):
        assert isinstance(change, Op)
        pipe.execute_command(change.command, change.key, *change.words)
    for member in present:
        pipe.hset(keys.read_marks(record.conversation), member, str(line.at_ms))


async def lines(
    store: Redis, record: RoomRecord, before_ms: int | None, count: int, small: str = ""
) -> Sequence[ChatLine]:
    """The last lines (before an instant), the oldest first; those of a small room where one is named."""
    if record.conversation and not small:
        found = await conversations.messages(store, record.conversation, before_ms=before_ms, count=count)
        return [ChatLine(id=each.id, member=each.author, text=each.text, at_ms=each.at_ms) for each in found]
    most = None if before_ms is None else before_ms - 1
    key = keys.small_chat(record.id, small) if small else keys.chat(record.id)
    stored = await ranked(store, key, most=most, falling=True, count=count)
    return [json.decode(each, type=ChatLine) for each in reversed(stored)]
