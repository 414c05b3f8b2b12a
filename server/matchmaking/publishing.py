"""Publishes a run: its pairs become ties, some at a time, each commit within everybody's capacity."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from redis.asyncio import Redis

from server.mentoring.matching.outcome import Proposal
from server.mentoring.matching.runs import MatchRun, Skipped, published_some
from server.mentoring.places import taken
from server.mentoring.programmes import Programme
from server.mentoring.tie_rules import Tie, TieError
from server.storage.due import Due
from server.storage.matching import load_outcome, load_run, saved_run
from server.storage.programmes import load_programme
from server.storage.records import Change, commit, deciding
from server.storage.ties import Ledger, ledger, new_mentorship_changes

KIND = "match-publish"
"""The kind of task that publishes a run."""

TOGETHER = 20
"""Pairs of one commit: the store does nothing else meanwhile."""


def tie_id(run: MatchRun, pair: Proposal) -> str:
    """The id of the tie that a pair of a run becomes: always the same, so that it is made once."""
    said = f"{run.id} {pair.mentor} {pair.mentee}"
    return hashlib.sha256(said.encode()).hexdigest()[:24]


async def publish(store: Redis, task: Due, now_ms: int) -> None:
    """The task's handler: goes on where it stopped. What is ``handled`` moves in the commit of the ties."""
    outcome = await load_outcome(store, task.about)
    if outcome is None:
        return

    async def some() -> bool:
        run = await load_run(store, task.about)
        if run is None or run.state != "publishing":
            return False
        programme = await load_programme(store, run.programme)
        if programme is None:
            return False
        return await _some(store, programme, run, outcome.proposals, now_ms)

    while await deciding(some):
        pass


async def _some(
    store: Redis, programme: Programme, run: MatchRun, proposals: Sequence[Proposal], now_ms: int
) -> bool:
    """The next pairs in one commit; whether there are more."""
    part = proposals[run.handled : run.handled + TOGETHER]
    places = await ledger(store, programme.id, [who for each in part for who in (each.mentor, each.mentee)])
    changes: list[Change] = []
    skipped: list[Skipped] = []
    for each in part:
        tie = Tie(
            id=tie_id(run, each),
            kind=run.kind,
            mentors=(each.mentor,),
            mentees=(each.mentee,),
        )
        try:
            _have_room(places, each)
            _, made = new_mentorship_changes(programme, tie, places, now_ms, by=run.by)
        except TieError as error:
            skipped.append(Skipped(mentor=each.mentor, mentee=each.mentee, code=error.code))
            continue
        changes += made
    last = run.handled + len(part) >= len(proposals)
    after = published_some(
        run, handled=len(part), made=len(part) - len(skipped), skipped=tuple(skipped), last=last
    )
    await commit(store, [*changes, *places.changes(), *saved_run(after)])
    return not last


def _have_room(places: Ledger, pair: Proposal) -> None:
    """Whether both still have a place: asked of both before either place is taken. Raises ``TieError``."""
    mentor, mentee = places.of(pair.mentor, "mentor"), places.of(pair.mentee, "mentee")
    if mentor is None or mentee is None:
        raise TieError(code="tie-left")
    taken(mentor)
    taken(mentee)
    if mentee.active >= mentee.capacity:
        raise TieError(code="tie-full")
