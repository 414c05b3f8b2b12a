"""What happens to ties and requests when nobody acts in time: never nothing."""

from __future__ import annotations

from redis.asyncio import Redis

from server.jobs import Handler
from server.mentoring import tie_rules as rules
from server.mentoring.mentorships import Mentorship
from server.mentoring.programmes import Programme
from server.mentoring.seats import JOINABLE, next_lapse_ms
from server.mentoring.tie_events import TieEvent
from server.storage import requests as stored_requests
from server.storage import ties as stored_ties
from server.storage.due import Due
from server.storage.mentorships import load_mentorship, mentorships_of
from server.storage.programmes import load_people, load_programme
from server.storage.records import commit, deciding
from server.storage.requests import load_request
from server.ties.asking import around, go_on, run_out
from server.ties.keeping import step
from server.ties.letters import letter


def handlers(store: Redis) -> dict[str, Handler]:
    """The handlers of this area, by kind of task."""

    async def request(task: Due, now_ms: int) -> int | None:
        if task.mark:
            await _remind(store, task.about, now_ms)
            return None
        return await deciding(lambda: _request(store, task.about, now_ms))

    async def deadline(task: Due, now_ms: int) -> int | None:
        return await deciding(lambda: _deadline(store, task.about, now_ms))

    async def seats(task: Due, now_ms: int) -> int | None:
        return await deciding(lambda: _seats(store, task.about, now_ms))

    async def ends(task: Due, now_ms: int) -> int | None:
        return await deciding(lambda: _ends(store, task.about, now_ms))

    async def trained(task: Due, now_ms: int) -> int | None:
        return await deciding(lambda: _trained(store, task.about, now_ms))

    return {
        stored_requests.DEADLINE: request,
        stored_ties.DEADLINE: deadline,
        stored_ties.SEATS: seats,
        stored_ties.ENDS: ends,
        stored_ties.TRAINED: trained,
    }


async def _remind(store: Redis, about: str, now_ms: int) -> None:
    """A day is left to answer, or to choose whom to ask."""
    request = await load_request(store, about)
    if request is None or request.until_ms is None or request.until_ms <= now_ms:
        return
    to = request.mentor or request.mentee
    path = f"/r/{request.id}"
    await commit(
        store, letter(to, kind="request-reminder", now_ms=now_ms, path=path, until_ms=request.until_ms)
    )


async def _request(store: Redis, about: str, now_ms: int) -> int | None:
    request = await load_request(store, about)
    if request is None or request.until_ms is None:
        return None
    if request.until_ms > now_ms:
        return request.until_ms
    programme = await load_programme(store, request.programme)
    assert programme is not None
    if request.state == "waiting":
        await run_out(store, await around(store, programme, request), now_ms)
        return None
    mentee = (await load_people(store, [request.mentee])).get(request.mentee)
    if mentee is not None:
        await go_on(store, programme, request, mentee, now_ms)
    return None


async def _loaded(store: Redis, about: str) -> tuple[Mentorship, Programme] | None:
    tie = await load_mentorship(store, about)
    programme = None if tie is None else await load_programme(store, tie.programme)
    return None if tie is None or programme is None else (tie, programme)


async def _deadline(store: Redis, about: str, now_ms: int) -> int | None:
    found = await _loaded(store, about)
    if found is None or found[0].until_ms is None:
        return None
    tie, programme = found
    assert tie.until_ms is not None
    if tie.until_ms > now_ms:
        return tie.until_ms

    def event(what: str) -> TieEvent:
        return TieEvent(at_ms=now_ms, who=None, what=what)

    if tie.state == "proposed":
        # A request counts its own deadlines.
        if tie.request is None:
            await step(store, programme, tie, lambda it: rules.expire(it, now_ms), event("expired"))
    elif tie.state in {"accepted", "agreed"}:
        told = [
            change
            for person in tie.people
            for change in letter(
                person,
                kind="tie-no-start",
                now_ms=now_ms,
                path=f"/m/{tie.id}",
                programme=programme.name,
            )
        ]
        await step(
            store,
            programme,
            tie,
            lambda it: rules.never_began(it, now_ms),
            event("no-start"),
            letters=told,
        )
    elif tie.state == "paused":
        told = [
            change
            for person in tie.people
            for change in letter(person, kind="tie-resumed", now_ms=now_ms, path=f"/m/{tie.id}")
        ]
        await step(store, programme, tie, lambda it: rules.resume(it, now_ms), event("resumed"), letters=told)
    elif tie.state == "closing":
        await step(store, programme, tie, lambda it: rules.close(it, now_ms), event("closed"))
    return None


async def _seats(store: Redis, about: str, now_ms: int) -> int | None:
    found = await _loaded(store, about)
    if found is None:
        return None
    tie, programme = found
    lapse = next_lapse_ms(tie)
    if lapse is None or lapse > now_ms:
        return lapse
    if tie.state not in JOINABLE:
        # The queue rests with the tie, and goes on with it.
        return None
    await step(
        store,
        programme,
        tie,
        lambda it: it,
        TieEvent(at_ms=now_ms, who=None, what="seat-passed-on"),
    )
    return None


async def _trained(store: Redis, about: str, now_ms: int) -> int | None:
    """Ties that waited for somebody's training begin."""
    programme_id, _, person = about.partition(":")
    programme = await load_programme(store, programme_id)
    if programme is None:
        return None
    for tie in await mentorships_of(store, person):
        if tie.programme == programme.id and tie.state in {"accepted", "agreed"}:
            event = TieEvent(at_ms=now_ms, who=person, what="trained")
            await step(store, programme, tie, lambda it: it, event)
    return None


async def _ends(store: Redis, about: str, now_ms: int) -> int | None:
    found = await _loaded(store, about)
    if found is None:
        return None
    tie, programme = found
    if tie.ends is None or tie.state not in {"active", "paused"}:
        return None
    last = rules.day_ms(tie.ends, programme.zone)
    if last > now_ms:
        return last
    told = [
        change
        for person in tie.people
        for change in letter(person, kind="tie-ends", now_ms=now_ms, path=f"/m/{tie.id}/closing")
    ]
    await step(
        store,
        programme,
        tie,
        lambda it: rules.begin_closing(it, now_ms, by=None, reason="completed"),
        TieEvent(at_ms=now_ms, who=None, what="closing"),
        letters=told,
    )
    return None
