"""Messages on other pages: what is unread, on the home page; each day's, on the timeline of a tie."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby

from server.mentoring.conversations import Message
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.pages.messages.shown import title
from server.pages.site import Site
from server.storage.conversations import messages, unread, unread_counts
from server.storage.mentorships import load_mentorship
from server.storage.programmes import load_people
from web.i18n import zone as zone_of
from web.views.messages import MessagesEntry, UnreadLine, UnreadPart
from web.views.timeline import Entry

_shown = 200
_most_lines = 8
_excerpt = 140


async def unread_part(site: Site, person: Person, now_ms: int) -> UnreadPart | None:
    """The conversations in which somebody waits to be read, the longest waiting first."""
    waiting = await unread(site.store, person.id)
    ties = [await load_mentorship(site.store, each) for each in list(waiting)[:_most_lines]]
    own = [tie for tie in ties if tie is not None and tie.part_of(person.id) is not None]
    if not own:
        return None
    counts = await unread_counts(site.store, {tie.id: waiting[tie.id] for tie in own})
    lines = [
        UnreadLine(
            name=await title(site.store, tie, person),
            count=counts[tie.id],
            since_ms=waiting[tie.id],
            path=f"/m/{tie.id}/messages",
        )
        for tie in own
    ]
    return UnreadPart(lines=tuple(lines))


async def timeline_entries(site: Site, mentorship: Mentorship, viewer: Person) -> list[Entry]:
    """One entry for each day on which something was written: to the people of the tie alone."""
    if mentorship.part_of(viewer.id) is None:
        return []
    found = await messages(site.store, mentorship.id, count=_shown)
    zone = zone_of(viewer.zone) or UTC

    def day(message: Message) -> str:
        return datetime.fromtimestamp(message.at_ms / 1000, zone).date().isoformat()

    people = await load_people(site.store, list({each.author for each in found}))
    entries: list[Entry] = []
    for _, each in groupby(found, key=day):
        written = list(each)
        names = dict.fromkeys(people[one.author].shown for one in written if one.author in people)
        entries.append(
            MessagesEntry(
                at_ms=written[-1].at_ms,
                names=tuple(names),
                count=len(written),
                excerpt=_short(written[-1].text),
                path=f"/m/{mentorship.id}/messages?before={written[-1].at_ms + 1}",
            )
        )
    return entries


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _excerpt else f"{line[:_excerpt].rstrip()}…"
