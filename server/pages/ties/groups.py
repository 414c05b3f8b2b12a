"""``/p/{programme}/groups`` and ``/m/{mentorship}/seat``: groups, circles, office hours, their seats."""

from __future__ import annotations

import secrets
from dataclasses import replace

from aiohttp import web

from server.mentoring.agreements import drafted, signed_on_joining
from server.mentoring.kinds import POLICIES, Kind
from server.mentoring.mentorships import ClosingWord, Mentorship
from server.mentoring.people import Person, PersonId
from server.mentoring.programmes import Programme
from server.mentoring.seats import (
    JOINABLE,
    free_seats,
    joined,
    left,
    offer_of,
    place_in_queue,
    queued,
    seats,
    unqueued,
)
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import Tie, TieError, advanced, begin_closing, close, matched, never_began
from server.pages.access import mentorship_of, programme_of, subject, visitor
from server.pages.forms import choose, fresh, posted, required, too_long
from server.pages.programmes.frame import nav
from server.pages.site import SITE, PageError, Site, page
from server.pages.ties.doing import done
from server.pages.ties.heads import head, names_of
from server.pages.ties.tie import again_and_again
from server.storage.programmes import enrolled, load_people
from server.storage.records import Change, Once, commit
from server.storage.ties import groups_in, ledger, tie_changes
from server.ties.letters import letter
from web.views.form import Fault, Form
from web.views.groups import GroupLine, GroupsView, OpenView, SeatView

LONGEST_TITLE = 100
LONGEST_PURPOSE = 1500
_openable: tuple[Kind, ...] = ("group", "office-hours", "peer")


def _may_open(request: web.Request) -> tuple[Kind, ...]:
    """What the visitor can open: mentors and coordinators a group or office hours, mentees a circle."""
    programme, mine = programme_of(request), subject(request).enrolments
    leads = "mentor" in mine or "coordinator" in mine
    return tuple(
        kind
        for kind in _openable
        if kind in programme.kinds and ("mentee" in mine if kind == "peer" else leads)
    )


def _leaders(tie: Mentorship, names: dict[PersonId, Person]) -> str:
    who = tie.mentors or tie.mentees[:1]
    return ", ".join(names[each].shown for each in who if each in names)


async def show_all(request: web.Request) -> web.Response:
    """``GET /p/{programme}/groups``."""
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    ties = await groups_in(site.store, programme.id)
    names = await names_of(site.store, ties)
    view = GroupsView(
        nav=nav(request, "groups"),
        groups=tuple(
            GroupLine(
                id=tie.id,
                title=tie.title,
                kind=tie.kind,
                leaders=_leaders(tie, names),
                purpose=tie.purpose,
                free=free_seats(tie),
                seats=seats(tie),
                waiting=len(tie.waiting),
                mine=tie.part_of(me.id) is not None,
            )
            for tie in ties
        ),
        kinds=_may_open(request),
    )
    return page(request, view)


async def show_open(request: web.Request) -> web.Response:
    """``GET /p/{programme}/groups/new?kind=…``."""
    return await _open(request, fresh({"kind": request.query.get("kind", "")[:20]}))


def _kind(request: web.Request, form: Form) -> Kind:
    kind = next((each for each in _may_open(request) if each == form.text("kind")), None)
    if kind is None:
        raise PageError(404, "not-found")
    return kind


async def _mentors(site: Site, request: web.Request, kind: Kind) -> tuple[tuple[PersonId, str], ...]:
    """Who can lead it, where the visitor is not the one: for coordinators."""
    if kind == "peer" or "coordinator" not in subject(request).enrolments:
        return ()
    found = [each.person for each in await enrolled(site.store, programme_of(request).id, "mentor")]
    names = await load_people(site.store, found[:500])
    return tuple(sorted(((each.id, each.shown) for each in names.values()), key=lambda pair: pair[1]))


async def _open(request: web.Request, form: Form) -> web.Response:
    site, kind = request.app[SITE], _kind(request, form)
    policy = POLICIES[kind]
    if not form.raw("seats"):
        form = replace(form, values={**form.values, "seats": (str(min(8, policy.mentees[1])),)})
    view = OpenView(
        nav=nav(request),
        kind=kind,
        mentors=await _mentors(site, request, kind),
        least=max(1, policy.mentees[0]),
        most=policy.mentees[1],
        agreement=programme_of(request).agreement if policy.agreement else "",
        form=form,
    )
    return page(request, view, status=422 if form.faults else 200)


async def open_group(request: web.Request) -> web.Response:
    """``POST /p/{programme}/groups/new``."""
    site, me, programme = request.app[SITE], visitor(request), programme_of(request)
    form = await posted(request, texts=["purpose"])
    kind = _kind(request, form)
    choices = await _mentors(site, request, kind)
    faults = [
        *required(form, "title", "purpose", "seats"),
        *too_long(form, title=LONGEST_TITLE, purpose=LONGEST_PURPOSE),
        *(choose(form, "mentor", {pair[0] for pair in choices}) if choices else []),
    ]
    said = form.text("seats")
    if said and not (said.isascii() and said.isdigit() and len(said) <= 3):
        faults.append(Fault(field="seats", code="tie-seats"))
    if faults:
        return await _open(request, form.with_faults(*faults))
    mentor = form.text("mentor") if choices else me.id
    tie = Tie(
        id=secrets.token_urlsafe(9),
        kind=kind,
        mentors=() if kind == "peer" else (mentor,),
        mentees=(me.id,) if kind == "peer" else (),
        title=form.text("title"),
        purpose=form.text("purpose"),
        seats=int(said),
    )

    async def act(once: Once) -> None:
        await _opened(site, programme, tie, me, site.clock(), once)

    return await done(
        request,
        form,
        f"/m/{tie.id}",
        act,
        lambda typed: _open(request, typed),
        fields={"tie-seats": "seats", "tie-full": "mentor" if choices else ""},
    )


