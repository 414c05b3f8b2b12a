"""``/p/{programme}/bank``: finding a mentor, with reasons on each card."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from aiohttp import web

from server.mentoring.bank import Ask, Reason, reasons
from server.mentoring.folding import telling, words
from server.mentoring.kinds import Kind
from server.mentoring.mentorships import OPEN_STATES
from server.mentoring.taking_part import needs_training
from server.pages.access import programme_of, subject, visitor
from server.pages.forms import read
from server.pages.programmes.frame import nav
from server.pages.programmes.settings import whole
from server.pages.site import SITE, language_of, page, see_other
from server.storage.bank import number_of
from server.storage.bank_search import Found, asker, search, shown
from server.storage.mentorships import mentorships_of
from web.i18n import SPOKEN, translator
from web.views.profiles import BankView, MentorCard, ReasonLine

A_PAGE = 12


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/bank?q=…&language=…&kind=…&together=yes&page=…``."""
    site, programme, person = request.app[SITE], programme_of(request), visitor(request)
    mine = subject(request).enrolments
    if needs_training(programme, mine.values()):
        return see_other(f"/p/{programme.id}/training")
    form = read(request.query)
    number = next((each.number for each in mine.values() if each.number), 0)
    number = number or await number_of(site.store, person.id)
    profile, weeks = await asker(site.store, person.id, number)
    kind: Kind | None = next((each for each in programme.kinds if each == form.text("kind")), None)
    ask = Ask(
        words=words(form.text("q"), short=True),
        seeks=telling(profile.seeks),
        language=form.text("language") if form.text("language") in SPOKEN else "",
        speaks=profile.languages,
        kind=kind,
        weeks=weeks,
        together=form.has("together", "yes") and any(weeks),
        number=number,
    )
    at = whole(form.text("page"), 0, 10_000) or 0
    found = await search(
        site.store,
        programme.id,
        ask,
        site.clock(),
        trained=bool(programme.training.strip()),
        skip=at * A_PAGE,
        count=A_PAGE,
    )
    say = translator(language_of(request))
    view = BankView(
        nav=nav(request, "bank"),
        form=form,
        languages=tuple((each, say.spoken(each)) for each in SPOKEN),
        kinds=tuple((each, say.text(f"kind.{each}")) for each in programme.kinds),
        seeks=profile.seeks,
        cards=await _cards(request, ask, found),
        total=found.total,
        some=found.some,
        page=at,
        pages=-(-found.total // A_PAGE),
        before=_page_path(request, at - 1) if at else "",
        after=_page_path(request, at + 1) if (at + 1) * A_PAGE < found.total else "",
        asks="mentee" in mine,
        known=any(weeks),
    )
    return page(request, view)


def _page_path(request: web.Request, at: int) -> str:
    query = [(name, value) for name, value in request.query.items() if name != "page"]
    return f"{request.path}?{urlencode([*query, ('page', str(at))])}"


async def _cards(request: web.Request, ask: Ask, found: Found) -> tuple[MentorCard, ...]:
    store, spoken = request.app[SITE].store, translator(language_of(request)).spoken
    tied = await _tied(request) if "mentee" in subject(request).enrolments else {}
    return tuple(
        MentorCard(
            id=each.person.id,
            name=each.person.shown,
            headline=each.profile.headline,
            offers=each.profile.offers,
            partner=each.enrolment.partner,
            tie=f"/m/{tied[each.person.id]}" if each.person.id in tied else "",
            reasons=tuple(
                _line(reason, spoken) for reason in reasons(ask, each.profile, each.enrolment, each.weeks)
            ),
        )
        for each in await shown(store, programme_of(request).id, found)
    )


async def _tied(request: web.Request) -> dict[str, str]:
    """Who mentors the visitor already, each with the mentorship."""
    mine = visitor(request).id
    return {
        part.person: tie.id
        for tie in await mentorships_of(request.app[SITE].store, mine)
        if tie.programme == programme_of(request).id and tie.state in OPEN_STATES
        for part in tie.participations
        if part.role == "mentor" and part.person != mine and part.to_ms is None
    }


def _line(reason: Reason, spoken: Callable[[str], str]) -> ReasonLine:
    values = dict(reason.values)
    if "language" in values:
        values["language"] = spoken(str(values["language"]))
    return ReasonLine(code=reason.code, values=values)
