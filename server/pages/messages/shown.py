"""Messages as pages show them: with the names of their authors, by the day of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from redis.asyncio import Redis

from server.mentoring.conversations import Message, excerpt, may_write
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person, PersonId
from server.storage.conversations import load_message, load_messages
from server.storage.programmes import load_people
from web.i18n import zone as zone_of
from web.views.messages import FileLine, MessageLine, Quoted


async def lines(
    store: Redis, mentorship: Mentorship, messages: Sequence[Message], reader: Person, read_ms: int
) -> tuple[MessageLine, ...]:
    """The messages in their order; ``read_ms`` is until when the reader has read."""
    answered = await load_messages(store, {each.reply for each in messages if each.reply})
    authors = (each.author for each in (*messages, *answered.values()))
    people = await load_people(store, list(dict.fromkeys(authors)))
    zone = zone_of(reader.zone) or UTC
    made: list[MessageLine] = []
    path = f"/m/{mentorship.id}/messages"
    day = ""
    fresh = False
    for each in messages:
        author = people.get(each.author)
        mine = each.author == reader.id
        before, day = day, datetime.fromtimestamp(each.at_ms / 1000, zone).date().isoformat()
        first_new = not fresh and not mine and each.at_ms > read_ms
        fresh = fresh or first_new
        made.append(
            MessageLine(
                id=each.id,
                name="" if author is None else author.shown,
                mine=mine,
                text=each.text,
                at_ms=each.at_ms,
                by_mail=each.via == "mail",
                new_day=day != before,
                first_new=first_new and read_ms > 0,
                files=tuple(
                    FileLine(
                        name=file.name,
                        size=file.size,
                        path=f"{path}/{each.id}/files/{file.id}",
                    )
                    for file in each.attachments
                ),
                quote=_quoted(mentorship, answered.get(each.reply), people, reader),
                reply_path=f"{path}?reply={each.id}#text" if may_write(mentorship) else "",
            )
        )
    return tuple(made)


async def quoted(store: Redis, mentorship: Mentorship, message: str, reader: Person) -> Quoted | None:
    """A message of this conversation that is to be answered; None where there is no such message."""
    found = await load_message(store, message) if message else None
    if found is None:
        return None
    return _quoted(mentorship, found, await load_people(store, [found.author]), reader)


def _quoted(
    mentorship: Mentorship, message: Message | None, people: Mapping[PersonId, Person], reader: Person
) -> Quoted | None:
    """What is quoted of a message; nothing of another conversation."""
    if message is None or message.mentorship != mentorship.id:
        return None
    author = people.get(message.author)
    text = excerpt(message.text)
    return Quoted(
        id=message.id,
        name="" if author is None else author.shown,
        mine=message.author == reader.id,
        text=text or ", ".join(file.name for file in message.attachments),
        path=f"/m/{mentorship.id}/messages?before={message.at_ms + 1}#m-{message.id}",
    )


async def title(store: Redis, mentorship: Mentorship, reader: Person) -> str:
    """What a conversation is called by one of its people: the group's title, or who else is in it."""
    if mentorship.title:
        return mentorship.title
    others = [each for each in mentorship.people if each != reader.id]
    people = await load_people(store, others)
    return ", ".join(people[each].shown for each in others if each in people)
