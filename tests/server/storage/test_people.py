from __future__ import annotations

import asyncio

import pytest
from msgspec import structs
from redis.asyncio import Redis

from server.mentoring.people import Person, edited
from server.storage import people
from server.storage.people import ChangedMeanwhileError


def person(number: int = 0, email: str = "ada@example.org") -> Person:
    return Person(
        id=f"person-{number:016}", email=email, name="Zoë", language="fr", zone="Europe/Paris", created_ms=7
    )


async def test_a_person_is_found_by_id_and_by_address(store: Redis) -> None:
    ada = await people.create(store, person())
    assert ada == person()
    assert await people.load(store, ada.id) == ada
    assert await people.load_by_email(store, "ada@example.org") == ada
    assert await people.load(store, "nobody") is None
    assert await people.load_by_email(store, "bao@example.org") is None


async def test_of_many_at_once_one_person_is_made(store: Redis) -> None:
    made = await asyncio.gather(*(people.create(store, person(number)) for number in range(20)))
    assert len({each.id for each in made}) == 1
    there = [await people.load(store, person(number).id) for number in range(20)]
    assert [each for each in there if each is not None] == [made[0]]


async def test_of_two_changes_to_one_version_the_second_is_refused(store: Redis) -> None:
    ada = await people.create(store, person())
    first = edited(ada, name="Ada", language="en", zone="UTC")
    second = edited(ada, name="Other", language="en", zone="UTC")
    await people.change(store, first)
    with pytest.raises(ChangedMeanwhileError):
        await people.change(store, second)
    assert await people.load(store, ada.id) == first


async def test_saying_the_same_change_again_does_no_harm(store: Redis) -> None:
    changed = edited(await people.create(store, person()), name="Ada", language="en", zone="UTC")
    await people.change(store, changed)
    await people.change(store, changed)
    assert await people.load(store, changed.id) == changed


async def test_nobody_can_not_be_changed(store: Redis) -> None:
    with pytest.raises(LookupError):
        await people.change(store, structs.replace(person(), version=2))
    assert await people.load(store, person().id) is None
