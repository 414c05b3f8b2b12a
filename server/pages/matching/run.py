"""``/p/{programme}/matching/{run}``: how far a run is, what it found; made again with pins and vetoes."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping, Sequence

from aiohttp import web

from server.mentoring.matching.candidates import Pair
from server.mentoring.matching.outcome import Alone, Outcome, Proposal
from server.mentoring.matching.runs import MatchRun, again
from server.mentoring.people import Person, PersonId
from server.pages.access import programme_of, visitor
from server.pages.forms import fresh, once, posted
from server.pages.matching.asking import begun, line
from server.pages.matching.words import hundredths, said
from server.pages.programmes.frame import nav
from server.pages.site import SITE, PageError, Site, page, see_other
from server.storage.matching import load_outcome, load_run, runs_in, step_of
from server.storage.programmes import load_people
from server.storage.records import commit
from web.views.form import Fault, Form
from web.views.matching import AloneRow, Option, PairRow, ProgressView, RunLine, RunView

STEPS = ("gathering", "scores", "lists", "solving", "report")

A_PAGE = 50
_most_alone = 100
_look_s = 0.25
_longest_s = 600.0


async def found_run(request: web.Request) -> MatchRun:
    """The run of the path. Raises ``PageError`` 404 when the programme has no such run."""
    run = await load_run(request.app[SITE].store, request.match_info["run"])
    if run is None or run.programme != programme_of(request).id:
        raise PageError(404, "not-found")
    return run


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/matching/{run}?page=…&from=weakest``."""
    return await shown(request, await found_run(request), fresh())


async def shown(request: web.Request, run: MatchRun, form: Form, status: int = 200) -> web.Response:
    """The page of a run, with a form as it stands."""
    site = request.app[SITE]
    outcome = await load_outcome(site.store, run.id)
    if outcome is None:
        view = ProgressView(
            nav=nav(request, "matching"),
            run=run.id,
            step=await step_of(site.store, run.id),
            steps=STEPS,
            failed=run.state == "failed",
        )
        return page(request, view)
    return page(request, await _view(request, run, outcome, form), status=status)


async def progress(request: web.Request) -> web.StreamResponse:
    """``GET /p/{programme}/matching/{run}/progress``: each step as it begins, as server-sent events."""
    site, run = request.app[SITE], await found_run(request)
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await answer.prepare(request)
    # Somebody who still listens then is told by the page's next look; who has left needs nothing.
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        await _tell(site, run, answer)
    return answer


async def _tell(site: Site, run: MatchRun, answer: web.StreamResponse) -> None:
    told = ""
    async with asyncio.timeout(_longest_s):
        while True:
            now = await load_run(site.store, run.id)
            if now is None or now.state != "waiting":
                await answer.write(b"event: over\ndata: over\n\n")
                return
            step = await step_of(site.store, run.id)
            if step and step != told:
                await answer.write(f"event: step\ndata: {step}\n\n".encode())
                told = step
            await asyncio.sleep(_look_s)


async def make_again(request: web.Request) -> web.Response:
    """``POST …/{run}/again``: the same people with other pins and vetoes, as a new run."""
    site, programme, person = request.app[SITE], programme_of(request), visitor(request)
    run, form = await found_run(request), await posted(request)
    outcome = await load_outcome(site.store, run.id)
    if outcome is None:
        raise PageError(404, "not-found")
    known = {each.person for each in outcome.mentees_alone} | {each.mentee for each in outcome.proposals}
    pins = [pair for value in form.many("pin") if (pair := as_pair(value)) is not None]
    vetoes = [pair for value in form.many("veto") if (pair := as_pair(value)) is not None]
    faults = _added(form, known, pins)
    # What stands on other pages of the list stays as it was.
    seen = set(form.many("seen"))
    pins += [pair for pair in run.settings.pins if as_value(pair) not in seen]
    if set(pins) & set(vetoes):
        faults.append(Fault(field="", code="pin-and-veto"))
    if faults:
        return await shown(request, run, form.with_faults(*faults), status=422)
    now = site.clock()
    other = MatchRun(
        id=secrets.token_urlsafe(12),
        programme=programme.id,
        by=person.id,
        created_ms=now,
        settings=again(run.settings, tuple(pins), tuple(vetoes)),
        kind=run.kind,
        base=run.id,
        input_hash=run.input_hash,
    )
    location = f"/p/{programme.id}/matching/{other.id}"
    await commit(site.store, begun(other), once(form, location))
    site.due_soon.set()
    return see_other(location)


