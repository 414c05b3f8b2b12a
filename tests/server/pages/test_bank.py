"""One's own profile, changed piece by piece, and how it is found in the bank by others and by nobody else."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.availability import Availability, Window
from server.pages.site import Site
from server.storage.availability import saved_availability
from server.storage.bank import free_time_changes
from server.storage.programmes import load_enrolment, load_profile, saved_enrolment
from server.storage.records import commit
from tests.server.pages.conftest import Client
from tests.server.pages.permissions_table import tie
from tests.server.pages.test_programmes import get, post
from tests.support.programmes import Cast, made_cast, made_profile


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=2, mentees=1)


PIECES: list[tuple[str, dict[str, Any]]] = [
    ("about", {"headline": "Surgeon", "about": "I like\r\n\r\nto teach."}),
    ("skills", {"offers": "Prise de parole, Python\nprise de parole", "seeks": ""}),
    ("languages", {"languages": "fr"}),
    ("meeting", {"meets": "voice", "connection": "slow"}),
]


async def test_a_profile_grows_piece_by_piece_and_is_found(client: Client, store: Redis, cast: Cast) -> None:
    mentor, at = cast.mentors[0], f"/p/{cast.programme.id}"
    for version, (piece, fields) in enumerate(PIECES):
        assert (await get(client, store, mentor, f"{at}/profile/{piece}"))[0] == 200
        status, where, _ = await post(
            client, store, mentor, f"{at}/profile/{piece}", version=str(version), **fields
        )
        assert (status, where) == (303, f"{at}/profile?saved")
    profile = await load_profile(store, mentor.id)
    assert profile.offers == ("prise de parole", "Python")
    assert (profile.languages, profile.meets, profile.connection) == (("fr",), ("voice",), "slow")
    _, page = await get(client, store, cast.mentees[0], f"{at}/bank?q=PAROLE&language=fr")
    assert mentor.name in page
    assert cast.mentors[1].name not in page
    assert f'href="{at}/requests/new?mentor={mentor.id}"' in page
    _, page = await get(client, store, cast.mentees[0], f"{at}/people/{mentor.id}")
    assert "to teach." in page
    other = await made_cast(store)
    _, page = await get(client, store, other.mentees[0], f"/p/{other.programme.id}/bank?q=parole")
    assert mentor.name not in page


async def test_two_tabs_that_write_a_profile_are_told(client: Client, store: Redis, cast: Cast) -> None:
    mentor, at = cast.mentors[0], f"/p/{cast.programme.id}/profile/about"
    await post(client, store, mentor, at, version="0", headline="First")
    status, _, page = await post(client, store, mentor, at, version="0", headline="Second")
    assert status == 422
    assert 'value="Second"' in page
    assert (await load_profile(store, mentor.id)).headline == "First"


@pytest.mark.parametrize(
    ("piece", "fields", "field"),
    [
        ("about", {"headline": "x" * 121}, "headline"),
        ("about", {"about": "x" * 2001}, "about"),
        ("skills", {"offers": "\n".join(f"s{n}" for n in range(13))}, "offers"),
        ("skills", {"seeks": "s" * 61}, "seeks"),
        ("languages", {"languages": "tlh"}, "languages"),
        ("meeting", {"connection": "good"}, "meets"),
        ("meeting", {"meets": "video", "connection": "fast"}, "connection"),
        ("room", {"capacity": "-1", "kinds": "micro"}, "capacity"),
        ("room", {"capacity": "101", "kinds": "micro"}, "capacity"),
        ("room", {"capacity": "2"}, "kinds"),
        ("pause", {"until": ""}, "until"),
        ("pause", {"until": "2020-01-01"}, "until"),
    ],
)
async def test_a_piece_that_can_not_be_is_named(
    client: Client, store: Redis, cast: Cast, piece: str, fields: dict[str, str], field: str
) -> None:
    mentor = cast.mentors[0]
    status, _, page = await post(
        client, store, mentor, f"/p/{cast.programme.id}/profile/{piece}", version="1", **fields
    )
    assert status == 422
    assert f'href="#{field}"' in page
    assert (await load_profile(store, mentor.id)).version == 0


async def test_pausing_leaves_the_bank_and_coming_back_returns(
    client: Client, store: Redis, cast: Cast
) -> None:
    mentor, at = cast.mentors[0], f"/p/{cast.programme.id}"
    status, *_ = await post(client, store, mentor, f"{at}/profile/pause", version="1", until="2999-01-01")
    assert status == 303
    assert mentor.name not in (await get(client, store, cast.mentees[0], f"{at}/bank"))[1]
    assert "until" in (await get(client, store, mentor, f"{at}/profile"))[1]
    await post(client, store, mentor, f"{at}/profile/resume")
    assert mentor.name in (await get(client, store, cast.mentees[0], f"{at}/bank"))[1]


async def test_room_and_kinds_decide_who_is_offered(client: Client, store: Redis, cast: Cast) -> None:
    mentor, at = cast.mentors[0], f"/p/{cast.programme.id}"
    await post(client, store, mentor, f"{at}/profile/room", version="1", capacity="5", kinds="micro")
    mine = await load_enrolment(store, cast.programme.id, mentor.id, "mentor")
    assert mine is not None
    assert (mine.capacity, mine.kinds) == (5, ("micro",))
    assert mentor.name not in (await get(client, store, cast.mentees[0], f"{at}/bank?kind=group"))[1]
    assert mentor.name in (await get(client, store, cast.mentees[0], f"{at}/bank?kind=micro"))[1]
    await post(client, store, mentor, f"{at}/profile/room", version="2", capacity="0", kinds="micro")
    assert mentor.name not in (await get(client, store, cast.mentees[0], f"{at}/bank"))[1]


async def test_a_mentor_who_did_not_answer_is_told_and_not_offered(
    client: Client, store: Redis, cast: Cast
) -> None:
    mentor, at = cast.mentors[0], f"/p/{cast.programme.id}"
    mine = await load_enrolment(store, cast.programme.id, mentor.id, "mentor")
    assert mine is not None
    await commit(store, saved_enrolment(structs.replace(mine, unanswered=1, version=2)))
    assert mentor.name not in (await get(client, store, cast.mentees[0], f"{at}/bank"))[1]
    assert "without an answer" in (await get(client, store, mentor, at))[1]
    await post(client, store, mentor, f"{at}/profile/resume")
    assert mentor.name in (await get(client, store, cast.mentees[0], f"{at}/bank"))[1]


async def test_each_card_says_why(client: Client, store: Redis, cast: Cast) -> None:
    mentor, mentee = cast.mentors[0], cast.mentees[0]
    await made_profile(store, mentor, offers=("Anatomy",), languages=("fr",))
    await made_profile(store, mentee, seeks=("anatomy",), languages=("fr", "en"))
    for person, zone, start in ((mentor, "Europe/Paris", 16), (mentee, "America/Montreal", 10)):
        week = Availability(person=person.id, zone=zone, windows=(Window(0, start * 60, start * 60 + 60),))
        await commit(store, [*saved_availability(week), *await free_time_changes(store, week, now_ms())])
    _, page = await get(client, store, mentee, f"/p/{cast.programme.id}/bank?together=yes")
    for reason in (
        "Can help with what you look for: Anatomy",
        "Free at the same time once a week",
        "Speaks French",
        "Has room for 3 more",
    ):
        assert reason in page
    assert cast.mentors[1].name not in page


async def test_pages_of_the_bank_keep_the_question(client: Client, store: Redis, site: Site) -> None:
    cast = await made_cast(site.store, mentors=15, mentees=1)
    for mentor in cast.mentors:
        await made_profile(store, mentor, offers=("Chess & go",))
    at = f"/p/{cast.programme.id}/bank"
    _, first = await get(client, store, cast.mentees[0], f"{at}?q=chess+%26")
    assert f'href="{at}?q=chess+%26&amp;page=1"' in first
    _, second = await get(client, store, cast.mentees[0], f"{at}?q=chess+%26&page=1")
    shown = [each.name for each in cast.mentors if f">{each.name}<" in first]
    later = [each.name for each in cast.mentors if f">{each.name}<" in second]
    assert (len(shown), len(later)) == (12, 3)
    assert len(gzip.compress(first.encode())) < 10_000
    _, none = await get(client, store, cast.mentees[0], f"{at}?q=nothing+like+it&page=99999999999")
    assert "Nobody found" in none


async def test_whoever_is_ones_mentor_already_is_not_asked_again(
    client: Client, store: Redis, cast: Cast
) -> None:
    mentor, mentee = cast.mentors[0], cast.mentees[0]
    made = await tie(store, cast.programme.id, mentor, mentee)
    _, page = await get(client, store, mentee, f"/p/{cast.programme.id}/bank")
    assert f'href="/m/{made.id}"' in page
    assert f"mentor={mentor.id}" not in page
    assert f"mentor={cast.mentors[1].id}" in page
