"""Opens the lists of a run for ranking: each mentee gets their shortlist, each mentor those who have them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from msgspec import Struct
from redis.asyncio import Redis

from server.mentoring.letters import Detail, Letter
from server.mentoring.matching.outcome import Outcome
from server.mentoring.matching.runs import MatchRun, Side, offered
from server.mentoring.people import PersonId
from server.mentoring.programmes import Programme
from server.storage.due import Due
from server.storage.letters import posted
from server.storage.matching import load_outcome, load_rankings, load_run, saved_ranking
from server.storage.programmes import load_programme
from server.storage.records import Change, commit

KIND = "match-rank"
"""The kind of task that opens the lists; its mark is the ms until when they can be ranked."""

MOST_OPTIONS = 30
_together = 100


class Offer(Struct, frozen=True):
    """The people whom somebody is offered."""

    person: PersonId
    role: Side
    options: tuple[PersonId, ...]


def offers(outcome: Outcome) -> list[Offer]:
    """Everybody's list: mentees' shortlists, and for mentors those who have them on theirs, in the order of
    how high they have them.
    """
    found = [Offer(each.mentee, "mentee", each.mentors) for each in outcome.shortlists if each.mentors]
    asking: dict[PersonId, list[tuple[int, PersonId]]] = {}
    for each in outcome.shortlists:
        for place, mentor in enumerate(each.mentors):
            asking.setdefault(mentor, []).append((place, each.mentee))
    found += [
        Offer(mentor, "mentor", tuple(mentee for _, mentee in sorted(mentees)[:MOST_OPTIONS]))
        for mentor, mentees in sorted(asking.items())
    ]
    return found


async def open_lists(store: Redis, task: Due, now_ms: int) -> None:
    """The task's handler. Done twice it changes nothing more: who has the list of this run is passed by."""
    run = await load_run(store, task.about)
    outcome = await load_outcome(store, task.about)
    if run is None or outcome is None:
        return
    programme = await load_programme(store, run.programme)
    if programme is None:
        return
    everybody = offers(outcome)
    for start in range(0, len(everybody), _together):
        await _open(store, run, programme, everybody[start : start + _together], int(task.mark), now_ms)


async def _open(
    store: Redis, run: MatchRun, programme: Programme, some: Sequence[Offer], closes_ms: int, now_ms: int
) -> None:
    before = {}
    for side in ("mentor", "mentee"):
        role: Side = "mentor" if side == "mentor" else "mentee"
        there = await load_rankings(
            store, run.programme, [each.person for each in some if each.role == role], role
        )
        before.update({(person, role): ranking for person, ranking in there.items()})
    changes: list[Change] = []
    for each in some:
        known = before.get((each.person, each.role))
        if known is not None and known.run == run.id and known.closes_ms == closes_ms:
            continue
        ranking = offered(
            known,
            programme=run.programme,
            person=each.person,
            role=each.role,
            options=each.options,
            run=run.id,
            closes_ms=closes_ms,
        )
        changes += saved_ranking(ranking)
        changes += posted(
            Letter(
                id=secrets.token_urlsafe(12),
                to=each.person,
                kind="ranking-open",
                topic="programme",
                at_ms=now_ms,
                values={"programme": programme.name, "count": len(each.options)},
                path=f"/p/{run.programme}/shortlist",
                details=(Detail(label="mail.until", at_ms=closes_ms),),
            )
        )
    if changes:
        await commit(store, changes)
