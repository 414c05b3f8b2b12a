"""The chat of a room: the conversation of its mentorship, or lines of its own for a room without one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import json, structs
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.mentoring.conversations import Message, excerpt
from server.room.record import RoomRecord
from server.storage import conversations, keys
from server.storage.records import Op, ranked
from server.storage.rooms import RETENTION_MS
from signaling.parts import ChatLine, Quote

# KEYS: where lines stand, lines. ARGV: ids of lines. Answers each of these lines, or false.
_FIND = """
local found = {}
for at, id in ipairs(ARGV) do
  local place = redis.call('HGET', KEYS[1], id)
  found[at] = place and redis.call('ZRANGEBYSCORE', KEYS[2], place, place)[1] or false
end
return found
"""


def add_small(pipe: Pipeline, record: RoomRecord, line: ChatLine, small: str) -> None:
    """Adds a line that was said in a small room, or to it, to a transaction. Twice does no harm."""
    _add(pipe, record, line, keys.small_chat(record.id, small))


def add(pipe: Pipeline, record: RoomRecord, line: ChatLine, present: Collection[str]) -> None:
    """Adds a line to a transaction; ``present`` are shown it, others find it unread. Twice does no harm."""
    if not record.conversation:
        _add(pipe, record, line, keys.chat(record.id))
        return
    message = Message(
        id=line.id,
        mentorship=record.conversation,
        author=line.member,
        text=line.text,
        at_ms=line.at_ms,
        reply=line.reply or "",
    )
    away = [guest.id for guest in record.guests if guest.id not in present]
    for change in conversations.posted_message(message, away):
        assert isinstance(change, Op)
        pipe.execute_command(change.command, change.key, *change.words)
    for member in present:
        pipe.hset(keys.read_marks(record.conversation), member, str(line.at_ms))


def find_answered(pipe: Pipeline, record: RoomRecord, line: ChatLine) -> None:
    """Adds to a transaction, last, the question for the line that this one answers: for ``answered``."""
    if _in_conversation(record, line.room):
        pipe.get(keys.message(line.reply or ""))
    else:
        pipe.eval(_FIND, 2, *_places(record, line.room), line.reply or "")


def answered(record: RoomRecord, line: ChatLine, found: object) -> ChatLine:
    """The line with what it answers; with nothing where that isn't in the same chat."""
    if _in_conversation(record, line.room):
        message = json.decode(found, type=Message) if isinstance(found, bytes) else None
        return structs.replace(line, quote=_quote(record, message))
    lines = found if isinstance(found, list) else []
    return structs.replace(line, quote=_quoted(lines[0] if lines else None))


async def lines(
    store: Redis, record: RoomRecord, before_ms: int | None, count: int, small: str = ""
) -> Sequence[ChatLine]:
    """The last lines (before an instant), the oldest first; those of a small room where one is named."""
    if _in_conversation(record, small):
        found = await conversations.messages(store, record.conversation, before_ms=before_ms, count=count)
        return await in_chat(store, record, found)
    most = None if before_ms is None else before_ms - 1
    places, key = _places(record, small)
    stored = await ranked(store, key, most=most, falling=True, count=count)
    shown = [json.decode(each, type=ChatLine) for each in reversed(stored)]
    replies = [line.reply for line in shown if line.reply]
    if not replies:
        return shown
    quotes = dict(zip(replies, await store.eval(_FIND, 2, places, key, *replies), strict=True))
    return [
        structs.replace(line, quote=_quoted(quotes[line.reply])) if line.reply else line for line in shown
    ]


async def in_chat(store: Redis, record: RoomRecord, messages: Sequence[Message]) -> list[ChatLine]:
    """Messages of the room's conversation as lines of its chat, with what they answer."""
    quoted = await conversations.load_messages(store, {each.reply for each in messages if each.reply})
    return [
        ChatLine(
            id=each.id,
            member=each.author,
            text=each.text,
            at_ms=each.at_ms,
            reply=each.reply or None,
            quote=_quote(record, quoted.get(each.reply)),
        )
        for each in messages
    ]


def _add(pipe: Pipeline, record: RoomRecord, line: ChatLine, key: str) -> None:
    until = record.expires_ms + RETENTION_MS
    pipe.zadd(key, {json.encode(line): line.at_ms})
    pipe.pexpireat(key, until)
    pipe.hset(keys.chat_places(record.id), line.id, str(line.at_ms))
    pipe.pexpireat(keys.chat_places(record.id), until)


def _in_conversation(record: RoomRecord, small: str) -> bool:
    return bool(record.conversation) and not small


def _places(record: RoomRecord, small: str) -> tuple[str, str]:
    return keys.chat_places(record.id), keys.small_chat(record.id, small) if small else keys.chat(record.id)


def _quote(record: RoomRecord, message: Message | None) -> Quote | None:
    if message is None or message.mentorship != record.conversation:
        return None
    return Quote(member=message.author, text=excerpt(message.text), at_ms=message.at_ms)


def _quoted(stored: object) -> Quote | None:
    if not isinstance(stored, bytes):
        return None
    line = json.decode(stored, type=ChatLine)
    return Quote(member=line.member, text=excerpt(line.text), at_ms=line.at_ms)
