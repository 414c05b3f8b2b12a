"""The WebSocket's manners: who may open it, what it bears, how it ends."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
from random import Random

import aiohttp
import pytest
from redis.asyncio import Redis

from server.live import Limits
from server.sockets import conversation
from signaling.codec import MAX_MESSAGE, encode
from signaling.messages import (
    Enter,
    Error,
    Join,
    Leave,
    Media,
    NotesOpen,
    Offer,
    Ping,
    Pong,
    TimerChanged,
    TimerCommand,
)
from signaling.notes import Ask, Presence, PresenceEntry, Update, encode_notes
from tests.support.robots import Robot
from tests.support.robots_server import RobotServer, make_room, serving
from tests.support.rtc_offers import recorded


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://[", "file://"]
)
async def test_a_page_of_another_site_gets_no_socket(store: Redis, origin: str) -> None:
    async with serving(store) as server, Robot(server.url, "", origin=origin) as eve:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await eve.connect()
        assert refused.value.status == 403


async def test_a_page_of_this_site_does(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server:
        origin = f"http://127.0.0.1:{server.port}"
        async with Robot(server.url, mentor, origin=origin) as mo:
            await mo.come()


async def test_who_says_nothing_is_sent_away(store: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "JOIN_WITHIN_S", 0.1)
    async with serving(store) as server, Robot(server.url, "") as eve:
        await eve.connect()
        assert (await eve.refused()).code == "not-joined"
        assert await eve.ended() is None
        assert eve.close_code == 1008


@pytest.mark.parametrize(
    ("frame", "code", "about"),
    [
        (encode(Enter(name="A", microphone=True, camera=True)), "not-joined", "enter"),
        (encode(Ping(sent=1)), "not-joined", "ping"),
        (b"\x03", "not-joined", "notes"),
        ("{}", "bad-message", None),
        ('{"type":"join"}', "bad-message", "join"),
    ],
)
async def test_the_first_message_is_a_join(store: Redis, frame: str | bytes, code: str, about: str) -> None:
    async with serving(store) as server, Robot(server.url, "") as eve:
        await eve.connect()
        await eve.say(frame)
        error = await eve.refused()
        assert (error.code, error.about) == (code, about)
        await eve.ended()
        assert eve.close_code == 1008


@pytest.mark.parametrize(
    ("frame", "code", "about", "field"),
    [
        ("not json", "bad-message", None, None),
        ('{"type":"media","camera":"yes"}', "bad-message", "media", "camera"),
        ('{"type":"media","member":"somebody-else","camera":false}', "bad-message", "media", "member"),
        ('{"type":"members","left":["somebody-else"]}', "bad-message", None, "type"),
        ('{"type":"ping","sent":1' + " " * MAX_MESSAGE + "}", "message-too-large", "ping", None),
        (" " * 1_500_000, "message-too-large", None, None),
        (encode(Offer(id=1, sdp="v=0\r\nnonsense")), "sdp", "offer", "sdp"),
        (encode(TimerCommand(action="pause")), "timer-state", "timer-command", "action"),
        (encode(Enter(name=" ", microphone=True, camera=True)), "name-missing", "enter", "name"),
    ],
)
async def test_what_is_wrong_is_named_and_a_call_goes_on(
    store: Redis, frame: str, code: str, about: str | None, field: str | None
) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        await ana.come()
        before = ana.room()
        await mo.say(frame)
        error = await mo.refused()
        assert (error.code, error.about, error.field) == (code, about, field)
        await mo.send(TimerCommand(action="start"))
        await ana.hears(TimerChanged)
        assert ana.room().members == before.members


async def test_an_offer_that_is_none_is_refused_with_the_join(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.connect()
        await mo.send(Join(token=mentor, offer="nonsense"))
        error = await mo.refused()
        assert (error.code, error.about) == ("sdp", "join")


async def test_an_offer_in_the_join_is_answered_in_the_joined(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        joined = await mo.join(offer=recorded("chromium-156"))
        assert joined.answer is not None
        assert f"127.0.0.1 {server.relay.port} typ host" in joined.answer
        assert joined.slots
        assert all(slot.member is None for slot in joined.slots)


async def test_nonsense_without_end_ends_the_connection(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        await ana.come()
        for _ in range(25):
            if not mo.closed:
                await mo.say("nonsense")
        assert await mo.ended() is None
        assert mo.close_code == 1008
        assert len([each for each in mo.told if isinstance(each, Error)]) == 21
        await ana.sees(lambda member: not member.connected)


async def test_a_frame_beyond_all_bounds_ends_its_own_connection_only(store: Redis) -> None:
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        await ana.come()
        await mo.say(bytes(3 * 1024 * 1024))
        await mo.ended()
        assert mo.close_code == 1009
        await ana.send(Leave())
        assert await ana.ended() == "left"


async def test_a_flood_of_messages_is_read_slowly_and_holds_nobody_up(
    store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "_messages", 20)
    monkeypatch.setattr(conversation, "_messages_per_s", 1.0)
    _, (mentor, mentee) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo, Robot(server.url, mentee) as ana:
        await mo.come()
        await ana.come()
        for number in range(40):
            await mo.send(Ping(sent=number))
        await ana.send(Ping(sent=-1))
        await ana.hears(Pong)
        early = len([each for each in mo.told if isinstance(each, Pong)])
        await mo.hears(Pong, lambda told: told.sent == 39)
        assert early < 40


class Deaf:
    """A client that joins, opens the notes, and then reads nothing any more."""

    def __init__(self, server: RobotServer, token: str) -> None:
        self._server = server
        self._token = token
        self._socket = socket.socket()

    async def __aenter__(self) -> Deaf:
        loop = asyncio.get_running_loop()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self._socket.setblocking(False)
        await loop.sock_connect(self._socket, ("127.0.0.1", self._server.port))
        hello = (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        )
        await loop.sock_sendall(self._socket, hello.encode())
        for frame in (
            encode(Join(token=self._token)).encode(),
            encode(Enter(name="Deaf", microphone=False, camera=False)).encode(),
            encode(NotesOpen()).encode(),
        ):
            await loop.sock_sendall(self._socket, self._masked(0x1, frame))
        await loop.sock_sendall(self._socket, self._masked(0x2, encode_notes(Ask(b"\x00"))))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._socket.close()

    @staticmethod
    def _masked(opcode: int, data: bytes) -> bytes:
        """One final frame with a mask of zeros (RFC 6455 5.2)."""
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
        return bytes([0x80 | opcode]) + length + bytes(4) + data


async def test_a_client_that_reads_nothing_is_cut_off_and_nobody_waits(
    store: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "GOODBYE_WITHIN_S", 0.1)
    monkeypatch.setattr(conversation, "_messages", 100_000)
    _, tokens = await make_room(store, (("Mo", "mentor"), ("Ana", "mentee"), ("Deaf", "mentee")))
    async with (
        serving(store, Limits(outbox=64)) as server,
        Robot(server.url, tokens[0]) as mo,
        Robot(server.url, tokens[1]) as ana,
        Deaf(server, tokens[2]),
    ):
        for robot in (mo, ana):
            await robot.come()
            await robot.send(NotesOpen())

        def lost() -> bool:
            return any(each.name == "Deaf" and not each.connected for each in ana.room().members)

        # Everyone who has the notes open is told of a cursor, until the kernel takes no more of them.
        state = '{"cursor":"' + "x" * 4_000 + '"}'
        for clock in range(10_000):
            await mo.say(encode_notes(Presence((PresenceEntry(77, clock, state),))))
            if clock % 50 == 0 and lost():
                break
        await ana.until(lost, "the end of the deaf one")
        assert not mo.closed
        assert not ana.closed
        assert not any(isinstance(each, Error) for each in (*mo.told, *ana.told))
        assert mo.gone == ana.gone == []


def rubbish(random: Random) -> str | bytes:
    """A frame that was right once."""
    right = random.choice(
        [
            encode(Enter(name="Eve", microphone=True, camera=True)),
            encode(Media(camera=True)),
            encode(TimerCommand(action="start")),
            encode(Offer(id=1, sdp=recorded("firefox-153"))),
            encode(NotesOpen()),
            encode_notes(Ask(b"\x00")),
            encode_notes(Update(b"\x01\x01\x01\x00\x04\x01\x05notes\x01a\x00")),
            encode_notes(Presence((PresenceEntry(5, 1, '{"cursor":null}'),))),
        ]
    )
    data = bytearray(right if isinstance(right, bytes) else right.encode())
    for _ in range(random.choice([1, 2, 5])):
        at = random.randrange(len(data) + 1)
        data[at : at + random.choice([0, 1, 1, 7])] = random.randbytes(random.choice([0, 1, 2]))
    return bytes(data) if isinstance(right, bytes) else data.decode(errors="ignore")


@pytest.mark.parametrize("seed", range(3))
async def test_rubbish_is_refused_and_a_call_beside_it_does_not_notice(
    store: Redis, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    random = Random(seed)
    _, tokens = await make_room(store, (("Mo", "mentor"), ("Ana", "mentee"), ("Eve", "mentee")))
    async with (
        serving(store) as server,
        Robot(server.url, tokens[0]) as mo,
        Robot(server.url, tokens[1]) as ana,
        Robot(server.url, tokens[2]) as eve,
    ):
        await mo.come()
        await ana.come()
        refusals = 0
        for _ in range(8):
            await eve.come()
            for _ in range(40):
                if not eve.closed:
                    await eve.say(rubbish(random))
            if not eve.closed:
                await eve.send(Leave())
            await eve.ended()
            assert eve.close_code in {1000, 1008}
            refusals += sum(isinstance(each, Error) for each in eve.told)
        assert refusals > 80
        await mo.send(TimerCommand(action="start"))
        await ana.hears(TimerChanged, lambda told: told.by == mo.id)
        assert not any(isinstance(each, Error) for each in (*mo.told, *ana.told))
        assert {each.id for each in ana.room().members} >= {mo.id, ana.id}
    assert not [record for record in caplog.records if record.exc_info]


async def test_updates_that_are_none_do_not_reach_a_room(store: Redis) -> None:
    _, (mentor, _) = await make_room(store)
    async with serving(store) as server, Robot(server.url, mentor) as mo:
        await mo.join()
        await mo.say(encode_notes(Update(b"\x00\x00")))
        assert (await mo.refused()).code == "bad-message"
        await mo.send(Media(camera=True))
        assert (await mo.refused()).code == "not-entered"
