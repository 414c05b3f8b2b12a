"""Nobody gets in who has no link, and a running call does not notice who tries."""

from __future__ import annotations

import asyncio
import io
import json
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import pytest
import pytest_asyncio
from itsdangerous import URLSafeSerializer

from server.storage import keys
from tests.support.browsers import text, visible
from tests.support.call import LOOPBACK, OpenRoom, Person, open_room
from tests.support.call_company import NAMES, Browsers, Company
from tests.support.call_wire import drain, token_of, unnoticed, wire
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def call(browsers: Browsers, server: Server) -> AsyncIterator[tuple[Person, Person]]:
    """A call of two that goes on while the tests of this file attack the server."""
    company = Company(browsers, server.url)
    try:
        ada, bao = await company.meet(["chromium", "chromium"])
        await ada.sees(bao)
        await bao.sees(ada)
        yield ada, bao
        problems = company.problems()
    finally:
        await company.go_home()
    assert problems == []


async def refused(company: Company, link: str, code: str) -> None:
    """The link shows an error page (never the room), and its token opens no connection."""
    tab = await company.tab()
    async with aiohttp.ClientSession() as http, http.get(link) as page:
        assert 400 <= page.status < 500, page.status
        assert "bootstrap" not in await page.text()
    await tab.goto(link)
    shown = await text(tab)
    assert len(shown.split()) > 8, "it says what happened and what to do"
    assert "Traceback" not in shown
    assert not await tab.run("() => !!document.querySelector('#join')")
    # The browser itself logs that the page was refused.
    tab.problems.clear()
    async with wire(company.base) as intruder:
        await intruder.say(type="join", token=token_of(link))
        answer = await intruder.hear()
        assert answer is not None
        assert (answer["type"], answer["code"]) == ("error", code), answer
        await intruder.say(type="enter", name="Mallory", microphone=True, camera=True)
        after = await intruder.hear()
        assert after is None or after["type"] == "error", after


def altered(link: str) -> str:
    """The same link with one character of its payload changed."""
    head, token = link.rsplit("/", 1)
    changed = "A" if token[3] != "A" else "B"
    return f"{head}/{token[:3]}{changed}{token[4:]}"


async def test_a_forged_link_opens_nothing(company: Company, call: tuple[Person, Person]) -> None:
    async with unnoticed(*call):
        room = await company.room(2)
        await refused(company, altered(room.links[0]), "link-invalid")
        await refused(company, urljoin(company.base, "/j/anything"), "link-invalid")
        # A management link is no personal one.
        management = urljoin(company.base, f"/j/{token_of(room.manage)}")
        await refused(company, management, "link-invalid")


async def test_a_link_of_another_server_opens_nothing(
    company: Company, call: tuple[Person, Person], tmp_path: Path
) -> None:
    async with Server.running(tmp_path) as other:
        foreign = await open_room(other.url, [("Mallory", "mentor"), ("Trudy", "mentee")])
    await refused(company, urljoin(company.base, f"/j/{token_of(foreign.links[0])}"), "link-invalid")


async def test_an_expired_link_opens_nothing(company: Company, server: Server) -> None:
    room = await company.room(2)
    key = keys.about(room_and_guest(room.links[0])[0])
    store = server.store()
    try:
        stored = await store.get(key)
        assert stored is not None
        about = json.loads(stored)
        about["expires_ms"] = about["created_ms"] + 1
        await store.set(key, json.dumps(about), keepttl=True)
    finally:
        await store.aclose()
    await refused(company, room.links[0], "link-expired")


def room_and_guest(link: str) -> tuple[str, str]:
    """What a link's token says to anyone who has it: it is signed, not secret."""
    _, said = URLSafeSerializer("").loads_unsafe(token_of(link))
    assert isinstance(said, list)
    return said[0], said[1]


async def post(room: OpenRoom, person: int, act: str, **headers: str) -> int:
    """Presses a button of the management page; the status."""
    own = room.manage.split("/s/")[0]
    async with (
        aiohttp.ClientSession(headers={"Origin": own} | headers) as http,
        http.post(
            f"{room.manage}/guests/{room_and_guest(room.links[person])[1]}/{act}", allow_redirects=False
        ) as done,
    ):
        return done.status


async def test_a_revoked_link_opens_nothing_until_it_is_restored(company: Company) -> None:
    room = await company.room(2)
    assert await post(room, 1, "revoke") == 303
    await refused(company, room.links[1], "link-revoked")
    assert await post(room, 1, "restore") == 303
    person = await company.person(room, 1)
    await person.join()


