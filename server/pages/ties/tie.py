"""``/m/{mentorship}``: the tie with its people, goals, actions, notes and timeline."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from aiohttp import web

from server.mentoring.action_rules import check_action
from server.mentoring.actions import LONGEST_ACTION, ActionItem, done
from server.mentoring.agreements import LONGEST_GOAL, with_goal, with_progress
from server.mentoring.mentorships import Goal, Mentorship
from server.mentoring.people import Person, PersonId
from server.mentoring.seats import free_seats, leads, seats
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_notes import LONGEST_NOTE, TieNote
from server.mentoring.tie_rules import TieError, day_of
from server.pages.access import mentorship_of, programme_of, subject, visitor
from server.pages.forms import choose, fresh, posted, required, too_long
from server.pages.scheduling.following import nobodys, tick_notes
from server.pages.site import SITE, PageError, Site, page
from server.pages.ties import doing
from server.pages.ties.heads import head, health_of, names_of
from server.pages.ties.survey import still_asked
from server.pages.ties.timeline import timeline
from server.storage.actions import load_action, load_actions, saved_action
from server.storage.meetings import sessions_in
from server.storage.mentorships import load_mentorship
from server.storage.programmes import load_programme
from server.storage.records import Change, Once, commit, deciding
from server.storage.tie_notes import dropped_note, load_note, saved_note
from server.ties.keeping import Rule, step
from web.views.form import Fault, Form
from web.views.ties import ActionLine, ClosingLine, FactLine, GoalLine, PersonPart, TieView

LIVES = frozenset({"accepted", "agreed", "active", "paused", "closing"})

SHOWN_DONE = 5
"""How many done actions stand below those that are still to do."""


async def again_and_again(
    site: Site,
    tie: Mentorship,
    rule: Rule,
    event: TieEvent,
    once: Once | None,
    letters: Callable[[Mentorship], list[Change]] | None = None,
    *,
    needs_training: PersonId | None = None,
) -> Mentorship:
    """Applies a rule to the tie as it stands by then, however many change it at once. Raises ``TieError``."""

    async def decide() -> Mentorship:
        now = await load_mentorship(site.store, tie.id)
        assert now is not None
        programme = await load_programme(site.store, now.programme)
        assert programme is not None
        told = letters(now) if letters is not None else []
        return await step(
            site.store,
            programme,
            now,
            rule,
            event,
            letters=told,
            once=once,
            needs_training=needs_training,
        )

    return await deciding(decide)


async def show(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}``."""
    return await _tie(request)


async def _tie(
    request: web.Request,
    *,
    goal: Form | None = None,
    action: Form | None = None,
    note: Form | None = None,
) -> web.Response:
    site, me = request.app[SITE], visitor(request)
    tie, programme = mentorship_of(request), programme_of(request)
    if tie.state in {"proposed", "declined", "expired", "withdrawn"}:
        raise PageError(404, "not-found")
    inside = "participant" in subject(request).standings
    now, today = site.clock(), day_of(site.clock(), me.zone)
    names = await names_of(site.store, [tie])
    found = await health_of(site.store, tie, programme, now)
    actions = await load_actions(site.store, tie.id) if inside else []
    sessions = await sessions_in(site.store, tie.id) if inside else []
    wrap_up, unowned = await nobodys(site, sessions, actions, me)
    forms = [each for each in (goal, action, note) if each is not None]
    view = TieView(
        head=head(tie, programme, me.id, names),
        inside=inside,
        lives=tie.state in LIVES,
        people=tuple(
            PersonPart(
                id=part.person,
                name=names[part.person].shown if part.person in names else "",
                role="peer" if tie.kind == "peer" else part.role,
                me=part.person == me.id,
            )
            for part in tie.participations
            if part.to_ms is None
        ),
        purpose=tie.purpose,
        cadence_days=tie.cadence_days,
        ends=tie.ends,
        level="" if inside else found.level,
        # How somebody feels is for whoever looks after the tie, not for the other one to guess at.
        facts=tuple(
            FactLine(code=fact.code, values=fact.values)
            for fact in found.facts
            if not (inside and fact.code.startswith("mood")) and fact.code != "over"
        ),
        goals=tuple(GoalLine(id=each.id, text=each.text, progress=each.progress) for each in tie.goals),
        actions=_action_lines(actions, names, me, today, tie),
        unowned=unowned,
        wrap_up_path=wrap_up,
        entries=await timeline(site, tie, me) if inside else (),
        closed_as=tie.closed_as or "",
        words=_words(tie, names) if inside else (),
        leads=inside and leads(tie, me.id),
        can_leave=inside and tie.seats is not None and me.id in tie.mentees and tie.state in LIVES,
        seats=None if tie.seats is None else (free_seats(tie), seats(tie)),
        goal_form=goal or fresh(),
        action_form=action or fresh({"action_owner": me.id, "action_due": ""}),
        note_form=note or fresh({"note_visibility": "shared"}),
        today=today,
        asks=await still_asked(site, tie, programme, me.id) if inside else None,
        find=f"/p/{programme.id}/bank" if "mentee" in subject(request).enrolments else "",
    )
    return page(request, view, status=422 if any(each.faults for each in forms) else 200)


def _action_lines(
    actions: list[ActionItem], names: dict[str, Person], me: Person, today: str, tie: Mentorship
) -> tuple[ActionLine, ...]:
    open_ = [each for each in actions if each.done_ms is None]
    ended = sorted(
        (each for each in actions if each.done_ms is not None), key=lambda each: -(each.done_ms or 0)
    )
    return tuple(
        ActionLine(
            id=each.id,
            text=each.text,
            owner=names[each.owner].shown if each.owner in names else "",
            due=each.due,
            late=each.late(today),
            done=each.done_ms is not None,
            mine=each.owner == me.id and tie.state in LIVES,
        )
        for each in [*open_, *ended[:SHOWN_DONE]]
    )


