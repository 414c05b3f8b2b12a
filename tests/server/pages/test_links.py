"""The page of links: absolute, safe to show, and changed by its forms alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable

import pytest

from server import sessions
from server.clock import now_ms
from server.pages.site import Site
from server.room.formats import formats
from server.room.links import sign_management
from server.room.record import Invited, plan
from server.sessions import Session, personal_path
from server.storage.rooms import create
from signaling.parts import Role
from tests.server.pages.conftest import Client, NotedRooms


async def text_of(client: Client, path: str, status: int = 200, **headers: str) -> str:
    async with client.get(path, headers=headers) as answer:
        assert answer.status == status
        return await answer.text()


async def test_everybody_has_a_link_that_opens_the_room(client: Client, site: Site, session: Session) -> None:
    text = await text_of(client, f"/s/{session.management}")
    host = f"http://{client.host}:{client.port}"
    shown = re.findall(r'value="(http[^"]+/j/[^"]+)"', text)
    assert shown == [
        host + personal_path(site.secret, session.record, guest) for guest in session.record.guests
    ]
    assert "<b>" not in text
    assert "Bao &lt;b&gt;" in text
    assert text.count("<svg") >= 2
    assert "mailto:" in text
    for link in shown:
        async with client.get(link.removeprefix(host) + "/notes.md") as answer:
            assert answer.status == 200


async def test_all_links_at_once(client: Client, site: Site) -> None:
    people: list[tuple[str, Role]] = [("=1+1", "mentor"), *((f"Ana {n}", "mentee") for n in range(19))]
    session = await sessions.make(site.store, site.secret, formats()["open"], 60, people, now_ms())
    page = f"/s/{session.management}"
    gone = session.record.guests[-1]
    async with client.post(f"{page}/guests/{gone.id}/revoke", allow_redirects=False) as answer:
        assert answer.status == 303
    host = f"http://{client.host}:{client.port}"
    links = [host + personal_path(site.secret, session.record, guest) for guest in session.record.guests[:-1]]
    async with client.get(f"{page}/links.txt") as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="links.txt"'
        assert answer.headers["Cache-Control"] == "no-store"
        lines = (await answer.text()).splitlines()
    assert lines == [f"{name}: {link}" for (name, _), link in zip(people, links, strict=False)]
    async with client.get(f"{page}/links.csv", headers={"Accept-Language": "fr"}) as answer:
        rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert rows[0] == ["Nom", "Rôle", "Lien"]
    assert rows[1] == ["'=1+1", "Mentor", links[0]]
    assert [row[2] for row in rows[1:]] == links
    text = await text_of(client, page)
    assert text.count("<img") == 19
    assert '<svg version="1.1"' not in text
    async with client.get(f"{page}/guests/{session.record.guests[0].id}/qr.svg") as answer:
        assert answer.content_type == "image/svg+xml"
        assert 'xmlns="http://www.w3.org/2000/svg"' in await answer.text()
    for wrong in (f"{page}/guests/{gone.id}/qr.svg", "/s/nothing/links.csv", f"{page}x/links.txt"):
        async with client.get(wrong) as answer:
            assert answer.status == 404


async def test_nobody_keeps_a_copy(client: Client, session: Session) -> None:
    async with client.get(f"/s/{session.management}") as answer:
        assert answer.headers["Cache-Control"] == "no-store"


async def test_revoke_restore_and_renew(
    client: Client, site: Site, session: Session, rooms: NotedRooms
) -> None:
    guest = session.record.guests[1]
    path = personal_path(site.secret, session.record, guest) + "/notes.md"
    forms = f"/s/{session.management}/guests/{guest.id}"
    for change, done, status in (
        ("revoke", "revoked", 410),
        ("restore", "restored", 200),
        ("renew", "renewed", 410),
    ):
        async with client.post(f"{forms}/{change}", allow_redirects=False) as answer:
            assert answer.status == 303
            place = answer.headers["Location"]
        assert place == f"/s/{session.management}?done={done}&who={guest.id}"
        assert 'role="status"' in await text_of(client, place)
        async with client.get(path) as answer:
            assert answer.status == status
    assert [(room, changed.serial, changed.revoked) for room, changed in rooms.changed] == [
        (session.record.id, 1, True),
        (session.record.id, 1, False),
        (session.record.id, 2, False),
    ]
    other = session.record.guests[0]
    async with client.get(personal_path(site.secret, session.record, other) + "/notes.md") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("change", ["delete", "REVOKE", "revoke/"])
async def test_there_are_no_other_changes(client: Client, session: Session, change: str) -> None:
    guest = session.record.guests[0]
    async with client.post(f"/s/{session.management}/guests/{guest.id}/{change}") as answer:
        assert answer.status == 404


async def test_foreign_guests_and_tokens_change_nothing(
    client: Client, site: Site, session: Session, rooms: NotedRooms
) -> None:
    guest = session.record.guests[0]
    personal = personal_path(site.secret, session.record, guest).removeprefix("/j/")
    for token, who in (
        (session.management, "nobody"),
        (session.management + "x", guest.id),
        (personal, guest.id),
        (session.record.id, guest.id),
    ):
        async with client.post(f"/s/{token}/guests/{who}/revoke", allow_redirects=False) as answer:
            assert answer.status == 404
        if token != session.management:
            await text_of(client, f"/s/{token}", 404)
    assert rooms.changed == []


async def test_a_room_that_is_gone_and_one_that_has_ended(client: Client, site: Site) -> None:
    await text_of(client, f"/s/{sign_management(site.secret, 'gone')}", 410)
    record, timer = plan(
        room_id="ended", title="", agenda=formats()["open"], minutes=60,
        invited=[Invited("m", "Zoë", "mentor"), Invited("a", "Ana", "mentee")],
        now_ms=now_ms() - 2000, expires_ms=now_ms() - 1000,
    )  # fmt: skip
    await create(site.store, record, timer)
    text = await text_of(client, f"/s/{sign_management(site.secret, 'ended')}")
    assert "/j/" not in text


async def test_links_are_where_people_come_from(
    client: Client, client_of: Callable[..., Awaitable[Client]], session: Session
) -> None:
    path = f"/s/{session.management}"
    assert 'value="http://meet.example:8080/j/' in await text_of(client, path, Host="meet.example:8080")
    await text_of(client, path, 400, Host='evil"><script>')
    fixed = await client_of(base_url="https://meet.example.org")
    assert 'value="https://meet.example.org/j/' in await text_of(fixed, path, Host="inside:8080")
    proxied = await client_of({"COMPAGNON_TRUST_PROXY": "1"})
    text = await text_of(proxied, path, **{"Host": "meet.example", "X-Forwarded-Proto": "https"})
    assert 'value="https://meet.example/j/' in text
    assert 'value="http://x.example/j/' in await text_of(
        client, path, **{"Host": "x.example", "X-Forwarded-Proto": "https"}
    )
