"""Asking a mentor, answering, and what comes next by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from msgspec import structs
from redis.asyncio import Redis

from server.mentoring.kinds import Kind
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person, PersonId
from server.mentoring.places import answered, can_be_asked, let_run_out, rested
from server.mentoring.programmes import Programme
from server.mentoring.requests import Request, asked_next, check_ask, ended, first_ask, settled, without
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import (
    DAY_MS,
    Tie,
    TieError,
    accept,
    advanced,
    decline,
    expire,
    proposed,
    withdraw,
)
from server.storage.mentorships import load_mentorship
from server.storage.programmes import load_people
from server.storage.records import Change, Once, commit
from server.storage.requests import requests_of, saved_request
from server.storage.ties import Ledger, ledger, tie_changes
from server.ties.letters import letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a mentee asks for, as read from the form."""

    mentor: PersonId
    kind: Kind
    purpose: str
    following: tuple[PersonId, ...] = ()


def request_id() -> str:
    """A new request's id."""
    return secrets.token_urlsafe(9)


def _answer_ms(programme: Programme) -> int:
    return programme.answer_days * DAY_MS


async def ask(
    store: Redis, programme: Programme, mentee: Person, wanted: Ask, now_ms: int, once: Once, id_: str
) -> Request:
    """A mentee asks. Raises ``TieError``, ``DoneBeforeError``, ``ChangedMeanwhileError``."""
    check_ask(mentee.id, wanted.mentor, await requests_of(store, mentee.id))
    places = await ledger(store, programme.id, [wanted.mentor, *wanted.following])
    _askable(places, wanted.mentor, wanted.kind, now_ms)
    until = now_ms + _answer_ms(programme)
    tie = _tie(wanted.kind, wanted.mentor, mentee.id, wanted.purpose, id_)
    request = first_ask(
        id=id_,
        programme=programme.id,
        mentee=mentee.id,
        mentor=wanted.mentor,
        mentorship=tie.id,
        kind=wanted.kind,
        purpose=wanted.purpose,
        following=tuple(each for each in wanted.following if places.of(each, "mentor") is not None),
        now_ms=now_ms,
        until_ms=until,
    )
    changes = [
        *saved_request(request),
        *_proposal(tie, programme, mentee, until, now_ms),
        *_asking_letter(request, mentee, programme, now_ms),
    ]
    await commit(store, changes, once)
    return request


def _askable(places: Ledger, mentor: PersonId, kind: Kind, now_ms: int) -> None:
    enrolment = places.of(mentor, "mentor")
    if enrolment is None or not can_be_asked(enrolment, now_ms, kind):
        raise TieError(code="mentor-not-free")


def _tie(kind: Kind, mentor: PersonId, mentee: PersonId, purpose: str, request: str) -> Tie:
    gives, receives = (mentee, mentor) if kind == "reverse" else (mentor, mentee)
    return Tie(
        id=secrets.token_urlsafe(9),
        kind=kind,
        mentors=(gives,),
        mentees=(receives,),
        purpose=purpose,
        request=request,
    )


def _proposal(tie: Tie, programme: Programme, mentee: Person, until_ms: int, now_ms: int) -> list[Change]:
    made = proposed(tie, programme, now_ms, until_ms=until_ms)
    return tie_changes(None, made, programme, TieEvent(at_ms=now_ms, who=mentee.id, what="proposed"))


