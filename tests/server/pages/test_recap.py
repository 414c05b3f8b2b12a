"""The wrap-up of a session without accounts: who sees it, what it shows, taken along, and meeting again."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pypdfium2
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from msgspec import json
from msgspec.structs import replace as changed
from pycrdt import Doc, Text
from redis.asyncio import Redis

from server.clock import now_ms
from server.live_document import ROOT
from server.live_notes import stored_text
from server.mail.post import Post
from server.pages.routes import make_app
from server.pages.site import Site
from server.pages.static import StaticFiles
from server.room.captions import Spoken
from server.room.change import DropMember, SaveGuest, SaveMember, SaveSmall, SaveTimer
from server.room.links import read_management
from server.room.parting import SmallRecord
from server.room.poll_record import PollRecord
from server.room.state import Present
from server.sessions import Session, personal_path
from server.storage import captions, due, keys, rooms
from server.storage import notes as stored_notes
from server.storage.links import revoke
from tests.server.pages.conftest import NotedRooms
from tests.support.forms import submit
from tests.support.mail import Sink, sink, text_of
from web.assets import static_folder

Client = TestClient[web.Request, web.Application]
MINUTE = 60_000
NOTES = (
    "# Today\n\nDecision: we meet <b>weekly</b>\n- [ ] @Zoë write the CV (3 Nov 2026)\n- [ ] read\n"
    "- [x] @Bao done before\n"
)


@pytest.fixture
async def path(site: Site, session: Session, rooms: NotedRooms) -> str:
    """The path of the page by Zoë's link; her session took 40 minutes, and Bao was not there."""
    record = session.record
    zoe = record.guests[0]
    begun = record.created_ms
    stored = await stored_room(site.store, record.id)
    boxes = tuple(
        changed(box, spent_ms=ms * MINUTE)
        for box, ms in zip(stored.timer.boxes, (5, 9, 15, 10, 1), strict=True)
    )
    timer = changed(stored.timer, status="finished", boxes=boxes)
    member = Present(
        id=zoe.id, name=zoe.name, microphone=True, camera=True, screen=False,
        connected=True, session="s", entered_ms=begun,
    )  # fmt: skip
    saves = [SaveMember(member), SaveTimer(timer), DropMember(zoe.id, begun)]
    async with site.store.pipeline(transaction=True) as pipe:
        rooms_saves(pipe, record.id, record.expires_ms, saves, begun + 40 * MINUTE)
        await pipe.execute()
    rooms.notes[record.id] = NOTES
    rooms.names = {guest.id: guest.name for guest in record.guests}
    return f"{personal_path(site.secret, record, zoe)}/wrap-up"


rooms_saves = rooms.add_saves


async def stored_room(store: Redis, room: str) -> rooms.StoredRoom:
    found = await rooms.load(store, room)
    assert found is not None
    return found


async def test_it_tells_what_the_session_leaves_behind(client: Client, path: str, session: Session) -> None:
    async with client.get(f"{path}?zone=Europe/Paris") as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        html = await answer.text()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "Élan &#34;one&#34; / two" in html
    assert "we meet &lt;b&gt;weekly&lt;/b&gt;" in html
    assert "Zoë, by 3 Nov 2026" in text
    assert "read Nobody yet" in text
    assert re.search(r"Zoë \d\d:\d\d to \d\d:\d\d · 40 min", text)
    assert re.search(r"Bao &lt;b&gt; Not there", text)
    assert "Goal 5 min 9 min" in text
    assert '<td class="number over"' in html
    assert "☐ @Zoë write the CV" in text
    assert "/wrap-up.pdf?zone=Europe%2FParis" in html
    assert "e-mail address" not in html, "no letter leaves a server without a mail server"


async def test_the_room_leads_there(client: Client, path: str) -> None:
    async with client.get(path.removesuffix("/wrap-up")) as answer:
        assert f'"after_url":"{path}"' in await answer.text()


