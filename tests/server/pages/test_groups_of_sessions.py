"""Sessions of groups, office hours and short ties: seats, a queue, and as many as there may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from msgspec.structs import replace as changed
from redis.asyncio import Redis

from server.mentoring.kinds import Kind
from server.mentoring.mentorships import Mentorship, Participation
from server.mentoring.people import Person
from server.pages.site import Site
from server.storage.due import Due, falls_due
from server.storage.meetings import load_session, sessions_in
from server.storage.mentorships import load_mentorship, saved_mentorship
from server.storage.programmes import load_programme
from server.storage.records import commit
from server.storage.ties import SESSIONS
from tests.support.accounts import make_person
from tests.support.forms import Client, submit
from tests.support.meetings import DAY, Clock, at, letters, made_pair, made_tie, make_free, run_due
from tests.support.programmes import enrolled, made_programme

ClientAs = Callable[[Person], Awaitable[Client]]

NOW = at("Europe/Paris", 2026, 10, 19, 9)
STARTS = at("Europe/Paris", 2026, 10, 20, 15)


@pytest.fixture
def site(site: Site) -> Site:
    return replace(site, clock=Clock(NOW))


@pytest.fixture
async def people(store: Redis) -> list[Person]:
    found = [
        await make_person(store, name, at_ms=NOW) for name in ("Ana One", "Bo Two", "Cy Three", "Di Four")
    ]
    for each in found:
        await make_free(store, each)
    return found


async def tie_of(store: Redis, people: list[Person], kind: Kind, mentors: int = 1) -> Mentorship:
    programme = await made_programme(store)
    return await made_tie(
        store, programme.id, people[:mentors], people[mentors:], NOW, kind, title="Writing", seats=30
    )


async def announced(client: Client, tie: Mentorship, starts_ms: int = STARTS, **typed: str) -> str:
    new = f"/m/{tie.id}/sessions/new"
    answer = await submit(client, new, new, starts=str(starts_ms), **typed)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"].partition("?")[0]


async def press(client: Client, path: str, act: str) -> int:
    return (await submit(client, path, f"{path}/{act}")).status


async def test_a_group_takes_seats_and_waits_for_them(
    client_as: ClientAs, people: list[Person], store: Redis
) -> None:
    tie = await tie_of(store, people, "group")
    ana, bo, cy, di = [await client_as(each) for each in people]
    path = await announced(ana, tie, seats="2")
    assert len(await letters(store, "session-announced")) == 3
    for client in (bo, cy):
        assert await press(client, path, "seat") == 303
    assert "no seat" not in await (await di.get(path)).text()
    assert "Wait for a seat" in await (await di.get(path)).text()
    assert await press(di, path, "seat") == 303
    [session] = await sessions_in(store, tie.id)
    assert (session.coming, session.waiting) == (
        (people[0].id, people[1].id, people[2].id),
        (people[3].id,),
    )
    assert await press(bo, path, "give-up") == 303
    session = await load_session(store, session.id) or session
    assert (session.coming[1:], session.waiting) == ((people[2].id, people[3].id), ())
    assert [each.to for each in await letters(store, "session-seat")] == [people[3].id]
    assert [(each.to, each.method) for each in await letters(store, "session-left")] == [
        (people[1].id, "CANCEL")
    ]


async def test_in_a_group_mentors_announce(client_as: ClientAs, people: list[Person], store: Redis) -> None:
    tie = await tie_of(store, people, "group")
    new = f"/m/{tie.id}/sessions/new"
    answer = await submit(await client_as(people[1]), new, new, starts=str(STARTS))
    assert answer.status == 422
    assert "mentors announce the sessions" in await answer.text()
    # Nor can they cancel what was announced.
    path = await announced(await client_as(people[0]), tie)
    assert f'action="{path}/cancel"' not in await (await (await client_as(people[1])).get(path)).text()


async def test_who_joins_a_group_later_finds_its_sessions(
    client_as: ClientAs, people: list[Person], store: Redis
) -> None:
    tie = await tie_of(store, people[:3], "group")
    path = await announced(await client_as(people[0]), tie)
    late = await client_as(people[3])
    assert (await late.get(path)).status == 404
    part = Participation(person=people[3].id, role="mentee", from_ms=NOW)
    await commit(store, saved_mentorship(changed(tie, participations=(*tie.participations, part), version=2)))
    assert await press(late, path, "seat") == 303
    assert path in await (await late.get("/home")).text()


async def test_moving_an_announced_session_keeps_the_seats_of_those_who_can(
    client_as: ClientAs, people: list[Person], store: Redis
) -> None:
    group = await tie_of(store, people[:3], "group")
    pair = await tie_of(store, [people[3], people[1]], "one-to-one")
    ana, bo, cy, di = [await client_as(each) for each in people]
    path = await announced(ana, group)
    for client in (bo, cy):
        assert await press(client, path, "seat") == 303
    later = STARTS + 2 * DAY
    other = await announced(di, pair, later)
    assert await press(bo, other, "agree") == 303
    # Bo is elsewhere by then: that keeps nobody else from it, and Bo is told.
    assert (await submit(ana, f"{path}/time", f"{path}/time", starts=str(later))).status == 303
    [session] = await sessions_in(store, group.id)
    assert (session.starts_ms, session.coming) == (later, (people[0].id, people[2].id))
    assert [each.to for each in await letters(store, "session-left")] == [people[1].id]
    moved = await letters(store, "session-moved")
    assert {each.to for each in moved} == {people[0].id, people[2].id}


async def test_office_hours_give_each_place_its_time(
    client_as: ClientAs, people: list[Person], store: Redis
) -> None:
    tie = await tie_of(store, people, "office-hours")
    ana, bo, cy, _ = [await client_as(each) for each in people]
    path = await announced(ana, tie, seats="3")
    for client in (bo, cy):
        assert await press(client, path, "seat") == 303
    html = await (await ana.get(path)).text()
    assert "about 15:00" in html
    assert "about 15:20" in html


async def test_peers_meet_when_all_agree_or_with_those_who_did(
    client_as: ClientAs, people: list[Person], store: Redis
) -> None:
    tie = await tie_of(store, people, "peer", mentors=0)
    ana, bo, cy, di = [await client_as(each) for each in people]
    path = await announced(ana, tie)
    assert await press(bo, path, "agree") == 303
    assert await press(cy, path, "decline") == 303
    [session] = await sessions_in(store, tie.id)
    assert (session.state, session.people) == ("proposed", (people[0].id, people[1].id, people[3].id))
    assert await press(ana, path, "go-ahead") == 303
    [session] = await sessions_in(store, tie.id)
    assert (session.state, session.coming) == ("confirmed", (people[0].id, people[1].id))
    assert {each.to for each in await letters(store, "session-confirmed")} == {people[0].id, people[1].id}
    assert (await di.get(path)).status == 200


async def test_a_micro_tie_has_three_sessions_and_no_fourth(client_as: ClientAs, store: Redis) -> None:
    pair = await made_pair(store, NOW, kind="micro", ends="2026-11-10")
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    new = f"/m/{pair.tie.id}/sessions/new"
    late = await submit(mentor, new, new, starts=str(at("Europe/Paris", 2026, 11, 12, 15)))
    assert late.status == 422
    assert "The mentorship ends on 2026-11-10" in await late.text()
    four = await submit(mentor, new, new, starts=str(STARTS), every="1", times="4")
    assert four.status == 422
    assert "3 sessions at most" in await four.text()
    path = await announced(mentor, pair.tie, every="1", times="3")
    one_more = await submit(mentor, new, new, starts=str(STARTS + 2 * DAY))
    assert one_more.status == 422
    # A proposal that is declined counts no more.
    assert (await submit(mentee, path, f"{path}/decline")).status == 303
    await announced(mentor, pair.tie, STARTS + 2 * DAY)


async def test_what_was_to_come_of_a_tie_that_ends_is_called_off(
    client_as: ClientAs, people: list[Person], store: Redis, site: Site
) -> None:
    pair = await made_pair(store, NOW)
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await announced(mentor, pair.tie)
    assert await press(mentee, path, "agree") == 303
    await announced(mentor, pair.tie, STARTS + 2 * DAY)
    page = f"/m/{pair.tie.id}/closing"
    answer = await submit(mentor, page, page, reason="no_fault")
    assert answer.status == 303, await answer.text()
    tie = await load_mentorship(store, pair.tie.id)
    assert tie is not None
    over = changed(tie, state="closed", version=tie.version + 1)
    await commit(store, [*saved_mentorship(over), falls_due(Due(SESSIONS, tie.id), NOW)])
    await run_due(site)
    ended = {(each.state, each.ended_as) for each in await sessions_in(store, tie.id)}
    assert ended == {("cancelled", "cancelled"), ("cancelled", "withdrawn")}


async def test_who_leaves_a_group_leaves_its_sessions(
    client_as: ClientAs, people: list[Person], store: Redis, site: Site
) -> None:
    tie = await tie_of(store, people, "group")
    programme = await load_programme(store, tie.programme)
    assert programme is not None
    await enrolled(store, programme, people[1], "mentee")
    path = await announced(await client_as(people[0]), tie)
    bo = await client_as(people[1])
    assert await press(bo, path, "seat") == 303
    seat = f"/m/{tie.id}/seat"
    assert (await submit(bo, seat, f"{seat}/leave")).status == 303
    await run_due(site)
    [session] = await sessions_in(store, tie.id)
    assert session.state == "confirmed"
    assert people[1].id not in session.people
    assert session.coming == (people[0].id,)
