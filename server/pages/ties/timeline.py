"""The timeline of a tie, gathered from every area that has something to add."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.pages.site import Site
from web.views.timeline import Entry

Source = Callable[[Site, Mentorship, Person], Awaitable[list[Entry]]]
"""What an area knows of a tie, as far as this person may see it: in any order, at most a few hundred."""

TIMELINE: list[Source] = []

MOST = 200


async def timeline(site: Site, mentorship: Mentorship, viewer: Person) -> tuple[Entry, ...]:
    """What happened, the newest first."""
    found = await asyncio.gather(*(source(site, mentorship, viewer) for source in TIMELINE))
    entries = [entry for each in found for entry in each]
    return tuple(sorted(entries, key=lambda entry: -entry.at_ms)[:MOST])
