"""``/m/{mentorship}/pause`` and ``/closing``: resting for a while, and ending well."""

from __future__ import annotations

from aiohttp import web

from server.mentoring import tie_rules as rules
from server.mentoring.mentorships import ClosingReason, ClosingWord, Mentorship
from server.mentoring.seats import leads
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import LONGEST_PAUSE_DAYS
from server.pages.access import mentorship_of, programme_of, subject, visitor
from server.pages.forms import choose, fresh, posted, required, too_long
from server.pages.site import SITE, PageError, page
from server.pages.ties.doing import done
from server.pages.ties.heads import head, names_of
from server.pages.ties.requests import read_day
from server.pages.ties.tie import again_and_again
from server.storage.programmes import enrolled
from server.storage.records import Change, Once
from server.ties.keeping import others
from server.ties.letters import letter
from web.views.form import Fault, Form
from web.views.ties import ClosingLine, ClosingView, PauseView

LONGEST_WORD = 2000

_before = frozenset({"accepted", "agreed"})


async def show_pause(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}/pause``."""
    return await _pause(request, fresh())


async def _pause(request: web.Request, form: Form) -> web.Response:
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    if tie.state not in {"active", "paused"} or not leads(tie, me.id):
        raise PageError(404, "not-found")
    names = await names_of(site.store, [tie])
    view = PauseView(
        head=head(tie, programme_of(request), me.id, names), form=form, longest_days=LONGEST_PAUSE_DAYS
    )
    return page(request, view, status=422 if form.faults else 200)


async def pause(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/pause``: until a day; it goes on by itself then."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    if not leads(tie, me.id):
        raise PageError(404, "not-found")
    faults = required(form, "until")
    until = read_day(form.text("until"), me.zone)
    if until is None and not faults:
        faults = [Fault(field="until", code="date-wrong")]
    if faults:
        return await _pause(request, form.with_faults(*faults))
    now = site.clock()

    def told(it: Mentorship) -> list[Change]:
        return [
            change
            for person in others(it, me.id)
            for change in letter(
                person, kind="tie-paused", now_ms=now, path=f"/m/{tie.id}", until_ms=until, name=me.shown
            )
        ]

    async def act(once: Once) -> None:
        event = TieEvent(at_ms=now, who=me.id, what="paused")
        await again_and_again(
            site, tie, lambda it: rules.pause(it, now, until_ms=until or 0), event, once, told
        )

    return await done(
        request,
        form,
        f"/m/{tie.id}",
        act,
        lambda typed: _pause(request, typed),
        fields={"tie-pause-date": "until"},
    )


async def resume(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/resume``."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    if not leads(tie, me.id):
        raise PageError(404, "not-found")
    now = site.clock()

    async def act(once: Once) -> None:
        event = TieEvent(at_ms=now, who=me.id, what="resumed")
        await again_and_again(site, tie, lambda it: rules.resume(it, now), event, once)

    return await done(request, form, f"/m/{tie.id}", act, lambda typed: _pause(request, typed))


async def show_closing(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}/closing``."""
    return await _closing(request, fresh({"reason": "no_fault"}))


def _reasons(tie: Mentorship, *, coordinator: bool) -> tuple[ClosingReason, ...]:
    """Why it can end: safeguarding is the coordinators' to say."""
    if tie.state in _before:
        return ("no_start",)
    return ("completed", "no_fault", "safeguarding") if coordinator else ("completed", "no_fault")


def _may_close(request: web.Request) -> bool:
    """In a group a mentee gives the seat back instead; once it closes, everybody can add a word."""
    tie, coordinates = mentorship_of(request), "coordinator" in subject(request).enrolments
    return tie.state == "closing" or coordinates or leads(tie, visitor(request).id)


async def _closing(request: web.Request, form: Form) -> web.Response:
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    if tie.state not in {*_before, "active", "paused", "closing"} or not _may_close(request):
        raise PageError(404, "not-found")
    names = await names_of(site.store, [tie])
    closing = tie.closing
    said = closing is not None and any(each.person == me.id for each in closing.words)
    view = ClosingView(
        head=head(tie, programme_of(request), me.id, names),
        began=closing is not None,
        said=said,
        inside="participant" in subject(request).standings,
        starts=tie.state in _before,
        reasons=_reasons(tie, coordinator="coordinator" in subject(request).enrolments),
        # One's own word only: the others' are read when everybody has written.
        words=tuple(
            ClosingLine(name=me.shown, good=each.good)
            for each in (closing.words if closing is not None else ())
            if each.person == me.id
        ),
        by=names[closing.by].shown if closing is not None and closing.by in names else "",
        form=form,
    )
    return page(request, view, status=422 if form.faults else 200)


async def close(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/closing``: begins the closing step, or adds a word to it."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request, texts=["good"])
    if not _may_close(request):
        raise PageError(404, "not-found")
    inside = "participant" in subject(request).standings
    reasons = _reasons(tie, coordinator="coordinator" in subject(request).enrolments)
    faults = too_long(form, good=LONGEST_WORD)
    if tie.state != "closing":
        faults += choose(form, "reason", reasons)
    if faults:
        return await _closing(request, form.with_faults(*faults))
    now = site.clock()
    again = form.has("again", "yes")
    word = ClosingWord(person=me.id, at_ms=now, good=form.text("good"), again=again) if inside else None
    reason: ClosingReason = next((each for each in reasons if each == form.text("reason")), "no_fault")
    coordinators = await enrolled(site.store, tie.programme, "coordinator") if again else []

    def rule(it: Mentorship) -> Mentorship:
        if it.state in _before:
            return rules.never_began(it, now)
        if it.state == "closing":
            after = it if word is None else rules.add_word(it, word)
        else:
            after = rules.begin_closing(it, now, by=me.id, reason=reason, word=word)
        # Nobody waits for a word that nobody will write: safeguarding ends at once.
        if rules.all_said(after) or (after.closing is not None and after.closing.reason == "safeguarding"):
            return rules.close(after, now)
        return after

    def told(it: Mentorship) -> list[Change]:
        changes = [
            change
            for each in coordinators
            for change in letter(
                each.person, kind="tie-again", now_ms=now, path=f"/p/{tie.programme}", name=me.shown
            )
        ]
        if it.state == "closing":
            return changes
        return changes + [
            change
            for person in others(it, me.id)
            for change in letter(
                person,
                kind="tie-closing",
                now_ms=now,
                path=f"/m/{tie.id}" if it.state in _before else f"/m/{tie.id}/closing",
            )
        ]

    async def act(once: Once) -> None:
        what = {"closing": "said-goodbye"}.get(tie.state, "no-start" if tie.state in _before else "closing")
        event = TieEvent(at_ms=now, who=me.id, what=what, details={"reason": reason})
        await again_and_again(site, tie, rule, event, once, told)

    return await done(request, form, f"/m/{tie.id}", act, lambda typed: _closing(request, typed))
