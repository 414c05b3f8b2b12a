"""Polls of a room: each by itself, and each answer by itself, so that an answer can be forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import json, structs
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.room.change import DropPoll, DropVotes, SavePoll, SaveVote
from server.room.poll_record import PollRecord, Vote
from server.storage import keys

SavePolls = SavePoll | SaveVote | DropVotes | DropPoll


def write(pipe: Pipeline, room: str, save: SavePolls, until: int) -> None:
    """Adds what is to be saved of a poll to a transaction. Twice does no harm."""
    match save:
        case SavePoll(poll):
            pipe.hset(keys.polls(room), poll.id, json.encode(structs.replace(poll, votes=())))
            pipe.pexpireat(keys.polls(room), until)
        case SaveVote(poll_id, vote):
            field = _field(poll_id, vote.member)
            if vote.choices:
                pipe.hset(keys.votes(room), field, json.encode(vote))
                pipe.pexpireat(keys.votes(room), until)
            else:
                pipe.hdel(keys.votes(room), field)
        case DropVotes(poll_id, members):
            _forget(pipe, room, poll_id, members)
        case DropPoll(poll_id, members):
            pipe.hdel(keys.polls(room), poll_id)
            _forget(pipe, room, poll_id, members)


def read(polls: Iterable[bytes], votes: Mapping[bytes, bytes]) -> tuple[PollRecord, ...]:
    """The polls as they were stored, the oldest first, with the answers that may be known."""
    found = sorted(
        (json.decode(each, type=PollRecord) for each in polls), key=lambda poll: (poll.at_ms, poll.id)
    )
    given: dict[str, list[Vote]] = {}
    for field, vote in votes.items():
        given.setdefault(field.decode().partition(":")[0], []).append(json.decode(vote, type=Vote))
    return tuple(
        poll.with_votes(tuple(sorted(given.get(poll.id, []), key=lambda vote: vote.member)))
        if poll.status == "open" or not poll.anonymous
        else poll
        for poll in found
    )


async def asked(store: Redis, room: str) -> tuple[PollRecord, ...]:
    """The polls of a session that were put to the people in it, the oldest first: what a wrap-up shows.

    ``counts`` and ``voters`` are what came of each; ``votes`` say who answered what, and are empty for an
    anonymous one that is closed. An anonymous one that nobody closed is shown without its votes, too.
    """
    async with store.pipeline(transaction=True) as pipe:
        pipe.hvals(keys.polls(room))
        pipe.hgetall(keys.votes(room))
        polls, votes = await pipe.execute()
    return tuple(
        structs.replace(poll, votes=()) if poll.anonymous else poll
        for poll in read(polls, votes)
        if poll.status != "draft" and not poll.deleted
    )


def _forget(pipe: Pipeline, room: str, poll: str, members: Collection[str]) -> None:
    if members:
        pipe.hdel(keys.votes(room), *(_field(poll, member) for member in members))


def _field(poll: str, member: str) -> str:
    return f"{poll}:{member}"
