"""The coordinator's pages over HTTP: health with its facts, exports, and the record of who changed what."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.audit import AuditEvent
from server.mentoring.conversations import Message
from server.mentoring.people import Person
from server.mentoring.requests import first_ask
from server.mentoring.surveys import Response
from server.mentoring.tie_notes import TieNote
from server.pages.coordination import audit
from server.pages.coordination.export import plain
from server.storage.audit import noted
from server.storage.conversations import posted_message
from server.storage.mentorships import saved_mentorship
from server.storage.records import commit
from server.storage.requests import saved_request
from server.storage.surveys import saved_response
from server.storage.tie_notes import saved_note
from tests.server.pages.permissions_table import DAY_MS, tie
from tests.support.programmes import Cast, made_cast

Client = TestClient[web.Request, web.Application]
ClientAs = Callable[[Person], Awaitable[Client]]


@pytest.fixture
async def cast(store: Redis) -> Cast:
    return await made_cast(store, mentors=2, mentees=5)


@pytest.fixture
async def desk(cast: Cast, client_as: ClientAs) -> Client:
    return await client_as(cast.coordinator)


async def text(client: Client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def test_ties_are_shown_with_how_they_do_and_why(store: Redis, cast: Cast, desk: Client) -> None:
    await tie(store, cast.programme.id, cast.mentors[0], cast.mentees[0])
    page = await text(desk, f"/p/{cast.programme.id}/coordination")
    assert "Mentee 1" in page
    assert "with Mentor 1" in page
    assert "No session is planned." in page
    assert "Nobody waits for an answer." in page
    assert "No open ties" in await text(desk, f"/p/{cast.programme.id}/coordination?only=at-risk")


async def test_results_are_told_from_five_people_on(store: Redis, cast: Cast, desk: Client) -> None:
    at = f"/p/{cast.programme.id}/coordination"
    for count, mentee in enumerate(cast.mentees, 1):
        made = await tie(store, cast.programme.id, cast.mentors[0], mentee)
        await commit(
            store,
            saved_response(
                Response(
                    survey="monthly",
                    programme=cast.programme.id,
                    mentorship=made.id,
                    about="2026-10",
                    person=mentee.id,
                    role="mentee",
                    at_ms=now_ms(),
                    scales={"going": 4},
                )
            ),
        )
        assert ("Is your mentoring going well?" in await text(desk, at)) == (count == 5)
    assert "4 of 5" in await text(desk, at)


async def test_ties_can_be_taken_away_as_table_and_json(store: Redis, cast: Cast, desk: Client) -> None:
    made = await tie(store, cast.programme.id, cast.mentors[0], cast.mentees[0])
    table = await text(desk, f"/p/{cast.programme.id}/coordination/ties.csv")
    [row] = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
    assert (row["id"], row["mentors"], row["health"]) == (plain(made.id), "Mentor 1", "healthy")
    said = json.loads(await text(desk, f"/p/{cast.programme.id}/coordination/ties.json"))
    assert said["ties"][0]["facts"].split() == row["facts"].split()


def test_no_cell_of_a_table_is_a_formula() -> None:
    assert [plain(each) for each in ("=1+1", "@x", "-2", "Zoë", 3)] == ["'=1+1", "'@x", "'-2", "Zoë", "3"]


async def test_one_persons_own_words_are_in_their_own_export_alone(
    store: Redis, cast: Cast, desk: Client, client_as: ClientAs
) -> None:
    mentee = cast.mentees[0]
    made = await tie(store, cast.programme.id, cast.mentors[0], mentee)
    message = Message(id="m" * 12, mentorship=made.id, author=mentee.id, text="Dear mentor", at_ms=now_ms())
    note = TieNote(
        id="n" * 12,
        mentorship=made.id,
        author=mentee.id,
        visibility="private",
        text="To myself",
        at_ms=now_ms(),
    )
    await commit(store, [*posted_message(message, made.people), *saved_note(note)])
    theirs = await text(desk, f"/p/{cast.programme.id}/people/{mentee.id}/export.json")
    assert made.id in theirs
    assert mentee.email in theirs
    assert "Dear mentor" not in theirs
    assert "To myself" not in theirs
    own = await text(await client_as(mentee), "/account/export.json")
    assert "Dear mentor" in own
    assert "To myself" in own
    other = await made_cast(store)
    path = f"/p/{cast.programme.id}/people/{other.mentees[0].id}/export.json"
    assert (await desk.get(path)).status == 404


async def test_the_record_says_who_changed_what_and_keeps_concerns_apart(
    store: Redis, cast: Cast, desk: Client
) -> None:
    for what, who in (
        ("programme.changed", cast.coordinator.id),
        ("mentorship.expired", None),
        ("concern.raised", cast.mentees[0].id),
        ("something.new", cast.coordinator.id),
    ):
        event = AuditEvent(at_ms=now_ms(), programme=cast.programme.id, who=who, what=what, about="x")
        await commit(store, [noted(event)])
    page = await text(desk, f"/p/{cast.programme.id}/audit")
    assert "Changed the programme" in page
    assert "A deadline" in page
    assert "something.new" in page
    assert "concern" not in page


def whats() -> set[str]:
    """What audit events are called in the code, as far as it says so in so many words."""
    found: set[str] = set()
    for path in sorted(Path(audit.__file__).parents[2].rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            start = {"AuditEvent": "", "TieEvent": "mentorship."}.get(node.func.id)
            for said in node.keywords:
                if start is not None and said.arg == "what" and isinstance(said.value, ast.Constant):
                    found.add(f"{start}{said.value.value}")
    return found


def test_every_change_has_its_sentence_in_the_record() -> None:
    assert len(whats()) > 20
    assert {each for each in whats() if not each.startswith(audit.HIDDEN)} - audit.KNOWN == set()


async def test_home_tells_a_coordinator_what_waits_and_where(
    store: Redis, cast: Cast, desk: Client, client_as: ClientAs
) -> None:
    at = f"/p/{cast.programme.id}/coordination"
    assert at not in await text(desk, "/home")
    made = await tie(store, cast.programme.id, cast.mentors[0], cast.mentees[0])
    long_ago = now_ms() - 200 * DAY_MS
    quiet = structs.replace(
        made, version=2, created_ms=long_ago, changed_ms=long_ago, started_ms=long_ago, cadence_days=14
    )
    asked = first_ask(
        id="request-late",
        programme=cast.programme.id,
        mentee=cast.mentees[1].id,
        mentor=cast.mentors[0].id,
        mentorship=made.id,
        kind="one-to-one",
        purpose="To learn",
        following=(),
        now_ms=long_ago,
        until_ms=now_ms() - DAY_MS,
    )
    await commit(store, [*saved_mentorship(quiet), *saved_request(asked)])
    page = await text(desk, "/home")
    assert f'href="{at}#waiting">1 late request<' in page
    assert f'href="{at}?only=at-risk#ties">1 mentorship at risk<' in page
    assert at not in await text(await client_as(cast.mentors[0]), "/home")
