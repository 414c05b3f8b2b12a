"""Making a programme, setting it up piece by piece, its training, and leaving it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from redis.asyncio import Redis

from server.mentoring.people import Person
from server.mentoring.templates import templates
from server.storage import audit
from server.storage.programmes import (
    load_cohorts,
    load_enrolment,
    load_programme,
    load_programmes,
    saved_enrolment,
)
from server.storage.records import commit
from tests.server.pages.conftest import Client
from tests.server.pages.permissions_table import tie
from tests.support.meetings import letters
from tests.support.programmes import Cast, cookies_of, enrolled, made_cast, made_person


async def get(client: Client, store: Redis, who: Person, path: str) -> tuple[int, str]:
    async with client.get(path, cookies=await cookies_of(store, who), allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def post(client: Client, store: Redis, who: Person, path: str, **fields: Any) -> tuple[int, str, str]:
    """Status, where it leads, and the page."""
    async with client.post(
        path, data=fields, cookies=await cookies_of(store, who), allow_redirects=False
    ) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store)


NEW = {
    "template": "medical-school",
    "name": "Internat 2026",
    "languages": "fr",
    "starts": "2026-08-31",
    "zone": "Europe/Paris",
}


async def test_a_template_makes_a_programme_with_its_maker_as_coordinator(
    client: Client, store: Redis
) -> None:
    admin = await made_person(store, admin=True, language="fr")
    status, page = await get(client, store, admin, "/programmes/new")
    assert status == 200
    for key in templates():
        assert f'value="{key}"' in page
    status, where, _ = await post(client, store, admin, "/programmes/new", **NEW)
    assert status == 303
    [programme] = await load_programmes(store)
    assert where == f"/p/{programme.id}/settings"
    assert (programme.name, programme.kinds, programme.languages) == (
        "Internat 2026",
        ("one-to-one",),
        ("fr",),
    )
    assert (programme.starts, programme.ends) == ("2026-08-31", "2027-02-28")
    assert "Six mois, à deux" in programme.training
    assert "Six months" not in programme.training
    assert await load_enrolment(store, programme.id, admin.id, "coordinator") is not None
    assert [each.what for each in await audit.events(store, programme.id)] == ["programme.made"]
    for path in ("", "/settings", "/people", "/invite", "/bank", "/profile", "/training"):
        assert (await get(client, store, admin, f"/p/{programme.id}{path}"))[0] == 200, path


async def test_a_programme_sent_twice_is_one(client: Client, store: Redis) -> None:
    admin = await made_person(store, admin=True)
    once = "o" * 22
    first = await post(client, store, admin, "/programmes/new", once=once, **NEW)
    second = await post(client, store, admin, "/programmes/new", once=once, **NEW)
    assert first[:2] == second[:2]
    assert len(await load_programmes(store)) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"template": "castle"}, "template"),
        ({"languages": "tlh"}, "languages"),
        ({"starts": "tomorrow"}, "starts"),
        ({"zone": "Mars/North"}, "zone"),
        ({"starts": "2026-02-30"}, "starts"),
    ],
)
async def test_what_is_wrong_comes_back_with_what_was_typed(
    client: Client, store: Redis, changed: dict[str, str], field: str
) -> None:
    admin = await made_person(store, admin=True)
    status, _, page = await post(client, store, admin, "/programmes/new", **{**NEW, **changed})
    assert status == 422
    assert f'href="#{field}"' in page
    assert changed.get("name", "Internat 2026") in page
    assert await load_programmes(store) == []


async def test_settings_change_piece_by_piece(client: Client, store: Redis, cast: Cast) -> None:
    at = f"/p/{cast.programme.id}/settings"
    pieces: list[tuple[str, dict[str, Any]]] = [
        ("about", {"name": "New name", "summary": "S", "languages": "fr", "zone": "America/Montreal"}),
        ("dates", {"starts": "2026-09-01", "ends": "2027-06-30"}),
        ("ties", {"kinds": "micro", "cadence_days": "7", "answer_days": "3"}),
        ("training", {"training": "# Read\n\n<script>alert(1)</script>"}),
        ("agreement", {"agreement": "We come."}),
        ("partners", {"partners": "Hôpital Nord\n\nHôpital  Nord\nMairie"}),
    ]
    for version, (piece, fields) in enumerate(pieces, 1):
        assert (await get(client, store, cast.coordinator, f"{at}/{piece}"))[0] == 200
        status, where, _ = await post(
            client, store, cast.coordinator, f"{at}/{piece}", version=str(version), **fields
        )
        assert (status, where) == (303, f"{at}?saved")
    programme = await load_programme(store, cast.programme.id)
    assert programme is not None
    assert (programme.name, programme.zone, programme.kinds) == ("New name", "America/Montreal", ("micro",))
    assert (programme.cadence_days, programme.answer_days, programme.signatures) == (7, 3, False)
    assert programme.partners == ("Hôpital Nord", "Mairie")
    _, page = await get(client, store, cast.mentors[0], f"/p/{programme.id}/training")
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


async def test_another_tab_that_was_faster_is_told_and_nothing_typed_is_lost(
    client: Client, store: Redis, cast: Cast
) -> None:
    at = f"/p/{cast.programme.id}/settings/training"
    await post(client, store, cast.coordinator, at, version="1", training="First")
    status, _, page = await post(client, store, cast.coordinator, at, version="1", training="Second")
    assert status == 422
    assert "Second" in page
    assert 'name="version" value="2"' in page
    programme = await load_programme(store, cast.programme.id)
    assert programme is not None
    assert programme.training == "First"
    status, _, _ = await post(client, store, cast.coordinator, at, version="2", training="Second")
    assert status == 303


@pytest.mark.parametrize(
    ("piece", "fields", "field"),
    [
        ("about", {"name": "", "languages": "fr", "zone": "Europe/Paris"}, "name"),
        ("about", {"name": "N", "zone": "Europe/Paris"}, "languages"),
        ("about", {"name": "N", "languages": "fr", "zone": "Mars/North"}, "zone"),
        ("dates", {"starts": "2027-01-01", "ends": "2026-01-01"}, "ends"),
        ("ties", {"cadence_days": "7", "answer_days": "3"}, "kinds"),
        ("ties", {"kinds": "micro", "cadence_days": "0", "answer_days": "3"}, "cadence_days"),
        ("ties", {"kinds": "micro", "cadence_days": "7", "answer_days": "\u0664"}, "answer_days"),
        ("training", {"training": "x" * 15_001}, "training"),
        ("partners", {"partners": "\n".join(f"P{n}" for n in range(51))}, "partners"),
    ],
)
async def test_a_setting_that_can_not_be_is_named(
    client: Client, store: Redis, cast: Cast, piece: str, fields: dict[str, str], field: str
) -> None:
    at = f"/p/{cast.programme.id}/settings/{piece}"
    status, _, page = await post(client, store, cast.coordinator, at, version="1", **fields)
    assert status == 422
    assert f'href="#{field}"' in page
    assert await load_programme(store, cast.programme.id) == cast.programme


async def test_cohorts_are_made_and_renamed_in_their_own_programme(
    client: Client, store: Redis, cast: Cast
) -> None:
    at = f"/p/{cast.programme.id}/cohorts"
    assert (await post(client, store, cast.coordinator, f"{at}/new", name="Automne"))[0] == 303
    [cohort] = await load_cohorts(store, cast.programme.id)
    status, *_ = await post(
        client, store, cast.coordinator, f"{at}/{cohort.id}", version="1", name="Printemps"
    )
    assert status == 303
    assert [each.name for each in await load_cohorts(store, cast.programme.id)] == ["Printemps"]
    other = await made_cast(store)
    elsewhere = f"/p/{other.programme.id}/cohorts/{cohort.id}"
    assert (await get(client, store, other.coordinator, elsewhere))[0] == 404


async def test_the_training_is_read_before_the_bank_opens(client: Client, store: Redis) -> None:
    cast = await made_cast(store, training="# Read me")
    person, at = cast.mentees[0], f"/p/{cast.programme.id}"
    await untrained(store, cast, person)
    status, page = await get(client, store, person, f"{at}/bank")
    assert status == 303
    status, _, page = await post(client, store, person, f"{at}/training")
    assert status == 422
    assert 'href="#read"' in page
    assert (await post(client, store, person, f"{at}/training", read="yes"))[:2] == (303, at)
    assert (await get(client, store, person, f"{at}/bank"))[0] == 200
    mine = await load_enrolment(store, cast.programme.id, person.id, "mentee")
    assert mine is not None
    first = mine.trained_ms
    await post(client, store, person, f"{at}/training", read="yes")
    mine = await load_enrolment(store, cast.programme.id, person.id, "mentee")
    assert mine is not None
    assert mine.trained_ms == first


async def untrained(store: Redis, cast: Cast, person: Person) -> None:
    mine = await load_enrolment(store, cast.programme.id, person.id, "mentee")
    assert mine is not None
    await commit(store, saved_enrolment(structs.replace(mine, trained_ms=None, version=mine.version + 1)))


async def test_leaving_waits_for_open_ties_and_for_another_coordinator(
    client: Client, store: Redis, cast: Cast
) -> None:
    at = f"/p/{cast.programme.id}/leave"
    await tie(store, cast.programme.id, cast.mentors[0], cast.mentees[0])
    assert (await post(client, store, cast.mentees[0], at, role="mentee"))[0] == 422
    assert (await post(client, store, cast.coordinator, at, role="coordinator"))[0] == 422
    assert (await post(client, store, cast.mentees[1], at))[0] == 422
    assert (await post(client, store, cast.mentees[1], at, role="mentee"))[:2] == (303, "/programmes")
    assert (await get(client, store, cast.mentees[1], f"/p/{cast.programme.id}"))[0] == 404


async def test_a_coordinator_ends_somebodys_part_and_only_in_their_programme(
    client: Client, store: Redis, cast: Cast
) -> None:
    at = f"/p/{cast.programme.id}/people"
    gone = cast.mentors[1]
    status, _, _ = await post(client, store, cast.coordinator, f"{at}/{gone.id}/remove", role="mentor")
    assert status == 303
    mine = await load_enrolment(store, cast.programme.id, gone.id, "mentor")
    assert mine is not None
    assert mine.left_ms is not None
    [told] = await letters(store, to=gone)
    assert (told.kind, told.path, told.values["by"]) == ("part-ended", "/programmes", cast.coordinator.shown)
    other = await made_cast(store)
    status, _, _ = await post(
        client, store, cast.coordinator, f"{at}/{other.mentors[0].id}/remove", role="mentor"
    )
    assert status == 404
    assert (await get(client, store, cast.mentees[0], f"{at}/{other.mentors[0].id}"))[0] == 404
    assert (await get(client, store, cast.mentees[0], f"{at}/{cast.mentors[0].id}"))[0] == 200


async def test_who_had_several_parts_hears_that_one_of_them_ended(
    client: Client, store: Redis, cast: Cast
) -> None:
    both = cast.mentors[1]
    await enrolled(store, cast.programme, both, "mentee")
    at = f"/p/{cast.programme.id}"
    path = f"{at}/people/{both.id}/remove"
    assert (await post(client, store, cast.coordinator, path, role="mentor"))[0] == 303
    [told] = await letters(store, to=both)
    assert (told.kind, told.path) == ("part-ended-one", at)
    assert (await get(client, store, both, at))[0] == 200


async def test_an_administrator_joins_a_programme_openly_and_only_then_sees_it(
    client: Client, store: Redis, cast: Cast
) -> None:
    admin = await made_person(store, "Ada Admin", admin=True)
    at = f"/p/{cast.programme.id}"
    assert cast.programme.name in (await get(client, store, admin, "/programmes"))[1]
    assert (await get(client, store, admin, at))[0] == 404
    status, where, _ = await post(client, store, admin, f"/programmes/{cast.programme.id}/coordinate")
    assert (status, where) == (303, at)
    await post(client, store, admin, f"/programmes/{cast.programme.id}/coordinate")
    assert "Ada Admin" in (await get(client, store, cast.mentees[0], at))[1]
    assert [each.what for each in await audit.events(store, cast.programme.id)] == ["person.joined"]
