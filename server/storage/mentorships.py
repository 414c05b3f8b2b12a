"""Mentorships: loading them, and the changes that store and index them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from redis.asyncio import Redis

from server.mentoring.mentorships import Mentorship, MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId
from server.storage import keys
from server.storage.records import Change, Op, load, load_many, put, ranked


def saved_mentorship(mentorship: Mentorship) -> list[Change]:
    """What stores a mentorship, new or changed. Who once took part goes on finding it."""
    people = dict.fromkeys(each.person for each in mentorship.participations)
    scored = (mentorship.changed_ms, mentorship.id)
    return [
        put(keys.mentorship(mentorship.id), mentorship),
        Op("ZADD", keys.mentorships_in(mentorship.programme), scored),
        *(Op("ZADD", keys.mentorships_of(person), scored) for person in people),
    ]


async def load_mentorship(store: Redis, mentorship: MentorshipId) -> Mentorship | None:
    """The mentorship, or None."""
    return await load(store, keys.mentorship(mentorship), Mentorship)


async def mentorships_of(store: Redis, person: PersonId) -> list[Mentorship]:
    """A person's ties of all states, the one changed last first."""
    return await _listed(store, keys.mentorships_of(person))


async def mentorships_in(store: Redis, programme: ProgrammeId) -> list[Mentorship]:
    """A programme's ties of all states, the one changed last first."""
    return await _listed(store, keys.mentorships_in(programme))


async def mentorships_among(store: Redis, people: Sequence[PersonId]) -> list[Mentorship]:
    """Ties of all states that two and more of these people have or had part in, by id; two round trips."""
    async with store.pipeline(transaction=False) as pipe:
        for person in people:
            pipe.zrange(keys.mentorships_of(person), 0, -1)
        found = await pipe.execute()
    counts = Counter(each.decode() for ids in found for each in ids)
    shared = sorted(tie for tie, count in counts.items() if count > 1)
    loaded = await load_many(store, [keys.mentorship(each) for each in shared], Mentorship)
    return [each for each in loaded if each is not None]


async def _listed(store: Redis, key: str) -> list[Mentorship]:
    ids = await ranked(store, key, falling=True)
    found = await load_many(store, [keys.mentorship(each) for each in ids], Mentorship)
    return [each for each in found if each is not None]
