"""A session's agenda, edited on its page before it begins: it becomes the room's boxes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from server.mentoring.meetings import Session
from server.pages.site import Site
from server.room.timer import drive
from server.storage import rooms
from server.storage.meetings import load_session, sessions_in
from signaling.messages import TimerCommand
from signaling.parts import Timer
from tests.server.pages.conftest import NotedRooms
from tests.server.pages.test_formats import NOW, STARTS, ClientAs
from tests.support.arranged import confirmed
from tests.support.forms import fields_of, send, submit
from tests.support.meetings import MINUTE, Clock, Pair, made_pair


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
    """Confirmed: GROW, for an hour."""
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    await confirmed(mentor, mentee, pair, STARTS, format="grow-60")
    [made] = await sessions_in(store, pair.tie.id)
    return made


async def timer_of(store: Redis, room: str) -> Timer:
    found = await rooms.load(store, room)
    assert found is not None
    return found.timer


def course(timer: Timer) -> list[tuple[str, int]]:
    return [(box.title.en if box.title else box.key, box.seconds // 60) for box in timer.boxes]


async def test_the_formats_boxes_are_moved_renamed_and_become_the_rooms(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock, rooms: NotedRooms
) -> None:
    mentor = await client_as(pair.mentor)
    path = f"/sessions/{session.id}"
    act = f"{path}/agenda"
    page = await (await mentor.get(path)).text()
    assert dict(fields_of(page, act))["item-2"] == "Reality"
    answer = await send(mentor, page, act, **{"do": "up-2", "item-2": "Where I stand"})
    page = await answer.text()
    assert answer.status == 200
    assert await load_session(store, session.id) == session
    for do in ("remove-0", "add"):
        page = await (await send(mentor, page, act, do=do)).text()
    typed = {"item-4": "My <questions>", "minutes-4": "5", "minutes-1": "8"}
    assert (await send(mentor, page, act, **typed)).status == 303
    shown = await (await mentor.get(path)).text()
    assert "My &lt;questions&gt;" in shown

    clock.now_ms = STARTS - 10 * MINUTE
    await mentor.get(f"{path}/join", allow_redirects=False)
    expected = [
        ("Where I stand", 15), ("goal", 8), ("options", 20), ("will", 10), ("My <questions>", 5),
    ]  # fmt: skip
    timer = await timer_of(store, session.id)
    # Only the title of what was renamed is another: it still is the format's box, with its question.
    assert course(timer) == expected
    assert timer.boxes[0].key == "reality"
    assert [box.id for box in timer.boxes] == ["b0", "b1", "b2", "b3", "b4"]

    # The room is there, and nobody has started its timer.
    assert (await submit(mentor, path, act, **{"minutes-1": "6"})).status == 303
    timer = await timer_of(store, session.id)
    assert (timer.revision, timer.boxes[1].seconds) == (1, 360)
    assert [(room, boxes[1].seconds) for room, boxes in rooms.replanned] == [(session.id, 360)]


async def test_a_room_whose_timer_has_started_keeps_its_agenda(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock
) -> None:
    mentor = await client_as(pair.mentor)
    path = f"/sessions/{session.id}"
    clock.now_ms = STARTS - 10 * MINUTE
    await mentor.get(f"{path}/join", allow_redirects=False)
    record = await rooms.load_record(store, session.id)
    assert record is not None
    started = drive(await timer_of(store, session.id), TimerCommand(action="start"), STARTS)
    await rooms.create(store, record, started)
    assert (await submit(mentor, path, f"{path}/agenda", **{"minutes-1": "3"})).status == 303
    assert await timer_of(store, session.id) == started


async def test_an_agenda_that_is_the_formats_own_still_stretches(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis
) -> None:
    mentor, path = await client_as(pair.mentor), f"/sessions/{session.id}"
    act = f"{path}/agenda"
    assert (await submit(mentor, path, act, **{"item-1": "Our goal"})).status == 303
    changed = await load_session(store, session.id)
    assert changed is not None
    assert [each.title for each in changed.agenda] == ["", "Our goal", "", "", ""]
    assert (await submit(mentor, path, act, **{"item-1": "Goal"})).status == 303
    again = await load_session(store, session.id)
    assert again is not None
    assert again.agenda == ()