def _added(form: Form, known: set[PersonId], pins: list[Pair]) -> list[Fault]:
    mentor, mentee = form.text("pin-mentor"), form.text("pin-mentee")
    if not mentor and not mentee:
        return []
    if not mentor:
        return [Fault(field="pin-mentor", code="missing")]
    if mentee not in known:
        return [Fault(field="pin-mentee", code="choose")]
    pins.append(Pair(mentor, mentee))
    return []


def as_pair(value: str) -> Pair | None:
    """The two ids of a form's value."""
    mentor, blank, mentee = value.partition(" ")
    return Pair(mentor, mentee) if blank and mentor and mentee else None


def as_value(pair: Pair) -> str:
    """The value that stands for a pair in a form."""
    return f"{pair.mentor} {pair.mentee}"


async def _view(request: web.Request, run: MatchRun, outcome: Outcome, form: Form) -> RunView:
    site = request.app[SITE]
    weakest = request.query.get("from") == "weakest"
    ordered = outcome.proposals[::-1] if weakest else outcome.proposals
    pages = max(-(-len(ordered) // A_PAGE), 1)
    wanted = request.query.get("page", "1")
    at = min(max(int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1, 1), pages)
    some = ordered[(at - 1) * A_PAGE : at * A_PAGE]
    alone = outcome.mentees_alone[:_most_alone]
    free = outcome.mentors_alone[:_most_alone]
    settings, report = run.settings, outcome.report
    pairs = (*settings.pins, *settings.vetoes, *outcome.dropped_pins, *report.blocked)
    mentors = [*{each.mentor: None for each in outcome.proposals}, *(each.person for each in free)][:500]
    people = await _people(site, some, pairs, [*(each.person for each in (*alone, *free)), *mentors])
    skipped = {(each.mentor, each.mentee): each.code for each in run.skipped}
    return RunView(
        nav=nav(request, "matching"),
        run=line(run),
        form=form,
        worst=hundredths(report.worst),
        profile=report.profile[:10],
        off_list=report.off_list,
        rows=tuple(_row(each, people, skipped) for each in some),
        weakest=weakest,
        page=at,
        pages=pages,
        mentees_alone=_alone(alone, people),
        mentors_alone=_alone(free, people),
        vetoes=_options(settings.vetoes, people),
        pins=_options([pair for pair in settings.pins if pair not in outcome.dropped_pins], people),
        dropped=tuple(each.text for each in _options(outcome.dropped_pins, people)),
        blocked=tuple(each.text for each in _options(report.blocked, people)),
        mentors=tuple(
            sorted((Option(value=each, text=_name(people, each)) for each in mentors), key=lambda o: o.text)
        ),
        others=await _others(site, run),
        seed=settings.seed,
        input_hash=outcome.input_hash,
        made=run.made,
        skipped=len(run.skipped),
    )


async def _people(
    site: Site, some: Sequence[Proposal], pairs: Sequence[Pair], more: Sequence[PersonId]
) -> dict[PersonId, Person]:
    ids = dict.fromkeys(
        [
            *(who for each in some for who in (each.mentor, each.mentee)),
            *(who for pair in pairs for who in (pair.mentor, pair.mentee)),
            *more,
        ]
    )
    return await load_people(site.store, list(ids))


async def _others(site: Site, run: MatchRun) -> tuple[RunLine, ...]:
    there = await runs_in(site.store, run.programme)
    return tuple(line(each) for each in there if each.id != run.id and each.pairs)[:10]


def _row(
    each: Proposal, people: Mapping[PersonId, Person], skipped: Mapping[tuple[PersonId, PersonId], str]
) -> PairRow:
    return PairRow(
        value=as_value(Pair(each.mentor, each.mentee)),
        mentor=_name(people, each.mentor),
        mentee=_name(people, each.mentee),
        fit=hundredths(each.score),
        reasons=said(each.reasons),
        mentee_place=each.mentee_place,
        mentor_place=each.mentor_place,
        pinned=each.pinned,
        skipped=skipped.get((each.mentor, each.mentee), ""),
    )


def _alone(some: Sequence[Alone], people: Mapping[PersonId, Person]) -> tuple[AloneRow, ...]:
    return tuple(AloneRow(id=each.person, name=_name(people, each.person), why=each.why) for each in some)


def _options(pairs: Sequence[Pair], people: Mapping[PersonId, Person]) -> tuple[Option, ...]:
    return tuple(
        Option(
            value=as_value(pair),
            text=f"{_name(people, pair.mentor)} · {_name(people, pair.mentee)}",
        )
        for pair in pairs
    )


def _name(people: Mapping[PersonId, Person], person: PersonId) -> str:
    return people[person].shown if person in people else "?"
