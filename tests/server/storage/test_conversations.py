"""Conversations in the store: in order, read up to a mark, told of once a while."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.conversations import NOTIFY_MS, Message
from server.storage import conversations, due
from server.storage.conversations import NOTIFY, posted_message, read_until
from server.storage.due import Due
from server.storage.records import commit

AT_MS = 1_793_278_800_000


def message(number: int, author: str = "ada", **changes: object) -> Message:
    values = {"id": f"m{number}", "mentorship": "t", "author": author, "text": f"{number}"}
    return Message(**{**values, "at_ms": AT_MS + number, **changes})  # type: ignore[arg-type]


async def test_messages_come_in_pages(store: Redis) -> None:
    for number in range(7):
        await commit(store, posted_message(message(number), ["ada", "bao"]))
    last = await conversations.messages(store, "t", count=3)
    assert [each.text for each in last] == ["4", "5", "6"]
    before = await conversations.messages(store, "t", before_ms=last[0].at_ms, count=3)
    assert [each.text for each in before] == ["1", "2", "3"]
    assert [each.text for each in await conversations.messages_since(store, "t", AT_MS + 4)] == ["5", "6"]
    assert await conversations.messages(store, "other") == []


async def test_what_others_wrote_is_unread_since_the_first(store: Redis) -> None:
    for number in (1, 2):
        await commit(store, posted_message(message(number), ["ada", "bao", "cem"]))
    assert await conversations.unread(store, "bao") == {"t": AT_MS + 1}
    assert await conversations.unread(store, "ada") == {}
    await read_until(store, "t", "bao", AT_MS + 1)
    assert await conversations.unread(store, "bao") == {"t": AT_MS + 2}
    await read_until(store, "t", "bao", AT_MS + 2)
    await read_until(store, "t", "bao", AT_MS + 1)
    assert await conversations.unread(store, "bao") == {}
    assert await conversations.read_mark(store, "t", "bao") == AT_MS + 2
    assert await conversations.unread(store, "cem") == {"t": AT_MS + 1}
    # Whoever answers has read.
    await commit(store, posted_message(message(3, "cem"), ["ada", "bao", "cem"]))
    assert await conversations.unread(store, "cem") == {}
    assert await conversations.unread(store, "ada") == {"t": AT_MS + 3}


async def test_one_letter_falls_due_for_messages_that_come_quickly(store: Redis) -> None:
    for number in (0, 1000):
        await commit(store, posted_message(message(number), ["ada", "bao"]))
    assert await due.due(store, AT_MS + NOTIFY_MS - 1) == []
    assert await due.due(store, AT_MS + NOTIFY_MS) == [Due(NOTIFY, "t", "bao")]


async def test_saying_it_again_does_nothing_more(store: Redis) -> None:
    for _ in range(2):
        await commit(store, posted_message(message(1), ["ada", "bao"]))
    assert len(await conversations.messages(store, "t")) == 1


async def test_the_last_contact_of_many(store: Redis) -> None:
    await commit(store, posted_message(message(5), ["ada", "bao"]))
    assert await conversations.last_contact_ms(store, "t") == AT_MS + 5
    assert await conversations.last_contacts(store, ["u", "t"]) == [None, AT_MS + 5]
