"""The conversation of a mentorship: for its people alone, every message once, every file as text only."""

from __future__ import annotations

import asyncio
import io
import re
import secrets
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import FormData
from msgspec import structs
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.attachments import MOST_BYTES
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.pages.messages import conversation
from server.pages.messages.conversation import NEWS
from server.pages.messages.elsewhere import timeline_entries, unread_part
from server.pages.routes import make_app
from server.pages.site import Site
from server.pages.static import StaticFiles
from server.rates import Rates
from server.storage import conversations
from server.storage.mentorships import saved_mentorship
from server.storage.records import commit
from tests.server.pages.conftest import Client
from tests.server.pages.permissions_table import Stage, staged, tie
from tests.support.accounts import cookies, sign_in
from tests.support.eventually import eventually
from web.assets import static_folder

As = Callable[[Person], Awaitable[Client]]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
async def stage(store: Redis) -> Stage:
    return await staged(store)


@pytest.fixture
def path(stage: Stage) -> str:
    return f"/m/{stage.values['mentorship']}/messages"


def form(once: str = "", **fields: str) -> FormData:
    made = FormData()
    for name, value in {"once": once or secrets.token_urlsafe(16), "version": "0", **fields}.items():
        made.add_field(name, value)
    return made


async def write(client: Client, path: str, text: str = "", *files: tuple[str, bytes], once: str = "") -> int:
    sent = form(once, text=text)
    for name, content in files:
        sent.add_field("files", io.BytesIO(content), filename=name, content_type="text/html")
    async with client.post(path, data=sent, allow_redirects=False) as answer:
        return answer.status


async def page(client: Client, path: str) -> str:
    async with client.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def texts(store: Redis, stage: Stage) -> list[str]:
    return [each.text for each in await conversations.messages(store, stage.values["mentorship"])]


async def test_people_of_a_tie_write_to_each_other(
    store: Redis, stage: Stage, path: str, client_as: As
) -> None:
    mentor, mentee = (
        await client_as(stage.people["own-mentor"]),
        await client_as(stage.people["own-mentee"]),
    )
    assert await write(mentor, path, "Hello\r\n\r\nhttps://example.org/x <b>") == 303
    text = await page(mentee, path)
    assert '<a href="https://example.org/x" rel="nofollow noopener noreferrer">' in text
    assert "&lt;b&gt;" in text
    assert "Mentor 1" in text
    assert await write(mentee, path, "Good to hear from you") == 303
    assert await texts(store, stage) == ["Hello\n\nhttps://example.org/x <b>", "Good to hear from you"]


async def test_a_message_answers_another_of_its_conversation(
    store: Redis, stage: Stage, path: str, client_as: As
) -> None:
    mentor, mentee = (
        await client_as(stage.people["own-mentor"]),
        await client_as(stage.people["own-mentee"]),
    )
    assert await write(mentor, path, "Which <day>?") == 303
    [asked] = await conversations.messages(store, stage.values["mentorship"])
    text = await page(mentee, f"{path}?reply={asked.id}")
    assert f'<input type="hidden" name="reply" value="{asked.id}">' in text
    assert "Which &lt;day&gt;?" in text[text.index('id="answers"') :]
    async with mentee.post(path, data=form(text="Monday", reply=asked.id), allow_redirects=False) as answer:
        assert answer.status == 303
    written = (await conversations.messages(store, stage.values["mentorship"]))[-1]
    assert (written.text, written.reply) == ("Monday", asked.id)
    shown = await page(mentor, path)
    assert f'href="{path}?before={asked.at_ms + 1}#m-{asked.id}" data-quote="m-{asked.id}"' in shown
    assert f'href="{path}?reply={written.id}#text"' in shown
    # What isn't there, or belongs to others, is answered by nothing.
    assert 'id="answers"' not in await page(mentee, f"{path}?reply=nothing")
    async with mentee.post(path, data=form(text="?", reply="nothing"), allow_redirects=False) as answer:
        assert answer.status == 303
    assert (await conversations.messages(store, stage.values["mentorship"]))[-1].reply == ""


async def test_what_is_unread_waits_on_the_home_page_until_it_is_looked_at(
    store: Redis, site: Site, stage: Stage, path: str, client_as: As
) -> None:
    mentor, mentee = stage.people["own-mentor"], stage.people["own-mentee"]
    writer, reader = await client_as(mentor), await client_as(mentee)
    for number in range(3):
        assert await write(writer, path, f"message {number}") == 303
    part = await unread_part(site, mentee, now_ms())
    assert part is not None
    assert [(line.count, line.path) for line in part.lines] == [(3, path)]
    assert await unread_part(site, mentor, now_ms()) is None
    assert "Unread messages" in await page(reader, "/home")
    await page(reader, path)
    assert await unread_part(site, mentee, now_ms()) is None
    assert await write(writer, path, "one more") == 303
    text = await page(reader, path)
    assert text.index("message 2") < text.index('class="message-new') < text.index("one more")


