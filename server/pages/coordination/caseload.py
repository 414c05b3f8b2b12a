"""``/caseload``: everybody whom one mentors, on one page; a message to some of them; notes to oneself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from aiohttp import web

from server.conversations import message_changes, message_text
from server.mentoring.caseload import Case, roster
from server.mentoring.conversations import LONGEST_MESSAGE, may_write
from server.mentoring.health import Level, health
from server.mentoring.mentorships import OPEN_STATES, Mentorship, MentorshipId
from server.mentoring.people import Person, PersonId
from server.mentoring.programmes import Programme
from server.mentoring.tie_notes import LONGEST_NOTE, TieNote
from server.mentoring.tie_rules import day_of
from server.pages.access import visitor
from server.pages.forms import fresh, once, posted, required, too_long
from server.pages.site import SITE, PageError, Site, page, see_other
from server.pages.ties.heads import facts_of
from server.storage import keys
from server.storage.caseload import Known, known_of
from server.storage.conversations import unread
from server.storage.mentorships import mentorships_of
from server.storage.programmes import load_people
from server.storage.records import Change, commit, load_many
from server.storage.tie_notes import saved_note
from web.views.caseload import CaseFact, CaseloadView, CaseRow
from web.views.form import Fault, Form

LEVELS: tuple[Level, ...] = ("at-risk", "watch", "healthy", "resting")


async def show(request: web.Request) -> web.Response:
    """``GET /caseload?only=…``."""
    sent = request.query.get("sent", "")
    return await _page(
        request,
        sent=int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 5 else 0,
        saved="saved" in request.query,
    )


async def write(request: web.Request) -> web.Response:
    """``POST /caseload/message``: the same message into the conversation of each tie that was chosen."""
    site, person = request.app[SITE], visitor(request)
    form = await posted(request, texts=("text",))
    mine = {tie.id: tie for tie in await _ties(site, person)}
    chosen = [mine[each] for each in dict.fromkeys(form.many("to")) if each in mine]
    faults = required(form, "text") + too_long(form, text=LONGEST_MESSAGE)
    if not chosen:
        faults.append(Fault(field="", code="nobody-chosen"))
    if faults:
        return await _page(request, form=form.with_faults(*faults), status=422)
    now = site.clock()
    text = message_text(form.text("text"))
    changes: list[Change] = []
    for tie in chosen:
        changes += message_changes(tie, person.id, text, now)
    location = f"/caseload?sent={len(chosen)}"
    await commit(site.store, changes, once(form, location))
    site.due_soon.set()
    return see_other(location)


async def note(request: web.Request) -> web.Response:
    """``POST /caseload/note``: a note to oneself about one tie, which nobody else ever finds."""
    site, person = request.app[SITE], visitor(request)
    form = await posted(request, texts=("note",))
    about = next((tie for tie in await _ties(site, person) if tie.id == form.text("about")), None)
    if about is None:
        raise PageError(404, "not-found")
    faults = required(form, "note") + too_long(form, note=LONGEST_NOTE)
    if faults:
        return await _page(request, note=form.with_faults(*faults), note_about=about.id, status=422)
    written = TieNote(
        id=secrets.token_urlsafe(12),
        mentorship=about.id,
        author=person.id,
        visibility="private",
        text=form.text("note"),
        at_ms=site.clock(),
    )
    location = f"/caseload?saved#case-{about.id}"
    await commit(site.store, saved_note(written), once(form, location))
    return see_other(location)


async def _ties(site: Site, person: Person) -> list[Mentorship]:
    """The open ties in which somebody is a mentor."""
    return [
        tie
        for tie in await mentorships_of(site.store, person.id)
        if tie.state in OPEN_STATES
        and may_write(tie)
        and (part := tie.part_of(person.id)) is not None
        and part.role == "mentor"
    ]


async def _page(
    request: web.Request,
    *,
    form: Form | None = None,
    note: Form | None = None,
    note_about: str = "",
    sent: int = 0,
    saved: bool = False,
    status: int = 200,
) -> web.Response:
    site, person = request.app[SITE], visitor(request)
    now = site.clock()
    ties = await _ties(site, person)
    known = await known_of(site.store, ties, now, person.id)
    waiting = await unread(site.store, person.id)
    people = await load_people(
        site.store, list(dict.fromkeys(each.person for tie in ties for each in tie.participations))
    )
    programmes = await _programmes(site, ties)
    cases = _cases(ties, known, waiting, programmes, now)
    only = request.query.get("only", "")
    by_id = {tie.id: tie for tie in ties}
    view = CaseloadView(
        rows=tuple(
            _row(case, by_id[case.mentorship], known[case.mentorship], people, programmes, person)
            for case in cases
            if only not in LEVELS or case.health.level == only
        ),
        counts=tuple((level, sum(case.health.level == level for case in cases)) for level in LEVELS),
        only=only if only in LEVELS else "",
        form=form or fresh(),
        note=note or fresh(),
        note_about=note_about,
        sent=sent,
        saved=saved,
        most=LONGEST_MESSAGE,
    )
    return page(request, view, status=status)


async def _programmes(site: Site, ties: Sequence[Mentorship]) -> dict[str, Programme]:
    ids = list(dict.fromkeys(tie.programme for tie in ties))
    found = await load_many(site.store, [keys.programme(each) for each in ids], Programme)
    return {each.id: each for each in found if each is not None}


def _cases(
    ties: Sequence[Mentorship],
    known: Mapping[MentorshipId, Known],
    waiting: Mapping[MentorshipId, int],
    programmes: Mapping[str, Programme],
    now_ms: int,
) -> list[Case]:
    cases: list[Case] = []
    for tie in ties:
        it = known[tie.id]
        # How the other one said that they feel is for whoever looks after the tie: no mood here.
        facts = facts_of(tie, programmes[tie.programme], it.sessions, it.actions, it.message_ms, None, now_ms)
        cases.append(
            Case(mentorship=tie.id, facts=facts, health=health(facts), unread_ms=waiting.get(tie.id))
        )
    return roster(cases)


def _row(
    case: Case,
    tie: Mentorship,
    known: Known,
    people: Mapping[PersonId, Person],
    programmes: Mapping[str, Programme],
    me: Person,
) -> CaseRow:
    today = day_of(case.facts.now_ms, me.zone)
    pending = [each for each in known.actions if each.done_ms is None]
    others = [people[each].shown for each in tie.people if each != me.id and each in people]
    return CaseRow(
        id=tie.id,
        name=tie.title or ", ".join(others[:3]) or "?",
        programme=programmes[tie.programme].name,
        level=case.health.level,
        facts=tuple(
            CaseFact(code=fact.code, level=fact.level, values=fact.values) for fact in case.health.facts
        ),
        unread_ms=case.unread_ms,
        contact_ms=case.facts.last_contact_ms,
        next_ms=case.facts.next_session_ms,
        mine=sum(each.owner == me.id for each in pending),
        theirs=sum(each.owner != me.id for each in pending),
        late=sum(each.late(today) for each in pending),
        cadence_days=case.facts.cadence_days,
        note=known.notes[0].text if known.notes else "",
    )