async def test_whoever_is_revoked_in_mid_call_is_out_and_stays_out(company: Company) -> None:
    room = await company.room(2)
    ada, bao = [await company.person(room, index) for index in (0, 1)]
    for person in (ada, bao):
        await person.join()
    await ada.sees(bao)
    assert await post(room, 1, "revoke") == 303
    await visible(bao.tab, '[data-view="error"]')
    await ada.until("m => !compagnon.state.members.some(x => x.id === m)", bao.member, what="Bao is gone")
    await ada.hears()
    await bao.tab.reload()
    assert not await bao.tab.run("() => !!document.querySelector('#join')")
    assert len((await text(bao.tab)).split()) > 8
    bao.tab.problems.clear()


async def test_another_site_gets_no_socket_and_no_form(company: Company, call: tuple[Person, Person]) -> None:
    room = await company.room(2)
    async with unnoticed(*call):
        for origin in ("https://evil.example", "null", company.base.replace("http://", "http://evil.")):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                async with wire(company.base, origin):
                    pass
            assert refusal.value.status == 403
            assert await post(room, 1, "revoke", Origin=origin) == 403
            async with (
                aiohttp.ClientSession(headers={"Origin": origin}) as http,
                http.post(
                    urljoin(company.base, "/start"), data={"format": "open"}, allow_redirects=False
                ) as made,
            ):
                assert made.status == 403
        # The link that was to be revoked still works.
        async with aiohttp.ClientSession() as http, http.get(room.links[1]) as page:
            assert page.status == 200


BAD_TEXTS = (
    "",
    "{",
    "null",
    "[]",
    '"join"',
    '{"type":"join"}',
    '{"type":"join","token":5}',
    '{"type":"nothing"}',
    '{"type":"enter","name":"x","microphone":"yes","camera":true}',
    '{"type":"leave","member":"somebody-else"}',
    '{"type":"media","camera":true,"member":"somebody-else"}',
    '{"type":"timer-command","action":"add","minutes":100000}',
    '{"type":"ping","sent":"NaN"}',
    '{"type":"members","present":[],"left":[],"quality":[]}',
    '{"type":"offer","id":1,"sdp":"v=0"}',
    "[" * 50_000,
    "\u0000\ud7ff" * 100,
)


async def test_malformed_messages_are_refused_clearly(company: Company, call: tuple[Person, Person]) -> None:
    room = await company.room(2)
    async with unnoticed(*call):
        for bad in BAD_TEXTS:
            async with wire(company.base) as intruder:
                await intruder.say(type="join", token=token_of(room.links[1]))
                await intruder.hear_type("joined")
                await intruder.socket.send_str(bad)
                error = await intruder.hear_type("error")
                assert error["code"] in {"bad-message", "sdp", "not-entered"}, (bad[:80], error)
        for bad_bytes in (b"", b"\xff" * 40, bytes(range(256)), b"\x00\x02\xff\xff\xff\xff\x0f"):
            async with wire(company.base) as intruder:
                await intruder.say(type="join", token=token_of(room.links[1]))
                await intruder.hear_type("joined")
                await intruder.socket.send_bytes(bad_bytes)
                await intruder.say(type="ping", sent=1.0)
                # Refused or closed; in either case the server still answers others.
                await drain([intruder])
        person = await company.person(room, 1)
        await person.join()


async def test_an_oversize_message_is_refused_and_costs_only_its_sender(
    company: Company, call: tuple[Person, Person]
) -> None:
    room = await company.room(2)
    async with unnoticed(*call):
        for size in (66_000, 1_000_000, 20_000_000):
            async with wire(company.base) as intruder:
                await intruder.say(type="join", token=token_of(room.links[1]))
                await intruder.hear_type("joined")
                try:
                    await intruder.socket.send_str('{"type":"enter","name":"' + "x" * size + '"}')
                    heard = await intruder.hear()
                except ConnectionError:
                    heard = None
                assert heard is None or heard["code"] in {"message-too-large", "bad-message", "name-too-long"}
        async with (
            aiohttp.ClientSession(headers={"Origin": company.base, "Content-Type": FORM}) as http,
            http.post(urljoin(company.base, "/start"), data=io.BytesIO(b"x" * 20_000_000)) as answer,
        ):
            assert answer.status == 413


HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
SDP_BOMBS = (
    "v=0\r\n" * 10_000,
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 1_500,
    HEAD + "a=group:BUNDLE " + "0 " * 20_000,
    HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/x\r\n",
    "\x00" * 60_000,
)