async def test_a_form_that_is_sent_twice_writes_once(
    store: Redis, stage: Stage, path: str, client_as: As
) -> None:
    client = await client_as(stage.people["own-mentor"])
    once = secrets.token_urlsafe(16)
    assert [await write(client, path, "Hello", once=once) for _ in range(2)] == [303, 303]
    assert await texts(store, stage) == ["Hello"]


async def test_old_messages_are_on_pages_of_their_own(
    store: Redis, site: Site, stage: Stage, path: str, client_as: As
) -> None:
    from server.conversations import message_changes

    mentorship = Mentorship(**await _fields(store, stage))
    for number in range(120):
        await commit(
            store, message_changes(mentorship, stage.people["own-mentor"].id, f"<{number:03}>", 1000 + number)
        )
    client = await client_as(stage.people["own-mentee"])
    seen: list[list[str]] = []
    place = path
    while place:
        text = await page(client, place)
        seen.append(re.findall(r"&lt;(\d{3})&gt;", text))
        older = re.search(r'href="\?before=(\d+)"', text)
        place = f"{path}?before={older[1]}" if older else ""
    assert [len(each) for each in seen] == [50, 50, 20]
    assert [number for each in reversed(seen) for number in each] == [f"{n:03}" for n in range(120)]


async def _fields(store: Redis, stage: Stage) -> dict[str, Any]:
    from server.storage.mentorships import load_mentorship

    found = await load_mentorship(store, stage.values["mentorship"])
    assert found is not None
    return structs.asdict(found)


async def test_an_open_page_fetches_what_is_new(store: Redis, stage: Stage, path: str, client_as: As) -> None:
    mentor, mentee = (
        await client_as(stage.people["own-mentor"]),
        await client_as(stage.people["own-mentee"]),
    )
    assert await write(mentor, path, "first") == 303
    newest = re.search(r'data-newest="(\d+)"', await page(mentee, path))
    assert newest is not None
    async with mentee.get(f"{path}/new?after={newest[1]}") as answer:
        assert (answer.status, await answer.text()) == (204, "")
    assert await write(mentor, path, "second") == 303
    person = stage.people["own-mentee"].id
    async with mentee.get(f"{path}/new?after={newest[1]}&read=0") as answer:
        text = await answer.text()
    assert "second" in text
    assert "first" not in text
    assert "<html" not in text
    assert await conversations.unread(store, person) != {}
    async with mentee.get(f"{path}/new?after={newest[1]}&read=1") as answer:
        assert answer.status == 200
    assert await conversations.unread(store, person) == {}
    async with mentee.get(f"{path}/new?after=soon") as answer:
        assert answer.status == 400


async def test_a_page_that_waits_is_told_at_once_and_reads_by_the_next_question(
    store: Redis, stage: Stage, path: str, client_as: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor, mentee = (
        await client_as(stage.people["own-mentor"]),
        await client_as(stage.people["own-mentee"]),
    )
    person, new = stage.people["own-mentee"].id, f"{path}/new?read=1&wait=1"

    async def asks(after: str) -> tuple[int, str]:
        async with mentee.get(f"{new}&after={after}") as answer:
            return answer.status, await answer.text()

    waiting = asyncio.create_task(asks("0"))
    await eventually(lambda: bool(mentee.app[NEWS].followed), "the page waits")  # type: ignore[union-attr]
    assert await write(mentor, path, "Are you there?") == 303
    status, text = await waiting
    assert (status, "Are you there?" in text) == (200, True)
    assert list(await conversations.unread(store, person)) == [stage.values["mentorship"]]
    newest = re.findall(r'data-at="(\d+)"', text)[-1]
    monkeypatch.setattr(conversation, "WAIT_S", 0.05)
    assert await asks(newest) == (204, "")
    assert await conversations.unread(store, person) == {}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Write something"), (" \n\t ", "Write something"), ("x" * 8001, "up to 8,000 characters")],
)
async def test_what_is_wrong_is_said_and_kept(
    store: Redis, stage: Stage, path: str, client_as: As, typed: str, sentence: str
) -> None:
    client = await client_as(stage.people["own-mentor"])
    async with client.post(path, data=form(text=typed)) as answer:
        assert answer.status == 422
        text = await answer.text()
    assert sentence in text
    assert typed.strip() in text
    assert await texts(store, stage) == []


@pytest.mark.parametrize("state", ["proposed", "closed", "declined"])
async def test_nobody_writes_before_or_after(
    store: Redis, stage: Stage, path: str, client_as: As, state: str
) -> None:
    fields = await _fields(store, stage)
    await commit(
        store, saved_mentorship(Mentorship(**{**fields, "state": state, "version": fields["version"] + 1}))
    )
    client = await client_as(stage.people["own-mentor"])
    assert "<textarea" not in await page(client, path)
    assert await write(client, path, "Hello") == 409
    assert await texts(store, stage) == []