def _words(tie: Mentorship, names: dict[str, Person]) -> tuple[ClosingLine, ...]:
    """What people said at the end: shown when it is over, so that nobody writes an answer to it."""
    if tie.closing is None or tie.state != "closed":
        return ()
    return tuple(
        ClosingLine(name=names[each.person].shown if each.person in names else "", good=each.good)
        for each in tie.closing.words
        if each.good
    )


async def add_goal(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/goals``."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    faults = [*required(form, "goal_text"), *too_long(form, goal_text=LONGEST_GOAL)]
    if faults:
        return await _tie(request, goal=form.with_faults(*faults))
    now = site.clock()
    made = Goal(id=secrets.token_urlsafe(6), text=form.text("goal_text"), by=me.id, added_ms=now)

    async def act(once: Once) -> None:
        event = TieEvent(at_ms=now, who=me.id, what="goal-added")
        await again_and_again(site, tie, lambda it: with_goal(it, made), event, once)

    return await doing.done(
        request,
        form,
        f"/m/{tie.id}#goals",
        act,
        lambda typed: _tie(request, goal=typed),
        fields={"agreement-goals": "goal_text"},
    )


async def move_goal(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/goals/{goal}``: how far it is."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form, goal = await posted(request), request.match_info["goal"]
    said = form.text("progress")
    now = site.clock()

    async def act(once: Once) -> None:
        if not (said.isascii() and said.isdigit() and len(said) <= 3):
            raise TieError(code="goal-progress")
        what = "goal-reached" if said == "100" else "goal-moved"
        event = TieEvent(at_ms=now, who=me.id, what=what, details={"goal": goal[:40]})
        await again_and_again(site, tie, lambda it: with_progress(it, goal, int(said), now), event, once)

    return await doing.done(request, form, f"/m/{tie.id}#goals", act, lambda typed: _tie(request, goal=typed))


async def add_action(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/actions``."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    faults = [
        *required(form, "action_text", "action_due"),
        *too_long(form, action_text=LONGEST_ACTION),
        *choose(form, "action_owner", tie.people),
    ]
    today = day_of(site.clock(), me.zone)
    if not faults:
        try:
            check_action(tie, owner=form.text("action_owner"), due=form.text("action_due"), today=today)
        except TieError as error:
            field = {"action-owner": "action_owner", "date-wrong": "action_due", "action-day": "action_due"}
            faults = [Fault(field=field.get(error.code, ""), code=error.code)]
    if faults:
        return await _tie(request, action=form.with_faults(*faults))
    action = ActionItem(
        id=secrets.token_urlsafe(9),
        mentorship=tie.id,
        owner=form.text("action_owner"),
        text=form.text("action_text"),
        due=form.text("action_due"),
        created_ms=site.clock(),
    )

    async def act(once: Once) -> None:
        await commit(site.store, saved_action(action), once)

    return await doing.done(
        request, form, f"/m/{tie.id}#actions", act, lambda typed: _tie(request, action=typed)
    )


async def tick(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/actions/{action}``: its owner says that it is done, or not after all."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    found = await load_action(site.store, request.match_info["action"])
    if found is None or found.mentorship != tie.id or found.owner != me.id:
        raise PageError(404, "not-found")
    action = done(found, site.clock() if form.text("done") == "yes" else None)

    async def act(once: Once) -> None:
        if (found.done_ms is None) == (action.done_ms is None):
            return
        await commit(site.store, saved_action(action), once)
        await tick_notes(site, tie, action)

    return await doing.done(
        request, form, f"/m/{tie.id}#actions", act, lambda typed: _tie(request, action=typed)
    )


async def add_note(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/notes``: for everybody in the tie, or for oneself."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request, texts=["note_text"])
    faults = [
        *required(form, "note_text"),
        *too_long(form, note_text=LONGEST_NOTE),
        *choose(form, "note_visibility", {"shared", "private"}),
    ]
    if tie.state not in LIVES and form.text("note_visibility") == "shared":
        faults = [Fault(field="", code="tie-moved-on")]
    if faults:
        return await _tie(request, note=form.with_faults(*faults))
    note = TieNote(
        id=secrets.token_urlsafe(9),
        mentorship=tie.id,
        author=me.id,
        visibility="private" if form.text("note_visibility") == "private" else "shared",
        text=form.text("note_text"),
        at_ms=site.clock(),
    )

    async def act(once: Once) -> None:
        await commit(site.store, saved_note(note), once)

    return await doing.done(
        request, form, f"/m/{tie.id}#timeline", act, lambda typed: _tie(request, note=typed)
    )


async def remove_note(request: web.Request) -> web.Response:
    """``POST /m/{mentorship}/notes/{note}/remove``: its author takes a note away."""
    site, me, tie = request.app[SITE], visitor(request), mentorship_of(request)
    form = await posted(request)
    note = await load_note(site.store, request.match_info["note"], me.id)
    if note is None or note.mentorship != tie.id or note.author != me.id:
        raise PageError(404, "not-found")

    async def act(once: Once) -> None:
        await commit(site.store, dropped_note(note), once)

    return await doing.done(
        request, form, f"/m/{tie.id}#timeline", act, lambda typed: _tie(request, note=typed)
    )
