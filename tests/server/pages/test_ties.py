"""A tie of two over HTTP, without JavaScript: from the yes to the end, and every form on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.mentoring.tie_rules import DAY_MS, day_of
from server.pages.site import Site
from server.storage.actions import load_actions
from server.storage.audit import events
from server.storage.programmes import load_enrolment
from tests.support.forms import Client, send, submit
from tests.support.programmes import Cast, made_cast
from tests.support.ties import made_tie, stored

ClientAs = Callable[[Person], Awaitable[Client]]


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=2, mentees=2)


@pytest.fixture
async def tie(store: Redis, cast: Cast) -> Mentorship:
    return await made_tie(store, cast.programme, [cast.mentors[0]], [cast.mentees[0]])


async def text_of(client: Client, path: str) -> str:
    answer = await client.get(path)
    text = await answer.text()
    assert answer.status == 200, text
    return text


def later(site: Site, days: int) -> str:
    return day_of(site.clock() + days * DAY_MS, "Europe/Paris")


async def test_two_people_agree_keep_it_up_rest_and_end_well(
    client_as: ClientAs, cast: Cast, store: Redis, site: Site
) -> None:
    tie = await made_tie(store, cast.programme, [cast.mentors[0]], [cast.mentees[0]], active=False)
    mentor, mentee = await client_as(cast.mentors[0]), await client_as(cast.mentees[0])
    page = f"/m/{tie.id}"

    # The mentee writes the agreement, the mentor changes it, the mentee signs the change.
    assert "It is your turn: write down" in await text_of(mentee, page)
    answer = await submit(
        mentee,
        f"{page}/agreement",
        f"{page}/agreement",
        goals="Find a first job\nSpeak before people",
        cadence_days="7",
        ends=later(site, 100),
    )
    assert answer.status == 303
    assert "Mentor 1 has yet to sign the agreement" in await text_of(mentee, page)
    assert "read the agreement and sign it" in await text_of(mentor, page)
    assert "read the agreement and sign it" in await text_of(mentor, "/mentorships")
    answer = await submit(mentor, f"{page}/agreement?change=1", f"{page}/agreement", cadence_days="14")
    assert answer.status == 303
    assert (await stored(store, tie)).state == "accepted"
    both = await text_of(mentee, f"{page}/agreement")
    assert "Version 2" in both
    assert "Version 1" in both
    assert (await submit(mentee, f"{page}/agreement", f"{page}/sign")).status == 303
    now = await stored(store, tie)
    assert (now.state, now.cadence_days, [goal.text for goal in now.goals]) == (
        "active",
        14,
        ["Find a first job", "Speak before people"],
    )

    # Goals and actions.
    goal = now.goals[0].id
    assert (await submit(mentor, page, f"{page}/goals/{goal}", progress="100")).status == 303
    answer = await submit(
        mentor,
        page,
        f"{page}/actions",
        action_text="Write the letter",
        action_owner=cast.mentees[0].id,
        action_due=later(site, 5),
    )
    assert answer.status == 303
    [action] = await load_actions(store, tie.id)
    assert "Write the letter" in await text_of(mentee, page)
    assert (await submit(mentee, page, f"{page}/actions/{action.id}")).status == 303
    assert "Done: Write the letter" in await text_of(mentor, page)

    # A pause with an end, and going on before.
    assert (await submit(mentee, f"{page}/pause", f"{page}/pause", until=later(site, 20))).status == 303
    assert "You are taking a pause" in await text_of(mentor, page)
    assert (await submit(mentor, page, f"{page}/resume")).status == 303
    assert (await stored(store, tie)).state == "active"

    # The end: no fault, a good word from each, the way to a new match.
    assert (await enrolled_places(store, cast)) == 1
    answer = await submit(
        mentee, f"{page}/closing", f"{page}/closing", reason="no_fault", good="You listened.", again="yes"
    )
    assert answer.status == 303
    assert (await stored(store, tie)).state == "closing"
    # What one says is read when it is over, so that it isn't answered.
    assert "You listened." not in await text_of(mentor, f"{page}/closing")
    assert "Mentee 1 has begun the closing" in await text_of(mentor, f"{page}/closing")
    assert (await submit(mentor, f"{page}/closing", f"{page}/closing", good="Your questions.")).status == 303
    over = await text_of(mentee, page)
    assert "nobody is at fault" in over
    assert "Your questions." in over
    assert f'href="/p/{cast.programme.id}/bank"' in over
    assert (await stored(store, tie)).closed_as == "no_fault"
    assert (await enrolled_places(store, cast)) == 0
    told = [each.what for each in reversed(await events(store, cast.programme.id))]
    assert told == [
        "mentorship.matched",
        "mentorship.agreement-written",
        "mentorship.agreement-written",
        "mentorship.signed",
        "mentorship.began",
        "mentorship.goal-reached",
        "mentorship.paused",
        "mentorship.resumed",
        "mentorship.closing",
        "mentorship.said-goodbye",
        "mentorship.closed",
    ]


async def enrolled_places(store: Redis, cast: Cast) -> int:
    found = await load_enrolment(store, cast.programme.id, cast.mentors[0].id, "mentor")
    assert found is not None
    return found.active


async def test_a_private_note_is_its_authors_alone(client_as: ClientAs, cast: Cast, tie: Mentorship) -> None:
    mentor, mentee = await client_as(cast.mentors[0]), await client_as(cast.mentees[0])
    page = f"/m/{tie.id}"
    for text, who in (("We talked about fear.", "shared"), ("Go slowly with this.", "private")):
        answer = await submit(mentor, page, f"{page}/notes", note_text=text, note_visibility=who)
        assert answer.status == 303
    mine, theirs = await text_of(mentor, page), await text_of(mentee, page)
    assert "Go slowly with this." in mine
    assert "We talked about fear." in theirs
    assert "Go slowly" not in theirs
    assert "Go slowly" not in await text_of(await client_as(cast.coordinator), page)
    # Nor can it be taken away by somebody who guesses its id.
    removes = [each for each in mine.split('"') if each.startswith(page) and each.endswith("/remove")]
    assert len(removes) == 2
    for each in removes:
        assert (await mentee.post(each)).status == 404
    assert (await submit(mentor, page, removes[0])).status == 303


async def test_a_coordinator_sees_how_a_tie_is_and_not_what_is_said(
    client_as: ClientAs, cast: Cast, tie: Mentorship
) -> None:
    mentor, coordinator = await client_as(cast.mentors[0]), await client_as(cast.coordinator)
    page = f"/m/{tie.id}"
    await submit(mentor, page, f"{page}/notes", note_text="Between us.", note_visibility="shared")
    text = await text_of(coordinator, page)
    assert "Going well" in text
    assert "Between us." not in text
    assert "A first job" not in text
    assert (await coordinator.post(f"{page}/notes")).status == 404


@pytest.mark.parametrize(
    ("form", "typed", "said"),
    [
        ("goals", {"goal_text": ""}, "Write something here."),
        ("goals", {"goal_text": "ü" * 301}, "too long"),
        ("actions", {"action_text": "", "action_due": ""}, "Write something here."),
        ("actions", {"action_text": "ü" * 301, "action_due": "2027-01-01"}, "too long"),
        ("actions", {"action_text": "Kept", "action_due": "soon"}, "Write a day"),
        ("actions", {"action_text": "Kept", "action_due": "2020-01-01"}, "from today on"),
        ("actions", {"action_text": "Kept", "action_owner": "nobody"}, "Choose one of these."),
        ("notes", {"note_text": "  "}, "Write something here."),
        ("notes", {"note_text": "ü" * 8001}, "too long"),
        ("notes", {"note_text": "Kept", "note_visibility": "world"}, "Choose one of these."),
    ],
)
async def test_a_form_with_something_wrong_comes_back_with_what_was_typed(
    client_as: ClientAs, cast: Cast, tie: Mentorship, form: str, typed: dict[str, str], said: str
) -> None:
    mentee = await client_as(cast.mentees[0])
    page = f"/m/{tie.id}"
    answer = await submit(mentee, page, f"{page}/{form}", **typed)
    text = await answer.text()
    assert answer.status == 422
    assert said in text
    for name, value in typed.items():
        if value.strip() and name.endswith("_text"):
            assert value[:500] in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"goals": " \n"}, "Write something here."),
        ({"goals": "x" * 301}, "One of the goals is too long"),
        ({"goals": "x\n" * 13}, "at most twelve"),
        ({"cadence_days": "often"}, "Write a number of days"),
        ({"cadence_days": "91"}, "Write a number of days"),
        ({"ends": "next year"}, "Write a day"),
        ({"ends": "2001-01-01"}, "This day is over"),
    ],
)
async def test_an_agreement_with_something_wrong_comes_back(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis, typed: dict[str, str], said: str
) -> None:
    mentee = await client_as(cast.mentees[0])
    page = f"/m/{tie.id}/agreement"
    answer = await submit(mentee, f"{page}?change=1", page, **typed)
    text = await answer.text()
    assert answer.status == 422
    assert said in text
    assert len((await stored(store, tie)).agreements) == 1


async def test_an_agreement_that_another_tab_changed_is_looked_at_again(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    mentee = await client_as(cast.mentees[0])
    page = f"/m/{tie.id}/agreement"
    old = await text_of(mentee, f"{page}?change=1")
    assert (await submit(mentee, f"{page}?change=1", page, goals="From the first tab")).status == 303
    answer = await send(mentee, old, page, goals="From the second tab")
    text = await answer.text()
    assert answer.status == 422
    assert "changed elsewhere in the meantime" in text
    assert "From the second tab" in text
    assert (await send(mentee, text, page, goals="From the second tab")).status == 303
    assert len((await stored(store, tie)).agreements) == 3


async def test_who_signs_signs_what_they_saw(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    mentor, mentee = await client_as(cast.mentors[0]), await client_as(cast.mentees[0])
    page = f"/m/{tie.id}"
    await submit(mentee, f"{page}/agreement?change=1", f"{page}/agreement", goals="Two")
    seen = await text_of(mentor, f"{page}/agreement")
    await submit(mentee, f"{page}/agreement?change=1", f"{page}/agreement", goals="Three")
    answer = await send(mentor, seen, f"{page}/sign")
    assert answer.status == 422
    assert "There is a newer version" in await answer.text()
    newest = (await stored(store, tie)).agreement
    assert newest is not None
    assert [each.person for each in newest.signatures] == [cast.mentees[0].id]


async def test_forms_sent_twice_count_once(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis, site: Site
) -> None:
    mentee = await client_as(cast.mentees[0])
    page = f"/m/{tie.id}"
    for form, typed in (
        ("goals", {"goal_text": "Once"}),
        ("actions", {"action_text": "Once", "action_due": later(site, 3)}),
        ("notes", {"note_text": "Only once."}),
    ):
        assert (await submit(mentee, page, f"{page}/{form}", 2, **typed)).status == 303
    assert (await submit(mentee, f"{page}/pause", f"{page}/pause", 2, until=later(site, 3))).status == 303
    answer = await submit(mentee, f"{page}/closing", f"{page}/closing", 2, reason="completed")
    assert answer.status == 303
    now = await stored(store, tie)
    assert [goal.text for goal in now.goals] == ["A first job", "Once"]
    assert len(await load_actions(store, tie.id)) == 1
    assert (await text_of(mentee, page)).count("Only once.") == 1
    assert now.closing is not None
    assert now.closing.reason == "completed"
    assert len(now.closing.words) == 1


@pytest.mark.parametrize("until", ["", "tomorrow", "2020-01-01", "2199-01-01"])
async def test_a_pause_asks_for_a_day_to_come(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis, until: str
) -> None:
    mentee = await client_as(cast.mentees[0])
    page = f"/m/{tie.id}/pause"
    answer = await submit(mentee, page, page, until=until)
    assert answer.status == 422
    assert (await stored(store, tie)).state == "active"


async def test_both_change_a_tie_at_once_and_nothing_is_lost(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    clients = [await client_as(cast.mentors[0]), await client_as(cast.mentees[0])]
    page = f"/m/{tie.id}"
    htmls = [await text_of(each, page) for each in clients]
    answers = await asyncio.gather(
        *(
            send(each, html, f"{page}/goals", goal_text=f"Goal {number}")
            for number, (each, html) in enumerate(zip(clients, htmls, strict=True))
        )
    )
    assert [each.status for each in answers] == [303, 303]
    texts = {goal.text for goal in (await stored(store, tie)).goals}
    assert texts == {"A first job", "Goal 0", "Goal 1"}


async def test_only_a_coordinator_ends_a_tie_to_protect_somebody(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    mentee, coordinator = await client_as(cast.mentees[0]), await client_as(cast.coordinator)
    page = f"/m/{tie.id}/closing"
    assert (await submit(mentee, page, page, reason="safeguarding")).status == 422
    assert (await submit(coordinator, page, page, reason="safeguarding")).status == 303
    assert (await stored(store, tie)).closed_as == "safeguarding"


async def test_what_is_over_is_read_and_not_written(
    client_as: ClientAs, cast: Cast, tie: Mentorship, store: Redis
) -> None:
    mentee, mentor = await client_as(cast.mentees[0]), await client_as(cast.mentors[0])
    page = f"/m/{tie.id}"
    old = await text_of(mentee, page)
    for client in (mentee, mentor):
        assert (await submit(client, f"{page}/closing", f"{page}/closing", reason="completed")).status == 303
    assert (await stored(store, tie)).state == "closed"
    for form, typed in (
        ("goals", {"goal_text": "Late"}),
        ("actions", {"action_text": "Late", "action_due": "2027-01-01"}),
        ("notes", {"note_text": "Late", "note_visibility": "shared"}),
    ):
        answer = await send(mentee, old, f"{page}/{form}", **typed)
        assert answer.status == 422, form
        assert "moved on in the meantime" in await answer.text()
    assert (await mentee.get(f"{page}/closing")).status == 404
