"""``/p/{programme}/shortlist``: whom somebody was offered, and in which order they would like them."""

from __future__ import annotations

from aiohttp import web

from server.matchmaking.gathering import candidates
from server.mentoring.matching.candidates import Candidate, Weights
from server.mentoring.matching.reasons import Reason, reasons
from server.mentoring.matching.runs import Ranking, RunError, Side, ranked
from server.mentoring.people import PersonId
from server.mentoring.programmes import Enrolment
from server.pages.access import programme_of, subject, visitor
from server.pages.forms import changed_meanwhile, fresh, once, posted
from server.pages.matching.words import said
from server.pages.programmes.frame import nav
from server.pages.site import SITE, PageError, Site, page, see_other
from server.storage import keys
from server.storage.matching import load_ranking, saved_ranking
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_enrolments, load_people, load_profiles
from server.storage.records import commit, load_many
from web.views.form import Fault, Form
from web.views.matching import OptionCard, RankList, ShortlistView

SIDES: tuple[Side, ...] = ("mentee", "mentor")

# What people can weigh themselves; how busy others are or how long they wait is not for them to see.
_shown_parts = {"skills", "time", "language", "meeting"}


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/shortlist``."""
    return await _page(request, saved="saved" in request.query)


async def save(request: web.Request) -> web.Response:
    """``POST /p/{programme}/shortlist``: the order, by places."""
    site, programme, person = request.app[SITE], programme_of(request), visitor(request)
    form = await posted(request)
    role = next((side for side in SIDES if side == form.text("role")), None)
    ranking = None if role is None else await load_ranking(site.store, programme.id, person.id, role)
    if role is None or ranking is None:
        raise PageError(404, "not-found")
    order, faults = read_order(form, ranking)
    if faults:
        return await _page(request, role, form.with_faults(*faults), status=422)
    if form.version != ranking.version:
        return await _page(request, role, changed_meanwhile(form, ranking.version), status=409)
    location = f"/p/{programme.id}/shortlist?saved"
    try:
        after = ranked(ranking, order, site.clock())
        await commit(site.store, saved_ranking(after), once(form, location))
    except RunError as error:
        return await _page(request, role, form.with_faults(Fault(field="", code=error.code)), status=422)
    except ChangedMeanwhileError:
        return await _page(request, role, changed_meanwhile(form, ranking.version + 1), status=409)
    return see_other(location)


def read_order(form: Form, ranking: Ranking) -> tuple[tuple[PersonId, ...], list[Fault]]:
    """The people in the order of their places; a place is given once, and some have none."""
    places: dict[int, PersonId] = {}
    faults: list[Fault] = []
    for person in ranking.options:
        name = f"{ranking.role}-{person}"
        text = form.text(name)
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= len(ranking.options)):
            faults.append(Fault(field=name, code="choose"))
        elif int(text) in places:
            faults.append(Fault(field=name, code="place-twice", values={"place": int(text)}))
        else:
            places[int(text)] = person
    return tuple(person for _, person in sorted(places.items())), faults


async def _page(
    request: web.Request,
    role: Side | None = None,
    form: Form | None = None,
    *,
    saved: bool = False,
    status: int = 200,
) -> web.Response:
    site, programme, person = request.app[SITE], programme_of(request), visitor(request)
    mine = subject(request).enrolments
    lists: list[RankList] = []
    for side in SIDES:
        ranking = await load_ranking(site.store, programme.id, person.id, side)
        if ranking is None or side not in mine:
            continue
        stands = form if side == role and form is not None else _form(ranking)
        lists.append(await _list(site, ranking, stands))
    view = ShortlistView(nav=nav(request, "shortlist"), lists=tuple(lists), saved=saved)
    return page(request, view, status=status)


def _form(ranking: Ranking) -> Form:
    places = {f"{ranking.role}-{person}": str(at) for at, person in enumerate(ranking.ranked, start=1)}
    return fresh(places, ranking.version)


async def _list(site: Site, ranking: Ranking, form: Form) -> RankList:
    now = site.clock()
    other: Side = "mentor" if ranking.role == "mentee" else "mentee"
    found = await load_many(
        site.store,
        [keys.enrolment(ranking.programme, person, other) for person in ranking.options],
        Enrolment,
    )
    there = [each for each in found if each is not None and each.left_ms is None]
    mine = (await load_enrolments(site.store, ranking.programme, ranking.person))[ranking.role]
    [me] = await candidates(site.store, [mine], now)
    others = {each.person: each for each in await candidates(site.store, there, now)}
    people = await load_people(site.store, list(others))
    profiles = await load_profiles(site.store, list(others))
    return RankList(
        role=ranking.role,
        form=form,
        options=tuple(
            OptionCard(
                id=person,
                name=people[person].shown,
                headline=profiles[person].headline,
                about=profiles[person].about,
                reasons=said(_why(ranking, me, others[person], now)),
            )
            for person in ranking.options
            if person in others
        ),
        closes_ms=ranking.closes_ms,
        closed=now >= ranking.closes_ms,
        changed_ms=ranking.changed_ms,
    )


def _why(ranking: Ranking, me: Candidate, other: Candidate, now_ms: int) -> list[Reason]:
    mentor, mentee = (other, me) if ranking.role == "mentee" else (me, other)
    return [each for each in reasons(mentor, mentee, Weights(), now_ms) if each.part in _shown_parts]
