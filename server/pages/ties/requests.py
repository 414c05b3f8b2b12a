"""``/p/{programme}/requests`` and ``/r/{request}``: asking a mentor, and answering."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from aiohttp import web
from redis.asyncio import Redis

from server.mentoring.kinds import Kind
from server.mentoring.people import Person, PersonId
from server.mentoring.places import can_be_asked
from server.mentoring.programmes import Enrolment, Programme
from server.mentoring.requests import LONGEST_ANSWER, LONGEST_PURPOSE, MOST_FOLLOWING, REQUESTABLE, Request
from server.mentoring.taking_part import MOST_UNANSWERED, is_paused, paused
from server.mentoring.tie_rules import DAY_MS, LONGEST_PAUSE_DAYS, TieError, day_ms, day_of
from server.pages.access import programme_of, subject, visitor
from server.pages.forms import choose as chosen
from server.pages.forms import fresh, posted, required, too_long
from server.pages.programmes.frame import nav
from server.pages.site import SITE, PageError, Site, page, see_other
from server.pages.ties.doing import done
from server.storage.programmes import (
    enrolled,
    load_enrolment,
    load_people,
    load_profile,
    saved_enrolment,
)
from server.storage.records import Once, commit
from server.storage.requests import requests_of
from server.ties import asking
from server.ties.asking import Ask, around, request_id
from web.views.form import Fault, Form
from web.views.requests import AskedLine, AskView, RequestLine, RequestsPart, RequestsView, RequestView

MOST_CHOICES = 60
"""How many mentors a choice offers at most; the bank has all of them."""

_kinds: tuple[Kind, ...] = get_args(Kind)


def line(request: Request, me: PersonId, names: dict[PersonId, Person]) -> RequestLine:
    """A request as one side sees it."""
    mine = request.mentee == me
    other = request.last.person if mine else request.mentee
    turn = ""
    if request.is_open:
        turn = "me" if (request.mentor == me) or (mine and request.state == "choosing") else "them"
    return RequestLine(
        id=request.id,
        name=names[other].shown if other in names else "",
        kind=request.kind,
        state=request.state if mine or request.mentor == me else _outcome(request, me),
        turn=turn,
        until_ms=request.until_ms,
        purpose=request.purpose,
    )


def _outcome(request: Request, mentor: PersonId) -> str:
    """What became of a request for a mentor whose turn is over."""
    return next((each.outcome for each in request.asked if each.person == mentor), request.state)


async def lines(
    store: Redis, person: PersonId, programme: str | None = None
) -> list[tuple[Request, RequestLine]]:
    """A person's requests, in one programme or in all."""
    found = [
        each for each in await requests_of(store, person) if programme is None or each.programme == programme
    ]
    names = await load_people(store, list({who for each in found for who in each.people}))
    return [(each, line(each, person, names)) for each in found]


async def show_all(request: web.Request) -> web.Response:
    """``GET /p/{programme}/requests``."""
    return await _all(request, fresh())


async def _all(request: web.Request, form: Form) -> web.Response:
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    found = await lines(site.store, me.id, programme.id)
    mentor = subject(request).enrolments.get("mentor")
    now = site.clock()
    view = RequestsView(
        nav=nav(request, "requests"),
        received=tuple(shown for each, shown in found if each.mentor == me.id),
        sent=tuple(shown for each, shown in found if each.mentee == me.id and each.is_open),
        over=tuple(
            shown
            for each, shown in found
            if each.mentor != me.id and not (each.mentee == me.id and each.is_open)
        )[:20],
        is_mentor=mentor is not None,
        is_mentee="mentee" in subject(request).enrolments,
        hidden=mentor is not None and mentor.unanswered >= MOST_UNANSWERED,
        resting_until_ms=mentor.paused_until_ms if mentor is not None and is_paused(mentor, now) else None,
        form=form,
    )
    return page(request, view, status=422 if form.faults else 200)


async def come_back(request: web.Request) -> web.Response:
    """``POST /p/{programme}/requests/back``: a mentor is shown in the bank again."""
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    form = await posted(request)

    async def act(once: Once) -> None:
        enrolment = await load_enrolment(site.store, programme.id, me.id, "mentor")
        assert enrolment is not None
        await commit(site.store, saved_enrolment(paused(enrolment, None)), once)

    return await done(request, form, f"/p/{programme.id}/requests", act, lambda typed: _all(request, typed))


