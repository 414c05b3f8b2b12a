"""What waits for a coordinator, on the home page: requests whose day is over, ties at risk."""

from __future__ import annotations

from server.mentoring.people import Person
from server.pages.coordination.overview import cases_of
from server.pages.site import Site
from server.storage.programmes import enrolments_of, load_programmes_by_id
from server.storage.requests import late_requests
from web.views.coordination import CarePart, ProgrammeCare


async def part(site: Site, person: Person, now_ms: int) -> CarePart | None:
    """The programmes that somebody coordinates and where something waits for them."""
    mine = await enrolments_of(site.store, person.id)
    led = [each.programme for each in mine if each.role == "coordinator"]
    programmes = await load_programmes_by_id(site.store, set(led))
    found: list[ProgrammeCare] = []
    for programme in (programmes[each] for each in led if each in programmes):
        late = await late_requests(site.store, programme.id, now_ms)
        cases, _, _ = await cases_of(site, programme)
        risk = sum(case.health.level == "at-risk" for case in cases)
        if late or risk:
            found.append(ProgrammeCare(programme=programme.id, name=programme.name, late=late, at_risk=risk))
    return CarePart(programmes=tuple(found)) if found else None
