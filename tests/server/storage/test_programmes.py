"""Who takes part is found while they do, and not in other programmes."""

from __future__ import annotations

from msgspec import structs
from redis.asyncio import Redis

from server.storage.programmes import (
    enrolled,
    enrolments_of,
    load_enrolment,
    load_enrolments,
    load_programmes,
    saved_enrolment,
)
from server.storage.records import commit
from tests.support.programmes import made_cast


async def test_a_cast_is_found_role_by_role(store: Redis) -> None:
    cast = await made_cast(store, mentors=2, mentees=3)
    other = await made_cast(store, mentors=1, mentees=0)
    assert [each.person for each in await enrolled(store, cast.programme.id, "mentor")] == [
        each.id for each in cast.mentors
    ]
    assert len(await enrolled(store, cast.programme.id, "mentee")) == 3
    assert set(await load_enrolments(store, cast.programme.id, cast.coordinator.id)) == {"coordinator"}
    assert not await load_enrolments(store, other.programme.id, cast.coordinator.id)
    assert {each.id for each in await load_programmes(store)} == {cast.programme.id, other.programme.id}


async def test_whoever_left_is_not_found_but_remembered(store: Redis) -> None:
    cast = await made_cast(store)
    [mentee] = await enrolments_of(store, cast.mentees[0].id)
    await commit(
        store,
        saved_enrolment(structs.replace(mentee, left_ms=mentee.joined_ms + 1, version=mentee.version + 1)),
    )
    assert await enrolments_of(store, mentee.person) == []
    assert not await load_enrolments(store, mentee.programme, mentee.person)
    gone = await load_enrolment(store, mentee.programme, mentee.person, "mentee")
    assert gone is not None
    assert gone.left_ms is not None
