"""Conversations: messages by time, until when each has read, and who has something unread since when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import json
from redis.asyncio import Redis

from server.mentoring.conversations import NOTIFY_MS, Message
from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.storage import keys
from server.storage.due import Due
from server.storage.records import Change, Op, load_many, ranked

NOTIFY = "messages"
"""The kind of task that tells a person by letter of what is new: about a mentorship, marked by the person."""

ATTACHED_MS = 3_600_000
"""How long a file that was sent waits for its message; then it vanishes."""


def posted_message(message: Message, people: Iterable[PersonId]) -> list[Change]:
    """What stores a message for these people, its author among them, and lets the others be told.

    Saying it again does nothing more.
    """
    changes: list[Change] = [
        Op("SET", keys.message(message.id), (json.encode(message),)),
        Op("ZADD", keys.messages(message.mentorship), (message.at_ms, message.id)),
        Op("HSET", keys.read_marks(message.mentorship), (message.author, message.at_ms)),
        Op("ZREM", keys.unread(message.author), (message.mentorship,)),
        # To rooms that are live, wherever they are.
        Op("PUBLISH", keys.written(message.mentorship), (message.id,)),
    ]
    for each in message.attachments:
        changes += [
            Op("PERSIST", keys.attachment(each.id), ()),
            Op("HSET", keys.attached(message.mentorship), (each.id, each.size)),
        ]
    for person in people:
        if person != message.author:
            task = json.encode(Due(NOTIFY, message.mentorship, person))
            # NX: further messages neither move the start of what is unread nor put the letter off.
            changes += [
                Op("ZADD", keys.unread(person), ("NX", message.at_ms, message.mentorship)),
                Op("ZADD", keys.DUE, ("NX", message.at_ms + NOTIFY_MS, task)),
            ]
    return changes


async def last_contact_ms(store: Redis, mentorship: MentorshipId) -> int | None:
    """When the last message was written, None when none was."""
    [found] = await last_contacts(store, [mentorship])
    return found


async def last_contacts(store: Redis, mentorships: Sequence[MentorshipId]) -> list[int | None]:
    """The same for many, in one round trip."""
    async with store.pipeline(transaction=False) as pipe:
        for each in mentorships:
            pipe.zrange(keys.messages(each), 0, 0, desc=True, withscores=True)
        found = await pipe.execute()
    return [int(each[0][1]) if each else None for each in found]


async def messages(
    store: Redis, mentorship: MentorshipId, *, before_ms: int | None = None, count: int = 50
) -> list[Message]:
    """The last ``count`` messages (before an instant), the oldest of them first."""
    most = None if before_ms is None else before_ms - 1
    ids = await ranked(store, keys.messages(mentorship), most=most, falling=True, count=count)
    return await _loaded(store, reversed(ids))


async def messages_since(
    store: Redis, mentorship: MentorshipId, after_ms: int, count: int = 200
) -> list[Message]:
    """The first ``count`` messages after an instant, the oldest first."""
    return await _loaded(
        store, await ranked(store, keys.messages(mentorship), least=after_ms + 1, count=count)
    )


async def _loaded(store: Redis, ids: Iterable[str]) -> list[Message]:
    found = await load_many(store, [keys.message(each) for each in ids], Message)
    return [each for each in found if each is not None]


async def load_messages(store: Redis, messages: Collection[str]) -> dict[str, Message]:
    """Those of these messages that there are, by their ids."""
    if not messages:
        return {}
    return {each.id: each for each in await _loaded(store, messages)}


async def load_message(store: Redis, message: str) -> Message | None:
    """One message, or None."""
    [found] = await load_many(store, [keys.message(message)], Message)
    return found


async def read_until(store: Redis, mentorship: MentorshipId, person: PersonId, at_ms: int) -> None:
    """Notes that a person has read all that was written until an instant; what is newer stays unread."""
    await read_by(store, mentorship, [person], at_ms)


async def read_by(store: Redis, mentorship: MentorshipId, people: Iterable[PersonId], at_ms: int) -> None:
    """The same for several, in one round trip."""
    async with store.pipeline(transaction=False) as pipe:
        for person in people:
            pipe.eval(
                _READ,
                3,
                keys.read_marks(mentorship),
                keys.unread(person),
                keys.messages(mentorship),
                person,
                mentorship,
                at_ms,
            )
        await pipe.execute()


# A message that came while the page was being drawn is not read. Its author could be the reader only if they
# had written it, which takes the conversation off the list by itself.
_READ = """
local before = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if tonumber(ARGV[3]) > before then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
if not redis.call('ZSCORE', KEYS[2], ARGV[2]) then return end
local newer = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[3], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if newer[2] then redis.call('ZADD', KEYS[2], newer[2], ARGV[2])
else redis.call('ZREM', KEYS[2], ARGV[2]) end
"""


async def read_mark(store: Redis, mentorship: MentorshipId, person: PersonId) -> int:
    """Until when the person has read; 0 for nothing yet."""
    return int(await store.hget(keys.read_marks(mentorship), person) or 0)


async def unread(store: Redis, person: PersonId) -> dict[MentorshipId, int]:
    """The conversations in which something waits for a person, with the ms since when; the oldest first."""
    found = await store.zrange(keys.unread(person), 0, -1, withscores=True)
    return {each[0].decode(): int(each[1]) for each in found if isinstance(each[0], bytes)}


async def unread_counts(store: Redis, waiting: Mapping[MentorshipId, int]) -> dict[MentorshipId, int]:
    """How many messages there are since these instants, in one round trip."""
    async with store.pipeline(transaction=False) as pipe:
        for mentorship, since_ms in waiting.items():
            pipe.zcount(keys.messages(mentorship), since_ms, "+inf")
        found = await pipe.execute()
    return {name: int(count) for name, count in zip(waiting, found, strict=True)}


async def told_mark(store: Redis, mentorship: MentorshipId, person: PersonId) -> int:
    """Until when the person was told of messages by letter; 0 for never."""
    return int(await store.hget(keys.told_marks(mentorship), person) or 0)


def told_until(mentorship: MentorshipId, person: PersonId, at_ms: int) -> Op:
    """What notes that a letter has told a person of all until an instant."""
    return Op("HSET", keys.told_marks(mentorship), (person, at_ms))


async def remember_reply(store: Redis, token: str, mentorship: MentorshipId, person: PersonId) -> None:
    """From now on, and for a year, an answer to the address with this token is the person's in the tie."""
    await store.set(keys.reply_address(token), f"{mentorship} {person}", ex=365 * 86_400)


async def reply_of(store: Redis, token: str) -> tuple[MentorshipId, PersonId] | None:
    """Which conversation and person an answer to this address belongs to; None for made-up ones."""
    found = await store.get(keys.reply_address(token))
    if not isinstance(found, bytes):
        return None
    mentorship, _, person = found.decode().partition(" ")
    return mentorship, person


async def attached_bytes(store: Redis, mentorship: MentorshipId) -> int:
    """How much the files of a conversation take."""
    return sum(int(each) for each in await store.hvals(keys.attached(mentorship)))


async def attach(store: Redis, attachment: str, content: bytes) -> None:
    """Keeps a file for the message that is about to be posted."""
    await store.set(keys.attachment(attachment), content, px=ATTACHED_MS)


async def load_attachment(store: Redis, attachment: str) -> bytes | None:
    """What is in a file, None when it is gone."""
    found = await store.get(keys.attachment(attachment))
    return found if isinstance(found, bytes) else None
