"""A key that somebody holds is nobody else's; an account is made with what comes with it, or not at all."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.storage import keys
from server.storage.invitations import new_account
from server.storage.people import ChangedMeanwhileError, load_by_email
from server.storage.records import Claim, Op, commit, members
from tests.support.programmes import made_person


def account(number: int) -> Person:
    return Person(
        id=f"p{number}", email="ada@example.org", name="Ada", language="en", zone="UTC", created_ms=1
    )


async def test_of_two_accounts_for_one_address_the_second_is_not_made(store: Redis) -> None:
    await commit(store, new_account(account(1)))
    with pytest.raises(ChangedMeanwhileError):
        await commit(store, [*new_account(account(2)), Op("SADD", keys.PROGRAMMES, ("x",))])
    found = await load_by_email(store, "ada@example.org")
    assert found is not None
    assert found.id == "p1"
    assert await members(store, keys.PROGRAMMES) == []


async def test_an_account_that_was_there_before_keeps_its_address(store: Redis) -> None:
    person = await made_person(store)
    with pytest.raises(ChangedMeanwhileError):
        await commit(store, [Claim(keys.email(person.email), "somebody-else")])
    await commit(store, [Claim(keys.email(person.email), person.id)])
