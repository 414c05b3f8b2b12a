"""Writing in conversations, and telling the others by letter: from the pages, by e-mail, to many at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Literal

from redis.asyncio import Redis

from server.mentoring.attachments import check_sizes, file_name, media_type
from server.mentoring.conversations import (
    LONGEST_MESSAGE,
    NOTIFY_EVERY_MS,
    QUOTED,
    Attachment,
    Message,
    may_write,
    news,
)
from server.mentoring.letters import Letter
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import PersonId
from server.storage import conversations
from server.storage.conversations import attach, attached_bytes, posted_message, told_until
from server.storage.due import Due
from server.storage.letters import posted
from server.storage.mentorships import load_mentorship
from server.storage.programmes import load_people
from server.storage.records import Change, commit

_longest_quote = 2_000
_longest_reply_quote = 6_000


def message_text(typed: str) -> str:
    """A message as typed, without what can't be shown; lines stay."""
    kept = "".join(
        letter for letter in typed if letter in "\n\t" or letter.isprintable() or letter in "\u200d"
    )
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip("\n")


async def attachments(
    store: Redis, mentorship: str, files: Sequence[tuple[str, bytes]]
) -> tuple[Attachment, ...]:
    """Checks files, pairs of name and content, and keeps them for a message that is about to be written.

    Raises ``AttachmentError`` before anything is kept.
    """
    if not files:
        return ()
    check_sizes([len(content) for _, content in files], await attached_bytes(store, mentorship))
    checked = [
        Attachment(
            id=secrets.token_urlsafe(12),
            name=file_name(name, position),
            media_type=media_type(content),
            size=len(content),
        )
        for position, (name, content) in enumerate(files, start=1)
    ]
    for each, (_, content) in zip(checked, files, strict=True):
        await attach(store, each.id, content)
    return tuple(checked)


def message_changes(
    mentorship: Mentorship,
    author: PersonId,
    text: str,
    now_ms: int,
    attached: tuple[Attachment, ...] = (),
    via: Literal["page", "mail"] = "page",
    reply: str = "",
) -> list[Change]:
    """What writes a message to everybody in a mentorship: part of a commit, for one or for many ties.

    ``text`` is clean (``message_text``) and no longer than ``LONGEST_MESSAGE``; ``reply`` is the message that
    it answers.
    """
    assert may_write(mentorship)
    assert len(text) <= LONGEST_MESSAGE
    message = Message(
        id=secrets.token_urlsafe(12),
        mentorship=mentorship.id,
        author=author,
        text=text,
        at_ms=now_ms,
        via=via,
        attachments=attached,
        reply=reply,
    )
    return posted_message(message, mentorship.people)


async def tell(store: Redis, task: Due, now_ms: int) -> int | None:
    """Handles the task that tells a person of what is new in a conversation: one letter for all of it."""
    person_id = task.mark
    mentorship = await load_mentorship(store, task.about)
    if mentorship is None or mentorship.part_of(person_id) is None:
        return None
    told = await conversations.told_mark(store, task.about, person_id)
    read = await conversations.read_mark(store, task.about, person_id)
    found = news(
        await conversations.messages_since(store, task.about, max(told, read)), person_id, max(told, read)
    )
    if not found:
        return None
    if told and now_ms < told + NOTIFY_EVERY_MS:
        return told + NOTIFY_EVERY_MS
    known = await load_people(store, list(dict.fromkeys(each.author for each in found)))
    names = {person.id: person.shown for person in known.values()}
    several = len(names) > 1
    letter = Letter(
        id=secrets.token_urlsafe(12),
        to=person_id,
        kind="messages",
        topic="messages",
        at_ms=now_ms,
        values={"count": len(found), "name": ", ".join(names.values())},
        path=f"/m/{task.about}/messages",
        quote=_quote(found, names if several else {}),
        reply_to=task.about,
    )
    await commit(store, [*posted(letter), told_until(task.about, person_id, found[-1].at_ms)])
    return None


def _quote(found: Sequence[Message], names: dict[PersonId, str]) -> str:
    """The last of the messages, with names where several people wrote."""
    parts = []
    for each in found[-QUOTED:]:
        files = "".join(f"\n[{file.name}]" for file in each.attachments)
        name = f"{names[each.author]}:\n" if each.author in names else ""
        parts.append(f"{name}{each.text[:_longest_quote]}{files}")
    return "\n\n".join(parts)[:_longest_reply_quote]
