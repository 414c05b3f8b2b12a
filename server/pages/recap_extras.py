"""What else a session leaves behind: its polls, what was written in small rooms, captions that were kept."""

from __future__ import annotations

from itertools import groupby

from redis.asyncio import Redis

from server.live_small_notes import SmallText, small_notes
from server.recaps.document import demoted, plain
from server.room.captions import Spoken
from server.room.poll_record import PollRecord
from server.room.recap import Extra
from server.room.record import RoomRecord
from server.storage.captions import transcript
from server.storage.polls import asked
from web.i18n import Translator


async def extras(store: Redis, record: RoomRecord, reader: str, words: Translator) -> tuple[Extra, ...]:
    """What this guest may read of it, in their words. Raises ``RedisError``."""
    names = {guest.id: guest.name for guest in record.guests}
    found = [_poll(each, words) for each in await asked(store, record.id)]
    found += [
        _small(small, names, words)
        for small in await small_notes(store, record.id)
        if small.record.notes == "all" or reader in small.record.members
    ]
    spoken = await transcript(store, record.id)
    if spoken:
        found.append(Extra(title=words.text("recap.captions"), text=_said(spoken)))
    return tuple(found)


def _poll(poll: PollRecord, words: Translator) -> Extra:
    rows = [
        f"- {words.text('recap.votes', choice=plain(choice), count=count)}"
        for choice, count in zip(poll.choices, poll.counts, strict=True)
    ]
    voters = words.text("recap.voters", count=poll.voters)
    return Extra(title=words.text("recap.poll", question=poll.question), text="\n".join([*rows, "", voters]))


def _small(small: SmallText, names: dict[str, str], words: Translator) -> Extra:
    who = ", ".join(plain(names[each]) for each in small.record.members if each in names)
    title = words.text("recap.small", number=small.record.number)
    return Extra(title=title, text=f"*{who}*\n\n{demoted(small.text.strip(), 3)}" if who else small.text)


def _said(spoken: tuple[Spoken, ...]) -> str:
    """One paragraph for what one person said without another's word between."""
    return "\n\n".join(
        f"**{plain(name)}:** {plain(' '.join(each.text for each in lines))}"
        for name, lines in groupby(spoken, lambda each: each.name)
    )
