"""Sessions that the two of ``meetings`` arrange over HTTP, and who was in their rooms."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.people import Person
from server.room.change import DropMember, SaveMember
from server.room.state import Present
from server.storage import rooms
from tests.support.forms import Client, submit
from tests.support.meetings import Pair


def new_session(pair: Pair) -> str:
    """The path of the page that proposes one."""
    return f"/m/{pair.tie.id}/sessions/new"


async def proposed(client: Client, pair: Pair, starts_ms: int, **typed: str) -> str:
    """Proposes a session; its path."""
    new = new_session(pair)
    answer = await submit(client, new, new, starts=str(starts_ms), **typed)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"].partition("?")[0]


async def confirmed(mentor: Client, mentee: Client, pair: Pair, starts_ms: int, **typed: str) -> str:
    """A session that both agree to; its path."""
    path = await proposed(mentor, pair, starts_ms, **typed)
    assert (await submit(mentee, path, f"{path}/agree")).status == 303
    return path


async def in_room(store: Redis, room: str, person: Person, from_ms: int, to_ms: int | None) -> None:
    """The person was in a session's room, as a live room stores it; still is when ``to_ms`` is None."""
    record = await rooms.load_record(store, room)
    assert record is not None
    member = Present(
        id=person.id, name=person.name, microphone=True, camera=True, screen=False,
        connected=True, session="s", entered_ms=from_ms,
    )  # fmt: skip
    async with store.pipeline(transaction=True) as pipe:
        rooms.add_saves(pipe, room, record.expires_ms, [SaveMember(member)], from_ms)
        if to_ms is not None:
            rooms.add_saves(pipe, room, record.expires_ms, [DropMember(person.id, from_ms)], to_ms)
        await pipe.execute()
