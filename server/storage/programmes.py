"""Programmes, cohorts and who takes part: loading them, and the changes that store and index them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import get_args

from msgspec import json
from redis.asyncio import Redis

from server.mentoring.people import Person, PersonId
from server.mentoring.profiles import Profile
from server.mentoring.programmes import Cohort, CohortId, Enrolment, Programme, ProgrammeId, ProgrammeRole
from server.storage import keys
from server.storage.bank import enrolment_changes, profile_changes
from server.storage.records import Change, Op, load, load_many, members, placed, put, ranked

ROLES: tuple[ProgrammeRole, ...] = get_args(ProgrammeRole)


_programme = json.Decoder(Programme)
_enrolment = json.Decoder(Enrolment)


def saved_programme(programme: Programme) -> list[Change]:
    """What stores a programme, new or changed."""
    return [
        put(keys.programme(programme.id), programme),
        Op("SADD", keys.PROGRAMMES, (programme.id,)),
    ]


def saved_cohort(cohort: Cohort) -> list[Change]:
    """What stores a cohort, new or changed."""
    return [put(keys.cohort(cohort.id), cohort), Op("SADD", keys.cohorts(cohort.programme), (cohort.id,))]


def saved_enrolment(enrolment: Enrolment) -> list[Change]:
    """What stores an enrolment, new or changed, and finds it while it lasts, in the bank too."""
    listed = keys.enrolled(enrolment.programme, enrolment.role)
    mine = keys.programmes_of(enrolment.person)
    name = f"{enrolment.programme}:{enrolment.role}"
    stored = put(keys.enrolment(enrolment.programme, enrolment.person, enrolment.role), enrolment)
    bank = enrolment_changes(enrolment)
    if enrolment.left_ms is not None:
        return [stored, Op("ZREM", listed, (enrolment.person,)), Op("SREM", mine, (name,)), *bank]
    return [
        stored,
        *bank,
        Op("ZADD", listed, (enrolment.joined_ms, enrolment.person)),
        Op("SADD", mine, (name,)),
    ]


async def load_programme(store: Redis, programme: ProgrammeId) -> Programme | None:
    """The programme, or None."""
    return await load(store, keys.programme(programme), Programme)


async def load_programmes(store: Redis) -> list[Programme]:
    """Every programme, the newest first."""
    ids = await members(store, keys.PROGRAMMES)
    found = await load_many(store, [keys.programme(each) for each in ids], Programme)
    return sorted((each for each in found if each is not None), key=lambda each: -each.created_ms)


async def load_programmes_by_id(
    store: Redis, programmes: Iterable[ProgrammeId]
) -> dict[ProgrammeId, Programme]:
    """These programmes, in their order, in one round trip; what is not there is left out."""
    found = await load_many(store, [keys.programme(each) for each in programmes], Programme)
    return {each.id: each for each in found if each is not None}


async def numbers_enrolled(store: Redis, programme: ProgrammeId) -> dict[ProgrammeRole, int]:
    """How many there are in each role."""
    pipe = store.pipeline(transaction=False)
    for role in ROLES:
        pipe.zcard(keys.enrolled(programme, role))
    return dict(zip(ROLES, await pipe.execute(), strict=True))


async def load_cohorts(store: Redis, programme: ProgrammeId) -> list[Cohort]:
    """The cohorts of a programme, by name."""
    ids = await members(store, keys.cohorts(programme))
    found = await load_many(store, [keys.cohort(each) for each in ids], Cohort)
    return sorted((each for each in found if each is not None), key=lambda each: (each.name, each.id))


async def load_cohort(store: Redis, cohort: CohortId) -> Cohort | None:
    """The cohort, or None."""
    return await load(store, keys.cohort(cohort), Cohort)


async def load_enrolment(
    store: Redis, programme: ProgrammeId, person: PersonId, role: ProgrammeRole
) -> Enrolment | None:
    """One enrolment, also one that has ended; None when there never was one."""
    return await load(store, keys.enrolment(programme, person, role), Enrolment)


async def load_enrolments(
    store: Redis, programme: ProgrammeId, person: PersonId
) -> Mapping[ProgrammeRole, Enrolment]:
    """A person's enrolments in a programme that last, by role."""
    found = await load_many(store, [keys.enrolment(programme, person, role) for role in ROLES], Enrolment)
    return MappingProxyType({each.role: each for each in found if each is not None and each.left_ms is None})


async def load_programme_with(
    store: Redis, programme: ProgrammeId, person: PersonId
) -> tuple[Programme | None, Mapping[ProgrammeRole, Enrolment]]:
    """A programme and a person's enrolments in it that last, in the one round trip that every page makes."""
    found, *parts = await store.mget(
        [keys.programme(programme), *(keys.enrolment(programme, person, role) for role in ROLES)]
    )
    enrolments = [_enrolment.decode(each) for each in parts if each is not None]
    return (
        None if found is None else _programme.decode(found),
        MappingProxyType({each.role: each for each in enrolments if each.left_ms is None}),
    )


async def enrolments_of(store: Redis, person: PersonId) -> list[Enrolment]:
    """Everything a person takes part in now, in every programme."""
    named = await members(store, keys.programmes_of(person))
    parts = [each.rpartition(":") for each in named]
    found = await load_many(
        store, [keys.enrolment(programme, person, role) for programme, _, role in parts], Enrolment
    )
    return [each for each in found if each is not None]


async def enrolled(store: Redis, programme: ProgrammeId, role: ProgrammeRole) -> list[Enrolment]:
    """Who is in a programme as this, those who joined first at the front."""
    ids = await ranked(store, keys.enrolled(programme, role))
    found = await load_many(store, [keys.enrolment(programme, each, role) for each in ids], Enrolment)
    return [each for each in found if each is not None]


async def enrolled_page(
    store: Redis, programme: ProgrammeId, role: ProgrammeRole, skip: int, count: int
) -> list[Enrolment]:
    """So many of them after the first ``skip``, however many there are."""
    ids = await placed(store, keys.enrolled(programme, role), skip, count)
    found = await load_many(store, [keys.enrolment(programme, each, role) for each in ids], Enrolment)
    return [each for each in found if each is not None]


async def load_people(store: Redis, people: Sequence[PersonId]) -> dict[PersonId, Person]:
    """The accounts of these people, in one round trip; who is not there is left out."""
    found = await load_many(store, [keys.person(each) for each in people], Person)
    return {each.id: each for each in found if each is not None}


async def administrators(store: Redis) -> list[Person]:
    """Who administers this server, in the order of their ids."""
    ids = await members(store, keys.ADMINS)
    found = await load_many(store, [keys.person(each) for each in ids], Person)
    return [each for each in found if each is not None and each.admin and not each.gone]


def saved_profile(profile: Profile, before: Profile, number: int) -> list[Change]:
    """What stores a profile, new or changed, and finds it in the bank.

    ``before`` is the profile as it was stored; ``number`` the person's (``bank.number_of``).
    """
    return [put(keys.profile(profile.person), profile), *profile_changes(before, profile, number)]


async def load_profile(store: Redis, person: PersonId) -> Profile:
    """A person's profile; an empty one (version 0) before they wrote any."""
    found = await load(store, keys.profile(person), Profile)
    return found if found is not None else Profile(person=person, version=0)


async def load_profiles(store: Redis, people: Sequence[PersonId]) -> dict[PersonId, Profile]:
    """The profiles of these people, empty ones where there is none."""
    found = await load_many(store, [keys.profile(each) for each in people], Profile)
    return {
        person: profile if profile is not None else Profile(person=person, version=0)
        for person, profile in zip(people, found, strict=True)
    }