async def show_ask(request: web.Request) -> web.Response:
    """``GET /p/{programme}/requests/new?mentor=…``."""
    if not request.query.get("mentor"):
        return see_other(f"/p/{programme_of(request).id}/bank")
    values = {"mentor": request.query["mentor"][:64], "kind": request.query.get("kind", "")[:20]}
    return await _ask(request, fresh(values))


async def make(request: web.Request) -> web.Response:
    """``POST /p/{programme}/requests/new``."""
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    form = await posted(request, texts=["purpose"])
    kinds = _offered(programme)
    faults = [
        *required(form, "purpose"),
        *too_long(form, purpose=LONGEST_PURPOSE),
        *chosen(form, "kind", kinds),
    ]
    if faults:
        return await _ask(request, form.with_faults(*faults))
    wanted = Ask(
        mentor=form.text("mentor"),
        kind=next(each for each in _kinds if each == form.text("kind")),
        purpose=form.text("purpose"),
        following=tuple(each for each in form.many("following") if each)[:MOST_FOLLOWING],
    )
    id_ = request_id()

    async def act(once: Once) -> None:
        await asking.ask(site.store, programme, me, wanted, site.clock(), once, id_)

    return await done(
        request,
        form,
        f"/r/{id_}",
        act,
        lambda typed: _ask(request, typed),
        fields={"tie-kind": "kind", "missing": "purpose"},
    )


def _offered(programme: Programme) -> tuple[Kind, ...]:
    return tuple(each for each in REQUESTABLE if each in programme.kinds)


async def _ask(request: web.Request, form: Form) -> web.Response:
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    enrolment = await load_enrolment(site.store, programme.id, form.text("mentor"), "mentor")
    people = await load_people(site.store, [form.text("mentor")])
    if enrolment is None or enrolment.left_ms is not None or not people or me.id == enrolment.person:
        raise PageError(404, "not-found")
    mentor = people[enrolment.person]
    kinds = _offered(programme)
    if form.text("kind") not in kinds and kinds:
        form = replace(form, values={**form.values, "kind": (kinds[0],)})
    view = AskView(
        programme=programme.id,
        programme_name=programme.name,
        mentor_name=mentor.shown,
        mentor_headline=(await load_profile(site.store, mentor.id)).headline,
        kinds=kinds,
        others=await free_mentors(site, programme, {me.id, mentor.id}),
        days=programme.answer_days,
        form=form,
        most=LONGEST_PURPOSE,
    )
    return page(request, view, status=422 if form.faults else 200)


async def free_mentors(
    site: Site, programme: Programme, but: set[PersonId]
) -> tuple[tuple[PersonId, str], ...]:
    """Mentors who can be asked now, with their names, by name."""
    now = site.clock()
    found: list[Enrolment] = [
        each
        for each in await enrolled(site.store, programme.id, "mentor")
        if each.person not in but and can_be_asked(each, now)
    ][:MOST_CHOICES]
    names = await load_people(site.store, [each.person for each in found])
    return tuple(sorted(((each.id, each.shown) for each in names.values()), key=lambda pair: pair[1]))


async def show(request: web.Request) -> web.Response:
    """``GET /r/{request}``."""
    return await _one(request, fresh())


async def _one(request: web.Request, form: Form, *, declining: bool = False) -> web.Response:
    site, me, programme, asked = _loaded(request)
    names = await load_people(site.store, [*asked.people, *asked.following, asked.suggested or ""])

    def name(person: PersonId) -> str:
        return names[person].shown if person in names else ""

    mine = asked.mentee == me.id
    viewer = "mentee" if mine else "mentor" if asked.mentor == me.id else "other"
    choices: tuple[tuple[str, str], ...] = ()
    if viewer == "mentor" or (mine and asked.state == "choosing"):
        choices = await free_mentors(site, programme, set(asked.people))
    suggested = asked.suggested
    view = RequestView(
        id=asked.id,
        programme=programme.id,
        programme_name=programme.name,
        kind=asked.kind,
        state=asked.state,
        purpose=asked.purpose,
        mentee_name=name(asked.mentee),
        mentor_name=name(asked.last.person),
        viewer=viewer,
        coordinates=viewer == "other" and "coordinator" in subject(request).enrolments,
        until_ms=asked.until_ms,
        # A mentor sees what they answered themself, not what others did.
        asked=tuple(
            AskedLine(name=name(each.person), outcome=each.outcome, sentence=each.sentence, at_ms=each.at_ms)
            for each in asked.asked
            if mine or each.person == me.id or "coordinator" in subject(request).enrolments
        ),
        following=tuple(name(each) for each in asked.following) if mine else (),
        suggested=(suggested, name(suggested)) if mine and suggested is not None else None,
        choices=choices,
        mentorship=asked.last.mentorship if asked.state == "accepted" and viewer != "other" else None,
        form=form,
        declining=declining,
        today=day_of(site.clock(), me.zone),
    )
    return page(request, view, status=422 if form.faults else 200)


