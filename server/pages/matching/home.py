"""What matching has to say on the home page: lists that wait to be ranked."""

from __future__ import annotations

from server.mentoring.matching.runs import Ranking
from server.mentoring.people import Person
from server.mentoring.programmes import Programme
from server.pages.site import Site
from server.storage import keys, matching_keys
from server.storage.programmes import enrolments_of
from server.storage.records import load_many
from web.views.matching import OpenList, ShortlistsPart


async def part(site: Site, person: Person, now_ms: int) -> ShortlistsPart | None:
    """The lists that a person can still rank."""
    mine = [each for each in await enrolments_of(site.store, person.id) if each.role != "coordinator"]
    wanted = [matching_keys.ranking(each.programme, person.id, each.role) for each in mine]
    found = [each for each in await load_many(site.store, wanted, Ranking) if each is not None]
    waiting = [each for each in found if each.closes_ms > now_ms and not each.ranked]
    if not waiting:
        return None
    programmes = await load_many(site.store, [keys.programme(each.programme) for each in waiting], Programme)
    return ShortlistsPart(
        lists=tuple(
            OpenList(programme=each.programme, name=programme.name, closes_ms=each.closes_ms)
            for each, programme in zip(waiting, programmes, strict=True)
            if programme is not None
        )
    )
