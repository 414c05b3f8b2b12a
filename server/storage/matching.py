"""Matching runs, what they found, whom they looked at, and the lists that people rank."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import json
from redis.asyncio import Redis

from server.mentoring.matching.candidates import Gathering
from server.mentoring.matching.outcome import Outcome
from server.mentoring.matching.runs import MatchRun, Ranking, RunId, Side
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId
from server.storage import matching_keys
from server.storage.records import Change, Op, load, load_many, members, put, ranked

INPUT_MS = 60 * 86_400_000
"""How long the people of a run are kept to be matched again; its outcome stays."""

STEP_MS = 3_600_000


def saved_run(run: MatchRun) -> list[Change]:
    """What stores a run, new or changed."""
    return [
        put(matching_keys.match_run(run.id), run),
        Op("ZADD", matching_keys.match_runs(run.programme), (run.created_ms, run.id)),
    ]


def saved_outcome(run: RunId, outcome: Outcome) -> list[Change]:
    """What stores what a run found."""
    return [Op("SET", matching_keys.match_outcome(run), (json.encode(outcome),))]


def saved_ranking(ranking: Ranking) -> list[Change]:
    """What stores a list to rank, new or changed."""
    return [
        put(matching_keys.ranking(ranking.programme, ranking.person, ranking.role), ranking),
        Op("SADD", matching_keys.rankings(ranking.programme, ranking.role), (ranking.person,)),
    ]


async def load_run(store: Redis, run: RunId) -> MatchRun | None:
    """The run, or None."""
    return await load(store, matching_keys.match_run(run), MatchRun)


async def load_outcome(store: Redis, run: RunId) -> Outcome | None:
    """What a run found; None before it is done."""
    return await load(store, matching_keys.match_outcome(run), Outcome)


async def runs_in(store: Redis, programme: ProgrammeId, most: int = 50) -> list[MatchRun]:
    """The last runs of a programme, the newest first."""
    ids = await ranked(store, matching_keys.match_runs(programme), falling=True, count=most)
    found = await load_many(store, [matching_keys.match_run(each) for each in ids], MatchRun)
    return [each for each in found if each is not None]


async def keep_input(store: Redis, programme: ProgrammeId, digest: str, gathering: Gathering) -> None:
    """Keeps the people of a run for a while: runs that are made again look at the very same."""
    await store.set(matching_keys.match_input(programme, digest), json.encode(gathering), px=INPUT_MS)


async def load_input(store: Redis, programme: ProgrammeId, digest: str) -> Gathering | None:
    """The people whom a run looked at; None when that is too long ago."""
    return await load(store, matching_keys.match_input(programme, digest), Gathering)


async def say_step(store: Redis, run: RunId, step: str) -> None:
    """Notes how far a run is."""
    await store.set(matching_keys.match_step(run), step, px=STEP_MS)


async def step_of(store: Redis, run: RunId) -> str:
    """How far a run is; "" before it begins."""
    found = await store.get(matching_keys.match_step(run))
    return found.decode() if isinstance(found, bytes) else ""


async def load_ranking(store: Redis, programme: ProgrammeId, person: PersonId, role: Side) -> Ranking | None:
    """Somebody's list, or None when they were offered nobody."""
    return await load(store, matching_keys.ranking(programme, person, role), Ranking)


async def load_rankings(
    store: Redis, programme: ProgrammeId, people: Sequence[PersonId], role: Side
) -> dict[PersonId, Ranking]:
    """The lists of these people, as far as there are any."""
    found = await load_many(store, [matching_keys.ranking(programme, each, role) for each in people], Ranking)
    return {each.person: each for each in found if each is not None}


async def rankings_in(store: Redis, programme: ProgrammeId, role: Side) -> list[Ranking]:
    """Every list of a programme."""
    people = await members(store, matching_keys.rankings(programme, role))
    return list((await load_rankings(store, programme, people, role)).values())
