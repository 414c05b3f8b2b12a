"""A worry said from within a room: read by whom it was said, by nobody else, and never lost or doubled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.people import Person
from server.pages.site import Site
from server.room.record import GuestRecord, RoomRecord
from server.room.worries import MOST_WORRIES
from server.sessions import Session, personal_path
from server.storage.concerns import concerns_in
from server.storage.programmes import load_programme, saved_programme
from server.storage.records import commit
from server.storage.rooms import create
from server.storage.worries import listed
from signaling.parts import Timer
from tests.server.pages.conftest import Client
from tests.server.pages.test_joining import letters
from tests.support.programmes import made_cast
from tests.support.ties import made_tie

KEY = "a-page-has-this-key-0001"
TEXT = "He shouts <b>at</b> me."


async def said(client: Client, path: str, text: str = TEXT, key: str = KEY) -> tuple[int, dict[str, object]]:
    headers = {"Origin": str(client.make_url("")).rstrip("/")}
    data = {"text": text, "key": key}
    async with client.post(f"{path}/worry", data=data, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_in_a_room_of_links_whoever_made_it_reads_it(
    client: Client, site: Site, session: Session, store: Redis
) -> None:
    path = personal_path(site.secret, session.record, session.record.guests[1])
    async with client.get(f"{path}/worry") as answer:
        assert await answer.json() == {"to": "organiser", "names": ""}
    assert await said(client, path) == (200, {"saved": True})
    assert await said(client, path) == (200, {"saved": True})
    [worry] = await listed(store, session.record.id)
    assert (worry.text, worry.by) == (TEXT, session.record.guests[1].id)
    async with client.get(f"/s/{session.management}") as answer:
        page = await answer.text()
    assert "He shouts &lt;b&gt;at&lt;/b&gt; me." in page
    for guest in session.record.guests:
        async with client.get(personal_path(site.secret, session.record, guest)) as answer:
            assert "shouts" not in await answer.text()


async def test_what_cannot_be_taken_says_why_and_stores_nothing(
    client: Client, site: Site, session: Session, store: Redis
) -> None:
    path = personal_path(site.secret, session.record, session.record.guests[1])
    assert await said(client, path, " \n ") == (422, {"error": "empty"})
    assert await said(client, path, "x" * 5_001) == (422, {"error": "too-long"})
    assert await said(client, path, key="short") == (422, {"error": "key"})
    async with client.post("/j/nothing/worry", data={"text": TEXT, "key": KEY}) as answer:
        assert answer.status in {403, 404}
    assert await listed(store, session.record.id) == []
    for number in range(MOST_WORRIES):
        assert (await said(client, path, key=f"one-of-many-keys-{number}"))[0] == 200
    assert await said(client, path) == (409, {"error": "too-many"})


async def test_in_a_session_of_a_mentorship_it_goes_to_those_who_are_named(
    client: Client, site: Site, store: Redis, client_as: Callable[[Person], Awaitable[Client]]
) -> None:
    cast = await made_cast(store, mentors=1, mentees=1)
    mentor, mentee = cast.mentors[0], cast.mentees[0]
    tie = await made_tie(store, cast.programme, [mentor], [mentee])
    record = RoomRecord(
        id="a-session-of-theirs",
        title="",
        format="open",
        minutes=60,
        created_ms=now_ms(),
        expires_ms=now_ms() + 3_600_000,
        guests=(
            GuestRecord(id=mentor.id, name="Mo", role="mentor"),
            GuestRecord(id=mentee.id, name="Ana", role="mentee"),
        ),
        conversation=tie.id,
    )
    await create(store, record, Timer(status="ready", index=0, boxes=(), since_ms=None, turn=None))
    path = personal_path(site.secret, record, record.guests[1])
    async with client.get(f"{path}/worry") as answer:
        assert await answer.json() == {"to": "administrators", "names": ""}
    programme = await load_programme(store, cast.programme.id)
    assert programme is not None
    await commit(
        store,
        saved_programme(
            structs.replace(programme, safeguarding=(cast.coordinator.id,), version=programme.version + 1)
        ),
    )
    async with client.get(f"{path}/worry") as answer:
        assert await answer.json() == {"to": "programme", "names": cast.coordinator.shown}
    for _ in range(2):
        assert await said(client, path) == (200, {"saved": True})
    [concern] = await concerns_in(store, cast.programme.id)
    assert (concern.text, concern.by, concern.mentorship) == (TEXT, mentee.id, tie.id)
    assert await listed(store, record.id) == []
    told = [each for each in await letters(store) if each.kind == "concern-raised"]
    assert [each.to for each in told] == [cast.coordinator.id]
    assert "shouts" not in repr(told)
    reader = await client_as(cast.coordinator)
    async with reader.get(f"/concerns/{concern.id}") as answer:
        assert "He shouts" in await answer.text()
    async with (await client_as(mentor)).get(f"/concerns/{concern.id}") as answer:
        assert answer.status in {403, 404}
