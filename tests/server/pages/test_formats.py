"""A programme's own session formats: copied, edited without a script, used by its sessions, archived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.pages.site import Site
from server.room.formats.own import OwnFormat
from server.storage import audit, rooms
from server.storage.formats import format_named, formats_for, load_owns
from server.storage.meetings import sessions_in
from signaling.parts import Words
from tests.support.arranged import confirmed, new_session
from tests.support.forms import Client, fields_of, send, submit
from tests.support.meetings import MINUTE, Clock, Pair, at, made_pair

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
async def pair(store: Redis) -> Pair:
    return await made_pair(store, NOW)


async def copied(client_as: ClientAs, pair: Pair, store: Redis) -> tuple[Client, str, OwnFormat]:
    """A copy of Quick with its own name, a renamed and longer topic; the coordinator and the list's path."""
    coordinator, at_ = await client_as(pair.coordinator), f"/p/{pair.tie.programme}/formats"
    answer = await submit(
        coordinator,
        f"{at_}/new?from=quick-30",
        f"{at_}/new",
        **{"name-en": "Ours", "name-fr": "", "title-en-1": "Your CV", "title-fr-1": "Votre CV"},
        **{"minutes-1": "20", "speaks-1": "one", "turn-1": "90", "writes-1": ["notes", "actions"]},
    )
    assert answer.headers["Location"] == f"{at_}?done=saved", await answer.text()
    [own] = await load_owns(store, pair.tie.programme)
    return coordinator, at_, own


async def test_a_copy_keeps_what_nobody_changed_and_says_the_rest_in_its_own_words(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    coordinator, at_, own = await copied(client_as, pair, store)
    agenda = own.agenda
    assert (agenda.name, agenda.minutes, agenda.rounds) == (Words(en="Ours", fr=""), 35, 1)
    kept, topic, last = agenda.boxes
    assert (kept.key, kept.title, kept.prompt, kept.writes) == ("check-in", None, None, ())
    assert (topic.key, topic.title, topic.speaks, topic.turn_s) == (
        "", Words(en="Your CV", fr="Votre CV"), "one", 90,
    )  # fmt: skip
    assert topic.prompt is not None
    assert topic.prompt.en.startswith("What would make")
    assert topic.writes == ("notes", "actions")
    assert last.key == "next-steps"
    assert own.id in await formats_for(store, pair.tie.programme)
    assert own.id not in await formats_for(store, "another-programme")
    page = await (await coordinator.get(f"{at_}?done=saved")).text()
    assert "The format is saved." in page
    assert "Your CV 20" in page
    events = [each.what for each in await audit.events(store, pair.tie.programme)]
    assert "format.made" in events


async def test_boxes_are_added_moved_and_removed_by_presses_that_keep_what_was_typed(
    client_as: ClientAs, pair: Pair, store: Redis
) -> None:
    coordinator, at_ = await client_as(pair.coordinator), f"/p/{pair.tie.programme}/formats"
    action = f"{at_}/new"
    page = await (await coordinator.get(f"{action}?from=grow-45")).text()

    async def press(do: str, **typed: str) -> dict[str, str]:
        nonlocal page
        answer = await send(coordinator, page, action, do=do, **typed)
        assert answer.status == 200
        page = await answer.text()
        return dict(fields_of(page, action))

    fields = await press("add", **{"name-en": "Typed", "title-en-0": "First <b>"})
    assert (fields["name-en"], fields["title-en-0"], fields["minutes-5"]) == ("Typed", "First <b>", "10")
    fields = await press("up-5")
    fields = await press("down-0")
    assert [fields[f"title-en-{at}"] for at in range(6)] == [
        "Goal", "First <b>", "Reality", "Options", "", "Commitment",
    ]  # fmt: skip
    fields = await press("remove-4")
    fields = await press("remove-9")
    assert "minutes-5" not in fields
    assert await load_owns(store, pair.tie.programme) == []


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name-en": "", "name-fr": ""}, "name-en", "Write something here."),
        ({"minutes-1": "0"}, "minutes-1", "from 1 to 480"),
        ({"minutes-1": "many"}, "minutes-1", "from 1 to 480"),
        ({"turn-0": "60"}, "turn-0", "Where everyone speaks"),
        ({"title-en-0": "", "title-fr-0": ""}, "title-en-0", "in one language at least"),
        ({"prompt-fr-2": "x" * 301}, "prompt-fr-2", "up to 300 characters"),
        ({"rounds": "13"}, "rounds", "from 1 to 12"),
    ],
)
async def test_what_is_wrong_is_named_at_its_field_and_everything_typed_stays(
    client_as: ClientAs, pair: Pair, store: Redis, typed: dict[str, str], field: str, words: str
) -> None:
    coordinator, action = await client_as(pair.coordinator), f"/p/{pair.tie.programme}/formats/new"
    answer = await submit(
        coordinator, f"{action}?from=quick-30", action, **{"name-en": "Ours", "minutes-2": "17"} | typed
    )
    page = await answer.text()
    assert answer.status == 422
    assert f'href="#{field}"' in page
    assert words in page
    fields = dict(fields_of(page, action))
    assert fields["minutes-2"] == "17"
    assert all(fields[name] == text for name, text in typed.items())
    assert await load_owns(store, pair.tie.programme) == []


async def test_a_session_has_the_format_and_keeps_it_when_it_is_archived(
    client_as: ClientAs, pair: Pair, store: Redis, clock: Clock
) -> None:
    coordinator, at_, own = await copied(client_as, pair, store)
    mentor, mentee = await client_as(pair.mentor), await client_as(pair.mentee)
    path = await confirmed(mentor, mentee, pair, STARTS, format=own.id, minutes="35")
    assert "Ours" in await (await mentee.get(path)).text()

    gone = await submit(coordinator, at_, f"{at_}/{own.id}/archive")
    assert gone.headers["Location"] == f"{at_}?done=archive"
    assert own.id not in await formats_for(store, pair.tie.programme)
    assert f'value="{own.id}"' not in await (await mentor.get(new_session(pair))).text()
    assert (await format_named(store, own.id)).name == Words(en="Ours", fr="")

    clock.now_ms = STARTS - 5 * MINUTE
    way = (await mentee.get(f"{path}/join", allow_redirects=False)).headers["Location"]
    [session] = await sessions_in(store, pair.tie.id)
    room = await rooms.load(store, session.id)
    assert room is not None
    assert [box.seconds // 60 for box in room.timer.boxes] == [5, 20, 10]
    assert room.timer.boxes[1].title == Words(en="Your CV", fr="Votre CV")
    assert "Ours" in await (await mentee.get(way)).text()

    back = await submit(coordinator, at_, f"{at_}/{own.id}/restore")
    assert back.headers["Location"] == f"{at_}?done=restore"
    assert own.id in await formats_for(store, pair.tie.programme)
    events = [each.what for each in await audit.events(store, pair.tie.programme)]
    assert {"format.archived", "format.restored"} <= set(events)


async def test_another_programmes_format_is_not_there(client_as: ClientAs, pair: Pair, store: Redis) -> None:
    _, at_, own = await copied(client_as, pair, store)
    other = await made_pair(store, NOW)
    stranger = await client_as(other.coordinator)
    assert (await stranger.get(f"/p/{other.tie.programme}/formats/{own.id}")).status == 404
    # Nothing of it comes into a copy either.
    page = await (await stranger.get(f"/p/{other.tie.programme}/formats/new?from={own.id}")).text()
    assert "Your CV" not in page
    assert (await (await client_as(pair.mentee)).get(at_)).status == 404
