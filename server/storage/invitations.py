"""Invitations and join codes: loading them, and the changes that store and index them."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.invitations import Invitation, JoinCode
from server.mentoring.people import Person, PersonId
from server.mentoring.programmes import ProgrammeId
from server.storage import keys
from server.storage.records import Change, Claim, Drop, Op, load, load_many, members, put, ranked


def saved_invitation(invitation: Invitation) -> list[Change]:
    """What stores an invitation, new or sent again."""
    return [
        put(keys.invitation(invitation.id), invitation),
        Op("ZADD", keys.invitations_in(invitation.programme), (invitation.at_ms, invitation.id)),
        Op("SADD", keys.invitations_of(invitation.person), (invitation.id,)),
    ]


def answered_invitation(invitation: Invitation) -> list[Change]:
    """What takes an invitation away: accepted, declined or withdrawn."""
    return [
        Drop(keys.invitation(invitation.id), invitation.version),
        Op("ZREM", keys.invitations_in(invitation.programme), (invitation.id,)),
        Op("SREM", keys.invitations_of(invitation.person), (invitation.id,)),
    ]


def saved_code(code: JoinCode) -> list[Change]:
    """What stores a join code, new or changed."""
    return [put(keys.join_code(code.code), code), Op("SADD", keys.join_codes(code.programme), (code.code,))]


def new_account(person: Person) -> list[Change]:
    """What makes an account together with other things; refused if its address is taken meanwhile."""
    return [Claim(keys.email(person.email), person.id), put(keys.person(person.id), person)]


async def load_invitation(store: Redis, invitation: str) -> Invitation | None:
    """The invitation, None once it was answered."""
    return await load(store, keys.invitation(invitation), Invitation)


async def invitations_in(store: Redis, programme: ProgrammeId) -> list[Invitation]:
    """What a programme's people have not answered, the last sent first."""
    ids = await ranked(store, keys.invitations_in(programme), falling=True)
    found = await load_many(store, [keys.invitation(each) for each in ids], Invitation)
    return [each for each in found if each is not None]


async def invitations_of(store: Redis, person: PersonId) -> list[Invitation]:
    """What a person is asked into."""
    ids = await members(store, keys.invitations_of(person))
    found = await load_many(store, [keys.invitation(each) for each in ids], Invitation)
    return [each for each in found if each is not None]


async def load_code(store: Redis, code: str) -> JoinCode | None:
    """The join code, or None."""
    return await load(store, keys.join_code(code), JoinCode)


async def join_codes(store: Redis, programme: ProgrammeId) -> list[JoinCode]:
    """A programme's codes, the newest first."""
    ids = await members(store, keys.join_codes(programme))
    found = await load_many(store, [keys.join_code(each) for each in ids], JoinCode)
    return sorted((each for each in found if each is not None), key=lambda each: -each.at_ms)


async def people_by_address(store: Redis, addresses: list[str]) -> dict[str, PersonId]:
    """Who has which of these normalised addresses, in one round trip."""
    if not addresses:
        return {}
    found = await store.mget([keys.email(each) for each in addresses])
    return {
        address: each.decode()
        for address, each in zip(addresses, found, strict=True)
        if isinstance(each, bytes)
    }