async def test_who_left_reads_no_more(store: Redis, stage: Stage, path: str, client_as: As) -> None:
    fields = await _fields(store, stage)
    mentor, mentee = fields["participations"]
    gone = (mentor, structs.replace(mentee, to_ms=now_ms()))
    await commit(
        store,
        saved_mentorship(Mentorship(**{**fields, "participations": gone, "version": fields["version"] + 1})),
    )
    client = await client_as(stage.people["own-mentee"])
    for method, place in (("GET", path), ("POST", path), ("GET", f"{path}/new?after=0")):
        async with client.request(method, place) as answer:
            assert answer.status == 404


async def test_files_come_back_as_they_were_and_are_never_run(
    store: Redis, stage: Stage, path: str, client_as: As
) -> None:
    mentor, mentee = (
        await client_as(stage.people["own-mentor"]),
        await client_as(stage.people["own-mentee"]),
    )
    name = '../../<img src=x>" X-Bad: 1\u202egnp.exe.png'
    assert await write(mentor, path, "", (name, PNG)) == 303
    found = re.search(r'href="(/m/\S+/files/\S+)"', await page(mentee, path))
    assert found is not None
    async with mentee.get(found[1]) as answer:
        assert await answer.read() == PNG
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "X-Bad" not in answer.headers
    for who in ("outsider", "mentor", "coordinator", "admin"):
        stranger = await client_as(stage.people[who])  # type: ignore[index]
        async with stranger.get(found[1]) as answer:
            assert answer.status == 404


async def test_a_file_is_found_in_its_own_conversation_alone(
    store: Redis, stage: Stage, path: str, client_as: As
) -> None:
    mentor = stage.people["own-mentor"]
    client = await client_as(mentor)
    other = await tie(store, stage.cast.programme.id, mentor, stage.people["mentee"])
    assert await write(client, path, "", ("a.png", PNG)) == 303
    found = re.search(r"/messages/(\S+/files/\S+)\"", await page(client, path))
    assert found is not None
    async with client.get(f"/m/{other.id}/messages/{found[1]}") as answer:
        assert answer.status == 404


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([("a.html", b"<!doctype html><script>alert(1)</script>")], "This kind of file"),
        ([("a.svg", b" <svg onload='alert(1)'/>")], "This kind of file"),
        ([("a.png", b"MZ\x90\x00")], "This kind of file"),
        ([("a.pdf", b"#!/bin/sh\nrm -rf /")], "This kind of file"),
        ([("a.zip", archive("a.txt"))], "This kind of file"),
        (
            [("a.docm", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"))],
            "This kind of file",
        ),
        ([("a.txt", b"")], "One of the files is empty"),
        ([(f"{n}.txt", b"x") for n in range(6)], "Up to five files"),
        ([("a.txt", b"x" * (MOST_BYTES + 1))], "The files are too large"),
        ([(f"{n}.txt", b"x" * (MOST_BYTES - 600_000)) for n in range(2)], "too large"),
    ],
)
async def test_other_files_are_refused(
    store: Redis, stage: Stage, path: str, client_as: As, files: list[tuple[str, bytes]], sentence: str
) -> None:
    client = await client_as(stage.people["own-mentor"])
    sent = form(text="Look at this")
    for name, content in files:
        sent.add_field("files", io.BytesIO(content), filename=name, content_type="image/png")
    async with client.post(path, data=sent) as answer:
        text = await answer.text()
        assert answer.status == 422
    assert sentence in text
    assert "Look at this" in text
    assert await texts(store, stage) == []
    assert await store.keys("*attachment*") == []


async def test_a_message_that_is_not_written_leaves_no_file_for_long(store: Redis) -> None:
    await conversations.attach(store, "f1", b"x")
    [key] = await store.keys("*attachment*")
    assert 0 < await store.pttl(key) <= conversations.ATTACHED_MS


async def test_many_messages_in_a_minute_are_too_many(
    site: Site, store: Redis, stage: Stage, path: str, aiohttp_client: Callable[..., Awaitable[Client]]
) -> None:
    slow = replace(site, creations=Rates(burst=2, per_s=600))
    secret = await sign_in(store, stage.people["own-mentor"])
    client = await aiohttp_client(make_app(slow, StaticFiles(static_folder())), cookies=cookies(secret))
    assert [await write(client, path, "Hello") for _ in range(3)] == [303, 303, 429]


async def test_the_timeline_has_each_day_for_the_people_of_the_tie(
    store: Redis, site: Site, stage: Stage, path: str, client_as: As
) -> None:
    mentor = stage.people["own-mentor"]
    client = await client_as(mentor)
    for text in ("Hello", "a " * 200):
        assert await write(client, path, text) == 303
    mentorship = Mentorship(**await _fields(store, stage))
    [entry] = await timeline_entries(site, mentorship, mentor)
    assert entry.count == 2  # type: ignore[attr-defined]
    assert entry.names == (mentor.name,)  # type: ignore[attr-defined]
    assert len(entry.excerpt) < 150  # type: ignore[attr-defined]
    assert await timeline_entries(site, mentorship, stage.people["coordinator"]) == []
