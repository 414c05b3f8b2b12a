"""Who asks, how they stand to what the page is about, and whether they may: before any handler runs.

Each route names its action (``guarded``). The parts of its path that name something (``{programme}``,
``{mentorship}``, …) are looked up by ``SUBJECTS``; what they say makes the standings that
``server/mentoring/permissions.py`` is asked with. Something that isn't there and something that isn't one's
own look alike: 404.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import quote

from aiohttp import web
from redis.asyncio import Redis

from server.mentoring.concerns import Concern
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.permissions import Standing, allowed
from server.mentoring.programmes import Enrolment, Programme, ProgrammeRole
from server.mentoring.requests import Request
from server.pages.site import SITE, VISITOR, Handler, PageError
from server.storage.meetings import load_session
from server.storage.mentorships import load_mentorship
from server.storage.programmes import load_programme, load_programme_with
from server.storage.requests import load_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a page is about, as far as its path says so.

    ``enrolments`` are the visitor's own in ``programme``. ``standings`` are those that the subject itself
    gives.
    """

    programme: Programme | None = None
    enrolments: Mapping[ProgrammeRole, Enrolment] = field(default_factory=lambda: MappingProxyType({}))
    mentorship: Mentorship | None = None
    session: Session | None = None
    request: Request | None = None
    concern: Concern | None = None
    standings: frozenset[Standing] = frozenset()


SUBJECT = web.RequestKey("subject", Subject)

Finder = Callable[[Redis, str, Person | None], Awaitable[Subject | None]]
"""Finds what an id in a path names, and how the visitor stands to it; None when there is no such thing."""


async def programme_subject(store: Redis, programme: str, person: Person | None) -> Subject | None:
    """``{programme}``: the visitor's enrolments in it."""
    if person is None:
        found = await load_programme(store, programme)
        return None if found is None else Subject(programme=found)
    found, enrolments = await load_programme_with(store, programme, person.id)
    if found is None:
        return None
    standings: frozenset[Standing] = frozenset(enrolments)
    if person.id in found.safeguarding:
        standings |= {"safeguarding"}
    return Subject(programme=found, enrolments=enrolments, standings=standings)


async def mentorship_subject(store: Redis, mentorship: str, person: Person | None) -> Subject | None:
    """``{mentorship}``: its programme, and whether the visitor takes part now."""
    found = await load_mentorship(store, mentorship)
    if found is None:
        return None
    around = await programme_subject(store, found.programme, person)
    if around is None:
        return None
    part = person is not None and found.part_of(person.id) is not None
    return Subject(
        programme=around.programme,
        enrolments=around.enrolments,
        mentorship=found,
        standings=around.standings | ({"participant"} if part else frozenset()),
    )


async def session_subject(store: Redis, session: str, person: Person | None) -> Subject | None:
    """``{session}``: its mentorship, and whether the visitor is invited."""
    found = await load_session(store, session)
    if found is None:
        return None
    around = await mentorship_subject(store, found.mentorship, person)
    if around is None:
        return None
    # A group's session is for whoever is in the group by now, not only for those of its first day.
    invited = person is not None and (
        person.id in found.people or (found.announced and "participant" in around.standings)
    )
    return Subject(
        programme=around.programme,
        enrolments=around.enrolments,
        mentorship=around.mentorship,
        session=found,
        standings=(around.standings - {"participant"}) | ({"participant"} if invited else frozenset()),
    )


async def request_subject(store: Redis, request: str, person: Person | None) -> Subject | None:
    """``{request}``: its programme, and whether the visitor asks or was asked."""
    found = await load_request(store, request)
    if found is None:
        return None
    around = await programme_subject(store, found.programme, person)
    if around is None:
        return None
    part = person is not None and person.id in found.people
    return replace(
        around,
        request=found,
        standings=around.standings | ({"participant"} if part else frozenset()),
    )


SUBJECTS: dict[str, Finder] = {
    "request": request_subject,
    "session": session_subject,
    "mentorship": mentorship_subject,
    "programme": programme_subject,
}
"""Path variables that name something, the most particular first: the first one in a path decides."""

ROUTE_ACTIONS: dict[str, str] = {}
"""Route name to action: what the test of every cell goes through."""


def guarded(
    app: web.Application, method: str, path: str, handler: Handler, *, name: str, action: str
) -> None:
    """Adds a route that only those may use whom the table of permissions lets do ``action``."""
    ROUTE_ACTIONS[name] = action

    async def checked(request: web.Request) -> web.StreamResponse:
        await check(request, action)
        return await handler(request)

    if method == "GET":
        app.router.add_get(path, checked, name=name)
    else:
        app.router.add_route(method, path, checked, name=name)


async def check(request: web.Request, action: str) -> None:
    """Finds the subject and the standings. Raises ``PageError`` 404, or sends strangers to sign in."""
    person = request.get(VISITOR)
    standings: set[Standing] = {"anyone"}
    if person is not None:
        standings |= {"person", "admin"} if person.admin else {"person"}
    named = next((name for name in SUBJECTS if name in request.match_info), None)
    subject: Subject | None = Subject()
    if named is not None:
        subject = await SUBJECTS[named](request.app[SITE].store, request.match_info[named], person)
    if subject is not None:
        standings |= subject.standings
        request[SUBJECT] = subject
        if allowed(action, frozenset(standings)):
            return
    if person is None and request.method in {"GET", "HEAD"}:
        raise web.HTTPSeeOther(f"/sign-in?next={quote(request.path_qs, safe='')}")
    raise PageError(404, "not-found")


def visitor(request: web.Request) -> Person:
    """Who asks, on a page that only people who are signed in can see."""
    return request[VISITOR]


def subject(request: web.Request) -> Subject:
    """What the page is about."""
    return request[SUBJECT]


def programme_of(request: web.Request) -> Programme:
    """The programme that the page belongs to, on a page that has one."""
    found = request[SUBJECT].programme
    assert found is not None
    return found


def mentorship_of(request: web.Request) -> Mentorship:
    """The mentorship that the page is about."""
    found = request[SUBJECT].mentorship
    assert found is not None
    return found


def session_of(request: web.Request) -> Session:
    """The session that the page is about."""
    found = request[SUBJECT].session
    assert found is not None
    return found