def _asking_letter(request: Request, mentee: Person, programme: Programme, now_ms: int) -> list[Change]:
    return letter(
        request.last.person,
        kind="request-asked",
        now_ms=now_ms,
        path=f"/r/{request.id}",
        quote=request.purpose,
        until_ms=request.until_ms,
        name=mentee.shown,
        programme=programme.name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Everything that an answer changes, loaded: the request, its proposed tie, the mentors around."""

    programme: Programme
    request: Request
    tie: Mentorship
    mentee: Person
    mentor: Person
    places: Ledger


async def around(store: Redis, programme: Programme, request: Request) -> Answered:
    """Loads what an answer to this request can change. Raises ``TieError`` when it waits for none."""
    tie = await load_mentorship(store, request.last.mentorship)
    people = await load_people(store, [request.mentee, request.last.person])
    if request.state != "waiting" or tie is None or len(people) < 2:
        raise TieError(code="tie-moved-on")
    concerned = [request.mentee, request.last.person, *request.following]
    return Answered(
        programme=programme,
        request=request,
        tie=tie,
        mentee=people[request.mentee],
        mentor=people[request.last.person],
        places=await ledger(store, programme.id, concerned),
    )


async def say_yes(store: Redis, it: Answered, now_ms: int, once: Once) -> None:
    """The mentor accepts.

    Raises ``TieError`` ("tie-full"), ``DoneBeforeError``, ``ChangedMeanwhileError``.
    """
    after = accept(it.tie, now_ms)
    it.places.move(it.tie, after)
    it.places.change(it.mentor.id, "mentor", answered)
    after = advanced(after, it.programme, it.places.trained(after, it.programme), now_ms)
    request = settled(it.request, "accepted", now_ms, choose_until_ms=now_ms)
    await commit(
        store,
        [
            *saved_request(request),
            *tie_changes(
                it.tie, after, it.programme, TieEvent(at_ms=now_ms, who=it.mentor.id, what="accepted")
            ),
            *it.places.changes(),
            *letter(
                it.mentee.id,
                kind="request-accepted",
                now_ms=now_ms,
                path=f"/m/{after.id}",
                name=it.mentor.shown,
            ),
        ],
        once,
    )


async def say_no(
    store: Redis,
    it: Answered,
    now_ms: int,
    once: Once,
    *,
    sentence: str,
    rest_until_ms: int | None = None,
    suggested: PersonId | None = None,
) -> None:
    """The mentor declines, rests for a while, or names somebody else; the next one is asked in their place.

    Raises ``TieError``, ``DoneBeforeError``, ``ChangedMeanwhileError``.
    """
    it.places.change(it.mentor.id, "mentor", answered)
    if rest_until_ms is not None:
        it.places.change(it.mentor.id, "mentor", lambda enrolment: rested(enrolment, rest_until_ms))
    request = settled(
        it.request,
        "suggested" if suggested is not None else "declined",
        now_ms,
        choose_until_ms=now_ms + _answer_ms(it.programme),
        sentence=sentence,
        suggested=suggested,
    )
    gone = decline(it.tie, now_ms)
    changes = tie_changes(
        it.tie, gone, it.programme, TieEvent(at_ms=now_ms, who=it.mentor.id, what="declined")
    )
    step: list[Change] = []
    if suggested is None:
        # Somebody who was named is offered to the mentee first; else the list goes on by itself.
        request, step = _step(request, it, now_ms)
    if request.state == "choosing":
        told = _mentee_letter(it, request, now_ms, kind="request-declined", quote=sentence)
    else:
        told = _mentee_letter(it, request, now_ms, kind="request-declined-next", quote=sentence)
    await commit(store, [*saved_request(request), *changes, *step, *it.places.changes(), *told], once)


async def run_out(store: Redis, it: Answered, now_ms: int) -> None:
    """No answer came: the mentor is counted, the next one is asked or the mentee chooses."""
    it.places.change(it.mentor.id, "mentor", let_run_out)
    request = settled(it.request, "expired", now_ms, choose_until_ms=now_ms + _answer_ms(it.programme))
    gone = expire(it.tie, now_ms)
    changes = tie_changes(it.tie, gone, it.programme, TieEvent(at_ms=now_ms, who=None, what="expired"))
    request, step = _step(request, it, now_ms)
    if request.state == "choosing":
        told = _mentee_letter(it, request, now_ms, kind="request-expired")
    else:
        told = _mentee_letter(it, request, now_ms, kind="request-expired-next")
    told += [
        *letter(
            it.mentor.id,
            kind="request-missed",
            now_ms=now_ms,
            path=f"/p/{it.programme.id}/requests",
            name=it.mentee.shown,
        ),
    ]
    await commit(store, [*saved_request(request), *changes, *step, *it.places.changes(), *told])


def _mentee_letter(
    it: Answered, request: Request, now_ms: int, *, kind: str, quote: str = ""
) -> list[Change]:
    return letter(
        it.mentee.id,
        kind,
        now_ms,
        path=f"/r/{request.id}",
        quote=quote,
        until_ms=request.until_ms,
        name=it.mentor.shown,
    )


def _step(request: Request, it: Answered, now_ms: int) -> tuple[Request, list[Change]]:
    """Asks the next on the list who can be asked; without one it stays the mentee's turn."""
    for mentor in request.following:
        enrolment = it.places.of(mentor, "mentor")
        asked_before = any(each.person == mentor for each in request.asked)
        if enrolment is None or not can_be_asked(enrolment, now_ms, request.kind) or asked_before:
            request = without(request, mentor)
            continue
        return _asks(request, it.programme, it.mentee, mentor, now_ms, merged=True)
    return request, []


def _asks(
    request: Request,
    programme: Programme,
    mentee: Person,
    mentor: PersonId,
    now_ms: int,
    *,
    merged: bool = False,
) -> tuple[Request, list[Change]]:
    until = now_ms + _answer_ms(programme)
    tie = _tie(request.kind, mentor, mentee.id, request.purpose, request.id)
    after = asked_next(request, mentor, tie.id, now_ms, until_ms=until)
    if merged:
        # The answer before it and this step are one change of the record.
        after = structs.replace(after, version=request.version)
    return after, [
        *_proposal(tie, programme, mentee, until, now_ms),
        *_asking_letter(after, mentee, programme, now_ms),
    ]


async def choose(
    store: Redis,
    programme: Programme,
    request: Request,
    mentee: Person,
    mentor: PersonId,
    now_ms: int,
    once: Once | None,
) -> None:
    """The mentee asks the next one. Raises ``TieError``, ``DoneBeforeError``, ``ChangedMeanwhileError``."""
    _askable(await ledger(store, programme.id, [mentor]), mentor, request.kind, now_ms)
    after, step = _asks(request, programme, mentee, mentor, now_ms)
    await commit(store, [*saved_request(after), *step], once)


async def take_back(
    store: Redis, programme: Programme, request: Request, now_ms: int, once: Once | None
) -> None:
    """The mentee takes it back; with ``once`` None, they did not choose in time.

    Raises ``TieError``, ``DoneBeforeError``, ``ChangedMeanwhileError``.
    """
    after = ended(request, now_ms, by_mentee=once is not None)
    changes: list[Change] = saved_request(after)
    tie = await load_mentorship(store, request.last.mentorship)
    if request.state == "waiting" and tie is not None:
        gone = withdraw(tie, now_ms)
        event = TieEvent(at_ms=now_ms, who=request.mentee, what="withdrawn")
        changes += tie_changes(tie, gone, programme, event)
        changes += await _no_longer_asked(store, programme, request, now_ms)
    if once is None:
        changes += letter(
            request.mentee,
            kind="request-ended",
            now_ms=now_ms,
            path=f"/p/{programme.id}/requests",
            programme=programme.name,
        )
    await commit(store, changes, once)


async def _no_longer_asked(store: Redis, programme: Programme, request: Request, now_ms: int) -> list[Change]:
    """The mentor had a letter that asks: this one says that nobody waits any more."""
    mentee = (await load_people(store, [request.mentee])).get(request.mentee)
    if mentee is None:
        return []
    return letter(
        request.last.person,
        kind="request-withdrawn",
        now_ms=now_ms,
        path=f"/p/{programme.id}/requests",
        name=mentee.shown,
    )


async def go_on(store: Redis, programme: Programme, request: Request, mentee: Person, now_ms: int) -> None:
    """The mentee did not choose in time: the next on their list is asked, or the request ends."""
    places = await ledger(store, programme.id, request.following)
    for mentor in request.following:
        enrolment = places.of(mentor, "mentor")
        if enrolment is not None and can_be_asked(enrolment, now_ms, request.kind):
            await choose(store, programme, request, mentee, mentor, now_ms, None)
            return
    await take_back(store, programme, request, now_ms, None)