async def test_a_wrong_sdp_is_refused_by_name(company: Company, call: tuple[Person, Person]) -> None:
    room = await company.room(2)
    async with unnoticed(*call):
        for bomb in SDP_BOMBS:
            async with wire(company.base) as intruder:
                await intruder.say(type="join", token=token_of(room.links[1]), offer=bomb)
                error = await intruder.hear_type("error")
                assert error["code"] in {"sdp", "bad-message", "message-too-large"}, (bomb[:40], error)


def datagrams(seed: int, count: int) -> list[bytes]:
    """Rubbish that looks like what the port expects: STUN, DTLS, RTP, RTCP and noise."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        body = chance.randbytes(chance.choice((0, 1, 3, 8, 19, 20, 40, 200, 1200, 1472)))
        kind = chance.randrange(6)
        if kind == 0:
            length = chance.choice((len(body), 0, 0xFFFF, 3))
            body = struct.pack("!HHI", 0x0001, length, 0x2112A442) + chance.randbytes(12) + body
        elif kind == 1:
            body = struct.pack("!HH", chance.choice((0x0101, 0x0111, 0x0003)), len(body)) + body
        elif kind == 2:
            body = (
                bytes([22, 254, 253])
                + chance.randbytes(8)
                + struct.pack("!H", chance.choice((len(body), 9)))
                + body
            )
        elif kind == 3:
            body = bytes([0x80 | chance.randrange(64), chance.randrange(128)]) + body
        elif kind == 4:
            body = bytes([0x80 | chance.randrange(32), chance.choice((200, 201, 205, 206))]) + body
        made.append(body[:1472])
    return made


async def test_a_flood_of_rubbish_at_the_media_port_is_not_noticed(
    server: Server, call: tuple[Person, Person]
) -> None:
    async with unnoticed(*call):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as intruder:
            intruder.connect((LOOPBACK, server.media_port))
            for burst in range(40):
                for datagram in datagrams(burst, 250):
                    try:
                        intruder.send(datagram)
                    except (ConnectionRefusedError, BlockingIOError):
                        pytest.fail("the media port is closed")
                # 10,000 datagrams in all; the browsers on this machine need their share of it too.
                await asyncio.sleep(0)
    async with aiohttp.ClientSession() as http, http.get(urljoin(server.url, "/healthz")) as health:
        assert health.status == 200


async def test_many_sockets_that_never_speak_do_not_keep_others_out(
    company: Company, call: tuple[Person, Person]
) -> None:
    async with unnoticed(*call), AsyncExitStack() as silent:
        for _ in range(60):
            await silent.enter_async_context(wire(company.base))
        people = await company.meet(["chromium", "chromium"])
        await people[0].sees(people[1])


FORM = "application/x-www-form-urlencoded"
SCRIPT = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


async def test_script_in_a_name_is_text_everywhere(company: Company) -> None:
    name = SCRIPT[:80]
    room = await open_room(company.base, [(name, "mentor"), (NAMES[1], "mentee")])
    ada, bao = [await company.person(room, index) for index in (0, 1)]
    await ada.join()
    await bao.join()
    await bao.sees(ada)
    manage = await company.tab()
    await manage.goto(room.manage)
    for tab in (manage, bao.tab):
        shown = await tab.run("() => document.documentElement.textContent")
        assert "onerror" in shown
        assert await tab.run("() => document.querySelectorAll('img[src=\"x\"]').length") == 0
        assert "owned" not in await tab.run("() => document.title")


async def test_nobody_can_act_as_somebody_else(company: Company, call: tuple[Person, Person]) -> None:
    ada, bao = call
    async with unnoticed(ada, bao):
        room = await company.room(2)
        async with wire(company.base) as intruder:
            await intruder.say(type="join", token=token_of(room.links[1]))
            await intruder.hear_type("joined")
            await intruder.say(type="enter", name="Mallory", microphone=True, camera=True)
            await intruder.hear_type("entered")
            for message in (
                {"type": "media", "camera": False, "member": ada.member},
                {"type": "leave", "member": ada.member},
                {"type": "timer-command", "action": "start", "room": "other"},
            ):
                await intruder.say(**message)
                error = await intruder.hear_type("error")
                assert error["code"] == "bad-message"
            # The mentee's own command is refused for what it is.
            await intruder.say(type="timer-command", action="start")
            assert (await intruder.hear_type("error"))["code"] == "not-facilitator"
        for person, other in ((ada, bao), (bao, ada)):
            names = await person.tab.run("() => compagnon.state.members.map(m => m.name)")
            assert sorted(names) == sorted([person.name, other.name])
