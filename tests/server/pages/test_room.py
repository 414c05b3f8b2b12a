"""The room's page tells the client who it is for; the notes come as a file with a safe name."""

from __future__ import annotations

import re
import time
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import now_ms
from server.pages.room import disposition, file_name
from server.pages.site import Site
from server.room.formats import formats
from server.room.links import sign_personal
from server.room.record import Invited, plan
from server.sessions import Session, personal_path
from server.storage.rooms import create
from tests.server.pages.conftest import Client, NotedRooms


async def test_the_bootstrap_says_who_and_where(client: Client, site: Site, session: Session) -> None:
    guest = session.record.guests[1]
    path = personal_path(site.secret, session.record, guest)
    async with client.get(path, headers={"Accept-Language": "fr"}) as answer:
        text = await answer.text()
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'<script type="application/json" id="bootstrap">(.*?)</script>', text, re.S)
    assert found is not None
    said = msgspec.json.decode(found[1])
    assert said["token"] == path.removeprefix("/j/")
    assert said["language"] == "fr"
    assert said["me"] == {"id": guest.id, "name": "Bao <b>", "role": "mentee"}
    assert said["room"]["title"] == session.record.title
    assert [each["name"] for each in said["room"]["guests"]] == ["Zoë", "Bao <b>"]
    assert said["video_slots"] == 2
    assert said["ws"] == "/ws"
    assert said["notes_url"] == f"{path}/notes.md"
    async with client.get(said["strings"]) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/json"


@pytest.mark.parametrize(("guests", "slots"), [(1, 1), (2, 2), (3, 3), (8, 8), (9, 9), (16, 9), (100, 9)])
def test_how_many_pictures_are_offered_room(guests: int, slots: int) -> None:
    invited = [Invited(str(number), f"P{number}", "mentor") for number in range(guests)]
    record, _ = plan(
        room_id="r", title="", agenda=formats()["open"], minutes=60, invited=invited, now_ms=0, expires_ms=1
    )
    assert record.video_slots == slots


async def test_links_that_do_not_open(client: Client, site: Site, session: Session) -> None:
    guest = session.record.guests[0]
    token = sign_personal(site.secret, session.record.id, guest)
    ended, timer = plan(
        room_id="ended", title="", agenda=formats()["open"], minutes=60,
        invited=[Invited("m", "Zoë", "mentor")], now_ms=now_ms() - 2000, expires_ms=now_ms() - 1000,
    )  # fmt: skip
    await create(site.store, ended, timer)
    for wrong, status in (
        (session.record.id, 404),
        (("A" if token[0] != "A" else "B") + token[1:], 404),
        (session.management, 404),
        (sign_personal("another secret", session.record.id, guest), 404),
        (sign_personal(site.secret, "gone", guest), 410),
        (sign_personal(site.secret, "ended", ended.guests[0]), 410),
        ("%00%ff", 404),
        ("x" * 5000, 404),
    ):
        for path in (f"/j/{wrong}", f"/j/{wrong}/notes.md"):
            async with client.get(path) as answer:
                assert answer.status == status, wrong
                assert "<h1>" in await answer.text()


async def test_the_notes_are_a_file(client: Client, site: Site, session: Session, rooms: NotedRooms) -> None:
    rooms.notes[session.record.id] = "# Élan\n\n- [ ] @Zoë 🙂\n"
    path = personal_path(site.secret, session.record, session.record.guests[0]) + "/notes.md"
    async with client.get(path) as answer:
        assert (await answer.read()).decode() == "# Élan\n\n- [ ] @Zoë 🙂\n"
        assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        day = time.strftime("%Y-%m-%d", time.gmtime(session.record.created_ms / 1000))
        assert answer.headers["Content-Disposition"] == (
            f'attachment; filename="{day} Elan one two.md"; '
            f"filename*=UTF-8''{day}%20%C3%89lan%20one%20two.md"
        )


@given(st.text(max_size=120))
def test_any_title_makes_a_name_that_headers_and_disks_take(title: str) -> None:
    name = file_name(title, 0)
    assert name.startswith("1970-01-01")
    assert name.endswith(".md")
    assert len(name) <= 103
    assert not set(name) & set('/\\:*?"<>|')
    assert all(unicodedata.category(letter) not in {"Cc", "Cs"} for letter in name)
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


async def test_too_many_tries_are_asked_to_wait(client: Client) -> None:
    statuses = set()
    for _ in range(800):
        async with client.get("/j/guess") as answer:
            statuses.add(answer.status)
    assert statuses == {404, 429}
