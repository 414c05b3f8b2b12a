"""``/m/{mentorship}/agreement``: what the people of a tie promise each other, version by version."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from server.mentoring.agreements import (
    LONGEST_GOAL,
    MOST_GOALS,
    drafted,
    signed,
)
from server.mentoring.kinds import POLICIES
from server.mentoring.mentorships import Agreement, Mentorship
from server.mentoring.people import Person
from server.mentoring.seats import leads
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import TieError, latest_end
from server.pages.access import mentorship_of, programme_of, visitor
from server.pages.forms import changed_meanwhile, fresh, posted, required
from server.pages.site import SITE, PageError, page
from server.pages.ties.doing import done
from server.pages.ties.heads import head, names_of
from server.pages.ties.tie import again_and_again
from server.storage.records import Change, Once
from server.ties.keeping import others
from server.ties.letters import letter
from web.views.form import Fault, Form
from web.views.ties import AgreementView, VersionLine

_fields = {
    "agreement-goals": "goals",
    "agreement-cadence": "cadence_days",
    "agreement-past": "ends",
    "agreement-too-late": "ends",
    "agreement-end-missing": "ends",
}


async def show(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}/agreement``; ``?change=1`` opens the form for a new version."""
    return await _agreement(request, changing="change" in request.query)


def _first(tie: Mentorship) -> Form:
    """The form as it begins: the newest version, or what was asked for."""
    newest = tie.agreement
    goals = (
        newest.goals if newest is not None else tuple(line for line in tie.purpose.split("\n") if line)[:1]
    )
    return fresh(
        {
            "goals": "\n".join(goals),
            "cadence_days": str(newest.cadence_days if newest is not None else tie.cadence_days),
            "ends": (newest.ends if newest is not None else tie.ends) or "",
        },
        version=len(tie.agreements),
    )


async def _agreement(
    request: web.Request, *, form: Form | None = None, signing: Form | None = None, changing: bool = False
) -> web.Response:
    site, me = request.app[SITE], visitor(request)
    tie, programme = mentorship_of(request), programme_of(request)
    if not POLICIES[tie.kind].agreement or tie.state in {"proposed", "declined", "expired", "withdrawn"}:
        raise PageError(404, "not-found")
    names = await names_of(site.store, [tie])
    may_change = tie.state in {"accepted", "active", "paused"} and leads(tie, me.id)
    newest = tie.agreement
    view = AgreementView(
        head=head(tie, programme, me.id, names),
        newest=None if newest is None else _line(newest, tie, names),
        earlier=tuple(_line(each, tie, names) for each in reversed(tie.agreements[:-1])),
        to_sign=tie.state in {"accepted", "active", "paused"}
        and newest is not None
        and not newest.signed_by(me.id),
        may_change=may_change,
        changing=may_change and (changing or form is not None or newest is None),
        text=programme.agreement,
        signatures=programme.signatures,
        last_day=latest_end(tie.kind, programme, tie.created_ms),
        form=form or _first(tie),
        sign_form=signing or fresh(version=0 if newest is None else newest.number),
    )
    wrong = any(each is not None and each.faults for each in (form, signing))
    return page(request, view, status=422 if wrong else 200)


def _line(version: Agreement, tie: Mentorship, names: dict[str, Person]) -> VersionLine:
    def name(person: str) -> str:
        return names[person].shown if person in names else ""

    force = tie.agreement_in_force
    return VersionLine(
        number=version.number,
        by=name(version.by),
        at_ms=version.at_ms,
        goals=version.goals,
        cadence_days=version.cadence_days,
        ends=version.ends,
        text=version.text,
        signed=tuple(name(each.person) for each in version.signatures),
        unsigned=tuple(name(each) for each in tie.people if not version.signed_by(each)),
        in_force=force is not None and force.number == version.number,
    )


async def draft(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/agreement``: a new version, signed by whoever writes it."""
    site, me = request.app[SITE], visitor(request)
    tie, programme = mentorship_of(request), programme_of(request)
    form = await posted(request, texts=["goals"])
    if not leads(tie, me.id):
        raise PageError(404, "not-found")
    goals = [line.strip() for line in form.text("goals").split("\n") if line.strip()]
    faults = required(form, "goals", "cadence_days")
    if any(len(goal) > LONGEST_GOAL for goal in goals):
        faults.append(Fault(field="goals", code="goal-long", values={"most": LONGEST_GOAL}))
    if len(goals) > MOST_GOALS:
        faults.append(Fault(field="goals", code="agreement-goals"))
    cadence = form.text("cadence_days")
    if cadence and not (cadence.isascii() and cadence.isdigit() and len(cadence) <= 3):
        faults.append(Fault(field="cadence_days", code="agreement-cadence"))
    ends = form.text("ends") or None
    if ends is not None and not is_day(ends):
        faults.append(Fault(field="ends", code="date-wrong"))
    if faults:
        return await _agreement(request, form=form.with_faults(*faults))
    now = site.clock()

    def rule(it: Mentorship) -> Mentorship:
        if len(it.agreements) != form.version:
            raise TieError(code="agreement-changed")
        return drafted(it, programme, now, by=me.id, goals=goals, cadence_days=int(cadence), ends=ends)

    def told(it: Mentorship) -> list[Change]:
        return [
            change
            for person in others(it, me.id)
            for change in letter(
                person,
                kind="agreement-written",
                now_ms=now,
                path=f"/m/{tie.id}/agreement",
                until_ms=it.until_ms,
                name=me.shown,
            )
        ]

    async def act(once: Once) -> None:
        event = TieEvent(at_ms=now, who=me.id, what="agreement-written")
        await again_and_again(site, tie, rule, event, once, told)

    async def again(typed: Form) -> web.Response:
        if any(fault.code == "agreement-changed" for fault in typed.faults):
            typed = changed_meanwhile(typed, len(tie.agreements))
        return await _agreement(request, form=typed)

    return await done(request, form, f"/m/{tie.id}/agreement", act, again, fields=_fields)


def is_day(text: str) -> bool:
    """Whether somebody typed a date in ISO form, of these centuries."""
    try:
        return 2000 <= date.fromisoformat(text).year < 2200 and len(text) == 10
    except ValueError:
        return False


async def sign(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/sign``: the version that was shown."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    now = site.clock()

    def told(it: Mentorship) -> list[Change]:
        return [
            change
            for person in others(it, me.id)
            for change in letter(
                person, kind="agreement-signed", now_ms=now, path=f"/m/{tie.id}", name=me.shown
            )
        ]

    async def act(once: Once) -> None:
        event = TieEvent(at_ms=now, who=me.id, what="signed", details={"number": form.version})
        await again_and_again(
            site,
            tie,
            lambda it: signed(it, now, person=me.id, number=form.version),
            event,
            once,
            told,
        )

    return await done(request, form, f"/m/{tie.id}", act, lambda typed: _agreement(request, signing=typed))
