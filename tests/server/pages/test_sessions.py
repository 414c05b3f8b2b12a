"""Proposing, countering, agreeing, moving and cancelling a session, over HTTP without JavaScript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.pages.site import Site
from server.storage import outbox
from server.storage.meetings import load_session, sessions_in
from tests.support.arranged import confirmed, new_session, proposed
from tests.support.forms import Client, send, submit
from tests.support.meetings import DAY, HOUR, MINUTE, Clock, Pair, at, letters, made_pair, run_due, slots_of

ClientAs = Callable[[Person], Awaitable[Client]]

NOW = at("Europe/Paris", 2026, 10, 19, 9)
"""A Monday, six days before clocks change in Paris, thirteen before they do in Montréal."""


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def site(site: Site, clock: Clock) -> Site:
    return replace(site, clock=clock)


@pytest.fixture
async def pair(store: Redis) -> Pair:
    return await made_pair(store, NOW)


async def press(client: Client, path: str, act: str, **typed: str) -> int:
    answer = await submit(client, path, f"{path}/{act}", **typed)
    return answer.status


async def test_common_time_is_offered_on_both_clocks_over_the_change(client_as: ClientAs, pair: Pair) -> None:
    mentor = await client_as(pair.mentor)
    html = await (await mentor.get(new_session(pair))).text()
    offered = slots_of(html)
    # Free from 8 to 20 on both clocks: 14 to 20 in Paris while six hours lie between, from 13 on five.
    before = [each for each in offered if each < at("Europe/Paris", 2026, 10, 25)]
    after = [each for each in offered if each > at("Europe/Paris", 2026, 10, 25)]
    assert min(before) == at("Europe/Paris", 2026, 10, 20, 14)
    assert min(after) == at("Europe/Paris", 2026, 10, 27, 13)
    assert "14:00" in html
    assert "08:00 for Zoé" in html


async def test_a_session_is_proposed_countered_and_agreed_on(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await proposed(mentor, pair, at("Europe/Paris", 2026, 10, 20, 15), title="My first job")
    [asked] = await letters(store)
    assert (asked.kind, asked.to, asked.calendar) == ("session-proposed", pair.mentee.id, "")
    assert "Votre réponse" in await (await mentee.get("/home")).text()
    # Who proposed it can't agree to it.
    assert f'action="{path}/agree"' not in await (await mentor.get(path)).text()

    later = at("America/Montreal", 2026, 10, 27, 11)
    answer = await submit(mentee, f"{path}/time", f"{path}/time", starts=str(later))
    assert answer.status == 303
    [session] = await sessions_in(store, pair.tie.id)
    assert (session.state, session.starts_ms, session.by) == ("countered", later, pair.mentee.id)
    page = await (await mentor.get(path)).text()
    assert "Zoé Tremblay proposes this time." in page
    assert "16:00 (CET)" in page
    assert "11:00 for Zoé Tremblay" in page

    assert await press(mentor, path, "agree") == 303
    session = await load_session(store, session.id) or session
    assert (session.state, set(session.coming)) == ("confirmed", {pair.mentor.id, pair.mentee.id})
    told = await letters(store, "session-confirmed")
    assert {each.to for each in told} == {pair.mentor.id, pair.mentee.id}
    assert {each.method for each in told} == {"REQUEST"}


async def test_a_declined_counter_proposal_leaves_nothing_behind(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await proposed(mentor, pair, at("Europe/Paris", 2026, 10, 20, 15))
    other = at("Europe/Paris", 2026, 10, 22, 15)
    assert (await submit(mentee, f"{path}/time", f"{path}/time", starts=str(other))).status == 303
    assert await press(mentor, path, "decline", why="I am on duty that day.") == 303
    [session] = await sessions_in(store, pair.tie.id)
    assert (session.state, session.ended_as) == ("cancelled", "declined")
    [told] = await letters(store, "session-declined")
    assert (told.to, told.quote, told.calendar) == (pair.mentee.id, "I am on duty that day.", "")
    # Both of the hours are free again.
    assert await confirmed(mentee, mentor, pair, other)


async def test_nobody_can_be_in_two_sessions_at_once(client_as: ClientAs, pair: Pair, store: Redis) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    first = await proposed(mentor, pair, at("Europe/Paris", 2026, 10, 20, 15))
    second = await proposed(mentor, pair, at("Europe/Paris", 2026, 10, 20, 15, 30))
    assert await press(mentee, first, "agree") == 303
    refused = await submit(mentee, second, f"{second}/agree")
    assert refused.status == 422
    assert "une autre séance à ce moment" in await refused.text()
    states = sorted(each.state for each in await sessions_in(store, pair.tie.id))
    assert states == ["confirmed", "proposed"]
    # Nor is that time offered, or taken, any more.
    html = await (await mentor.get(new_session(pair))).text()
    assert not [
        each
        for each in slots_of(html)
        if at("Europe/Paris", 2026, 10, 20, 14, 1) <= each < at("Europe/Paris", 2026, 10, 20, 16)
    ]
    busy = await submit(
        mentor, new_session(pair), new_session(pair), starts=str(at("Europe/Paris", 2026, 10, 20, 15, 45))
    )
    assert busy.status == 422
    assert "already has a session at that time" in await busy.text()


async def test_a_session_moves_only_when_both_agree(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    old, wanted = at("Europe/Paris", 2026, 10, 20, 15), at("Europe/Paris", 2026, 10, 27, 15)
    path = await confirmed(mentor, mentee, pair, old)
    assert (await submit(mentor, f"{path}/time", f"{path}/time", starts=str(wanted))).status == 303
    [session] = await sessions_in(store, pair.tie.id)
    assert (session.state, session.starts_ms, session.sequence) == ("confirmed", old, 0)
    assert await press(mentee, path, "move-decline") == 303
    assert (await letters(store, "session-move-declined"))[0].to == pair.mentor.id

    assert (await submit(mentor, f"{path}/time", f"{path}/time", starts=str(wanted))).status == 303
    assert await press(mentee, path, "move-agree") == 303
    [session] = await sessions_in(store, pair.tie.id)
    assert (session.state, session.starts_ms, session.sequence) == ("confirmed", wanted, 1)
    [first, again] = await letters(store, "session-moved")
    assert "SEQUENCE:1" in first.calendar
    assert f"UID:{session.id}@" in again.calendar

    # What reminds goes by the new time alone.
    await run_due(site)
    clock.now_ms = old - HOUR
    await run_due(site)
    assert await reminded(store, "hour") == 0
    clock.now_ms = wanted - DAY
    await run_due(site)
    clock.now_ms = wanted - HOUR
    await run_due(site)
    assert (await reminded(store, "day"), await reminded(store, "hour")) == (2, 2)


async def reminded(store: Redis, mark: str) -> int:
    """How many reminders of this kind have gone to the outbox."""
    words = {
        "day": ("Tomorrow", "Demain"),
        "hour": ("In an hour", "Dans une heure"),
        "now": ("begins", "commence"),
    }
    return sum(any(word in each.subject for word in words[mark]) for each in await outbox.kept(store))


async def test_a_cancelled_session_is_taken_back_everywhere(
    client_as: ClientAs, pair: Pair, store: Redis, site: Site, clock: Clock
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    when = at("Europe/Paris", 2026, 10, 20, 15)
    path = await confirmed(mentor, mentee, pair, when)
    assert await press(mentee, path, "cancel", why="Je suis malade.") == 303
    told = await letters(store, "session-cancelled")
    assert {(each.to, each.method, each.quote) for each in told} == {
        (pair.mentor.id, "CANCEL", "Je suis malade."),
        (pair.mentee.id, "CANCEL", "Je suis malade."),
    }
    assert all("STATUS:CANCELLED" in each.calendar and "SEQUENCE:1" in each.calendar for each in told)
    clock.now_ms = when - HOUR + MINUTE
    await run_due(site)
    assert await reminded(store, "hour") == 0
    clock.now_ms = when
    assert (
        (await mentor.get(f"{path}/join", allow_redirects=False)).headers["Location"].endswith("done=closed")
    )


async def test_a_series_keeps_its_hour_over_the_change(client_as: ClientAs, pair: Pair, store: Redis) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    first = at("Europe/Paris", 2026, 10, 20, 15)
    path = await proposed(mentor, pair, first, every="1", times="4")
    dates = [each.starts_ms for each in await sessions_in(store, pair.tie.id)]
    assert dates == [at("Europe/Paris", 2026, *day, 15) for day in ((10, 20), (10, 27), (11, 3), (11, 10))]
    [asked] = await letters(store, "session-proposed")
    assert len([each for each in asked.details if each.at_ms is not None]) == 4
    assert await press(mentee, path, "agree", all="yes") == 303
    sessions = await sessions_in(store, pair.tie.id)
    assert {each.state for each in sessions} == {"confirmed"}
    one, two = await letters(store, "session-confirmed")
    assert "RRULE:FREQ=WEEKLY;COUNT=4;INTERVAL=1" in one.calendar
    assert "TZID=Europe/Paris" in two.calendar

    # One of them is called off, then all that come after another.
    third = f"/sessions/{sessions[2].id}"
    assert await press(mentor, third, "cancel") == 303
    [told, _] = await letters(store, "session-cancelled")
    assert "RECURRENCE-ID;TZID=Europe/Paris:20261103T150000" in told.calendar
    assert await press(mentor, f"/sessions/{sessions[1].id}", "cancel", all="yes") == 303
    states = [each.state for each in await sessions_in(store, pair.tie.id)]
    assert states == ["confirmed", "cancelled", "cancelled", "cancelled"]


async def test_a_time_can_be_given_up_for_another_session(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await confirmed(mentor, mentee, pair, at("Europe/Paris", 2026, 10, 20, 15))
    later = at("Europe/Paris", 2026, 10, 22, 15)
    answer = await submit(mentee, f"{path}/time?again", f"{path}/time", starts=str(later), why="Garde")
    assert answer.status == 303
    old, fresh = await sessions_in(store, pair.tie.id)
    assert (old.state, fresh.state, fresh.follows) == ("rescheduled", "proposed", old.id)
    assert {each.kind for each in await letters(store) if each.at_ms == NOW} >= {
        "session-cancelled",
        "session-proposed",
    }


async def test_a_form_sent_twice_counts_once(client_as: ClientAs, pair: Pair, store: Redis) -> None:
    mentor = await client_as(pair.mentor)
    html = await (await mentor.get(new_session(pair))).text()
    starts = str(at("Europe/Paris", 2026, 10, 20, 15))
    first = await send(mentor, html, new_session(pair), starts=starts)
    second = await send(mentor, html, new_session(pair), starts=starts)
    assert first.status == second.status == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(await sessions_in(store, pair.tie.id)) == 1
    assert len(await letters(store)) == 1


async def test_an_act_sent_twice_leads_where_the_first_one_did(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await proposed(mentor, pair, at("Europe/Paris", 2026, 10, 20, 15))
    html = await (await mentee.get(path)).text()
    answers = [await send(mentee, html, f"{path}/agree") for _ in range(2)]
    assert {each.headers["Location"] for each in answers} == {f"{path}?done=agree"}
    assert len(await letters(store, "session-confirmed")) == 2


async def test_what_changed_elsewhere_is_shown_and_words_are_kept(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await confirmed(mentor, mentee, pair, at("Europe/Paris", 2026, 10, 20, 15))
    open_tab = await (await mentor.get(path)).text()
    assert await press(mentee, path, "cancel") == 303
    late = await send(mentor, open_tab, f"{path}/cancel", why="A word of mine")
    assert late.status == 422
    assert "changed elsewhere in the meantime" in await late.text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starts": ""}, "Choose one of these."),
        ({"starts": "soon"}, "Choose one of these."),
        ({"starts": "own", "date": "tomorrow", "time": "10:00"}, "A day looks like"),
        ({"starts": "own", "date": "2026-10-27", "time": "ten"}, "A time looks like"),
        ({"starts": "own", "date": "2026-10-27"}, "Write something here."),
        ({"starts": "own", "date": "2026-10-01", "time": "10:00"}, "This time is over."),
        ({"starts": "own", "date": "2029-10-01", "time": "10:00"}, "more than a year ahead"),
        ({"starts": "1792500000000", "minutes": "9999"}, "Choose 10 to 240 minutes."),
        ({"starts": "1792500000000", "minutes": "-"}, "Choose 10 to 240 minutes."),
        ({"starts": "1792500000000", "every": "1", "times": "500"}, "Write a number from 1 to 26."),
        ({"starts": "1792500000000", "every": "3"}, "Choose one of these."),
        ({"starts": "1792500000000", "format": "karaoke"}, "Choose one of these."),
        ({"starts": "1792500000000", "title": "x" * 81}, "up to 80 characters"),
    ],
)
async def test_bad_input_is_named_and_nothing_is_proposed(
    client_as: ClientAs, pair: Pair, store: Redis, typed: dict[str, str], said: str
) -> None:
    mentor = await client_as(pair.mentor)
    kept = {"title": "A subject to keep", **typed}
    answer = await submit(mentor, new_session(pair), new_session(pair), **kept)
    html = await answer.text()
    assert answer.status == 422
    assert said in html
    assert kept["title"] in html
    assert await sessions_in(store, pair.tie.id) == []
    assert await letters(store) == []


async def test_other_times_are_shown_for_another_length_and_words_stay(
    client_as: ClientAs, pair: Pair
) -> None:
    mentor = await client_as(pair.mentor)
    asked = {"format": "quick-30", "minutes": "240", "title": "A subject to keep", "once": "x" * 20}
    html = await (await mentor.get(new_session(pair), params=asked)).text()
    assert "A subject to keep" in html
    # Four hours end by 20:00 in Paris, when Montréal has had two in the afternoon.
    first_day = [each for each in slots_of(html) if each < at("Europe/Paris", 2026, 10, 21)]
    assert max(first_day) == at("Europe/Paris", 2026, 10, 20, 16)
    assert "Choose 10 to 240 minutes" not in html


async def test_a_paused_tie_plans_nothing(client_as: ClientAs, store: Redis) -> None:
    pair = await made_pair(store, NOW, state="paused")
    mentor = await client_as(pair.mentor)
    answer = await submit(mentor, new_session(pair), new_session(pair), starts=str(NOW + DAY))
    assert answer.status == 422
    assert "not at a point where sessions can be planned" in await answer.text()


async def test_an_agenda_never_takes_longer_than_its_session(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    mentor = await client_as(pair.mentor)
    path = await proposed(mentor, pair, at("Europe/Paris", 2026, 10, 20, 15))
    act = f"{path}/agenda"
    # Of the format's five boxes two are left.
    rest = {f"{name}-{at}": "" for name in ("item", "minutes") for at in (2, 3, 4)}
    long = {**rest, "item-0": "My first job", "minutes-0": "45", "item-1": "Goal", "minutes-1": "20"}
    refused = await submit(mentor, path, act, **long)
    html = await refused.text()
    assert refused.status == 422
    assert "The boxes take 65 minutes, the session 60." in html
    assert 'value="My first job"' in html
    for wrong, said in (({"minutes-1": "some"}, "Write a number"), ({"item-1": ""}, "Write something here.")):
        again = await submit(mentor, path, act, **{**long, **wrong})
        assert again.status == 422
        assert said in await again.text()
    assert (await submit(mentor, path, act, **{**long, "minutes-1": "15"})).status == 303
    [session] = await sessions_in(store, pair.tie.id)
    assert [(each.title, each.minutes, each.of, each.key) for each in session.agenda] == [
        ("My first job", 45, "b0", "past-actions"),
        ("", 15, "b1", "goal"),
    ]