async def _opened(site: Site, programme: Programme, tie: Tie, me: Person, now_ms: int, once: Once) -> None:
    """Opens it: whoever leads it and opens it signs its agreement with that."""
    first = matched(tie, programme, now_ms)
    places = await ledger(site.store, programme.id, first.people)
    places.move(None, first)
    trained = places.trained(first, programme)
    if not set(first.people) <= trained:
        raise TieError(code="tie-training")
    if first.part_of(me.id) is not None and POLICIES[tie.kind].agreement:
        first = drafted(
            first,
            programme,
            now_ms,
            by=me.id,
            goals=[tie.purpose.split("\n")[0][:300]],
            cadence_days=first.cadence_days,
            ends=first.ends,
        )
    after = advanced(first, programme, trained, now_ms)
    changes = tie_changes(None, after, programme, TieEvent(at_ms=now_ms, who=me.id, what="opened"))
    for person in after.people:
        if person != me.id:
            changes += letter(
                person, kind="group-opened", now_ms=now_ms, path=f"/m/{after.id}", title=after.title
            )
    await commit(site.store, [*changes, *places.changes()], once)


async def show_seat(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}/seat``."""
    return await _seat(request, fresh())


async def _seat(request: web.Request, form: Form) -> web.Response:
    site, me = request.app[SITE], visitor(request)
    tie, programme = mentorship_of(request), programme_of(request)
    if tie.seats is None:
        raise PageError(404, "not-found")
    names = await names_of(site.store, [tie])
    newest = tie.agreement
    now = site.clock()
    view = SeatView(
        head=head(tie, programme, me.id, names),
        leaders=_leaders(tie, names),
        purpose=tie.purpose,
        goals=newest.goals if newest is not None else (),
        cadence_days=tie.cadence_days,
        ends=tie.ends,
        agreement=programme.agreement if _signs(tie, programme) else "",
        free=free_seats(tie),
        seats=seats(tie),
        waiting=len(tie.waiting),
        place=place_in_queue(tie, me.id),
        offered_ms=offer_of(tie, me.id, now),
        inside=tie.part_of(me.id) is not None,
        may_leave=me.id in tie.mentees and tie.state in {*JOINABLE, "paused"},
        may_join="mentee" in subject(request).enrolments,
        open=tie.state in JOINABLE,
        form=form,
    )
    return page(request, view, status=422 if form.faults else 200)


def _signs(tie: Mentorship, programme: Programme) -> bool:
    return programme.signatures and POLICIES[tie.kind].agreement


async def take(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/seat/take``: a free seat, or the one that is kept; signs the agreement too."""
    site, me = request.app[SITE], visitor(request)
    tie, programme = mentorship_of(request), programme_of(request)
    form = await posted(request)
    if _signs(tie, programme) and not form.has("agree", "yes"):
        return await _seat(request, form.with_faults(Fault(field="agree", code="seat-agree")))
    now = site.clock()

    def rule(it: Mentorship) -> Mentorship:
        after = joined(it, me.id, now)
        return signed_on_joining(after, now, person=me.id) if _signs(it, programme) else after

    def told(it: Mentorship) -> list[Change]:
        return [
            change
            for person in it.mentors or it.mentees[:1]
            for change in letter(
                person, kind="seat-taken", now_ms=now, path=f"/m/{it.id}", name=me.shown, title=it.title
            )
        ]

    async def act(once: Once) -> None:
        event = TieEvent(at_ms=now, who=me.id, what="joined")
        await again_and_again(site, tie, rule, event, once, told, needs_training=me.id)

    return await done(request, form, f"/m/{tie.id}", act, lambda typed: _seat(request, typed))


async def wait(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/seat/wait``: joins the queue."""
    return await _queue(request, "queued")


async def stop_waiting(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/seat/stop``: leaves the queue."""
    return await _queue(request, "unqueued")


async def _queue(request: web.Request, what: str) -> web.Response:
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    now = site.clock()

    def rule(it: Mentorship) -> Mentorship:
        return queued(it, me.id, now) if what == "queued" else unqueued(it, me.id, now)

    async def act(once: Once) -> None:
        await again_and_again(site, tie, rule, TieEvent(at_ms=now, who=me.id, what=what), once)

    return await done(request, form, f"/m/{tie.id}/seat", act, lambda typed: _seat(request, typed))


async def leave(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/seat/leave``: gives the seat back; it goes to the first in the queue."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    now = site.clock()

    def rule(it: Mentorship) -> Mentorship:
        after = left(it, me.id, now)
        if after.people:
            return after
        # The last one to leave a circle closes the door.
        if it.state in {"accepted", "agreed"}:
            return never_began(after, now)
        return close(begin_closing(after, now, by=me.id, word=ClosingWord(person=me.id, at_ms=now)), now)

    async def act(once: Once) -> None:
        await again_and_again(site, tie, rule, TieEvent(at_ms=now, who=me.id, what="left"), once)

    return await done(request, form, f"/m/{tie.id}/seat", act, lambda typed: _seat(request, typed))
