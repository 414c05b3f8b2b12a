"""``/p/{programme}/matching``: the runs of a programme, and a new one."""

from __future__ import annotations

import secrets

from aiohttp import web
from msgspec import structs

from server.matchmaking.running import KIND
from server.mentoring.audit import AuditEvent
from server.mentoring.matching.candidates import Method, Settings, Weights
from server.mentoring.matching.parts import PARTS
from server.mentoring.matching.runs import KINDS, MatchRun
from server.mentoring.programmes import Programme
from server.pages.access import programme_of, visitor
from server.pages.forms import choose, fresh, once, posted
from server.pages.matching.words import hundredths
from server.pages.programmes.frame import nav
from server.pages.site import SITE, Site, page, see_other
from server.storage import keys
from server.storage.audit import noted
from server.storage.due import Due, falls_due
from server.storage.matching import rankings_in, runs_in, saved_run
from server.storage.records import Change, commit
from web.views.form import Fault, Form
from web.views.matching import MatchingView, RunLine

METHODS: tuple[Method, ...] = ("assignment", "stable")

MOST_SEED = 2**31 - 1

_weight: tuple[int, int] = (0, 10)
_bounds: dict[str, tuple[int, int]] = {
    "least": (15, 600),
    "shortlist": (1, 30),
    **dict.fromkeys([str(part) for part in PARTS], _weight),
    "seed": (0, MOST_SEED),
}


async def show(request: web.Request) -> web.Response:
    """``GET /p/{programme}/matching``."""
    programme = programme_of(request)
    return await _page(request, first_form(programme, Settings()))


async def make(request: web.Request) -> web.Response:
    """``POST /p/{programme}/matching``: begins a run."""
    site, programme, person = request.app[SITE], programme_of(request), visitor(request)
    form = await posted(request)
    settings, faults = read_settings(form)
    kinds = [kind for kind in KINDS if kind in programme.kinds]
    faults += choose(form, "kind", kinds)
    if faults:
        return await _page(request, form.with_faults(*faults), status=422)
    run = MatchRun(
        id=secrets.token_urlsafe(12),
        programme=programme.id,
        by=person.id,
        created_ms=site.clock(),
        settings=settings,
        kind=next(kind for kind in kinds if kind == form.text("kind")),
    )
    location = f"/p/{programme.id}/matching/{run.id}"
    await commit(site.store, begun(run), once(form, location))
    site.due_soon.set()
    return see_other(location)


def begun(run: MatchRun) -> list[Change]:
    """What begins a run."""
    return [
        *saved_run(run),
        falls_due(Due(KIND, run.id), run.created_ms),
        noted(
            AuditEvent(
                at_ms=run.created_ms,
                programme=run.programme,
                who=run.by,
                what="matching.run",
                about=run.id,
            )
        ),
    ]


def first_form(programme: Programme, settings: Settings) -> Form:
    """The form as it stands at first."""
    kind = next((kind for kind in KINDS if kind in programme.kinds), "")
    return fresh(
        {
            "kind": kind,
            "method": settings.method,
            "least": str(settings.least_minutes),
            "shortlist": str(settings.shortlist),
            "seed": str(secrets.randbelow(1_000_000)),
            **{part: str(value) for part, value in structs.asdict(settings.weights).items()},
        }
    )


def read_settings(form: Form) -> tuple[Settings, list[Fault]]:
    """What a form asks of a run, and what is wrong with it."""
    faults = choose(form, "method", METHODS)
    numbers: dict[str, int] = {}
    for name, (least, most) in _bounds.items():
        text = form.text(name)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            numbers[name] = int(text)
        else:
            faults.append(Fault(field=name, code="between", values={"least": least, "most": most}))
    if faults:
        return Settings(), faults
    return Settings(
        method=next(each for each in METHODS if each == form.text("method")),
        weights=Weights(**{part: numbers[part] for part in PARTS}),
        least_minutes=numbers["least"],
        shortlist=numbers["shortlist"],
        seed=numbers["seed"],
    ), []


def line(run: MatchRun) -> RunLine:
    """A run as lists show it."""
    return RunLine(
        id=run.id,
        created_ms=run.created_ms,
        method=run.settings.method,
        state=run.state,
        pairs=run.pairs,
        mean=hundredths(run.mean),
        alone=run.alone,
        blocking=run.blocking,
    )


async def _page(request: web.Request, form: Form, status: int = 200) -> web.Response:
    site, programme = request.app[SITE], programme_of(request)
    mentors, mentees = await _numbers(site, programme)
    rankings = [
        *await rankings_in(site.store, programme.id, "mentor"),
        *await rankings_in(site.store, programme.id, "mentee"),
    ]
    view = MatchingView(
        nav=nav(request, "matching"),
        form=form,
        parts=PARTS,
        kinds=tuple(kind for kind in KINDS if kind in programme.kinds),
        runs=tuple(line(run) for run in await runs_in(site.store, programme.id)),
        mentors=mentors,
        mentees=mentees,
        ranked=sum(bool(each.ranked) for each in rankings),
    )
    return page(request, view, status=status)


async def _numbers(site: Site, programme: Programme) -> tuple[int, int]:
    async with site.store.pipeline(transaction=False) as pipe:
        pipe.zcard(keys.enrolled(programme.id, "mentor"))
        pipe.zcard(keys.enrolled(programme.id, "mentee"))
        mentors, mentees = await pipe.execute()
    return int(mentors), int(mentees)
