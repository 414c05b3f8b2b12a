"""Clauses of WHIP and WHEP about what descriptions keep; the table of all clauses names real tests."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from server.standards import sessions
from server.standards.sessions import Sessions
from server.transport import ice
from signaling.turn import Turn
from tests.support.doors import Caller, caller
from tests.support.robots import Robot
from tests.support.robots_server import RobotServer, make_room, serving
from tests.support.rtc_client import until
from tests.support.rtc_simulcast import LAYERS, Simulcast


@pytest.fixture
async def hall(store: Redis) -> AsyncIterator[tuple[RobotServer, str]]:
    """A server with a room that somebody is in, and the token of somebody else."""
    _, tokens = await make_room(store)
    async with serving(store) as server, Robot(server.url, tokens[0]) as robot:
        await robot.come("Mo")
        yield server, tokens[1]


@pytest.fixture(params=["whip", "whep"])
async def door(hall: tuple[RobotServer, str], request: pytest.FixtureRequest) -> AsyncIterator[Caller]:
    server, token = hall
    async with caller(server.base, request.param, token) as made:
        yield made


@pytest.fixture
async def encoder(hall: tuple[RobotServer, str]) -> AsyncIterator[Caller]:
    server, token = hall
    async with caller(server.base, "whip", token) as made:
        yield made


def ice_attributes(text: str) -> set[str]:
    return set(re.findall(r"a=(ice-options:.*|ice-pacing:.*|ice-lite)\r\n", text))


async def test_a_restart_keeps_the_answers_ice_attributes(door: Caller) -> None:
    await door.connect()
    door.client.restart_ice()
    async with door.patch(door.fragment(), "*") as answer:
        assert answer.status == 200
        assert ice_attributes(await answer.text()) == ice_attributes(door.answer) != set()


async def test_a_client_that_is_always_the_dtls_client_is_served(door: Caller) -> None:
    await door.open(re.sub(r"a=setup:\w+", "a=setup:active", door.offer()))
    assert set(re.findall(r"a=setup:(\w+)", door.answer)) == {"passive"}


async def test_an_unknown_link_or_header_changes_nothing(door: Caller) -> None:
    async with door.post(Link='<urn:x>; rel="urn:ietf:params:whip:ext:unknown"') as made:
        assert made.status == 201
        assert "urn:ietf:params" not in made.headers.get("Link", "")


async def test_two_streams_are_refused(encoder: Caller) -> None:
    head, audio, video = re.split(r"(?m)^(?=m=)", encoder.offer())
    for streams, status in ((("one", "two"), 422), (("one", "one"), 201)):
        sections = [
            f"{re.sub('a=msid:.*', '', section).strip()}\r\na=msid:{stream} track\r\n"
            for section, stream in zip((audio, video), streams, strict=True)
        ]
        async with encoder.post(head + "".join(sections)) as answer:
            assert answer.status == status
            assert status == 201 or (await answer.json())["field"] == "msid"


async def test_simulcast_is_answered_layer_by_layer(encoder: Caller) -> None:
    await encoder.client.close()
    encoder.client = Simulcast()
    await encoder.open()
    assert re.findall(r"a=simulcast:recv (\S+)", encoder.answer) == ["q;h;f"]
    for rid in LAYERS:
        assert f"a=rid:{rid} recv" in encoder.answer


async def test_relays_come_with_what_they_ask_for(hall: tuple[RobotServer, str], door: Caller) -> None:
    hall[0].doors.turn = Turn(("turn:a.example?transport=udp",), "a secret")
    async with door.post() as made:
        [link] = made.headers.getall("Link")
    target, *attributes = link.split("; ")
    assert target == "<turn:a.example?transport=udp>"
    named = dict(re.findall(r'([\w-]+)="([^"]+)"', link))
    assert named.keys() == {"rel", "username", "credential", "credential-type"}
    assert (named["rel"], named["credential-type"]) == ("ice-server", "password")
    assert len(attributes) == len(named)


async def test_a_full_server_says_when_to_come_back(hall: tuple[RobotServer, str], door: Caller) -> None:
    hall[0].doors.sessions = Sessions(most=0)
    async with door.post() as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0


async def test_deletes_have_a_rate(door: Caller) -> None:
    door.url = f"{door.endpoint}/of-nobody"
    statuses = []
    for _ in range(70):
        async with door.delete() as answer:
            statuses.append(answer.status)
    assert statuses[:50] == [404] * 50
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "form",
    ["of the session", "of the section", "ended", "with a bundle-only section", "in lines without CR"],
)
async def test_fragments_are_read_in_every_form(door: Caller, form: str) -> None:
    """RFC 8840 4.4 and 9: credentials above the sections or in them, an end, sections that gather nothing."""
    await door.open()
    fragment = door.fragment("1 1 udp 2122260223 192.0.2.1 61764 typ host")
    credentials = "".join(re.findall(r"a=ice-(?:ufrag|pwd):.*\r\n", fragment))
    forms = {
        "of the session": credentials + fragment.replace(credentials, ""),
        "of the section": fragment,
        "ended": fragment + "a=end-of-candidates\r\n",
        "with a bundle-only section": fragment
        + "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=bundle-only\r\n",
        "in lines without CR": fragment.replace("\r", ""),
    }
    async with door.patch(forms[form], door.tag) as answer:
        assert (answer.status, await answer.read()) == (204, b"")


async def test_a_session_whose_restart_failed_ends_with_its_consent(
    hall: tuple[RobotServer, str], door: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.connect()
    await until(lambda: hall[0].relay.stats.connected == 1)
    async with door.patch(door.fragment().replace("a=ice-pwd:", "a=ice-pwd:!"), "*") as answer:
        assert answer.status == 400
    await door.client.check()
    async with door.http.get(door.url, headers=door.headers()) as answer:
        assert answer.status == 204
    # From here on the client makes no check any more.
    monkeypatch.setattr(sessions, "GONE_AFTER_S", 0.1)
    monkeypatch.setattr(ice, "CONSENT_S", 0.3)
    await until(lambda: all(session.media.ended for session in hall[0].doors.sessions._open.values()))
    async with door.http.get(door.url, headers=door.headers()) as answer:
        assert answer.status == 404


def test_the_table_of_clauses_names_tests_that_exist() -> None:
    here = Path(__file__).parent
    text = (here.parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    there = {
        name
        for path in here.glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 15
    assert named <= there