def _loaded(request: web.Request) -> tuple[Site, Person, Programme, Request]:
    asked = subject(request).request
    assert asked is not None
    return request.app[SITE], visitor(request), programme_of(request), asked


def _only(right: object) -> None:
    """Whoever isn't asked doesn't learn that somebody else is."""
    if not right:
        raise PageError(404, "not-found")


async def accept(request: web.Request) -> web.Response:
    """``POST /r/{request}/accept``."""
    site, me, programme, asked = _loaded(request)
    form = await posted(request)
    _only(any(each.person == me.id for each in asked.asked))

    async def act(once: Once) -> None:
        if asked.mentor != me.id:
            raise TieError(code="tie-moved-on")
        await asking.say_yes(site.store, await around(site.store, programme, asked), site.clock(), once)

    location = f"/m/{asked.last.mentorship}"
    return await done(request, form, location, act, lambda typed: _one(request, typed))


async def decline(request: web.Request) -> web.Response:
    """``POST /r/{request}/decline``: with a sentence, a rest until a day, another mentor's name."""
    site, me, programme, asked = _loaded(request)
    form = await posted(request, texts=["sentence"])
    _only(any(each.person == me.id for each in asked.asked))
    now = site.clock()
    faults = [*required(form, "sentence"), *too_long(form, sentence=LONGEST_ANSWER)]
    until: int | None = None
    if form.text("rest"):
        until = read_day(form.text("rest"), me.zone)
        if until is None:
            faults.append(Fault(field="rest", code="date-wrong"))
        elif not now < until <= now + LONGEST_PAUSE_DAYS * DAY_MS:
            faults.append(Fault(field="rest", code="tie-pause-date"))
    suggested = form.text("suggested") or None
    if suggested is not None:
        known = await load_enrolment(site.store, programme.id, suggested, "mentor")
        if known is None or not can_be_asked(known, now) or suggested in asked.people:
            faults.append(Fault(field="suggested", code="choose"))
    if faults:
        return await _one(request, form.with_faults(*faults), declining=True)

    async def act(once: Once) -> None:
        if asked.mentor != me.id:
            raise TieError(code="tie-moved-on")
        await asking.say_no(
            site.store,
            await around(site.store, programme, asked),
            now,
            once,
            sentence=form.text("sentence"),
            rest_until_ms=until,
            suggested=suggested,
        )

    return await done(
        request, form, f"/r/{asked.id}", act, lambda typed: _one(request, typed, declining=True)
    )


def read_day(text: str, zone: str) -> int | None:
    """The instant when a day (ISO) that somebody typed is over in their zone; None when it is no day."""
    try:
        return day_ms(text, zone)
    except (ValueError, OverflowError):
        return None


async def choose(request: web.Request) -> web.Response:
    """``POST /r/{request}/next``: the mentee asks somebody else."""
    site, me, programme, asked = _loaded(request)
    form = await posted(request)
    _only(asked.mentee == me.id)
    if not form.text("mentor"):
        return await _one(request, form.with_faults(Fault(field="mentor", code="choose")))

    async def act(once: Once) -> None:
        mentor = form.text("mentor")
        await asking.choose(site.store, programme, asked, me, mentor, site.clock(), once)

    return await done(
        request,
        form,
        f"/r/{asked.id}",
        act,
        lambda typed: _one(request, typed),
        fields={"mentor-not-free": "mentor", "request-twice": "mentor"},
    )


async def withdraw(request: web.Request) -> web.Response:
    """``POST /r/{request}/withdraw``: the mentee takes it back."""
    site, me, programme, asked = _loaded(request)
    form = await posted(request)
    _only(asked.mentee == me.id)

    async def act(once: Once) -> None:
        await asking.take_back(site.store, programme, asked, site.clock(), once)

    return await done(request, form, f"/r/{asked.id}", act, lambda typed: _one(request, typed))


async def home_part(site: Site, person: Person, now_ms: int) -> RequestsPart | None:
    """What is asked of a person, and what they wait for."""
    mine = [
        shown
        for each, shown in await lines(site.store, person.id)
        if each.is_open and person.id in {each.mentee, each.mentor}
    ]
    if not mine:
        return None
    return RequestsPart(requests=tuple(sorted(mine, key=lambda shown: (shown.turn != "me", shown.until_ms))))