async def test_nobody_without_a_link_that_works_sees_it(
    client: Client, path: str, session: Session, site: Site
) -> None:
    other = "/j/made-up/wrap-up"
    for ending in ("", ".md", ".pdf"):
        async with client.get(other + ending) as answer:
            assert answer.status == 404
    # Removed from the room, or its link renewed.
    zoe, bao = session.record.guests
    shown_out = f"{personal_path(site.secret, session.record, bao)}/wrap-up"
    async with site.store.pipeline(transaction=True) as pipe:
        rooms_saves(
            pipe, session.record.id, session.record.expires_ms, [SaveGuest(changed(bao, revoked=True))], 0
        )
        await pipe.execute()
    await revoke(site.store, session.record.id, zoe.id)
    for each in (shown_out, path):
        for ending in ("", ".md", ".pdf"):
            async with client.get(each + ending) as answer:
                assert answer.status == 410
                assert "weekly" not in await answer.text()
        for act in ("tick", "mail", "again"):
            async with client.post(f"{each}/{act}", data={"action": "read"}) as answer:
                assert answer.status == 410


async def test_an_action_is_ticked_where_it_is_written(
    client: Client, path: str, session: Session, rooms: NotedRooms
) -> None:
    answer = await submit(client, path, f"{path}/tick")
    assert answer.status == 303
    assert answer.headers["Location"] == f"{path}#recap-actions"
    assert rooms.ticked == [(session.record.id, "write the CV", True)]
    html = await (await client.get(path)).text()
    assert "Open again: write the CV" in html
    await submit(client, path, f"{path}/tick")
    assert rooms.ticked[-1] == (session.record.id, "write the CV", False)


async def test_it_is_taken_along(client: Client, path: str) -> None:
    async with client.get(f"{path}.md?zone=Europe/Paris", headers={"Accept-Language": "fr"}) as answer:
        assert answer.content_type == "text/markdown"
        assert re.fullmatch(
            r"attachment; filename=\"\d{4}-\d\d-\d\d Elan one two\.md\"; "
            r"filename\*=UTF-8''\d{4}-\d\d-\d\d%20%C3%89lan%20one%20two\.md",
            answer.headers["Content-Disposition"],
        )
        text = await answer.text()
    assert "## Décisions" in text
    assert "- [ ] @Zoë write the CV (2026-11-03)" in text
    assert "(Paris)" in text
    async with client.get(f"{path}.pdf") as answer:
        assert answer.content_type == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        document = pypdfium2.PdfDocument(await answer.read())
    try:
        said = document[0].get_textpage().get_text_range()
        assert 'Élan "one" / two' in said
        assert "we meet <b>weekly</b>" in said
    finally:
        document.close()
    async with client.get(f"{path}.exe") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "%0d%0aX: y", "x" * 5000])
async def test_a_zone_that_is_none_is_taken_for_utc(client: Client, path: str, zone: str) -> None:
    async with client.get(f"{path}?zone={zone}") as answer:
        assert answer.status == 200
        assert "UTC" in await answer.text()


async def test_another_one_begins_with_what_is_still_to_do(
    client: Client, path: str, site: Site, session: Session
) -> None:
    html = await (await client.get(path)).text()
    once = re.search(r'name="once" value="([^"]+)"', html)
    assert once is not None
    ways = []
    for _ in range(2):
        answer = await client.post(f"{path}/again", data={"once": once[1]}, allow_redirects=False)
        assert answer.status == 303
        ways.append(answer.headers["Location"])
    assert ways[0] == ways[1], "pressed twice it is one"
    room = read_management(site.secret, ways[0].removeprefix("/s/").partition("?")[0])
    assert room != session.record.id
    record = await rooms.load_record(site.store, room)
    assert record is not None
    assert [(each.name, each.role) for each in record.guests] == [("Zoë", "mentor"), ("Bao <b>", "mentee")]
    assert (record.format, record.minutes, record.title) == ("grow-45", 45, session.record.title)
    assert await stored_text(site.store, room) == (
        "### Still to do\n\n- [ ] @Zoë write the CV (2026-11-03)\n- [ ] read\n\n"
    )


@pytest.fixture
async def office() -> object:
    async with sink() as running:
        yield running


