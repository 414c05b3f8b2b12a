"""Messages as pages show them: with the names of their authors, by the day of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from redis.asyncio import Redis

from server.mentoring.conversations import Message
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.storage.programmes import load_people
from web.i18n import zone as zone_of
from web.views.messages import FileLine, MessageLine


async def lines(
    store: Redis, mentorship: Mentorship, messages: Sequence[Message], reader: Person, read_ms: int
) -> tuple[MessageLine, ...]:
    """The messages in their order; ``read_ms`` is until when the reader has read."""
    people = await load_people(store, list(dict.fromkeys(each.author for each in messages)))
    zone = zone_of(reader.zone) or UTC
    made: list[MessageLine] = []
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
                        path=f"/m/{mentorship.id}/messages/{each.id}/files/{file.id}",
                    )
                    for file in each.attachments
                ),
            )
        )
    return tuple(made)


async def title(store: Redis, mentorship: Mentorship, reader: Person) -> str:
    """What a conversation is called by one of its people: the group's title, or who else is in it."""
    if mentorship.title:
        return mentorship.title
    others = [each for each in mentorship.people if each != reader.id]
    people = await load_people(store, others)
    return ", ".join(people[each].shown for each in others if each in people)
