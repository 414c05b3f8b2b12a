"""What a coordinator makes of a run: lists to rank, ties, a comparison with another run."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from server.matchmaking import publishing, ranking
from server.mentoring.audit import AuditEvent
from server.mentoring.matching.compare import compare as compared
from server.mentoring.matching.runs import RunError, begin_publishing
from server.mentoring.tie_rules import day_ms
from server.pages.access import programme_of, visitor
from server.pages.forms import once, posted
from server.pages.matching.asking import line
from server.pages.matching.run import found_run, shown
from server.pages.matching.words import hundredths
from server.pages.programmes.frame import nav
from server.pages.site import SITE, PageError, page, see_other
from server.storage.audit import noted
from server.storage.due import Due, falls_due
from server.storage.matching import load_outcome, load_run, saved_run
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_people
from server.storage.records import commit
from web.views.form import Fault
from web.views.matching import CompareView, MoveRow

_most_moves = 200
_longest_days = 180


async def publish(request: web.Request) -> web.Response:
    """``POST …/{run}/publish``: its pairs become ties. Sent twice, it happens once."""
    site, programme, person = request.app[SITE], programme_of(request), visitor(request)
    run, form = await found_run(request), await posted(request)
    location = f"/p/{programme.id}/matching/{run.id}"
    now = site.clock()
    try:
        after = begin_publishing(run, now)
        await commit(
            site.store,
            [
                *saved_run(after),
                falls_due(Due(publishing.KIND, run.id), now),
                noted(
                    AuditEvent(
                        at_ms=now,
                        programme=programme.id,
                        who=person.id,
                        what="matching.published",
                        about=run.id,
                        details={"pairs": run.pairs},
                    )
                ),
            ],
            once(form, location),
        )
    except (RunError, ChangedMeanwhileError):
        # Somebody else, or another tab, has published it: the page says so.
        return see_other(location)
    site.due_soon.set()
    return see_other(location)


async def open_lists(request: web.Request) -> web.Response:
    """``POST …/{run}/rank``: everybody is asked to rank their list until a day."""
    site, programme, person = request.app[SITE], programme_of(request), visitor(request)
    run, form = await found_run(request), await posted(request)
    now = site.clock()
    closes_ms = _closes(form.text("until"), programme.zone)
    if closes_ms is None:
        fault = Fault(field="until", code="date-wrong")
    elif not now < closes_ms <= now + _longest_days * 86_400_000:
        fault = Fault(field="until", code="date-near", values={"most": _longest_days})
    else:
        location = f"/p/{programme.id}/matching/{run.id}"
        event = AuditEvent(
            at_ms=now, programme=programme.id, who=person.id, what="matching.lists-opened", about=run.id
        )
        await commit(
            site.store,
            [falls_due(Due(ranking.KIND, run.id, str(closes_ms)), now), noted(event)],
            once(form, location),
        )
        site.due_soon.set()
        return see_other(location)
    return await shown(request, run, form.with_faults(fault), status=422)


def _closes(text: str, zone: str) -> int | None:
    try:
        # The last minute of the day: people read "until Friday, 23:59" as it is meant.
        return day_ms(date.fromisoformat(text).isoformat(), zone) - 60_000
    except ValueError:
        return None


async def compare(request: web.Request) -> web.Response:
    """``GET …/{run}/compare?with=…``."""
    site, programme = request.app[SITE], programme_of(request)
    run = await found_run(request)
    other = await load_run(site.store, request.query.get("with", ""))
    if other is None or other.programme != programme.id:
        raise PageError(404, "not-found")
    after, before = await load_outcome(site.store, run.id), await load_outcome(site.store, other.id)
    if after is None or before is None:
        raise PageError(404, "not-found")
    found = compared(before, after)
    some = found.moved[:_most_moves]
    ids = {who for each in some for who in (each.mentee, each.before, each.after) if who is not None}
    people = await load_people(site.store, sorted(ids))
    names = {each: people[each].shown if each in people else "?" for each in ids}
    view = CompareView(
        nav=nav(request, "matching"),
        one=line(other),
        other=line(run),
        worst=(hundredths(other.worst), hundredths(run.worst)),
        same=found.same,
        moved=tuple(
            MoveRow(
                mentee=names[each.mentee],
                before=names.get(each.before or "", ""),
                after=names.get(each.after or "", ""),
                before_fit=hundredths(each.before_score),
                after_fit=hundredths(each.after_score),
            )
            for each in some
        ),
        more=len(found.moved) - len(some),
    )
    return page(request, view)