async def test_it_is_sent_to_whom_it_concerns_and_not_again_and_again(
    site: Site,
    path: str,
    office: Sink,
    aiohttp_client: Callable[..., Awaitable[Client]],
) -> None:
    mailing = replace(site, config=replace(site.config, mail=office.mail))
    client = await aiohttp_client(make_app(mailing, StaticFiles(static_folder())))
    headers = {"Accept-Language": "fr"}
    client.session.headers.update(headers)
    wrong = await submit(client, path, f"{path}/mail", email="nowhere <b>")
    assert wrong.status == 422
    assert 'value="nowhere &lt;b&gt;"' in await wrong.text()
    empty = await submit(client, path, f"{path}/mail", email="")
    assert empty.status == 422

    answer = await submit(client, path, f"{path}/mail", 2, email="Zoe@Example.org")
    assert answer.status == 303
    assert "done=mailed" in answer.headers["Location"]
    [task] = [each for each in await due.due(site.store, now_ms() + MINUTE) if each.kind == "letter"]
    post = Post(
        store=site.store,
        mail=office.mail,
        site="https://meet.example",
        secret=site.secret,
        renderer=site.renderer,
    )
    assert await post.letter(task, now_ms()) is None
    [message] = office.taken
    assert office.envelopes[0][1] == ("zoe@example.org",)
    assert str(message["Subject"]) == 'Ce que vous avez convenu : Élan "one" / two'
    body = text_of(message)
    assert "Bonjour Zoë" in body
    assert "## Décisions" in body
    assert "/j/" not in body, "a link of somebody's goes to nobody else"
    assert "saisi cette adresse" in body
    assert "compte" not in body
    [file] = [each for each in message.iter_attachments() if each.get_content_type() == "text/markdown"]
    assert file.get_filename() == "bilan.md"
    assert "- [ ] @Zoë write the CV (2026-11-03)" in file.get_content()

    soon = await submit(client, path, f"{path}/mail", email="zoe@example.org")
    assert soon.status == 429
    assert "dix minutes" in await soon.text()


async def test_without_a_mail_server_nothing_is_sent(client: Client, path: str) -> None:
    html = await (await client.get(path)).text()
    assert f'action="{path}/mail"' not in html
    async with client.post(f"{path}/mail", data={"email": "zoe@example.org"}) as answer:
        assert answer.status == 404


async def test_a_session_with_an_appointment_has_its_wrap_up_there(
    client: Client, site: Site, session: Session
) -> None:
    record = changed(session.record, id="another", after="/sessions/s1")
    await rooms.create(site.store, record, (await stored_room(site.store, session.record.id)).timer)
    path = f"{personal_path(site.secret, record, record.guests[0])}/wrap-up"
    async with client.get(path, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sessions/s1")


async def test_polls_small_rooms_and_captions_are_kept_with_it(
    client: Client, path: str, session: Session, site: Site
) -> None:
    room, until = session.record.id, session.record.expires_ms
    zoe, bao = (guest.id for guest in session.record.guests)
    poll = PollRecord(
        id="p1", question="Which *day*?", choices=("Monday", "Tuesday <b>"), several=False, anonymous=True,
        status="closed", by=zoe, at_ms=1, counts=(1, 2), voters=3,
    )  # fmt: skip
    smalls = [
        SmallRecord(id=f"1.{number}", number=number, at_ms=1, members=members, notes=notes)
        for number, members, notes in ((1, (zoe,), "room"), (2, (bao,), "room"), (3, (bao,), "all"))
    ]
    async with site.store.pipeline(transaction=True) as pipe:
        pipe.hset(keys.polls(room), "p1", json.encode(poll))
        rooms_saves(pipe, room, until, [SaveSmall(each) for each in smalls], 1)
        for small in smalls:
            doc: Doc[Text] = Doc()
            doc.get(ROOT, type=Text).insert(0, f"# In room {small.number}\n")
            stored_notes.append(pipe, room, until, doc.get_update(), small.id)
        for at, (who, name) in enumerate(((zoe, "Zoë"), (zoe, "Zoë"), (bao, "Bao <b>"))):
            said = Spoken(member=who, name=name, line=at, text=f"word {at}", language="en", at_ms=at)
            captions.add(pipe, room, until, said)
        await pipe.execute()
    html = await (await client.get(path)).text()
    assert "Poll: Which *day*?" in html
    assert "Tuesday &lt;b&gt;: 2 votes" in html
    assert "3 people answered." in html
    assert "In room 1" in html
    assert "In room 2" not in html, "it was for those who were in it"
    assert "In room 3" in html
    assert "<strong>Zoë:</strong> word 0 word 1" in html
    text = await (await client.get(f"{path}.md")).text()
    assert "## Poll: Which \\*day\\*?" in text
    assert "**Bao \\<b\\>:** word 2" in text
