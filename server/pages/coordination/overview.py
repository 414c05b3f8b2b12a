"""``/p/{programme}/coordination``: how a programme's ties are doing, who waits for whom, what people say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from aiohttp import web

from server.mentoring.caseload import Case, roster
from server.mentoring.health import Level, health
from server.mentoring.mentorships import OPEN_STATES, Mentorship, MentorshipId
from server.mentoring.people import Person, PersonId
from server.mentoring.programmes import Programme
from server.mentoring.surveys import SurveyKey
from server.pages.access import programme_of
from server.pages.programmes.frame import nav
from server.pages.site import SITE, Site, page
from server.pages.ties.heads import facts_of
from server.storage.caseload import Known, known_of
from server.storage.mentorships import mentorships_in
from server.storage.programmes import enrolled, load_people
from server.storage.requests import open_requests
from server.storage.surveys import results
from web.views.caseload import CaseFact
from web.views.coordination import CoordinationView, Figures, SurveyResult, TieRow, WaitingRow

LEVELS: tuple[Level, ...] = ("at-risk", "watch", "healthy", "resting")
SURVEYS: tuple[SurveyKey, ...] = get_args(SurveyKey)

A_PAGE = 50
LATELY_MS = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Standing:
    """The open ties of a programme with what is known of them, who needs a look first at the front."""

    ties: Mapping[MentorshipId, Mentorship]
    known: Mapping[MentorshipId, Known]
    cases: Sequence[Case]
    people: Mapping[PersonId, Person]


async def standing(site: Site, programme: Programme) -> Standing:
    """How the open ties of a programme are doing now."""
    cases, ties, known = await cases_of(site, programme)
    people = await load_people(
        site.store, list(dict.fromkeys(part.person for tie in ties for part in tie.participations))
    )
    return Standing({tie.id: tie for tie in ties}, known, roster(cases), people)


async def cases_of(
    site: Site, programme: Programme
) -> tuple[list[Case], list[Mentorship], dict[MentorshipId, Known]]:
    """The open ties of a programme, each with its health now and what that is read from."""
    now = site.clock()
    ties = [tie for tie in await mentorships_in(site.store, programme.id) if tie.state in OPEN_STATES]
    known = await known_of(site.store, ties, now)
    cases = []
    for tie in ties:
        it = known[tie.id]
        facts = facts_of(tie, programme, it.sessions, it.actions, it.message_ms, it.mood, now)
        cases.append(Case(mentorship=tie.id, facts=facts, health=health(facts)))
    return cases, ties, known


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/coordination?only=…&page=…``."""
    site, programme = request.app[SITE], programme_of(request)
    it = await standing(site, programme)
    only = request.query.get("only", "")
    chosen = [case for case in it.cases if only not in LEVELS or case.health.level == only]
    pages = max(-(-len(chosen) // A_PAGE), 1)
    wanted = request.query.get("page", "1")
    at = min(max(int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1, 1), pages)
    said, quiet = await _results(site, programme)
    view = CoordinationView(
        nav=nav(request, "coordination"),
        figures=await _figures(site, programme, it),
        counts=tuple((level, sum(case.health.level == level for case in it.cases)) for level in LEVELS),
        only=only if only in LEVELS else "",
        rows=tuple(tie_row(case, it) for case in chosen[(at - 1) * A_PAGE : at * A_PAGE]),
        page=at,
        pages=pages,
        waiting=await _waiting(site, programme),
        results=said,
        quiet_surveys=quiet,
    )
    return page(request, view)


def tie_row(case: Case, it: Standing) -> TieRow:
    """One tie as lists and exports show it."""
    tie = it.ties[case.mentorship]

    def names(role: str) -> str:
        return ", ".join(
            it.people[part.person].shown if part.person in it.people else "?"
            for part in tie.participations
            if part.role == role and part.to_ms is None
        )

    return TieRow(
        id=tie.id,
        mentors=names("mentor"),
        mentees=tie.title or names("mentee"),
        kind=tie.kind,
        state=tie.state,
        level=case.health.level,
        facts=tuple(
            CaseFact(code=fact.code, level=fact.level, values=fact.values) for fact in case.health.facts
        ),
        contact_ms=case.facts.last_contact_ms,
        next_ms=case.facts.next_session_ms,
    )


async def _figures(site: Site, programme: Programme, it: Standing) -> Figures:
    since = site.clock() - LATELY_MS
    met = [
        session
        for known in it.known.values()
        for session in known.sessions
        if session.state in {"held", "recapped"} and session.starts_ms >= since
    ]
    mentors = await enrolled(site.store, programme.id, "mentor")
    mentees = await enrolled(site.store, programme.id, "mentee")
    return Figures(
        ties=len(it.ties),
        hours=round(sum(session.minutes for session in met) / 60, 1),
        sessions=len(met),
        mentors=len(mentors),
        mentors_busy=sum(each.active > 0 for each in mentors),
        mentees=len(mentees),
        mentees_busy=sum(each.active > 0 for each in mentees),
    )


async def _waiting(site: Site, programme: Programme) -> tuple[WaitingRow, ...]:
    now = site.clock()
    waiting = await open_requests(site.store, programme.id)
    ids = [who for each in waiting for who in (each.mentee, each.mentor or each.mentee)]
    people = await load_people(site.store, list(dict.fromkeys(ids)))

    def name(person: PersonId) -> str:
        return people[person].shown if person in people else "?"

    return tuple(
        WaitingRow(
            id=each.id,
            mentee=name(each.mentee),
            owner=name(each.mentor or each.mentee),
            until_ms=each.until_ms,
            late=each.until_ms is not None and each.until_ms < now,
        )
        for each in waiting
    )


async def _results(site: Site, programme: Programme) -> tuple[tuple[SurveyResult, ...], tuple[str, ...]]:
    """What is known of each question, and the surveys that fewer than five people answered."""
    said: list[SurveyResult] = []
    quiet: list[str] = []
    for survey in SURVEYS:
        found = await results(site.store, programme.id, survey)
        if not found:
            quiet.append(survey)
            continue
        said += [
            SurveyResult(
                survey=survey,
                question=each.question,
                count=each.count,
                mean=round(each.mean, 1) if sum(each.counts) else None,
                texts=each.texts,
            )
            for each in found
        ]
    return tuple(said), tuple(quiet)
