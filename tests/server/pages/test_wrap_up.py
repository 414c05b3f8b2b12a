"""The wrap-up of a session: ticked in either place, carried over, taken along, sent, reminded of."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from msgspec.structs import replace as changed
from redis.asyncio import Redis

from server.live_notes import stored_text
from server.mentoring.actions import ActionItem
from server.mentoring.attendance import Stay, attendance
from server.mentoring.meetings import Session
from server.mentoring.people import Person
from server.pages.site import Site
from server.room.change import SaveTimer
from server.storage import outbox
from server.storage import rooms as stored_rooms
from server.storage.actions import load_actions, load_notes
from server.storage.meetings import load_session, saved_session, sessions_in
from server.storage.outbox import OutboxLetter
from server.storage.records import commit
from server.storage.surveys import load_response
from server.ties.reminders import moments
from tests.server.pages.conftest import NotedRooms
from tests.support.arranged import confirmed, in_room
from tests.support.forms import Client, fields_of, submit
from tests.support.meetings import DAY, HOUR, MINUTE, Clock, Pair, at, letters, made_pair, run_due, slots_of

ClientAs = Callable[[Person], Awaitable[Client]]

NOW = at("Europe/Paris", 2027, 10, 25, 9)
STARTS = at("Europe/Paris", 2027, 10, 26, 15)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def site(site: Site, clock: Clock) -> Site:
    return replace(site, clock=clock)


@pytest.fixture
async def pair(store: Redis, rooms: NotedRooms) -> Pair:
    pair = await made_pair(store, NOW)
    rooms.names = {each.id: each.shown for each in (pair.mentor, pair.mentee)}
    return pair


async def meets(client_as: ClientAs, pair: Pair, store: Redis, starts_ms: int) -> Session:
    """A session that both agreed to."""
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await confirmed(mentor, mentee, pair, starts_ms)
    found = await load_session(store, path.rpartition("/")[2])
    assert found is not None
    return found


@pytest.fixture
async def session(client_as: ClientAs, pair: Pair, store: Redis) -> Session:
    """Confirmed, for Tuesday at 15:00 in Paris."""
    return await meets(client_as, pair, store, STARTS)


async def both_there(
    store: Redis, client: Client, pair: Pair, session: Session, to_ms: int | None = None
) -> None:
    """Both are in the room, until then."""
    await client.get(f"/sessions/{session.id}/join", allow_redirects=False)
    for person in (pair.mentor, pair.mentee):
        await in_room(store, session.id, person, session.starts_ms, to_ms)


async def state_of(store: Redis, session: Session) -> str:
    found = await load_session(store, session.id)
    assert found is not None
    return found.state


async def action_of(store: Redis, pair: Pair, text: str) -> ActionItem:
    [found] = [each for each in await load_actions(store, pair.tie.id) if each.text == text]
    return found


async def test_what_is_agreed_in_the_room_is_carried_on_by_itself(
    client_as: ClientAs,
    pair: Pair,
    session: Session,
    store: Redis,
    site: Site,
    clock: Clock,
    rooms: NotedRooms,
) -> None:
    """Written in the room, shown in the mentorship, ticked there, in the next room, on the page of either."""
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    clock.now_ms = STARTS
    await both_there(store, mentor, pair, session)
    rooms.notes[session.id] = "- [ ] @Zoé write the C"
    clock.now_ms += MINUTE
    await run_due(site)
    assert await state_of(store, session) == "live"
    clock.now_ms += MINUTE
    await run_due(site)
    assert await load_actions(store, pair.tie.id) == [], "what is being typed is no action yet"

    rooms.notes[session.id] = (
        "Décision : on continue\n- [ ] @Zoé write the CV (9 Nov)\n- [ ] @Amina ask\n- [ ] who?\n"
    )
    clock.now_ms = STARTS + 55 * MINUTE
    await both_there(store, mentor, pair, session, clock.now_ms)
    clock.now_ms = STARTS + 62 * MINUTE
    await run_due(site)
    assert await state_of(store, session) == "held"
    assert {(each.text, each.owner, each.due) for each in await load_actions(store, pair.tie.id)} == {
        ("write the CV", pair.mentee.id, "2027-11-09"),
        ("ask", pair.mentor.id, "2027-11-09"),
    }
    tie = await (await mentee.get(f"/m/{pair.tie.id}")).text()
    assert "write the CV" in tie
    assert re.search(r"who\?</p><p[^>]*>Personne pour l", tie), "nobody yet, in the reader's language"
    assert f'href="/sessions/{session.id}/wrap-up"' in tie

    # Ticked on the mentorship's page, the kept notes say so.
    cv = await action_of(store, pair, "write the CV")
    await submit(mentee, f"/m/{pair.tie.id}", f"/m/{pair.tie.id}/actions/{cv.id}")
    assert (await action_of(store, pair, "write the CV")).done_ms is not None
    kept = await load_notes(store, session.id)
    assert kept is not None
    assert "- [x] @Zoé write the CV (9 Nov)" in kept.text

    # The wrap-up says decisions, what is done, and asks for what is lacking.
    wrap_up = f"/sessions/{session.id}/wrap-up"
    page = await (await mentor.get(wrap_up)).text()
    assert "on continue" in page
    assert 'value="ask"' in page
    assert 'value="who?"' in page
    assert 'value="write the CV"' not in page, "it is done"
    # In the notes here, "ask" is ticked and the CV opened again; "who?" is put otherwise.
    notes = kept.text.replace("[ ] @Amina", "[x] @Amina").replace("[x] @Zoé", "[ ] @Zoé")
    answer = await submit(mentor, wrap_up, wrap_up, notes=notes, **{"text-1": "call the lab"})
    assert answer.status == 303, await answer.text()
    assert (await action_of(store, pair, "ask")).done_ms is not None
    assert (await action_of(store, pair, "write the CV")).done_ms is None
    assert (await action_of(store, pair, "call the lab")).owner == pair.mentee.id
    again = await (await mentee.get(wrap_up)).text()
    assert "who?" not in again.partition("<textarea")[0], "what was put otherwise is asked no more"

    # The next session's room opens with what is open, and that is no second action there.
    clock.now_ms = STARTS + 2 * DAY
    following = await meets(client_as, pair, store, STARTS + 14 * DAY)
    clock.now_ms = following.starts_ms
    await both_there(store, mentor, pair, following)
    begun = await stored_text(store, following.id)
    assert begun.count("- [ ]") == 2
    assert "- [ ] @Zoé Tremblay write the CV (2027-11-09)" in begun
    rooms.notes[following.id] = begun
    clock.now_ms += MINUTE
    await run_due(site)
    # Ticked on the page while people are in the room: in the live notes as well.
    await submit(mentee, f"/m/{pair.tie.id}", f"/m/{pair.tie.id}/actions/{cv.id}")
    assert "- [x] @Zoé Tremblay write the CV" in rooms.notes[following.id]
    # Ticked in the room, it is done on the page a moment later.
    rooms.notes[following.id] = rooms.notes[following.id].replace("- [ ]", "- [x]")
    clock.now_ms += MINUTE
    await run_due(site)
    assert (await action_of(store, pair, "call the lab")).done_ms is not None
    clock.now_ms = following.starts_ms + 61 * MINUTE
    await both_there(store, mentor, pair, following, clock.now_ms)
    await run_due(site)
    assert await state_of(store, following) == "held"
    assert len(await load_actions(store, pair.tie.id)) == 3


@pytest.mark.parametrize("looked_at", [True, False], ids=["looked-at", "just-written"])
async def test_what_was_ticked_on_its_page_can_be_opened_again_in_the_room_at_once(
    client_as: ClientAs,
    pair: Pair,
    session: Session,
    store: Redis,
    site: Site,
    clock: Clock,
    rooms: NotedRooms,
    looked_at: bool,
) -> None:
    """Between two looks at the notes: they end as they began, and yet somebody has said something."""
    mentee, path = await client_as(pair.mentee), f"/m/{pair.tie.id}"
    clock.now_ms = STARTS
    await both_there(store, mentee, pair, session)
    for text in ("write the CV", "call the lab"):
        said = {"action_text": text, "action_due": "2027-11-09", "action_owner": pair.mentee.id}
        assert (await submit(mentee, path, f"{path}/actions", **said)).status == 303
    cv = await action_of(store, pair, "write the CV")
    open_ = "- [ ] @Zoé write the CV\n- [ ] @Zoé call the lab\n"
    rooms.notes[session.id] = open_
    for _ in range(2 if looked_at else 0):
        clock.now_ms += MINUTE
        await run_due(site)
    rooms.notes[session.id] = open_.replace("[ ] @Zoé call", "[x] @Zoé call")
    await submit(mentee, path, f"{path}/actions/{cv.id}")
    assert (await action_of(store, pair, "write the CV")).done_ms is not None
    rooms.notes[session.id] = rooms.notes[session.id].replace("[x] @Zoé write", "[ ] @Zoé write")
    # The first look of all sees that it has begun, the next what the notes say.
    for _ in range(2):
        clock.now_ms += MINUTE
        await run_due(site)
    assert (await action_of(store, pair, "write the CV")).done_ms is None
    assert (await action_of(store, pair, "call the lab")).done_ms is not None


async def test_whoever_left_last_wraps_up_at_once(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock, rooms: NotedRooms
) -> None:
    mentor = await client_as(pair.mentor)
    clock.now_ms = STARTS
    await both_there(store, mentor, pair, session)
    clock.now_ms = STARTS + 40 * MINUTE
    path = f"/sessions/{session.id}"
    assert "Wrap up" not in await (await mentor.get(path)).text(), "they are still there"
    await both_there(store, mentor, pair, session, clock.now_ms)
    rooms.notes[session.id] = "- [ ] @Zoé write (9 Nov)\n"
    assert "Wrap up" in await (await mentor.get(path)).text()
    answer = await submit(mentor, path, f"{path}/met")
    assert answer.headers["Location"] == f"{path}/wrap-up"
    assert await state_of(store, session) == "held"
    assert (await action_of(store, pair, "write")).owner == pair.mentee.id
    assert 'value="write"' in await (await mentor.get(f"{path}/wrap-up")).text()


async def held(store: Redis, session: Session, pair: Pair) -> Session:
    stays = [Stay(each.id, STARTS, STARTS + HOUR) for each in (pair.mentor, pair.mentee)]
    after = changed(session, state="held", attendance=attendance(stays, 0), version=session.version + 1)
    await commit(store, saved_session(after))
    return after


async def test_an_action_can_be_put_otherwise_or_left_out(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock, rooms: NotedRooms
) -> None:
    clock.now_ms = STARTS + 2 * HOUR
    await held(store, session, pair)
    rooms.notes[session.id] = "- [ ] @Zoé write (9 Nov)\n- [ ] @Zoé read (9 Nov)\n"
    mentor = await client_as(pair.mentor)
    path = f"/sessions/{session.id}/wrap-up"
    assert (await submit(mentor, path, path)).status == 303
    write = await action_of(store, pair, "write")
    html = await (await mentor.get(path)).text()
    texts = {value: name for name, value in fields_of(html, path) if name.startswith("text-")}
    said = {texts["write"]: "write two pages", texts["read"]: ""}
    assert (await submit(mentor, path, path, **said)).status == 303
    [after] = await load_actions(store, pair.tie.id)
    assert (after.id, after.text, after.due) == (write.id, "write two pages", "2027-11-09")
    html = await (await mentor.get(path)).text()
    assert 'value="read"' not in html
    assert 'value="write"' not in html


async def test_it_is_taken_along_and_sent_to_whoever_asks(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock, rooms: NotedRooms
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    clock.now_ms = STARTS
    await both_there(store, mentor, pair, session, STARTS + 50 * MINUTE)
    found = await stored_rooms.load(store, session.id)
    assert found is not None
    boxes = tuple(changed(box, spent_ms=box.planned_s * 1000 + 2 * MINUTE) for box in found.timer.boxes)
    async with store.pipeline(transaction=True) as pipe:
        timer = changed(found.timer, status="finished", boxes=boxes)
        stored_rooms.add_saves(pipe, session.id, found.record.expires_ms, [SaveTimer(timer)], STARTS)
        await pipe.execute()
    rooms.notes[session.id] = "Decision: œuvre\n- [ ] @Zoé write (9 Nov)\n"
    await held(store, session, pair)
    path = f"/sessions/{session.id}/wrap-up"
    async with mentor.get(f"{path}.md") as answer:
        assert answer.content_type == "text/markdown"
        text = await answer.text()
    assert "26 Oct 2027, 15:00 to 16:00 (Paris)" in text
    assert "| Past actions | 5\u00a0min | 7\u00a0min |" in text
    assert "- [ ] @Zoé Tremblay write (2027-11-09)" in text
    async with mentor.get(f"{path}.pdf") as answer:
        assert answer.content_type == "application/pdf"
        document = pypdfium2.PdfDocument(await answer.read())
    assert "œuvre" in document[0].get_textpage().get_text_range()
    document.close()
    stranger = await client_as(pair.coordinator)
    for ending in (".md", ".pdf"):
        async with stranger.get(path + ending) as answer:
            assert answer.status == 404

    sent = await submit(mentee, path, f"{path}/mail", 2)
    assert sent.headers["Location"] == f"{path}?done=mailed"
    [letter] = await letters(store, "session-notes")
    assert letter.to == pair.mentee.id
    assert "## Décisions" in letter.document, "in the language of whoever asks"
    assert "est en route vers vous" in await (await mentee.get(f"{path}?done=mailed")).text()


async def test_one_question_and_a_wish(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock
) -> None:
    clock.now_ms = STARTS + 2 * HOUR
    await held(store, session, pair)
    mentee = await client_as(pair.mentee)
    path = f"/sessions/{session.id}/wrap-up"
    answer = await submit(mentee, path, path, useful="4", next="Des exemples")
    assert answer.status == 303, await answer.text()
    said = await load_response(store, "after-session", pair.tie.id, session.id, pair.mentee.id)
    assert said is not None
    assert (said.scales, said.texts) == ({"useful": 4}, {"next": "Des exemples"})


async def test_the_next_date_is_proposed_by_one_press(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock
) -> None:
    clock.now_ms = STARTS + 2 * HOUR
    await held(store, session, pair)
    mentor = await client_as(pair.mentor)
    path = f"/sessions/{session.id}/wrap-up"
    html = await (await mentor.get(path)).text()
    first = slots_of(html)[0]
    assert html.index(">Save<") < html.index('name="starts"'), "Enter in a field saves, and proposes nothing"
    assert (await submit(mentor, path, path, starts=str(first))).status == 303
    [_, follower] = await sessions_in(store, pair.tie.id)
    assert (follower.state, follower.starts_ms) == ("proposed", first)


async def test_a_promise_is_reminded_of_the_day_before_and_the_day_after(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentee = await client_as(pair.mentee)
    tie = f"/m/{pair.tie.id}"
    for text in ("write the CV", "call <b>"):
        made = await submit(
            mentee,
            tie,
            f"{tie}/actions",
            action_text=text,
            action_owner=pair.mentee.id,
            action_due="2027-11-03",
        )
        assert made.status == 303
    assert await reminders(site) == []
    clock.now_ms = at(pair.mentee.zone, 2027, 11, 2, 9) + MINUTE
    [letter] = await reminders(site)
    assert (letter.to, letter.subject) == (pair.mentee.email, "À faire pour le 3 nov. 2027")
    assert "> write the CV" in letter.text
    assert "> call <b>" in letter.text
    assert letter.url.endswith(f"{tie}#actions")
    done = await action_of(store, pair, "call <b>")
    await submit(mentee, tie, f"{tie}/actions/{done.id}")
    clock.now_ms = at(pair.mentee.zone, 2027, 11, 4, 9) + MINUTE
    [late, _] = await reminders(site)
    assert late.subject == "Encore ouvert, pour le 3 nov. 2027"
    assert "> write the CV" in late.text
    assert "call" not in late.text, "it is done"
    clock.now_ms += 3 * DAY
    assert len(await reminders(site)) == 2


async def reminders(site: Site) -> list[OutboxLetter]:
    """What the post has sent to remind of promises, the newest first."""
    await run_due(site)
    await run_due(site)
    return [each for each in await outbox.kept(site.store) if "3 nov" in each.subject]


def test_mornings_are_those_of_whoever_promised() -> None:
    due, late = moments("America/Montreal", date(2026, 11, 2))
    # The clocks go back on 1 November 2026.
    assert due == at("America/Montreal", 2026, 11, 1, 9)
    assert late == at("America/Montreal", 2026, 11, 3, 9)


async def test_very_long_notes_stay_as_they_are(
    client_as: ClientAs, pair: Pair, session: Session, store: Redis, clock: Clock, rooms: NotedRooms
) -> None:
    clock.now_ms = STARTS + 2 * HOUR
    await held(store, session, pair)
    rooms.notes[session.id] = "- [ ] @Zoé write (9 Nov)\n" + "word \n" * 5_000 + "the end"
    mentor = await client_as(pair.mentor)
    path = f"/sessions/{session.id}/wrap-up"
    html = await (await mentor.get(path)).text()
    assert 'name="notes"' not in html
    assert "There is more" in html
    assert (await submit(mentor, path, path)).status == 303
    kept = await load_notes(store, session.id)
    assert kept is not None
    assert kept.text == rooms.notes[session.id]
    assert (await action_of(store, pair, "write")).due == "2027-11-09"
    async with mentor.get(f"{path}.md") as answer:
        assert "the end" in await answer.text()
