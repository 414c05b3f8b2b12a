"""The room of a session and what follows: joining, attendance, wrapping up, who did not come."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import FormData
from msgspec.structs import replace as changed
from redis.asyncio import Redis

from server.mentoring.attendance import Stay, attendance, empty_since_ms, present
from server.mentoring.meetings import Session
from server.mentoring.no_show import missed_sessions
from server.mentoring.people import Person
from server.pages.site import Site
from server.storage import rooms
from server.storage.actions import load_actions, load_notes
from server.storage.meetings import load_session, saved_session, sessions_in
from server.storage.records import commit
from server.storage.surveys import last_mood
from tests.server.pages.conftest import NotedRooms
from tests.support.accounts import make_person
from tests.support.arranged import confirmed, in_room
from tests.support.forms import Client, fields_of, submit
from tests.support.meetings import (
    DAY,
    HOUR,
    MINUTE,
    Clock,
    Pair,
    at,
    letters,
    made_pair,
    made_tie,
    make_free,
    run_due,
    slots_of,
)
from tests.support.programmes import made_programme

ClientAs = Callable[[Person], Awaitable[Client]]

NOW = at("Europe/Paris", 2027, 10, 25, 9)
"""Rooms live by the real clock: their links must not have run out by it."""

STARTS = at("Europe/Paris", 2027, 10, 26, 15)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def site(site: Site, clock: Clock) -> Site:
    return replace(site, clock=clock)


@pytest.fixture
async def pair(store: Redis) -> Pair:
    return await made_pair(store, NOW)


@pytest.fixture
async def session(client_as: ClientAs, pair: Pair, store: Redis) -> Session:
    """Confirmed, for Tuesday at 15:00 in Paris."""
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    await confirmed(mentor, mentee, pair, STARTS)
    [made] = await sessions_in(store, pair.tie.id)
    return made


async def test_the_room_opens_for_its_people_a_quarter_of_an_hour_before(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = f"/sessions/{session.id}"
    clock.now_ms = STARTS - 16 * MINUTE
    early = await mentor.get(f"{path}/join", allow_redirects=False)
    assert early.headers["Location"] == f"{path}?done=closed"
    assert await rooms.load_record(store, session.id) is None

    clock.now_ms = STARTS - 14 * MINUTE
    assert f'href="{path}/join"' in await (await mentor.get("/home")).text()
    ways = [
        (await each.get(f"{path}/join", allow_redirects=False)).headers["Location"]
        for each in (mentor, mentee)
    ]
    assert all(each.startswith("/j/") for each in ways)
    assert ways[0] != ways[1]
    record = await rooms.load_record(store, session.id)
    assert record is not None
    assert {each.id: each.role for each in record.guests} == {
        pair.mentor.id: "mentor",
        pair.mentee.id: "mentee",
    }
    assert (record.format, record.minutes) == ("grow-60", 60)
    room = await (await mentee.get(ways[1])).text()
    assert "Amina Traor" in room
    # Somebody of the programme who isn't invited finds nothing.
    stranger = await client_as(pair.coordinator)
    assert (await stranger.get(f"{path}/join")).status == 404

    clock.now_ms = STARTS + 3 * HOUR
    late = await mentor.get(f"{path}/join", allow_redirects=False)
    assert late.headers["Location"] == f"{path}?done=closed"


async def test_a_session_is_live_while_two_are_there_and_held_when_they_have_left(
    client_as: ClientAs,
    pair: Pair,
    session: Session,
    store: Redis,
    site: Site,
    clock: Clock,
    rooms: NotedRooms,
) -> None:
    mentor = await client_as(pair.mentor)
    clock.now_ms = STARTS
    await mentor.get(f"/sessions/{session.id}/join", allow_redirects=False)
    await in_room(store, session.id, pair.mentor, STARTS - MINUTE, None)
    await run_due(site)
    assert (await state_of(store, session)) == "confirmed"
    # The reminder that it begins went to her who is not there yet.
    await in_room(store, session.id, pair.mentee, STARTS + 2 * MINUTE, None)
    clock.now_ms = STARTS + 3 * MINUTE
    await run_due(site)
    assert await state_of(store, session) == "live"

    for person, came, left in ((pair.mentor, -1, 58), (pair.mentee, 2, 57)):
        await in_room(store, session.id, person, STARTS + came * MINUTE, STARTS + left * MINUTE)
    rooms.notes[session.id] = "- [ ] @Zoé write the CV (2027-11-09)\n- [ ] read a book\n"
    clock.now_ms = STARTS + 59 * MINUTE
    await run_due(site)
    assert await state_of(store, session) == "live", "they may come back before the time is over"
    clock.now_ms = STARTS + 61 * MINUTE
    await run_due(site)
    held = await load_session(store, session.id)
    assert held is not None
    assert held.state == "held"
    assert [(each.person, each.minutes) for each in held.attendance] == [
        (pair.mentor.id, 59),
        (pair.mentee.id, 55),
    ]
    kept = await load_notes(store, session.id)
    assert kept is not None
    assert "write the CV" in kept.text
    assert len(await letters(store, "session-held")) == 0, "they have been sent"


async def state_of(store: Redis, session: Session) -> str:
    found = await load_session(store, session.id)
    assert found is not None
    return found.state


async def held(store: Redis, session: Session, pair: Pair) -> Session:
    stays = [Stay(each.id, STARTS, STARTS + HOUR) for each in (pair.mentor, pair.mentee)]
    after = changed(session, state="held", attendance=attendance(stays, 0), version=session.version + 1)
    await commit(store, saved_session(after))
    return after


async def test_wrapping_up_makes_actions_of_notes_and_proposes_the_next_date(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock, rooms: NotedRooms
) -> None:
    clock.now_ms = STARTS + 2 * HOUR
    await held(store, session, pair)
    rooms.notes[session.id] = (
        "# Today\n- [ ] @Zoé write the CV (9 Nov)\n- [ ] read a book\n- [x] @Amina done\n"
    )
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = f"/sessions/{session.id}"
    page = await (await mentor.get(f"{path}/wrap-up")).text()
    assert "Amina Traoré 15:00 to 16:00 · 60 min" in " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert 'value="write the CV"' in page
    assert 'value="2027-11-09"' in page
    assert 'value="done"' not in page
    [first, *_] = slots_of(page)
    # Twelve days after, for a rhythm of a fortnight: not tomorrow.
    assert first >= STARTS + 12 * DAY

    answer = await submit(mentor, f"{path}/wrap-up", f"{path}/wrap-up", 2, useful="5", starts=str(first))
    assert answer.status == 303, await answer.text()
    after = await load_session(store, session.id)
    assert after is not None
    assert after.state == "recapped"
    assert await last_mood(store, pair.tie.id) == 5
    items = await load_actions(store, pair.tie.id)
    assert {(each.text, each.owner, each.due) for each in items} == {
        ("write the CV", pair.mentee.id, "2027-11-09"),
        ("read a book", pair.mentee.id, "2027-11-09"),
    }
    [_, follower] = await sessions_in(store, pair.tie.id)
    assert (follower.state, follower.starts_ms) == ("proposed", first)

    # The other one adds what was forgotten; nothing is there twice.
    more = {"text-3": "call the lab", "owner-3": pair.mentor.id, "due-3": "2027-11-02"}
    answer = await submit(mentee, f"{path}/wrap-up", f"{path}/wrap-up", useful="4", **more)
    assert answer.status == 303, await answer.text()
    assert len(await load_actions(store, pair.tie.id)) == 3
    # The lower of the two is what health looks at.
    assert await last_mood(store, pair.tie.id) == 4


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text-0": "x", "owner-0": "", "due-0": "2027-11-09"}, "Choose one of these."),
        ({"text-0": "x", "owner-0": "somebody", "due-0": "2027-11-09"}, "Choose one of these."),
        ({"text-0": "x", "owner-0": "me", "due-0": ""}, "Write something here."),
        ({"text-0": "x", "owner-0": "me", "due-0": "soon"}, "A day looks like"),
        ({"text-0": "x" * 301, "owner-0": "me", "due-0": "2027-11-09"}, "up to 300 characters"),
    ],
)
async def test_an_action_has_one_owner_and_a_day(
    client_as: ClientAs,
    pair: Pair,
    session: Session,
    store: Redis,
    clock: Clock,
    typed: dict[str, str],
    said: str,
) -> None:
    clock.now_ms = STARTS + 2 * HOUR
    await held(store, session, pair)
    mentor = await client_as(pair.mentor)
    path = f"/sessions/{session.id}/wrap-up"
    sent = {name: pair.mentor.id if value == "me" else value for name, value in typed.items()}
    answer = await submit(mentor, path, path, notes="To be kept", **sent)
    html = await answer.text()
    assert answer.status == 422
    assert said in html
    assert "To be kept" in html
    assert await load_actions(store, pair.tie.id) == []


async def test_who_did_not_come_can_appeal_and_a_coordinator_undo_it(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = f"/sessions/{session.id}"
    clock.now_ms = STARTS + 10 * MINUTE
    assert f'action="{path}/missed"' not in await (await mentor.get(path)).text(), "patience first"
    clock.now_ms = STARTS + 16 * MINUTE
    nobody = await submit(mentor, path, f"{path}/missed")
    assert nobody.status == 422
    assert (await submit(mentor, path, f"{path}/missed", missing=pair.mentee.id)).status == 303
    sessions = await sessions_in(store, pair.tie.id)
    assert (sessions[0].state, sessions[0].missing, missed_sessions(sessions)) == (
        "no_show",
        (pair.mentee.id,),
        1,
    )
    assert (await letters(store, "session-missed"))[0].to == pair.mentee.id

    empty = await submit(mentee, path, f"{path}/appeal", words="  ")
    assert empty.status == 422
    assert (await submit(mentee, path, f"{path}/appeal", words="La ligne est tombée.")).status == 303
    sessions = await sessions_in(store, pair.tie.id)
    assert missed_sessions(sessions) == 0, "while it waits it counts for nothing"
    assert (await letters(store, "session-appealed"))[0].quote == "La ligne est tombée."

    coordinator = await client_as(pair.coordinator)
    page = await (await coordinator.get(path)).text()
    assert "La ligne est tombée." in page
    assert (await submit(coordinator, path, f"{path}/undo")).status == 303
    [after] = await sessions_in(store, pair.tie.id)
    assert (after.state, after.ended_as, after.missing) == ("cancelled", "not-missed", ())
    assert (await letters(store, "session-undone"))[0].to == pair.mentee.id


async def test_nobody_can_undo_what_they_are_said_to_have_missed(
    client_as: ClientAs, pair: Pair, session: Session, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = f"/sessions/{session.id}"
    clock.now_ms = STARTS + 16 * MINUTE
    assert (await submit(mentor, path, f"{path}/missed", missing=pair.mentee.id)).status == 303
    page = await (await mentee.get(path)).text()
    assert f'action="{path}/undo"' not in page
    fields = fields_of(page, f"{path}/appeal")
    refused = await mentee.post(f"{path}/undo", data=FormData(fields), allow_redirects=False)
    assert refused.status == 422
    assert (await submit(mentor, path, f"{path}/undo")).status == 303


async def test_whom_the_room_has_seen_did_not_miss_it(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock
) -> None:
    mentor = await client_as(pair.mentor)
    path = f"/sessions/{session.id}"
    clock.now_ms = STARTS
    await mentor.get(f"{path}/join", allow_redirects=False)
    await in_room(store, session.id, pair.mentee, STARTS, STARTS + 5 * MINUTE)
    clock.now_ms = STARTS + 16 * MINUTE
    refused = await submit(mentor, path, f"{path}/missed", missing=pair.mentee.id)
    assert refused.status == 422
    assert "The room has seen this person" in await refused.text()


def test_stays_that_overlap_count_once() -> None:
    stays = [Stay("a", 0, 10 * MINUTE), Stay("a", 5 * MINUTE, 20 * MINUTE), Stay("b", MINUTE)]
    [a, b] = attendance(stays, 31 * MINUTE)
    assert (a.minutes, a.joined_ms, a.left_ms) == (20, 0, 20 * MINUTE)
    assert (b.minutes, b.joined_ms, b.left_ms) == (30, MINUTE, 31 * MINUTE)
    assert present(stays) == {"b"}
    assert empty_since_ms(stays) is None
    assert empty_since_ms(stays[:2]) == 20 * MINUTE
    assert empty_since_ms([]) is None


async def test_the_room_of_a_group_knows_who_else_belongs_together(
    client_as: ClientAs, store: Redis, clock: Clock
) -> None:
    people = [await make_person(store, name, at_ms=NOW) for name in ("Ana", "Bo", "Cy", "Di")]
    for each in people:
        await make_free(store, each)
    ana, bo, cy, di = people
    programme, other = await made_programme(store), await made_programme(store)
    group = await made_tie(store, programme.id, [ana, bo], [cy, di], NOW, "group", title="Writing", seats=9)
    await made_tie(store, programme.id, [ana], [cy], NOW)
    await made_tie(store, other.id, [bo], [di], NOW)
    client, new = await client_as(ana), f"/m/{group.id}/sessions/new"
    path = (await submit(client, new, new, starts=str(STARTS))).headers["Location"].partition("?")[0]
    clock.now_ms = STARTS
    way = (await client.get(f"{path}/join", allow_redirects=False)).headers["Location"]
    assert way.startswith("/j/")
    record = await rooms.load_record(store, path.rpartition("/")[2])
    assert record is not None
    # The tie of another programme is nobody's business here.
    assert [set(pair) for pair in record.pairs] == [{ana.id, cy.id}]
