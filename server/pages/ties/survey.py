"""``/m/{mentorship}/survey/{survey}``: answering a pulse or a survey."""

from __future__ import annotations

import re

from aiohttp import web

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import PersonId
from server.mentoring.programmes import Programme
from server.mentoring.questions import surveys
from server.mentoring.surveys import (
    LEAST_ANSWERS,
    LONGEST_ANSWER,
    PULSE_DAYS,
    Response,
    Survey,
    SurveyKey,
    read_answers,
)
from server.mentoring.tie_rules import DAY_MS
from server.pages.access import mentorship_of, programme_of, visitor
from server.pages.forms import fresh, posted
from server.pages.site import SITE, PageError, Site, page
from server.pages.ties.doing import done
from server.pages.ties.heads import head, names_of
from server.storage.meetings import load_session
from server.storage.records import Once, commit, deciding
from server.storage.surveys import load_response, saved_response
from server.storage.ties import half_way_ms
from server.ties.pulses import month_of
from web.views.form import Fault, Form
from web.views.surveys import QuestionLine, SurveyView

_month = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


async def _asked(request: web.Request) -> tuple[Survey, str]:
    """The survey and what it is about. Raises ``PageError`` 404 when nothing of the kind is asked here."""
    site, tie, me = request.app[SITE], mentorship_of(request), visitor(request)
    found = next((each for each in surveys().values() if each.key == request.match_info["survey"]), None)
    about = request.query.get("about", "")[:64]
    if found is None or tie.started_ms is None or not await _is_about(site, tie, me.id, found, about):
        raise PageError(404, "not-found")
    return found, about


async def _is_about(site: Site, tie: Mentorship, me: PersonId, survey: Survey, about: str) -> bool:
    if survey.key == "after-session":
        session = await load_session(site.store, about) if about else None
        return (
            session is not None
            and session.mentorship == tie.id
            and me in session.people
            and session.state in {"held", "recapped"}
        )
    if survey.key == "monthly":
        return _month.fullmatch(about) is not None
    return not about


async def still_asked(
    site: Site, tie: Mentorship, programme: Programme, me: PersonId
) -> tuple[SurveyKey, str] | None:
    """What is asked of somebody now and not answered yet, with the path of its page: one thing at a time."""
    now = site.clock()
    if tie.started_ms is None:
        return None
    asked: list[tuple[SurveyKey, str]] = []
    if tie.state in {"closing", "closed"}:
        asked.append(("final", ""))
    elif tie.state == "active":
        half = half_way_ms(tie, programme)
        if half is not None and half <= now:
            asked.append(("mid", ""))
        if now - tie.started_ms >= PULSE_DAYS * DAY_MS:
            asked.append(("monthly", month_of(now)))
    for key, about in asked:
        if await load_response(site.store, key, tie.id, about, me) is None:
            return key, f"/m/{tie.id}/survey/{key}" + (f"?about={about}" if about else "")
    return None


async def show(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}/survey/{survey}``."""
    survey, about = await _asked(request)
    before = await load_response(
        request.app[SITE].store, survey.key, mentorship_of(request).id, about, visitor(request).id
    )
    values: dict[str, str] = {}
    if before is not None:
        values = {**{key: str(value) for key, value in before.scales.items()}, **before.texts}
    return await _survey(request, survey, about, fresh(values), answered=before is not None)


async def _survey(
    request: web.Request, survey: Survey, about: str, form: Form, *, answered: bool = False
) -> web.Response:
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    names = await names_of(site.store, [tie])
    part = tie.part_of(me.id)
    assert part is not None
    view = SurveyView(
        head=head(tie, programme_of(request), me.id, names),
        survey=survey.key,
        about=about,
        questions=tuple(
            QuestionLine(key=each.key, type=each.type, required=each.required)
            for each in survey.for_role(part.role)
        ),
        form=form,
        done=answered,
        least=LEAST_ANSWERS,
    )
    return page(request, view, status=422 if form.faults else 200)


async def answer(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/survey/{survey}``: an answer, or another one in its place."""
    survey, about = await _asked(request)
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    part = tie.part_of(me.id)
    assert part is not None
    questions = survey.for_role(part.role)
    form = await posted(request, texts=[each.key for each in questions if each.type == "text"])
    scales, texts, wrong = read_answers(questions, {each.key: form.text(each.key) for each in questions})
    if wrong:
        faults = [
            Fault(field=key, code=code, values={"most": LONGEST_ANSWER} if code == "too-long" else {})
            for key, code in wrong.items()
        ]
        return await _survey(request, survey, about, form.with_faults(*faults))

    async def act(once: Once) -> None:
        async def decide() -> None:
            before = await load_response(site.store, survey.key, tie.id, about, me.id)
            response = Response(
                survey=survey.key,
                programme=tie.programme,
                mentorship=tie.id,
                about=about,
                person=me.id,
                role=part.role,
                at_ms=site.clock(),
                scales=scales,
                texts=texts,
                version=1 if before is None else before.version + 1,
            )
            await commit(site.store, saved_response(response), once)

        await deciding(decide)

    query = f"?about={about}" if about else ""
    return await done(
        request,
        form,
        f"/m/{tie.id}/survey/{survey.key}{query}",
        act,
        lambda typed: _survey(request, survey, about, typed),
    )
