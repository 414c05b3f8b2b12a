"""What this area adds to the timeline of a tie: what changed, notes, what was done."""

from __future__ import annotations

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.pages.forms import once_token
from server.pages.site import Site
from server.pages.ties.heads import names_of
from server.storage.actions import load_actions
from server.storage.tie_notes import notes_in
from server.storage.ties import tie_events
from web.views.ties import ActionEntry, NoteEntry, TieEventEntry
from web.views.timeline import Entry

SILENT = frozenset({"goal-moved", "seat-passed-on"})
"""Changes that the audit keeps and that would only be noise here."""


async def changes(site: Site, tie: Mentorship, viewer: Person) -> list[Entry]:
    """What changed and who did it."""
    names = await names_of(site.store, [tie])
    return [
        TieEventEntry(
            at_ms=each.at_ms,
            what=each.what,
            who=names[each.who].shown if each.who in names else "",
        )
        for each in await tie_events(site.store, tie.id)
        if each.what not in SILENT
    ]


async def notes(site: Site, tie: Mentorship, viewer: Person) -> list[Entry]:
    """Notes that are shared, and the viewer's own."""
    names = await names_of(site.store, [tie])
    return [
        NoteEntry(
            at_ms=each.at_ms,
            who=names[each.author].shown if each.author in names else "",
            text=each.text,
            private=each.visibility == "private",
            remove=f"/m/{tie.id}/notes/{each.id}/remove" if each.author == viewer.id else "",
            once=once_token(),
        )
        for each in await notes_in(site.store, tie.id, viewer.id)
    ]


async def actions(site: Site, tie: Mentorship, viewer: Person) -> list[Entry]:
    """What was done."""
    names = await names_of(site.store, [tie])
    return [
        ActionEntry(
            at_ms=each.done_ms,
            who=names[each.owner].shown if each.owner in names else "",
            text=each.text,
        )
        for each in await load_actions(site.store, tie.id)
        if each.done_ms is not None
    ]
