"""Media over TCP: passive ICE-TCP beside UDP, and what strangers and slow lines do to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket

import pytest

from server.transport import tcp
from tests.support.rtc_client import Client, until
from tests.support.rtc_room import Guest, Scene, scene
from tests.support.rtc_tcp import TcpClient, frame


async def call(stage: Scene) -> tuple[Guest, Guest]:
    """Anna by TCP, Ben by UDP."""
    return await stage.join("anna", client=TcpClient()), await stage.join("ben")


def stranger(stage: Scene) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", stage.relay.port), timeout=5)
    made.setblocking(False)
    return made


async def closed(sock: socket.socket) -> None:
    """Wait until the other side has closed."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionResetError):
            assert await loop.sock_recv(sock, 1) == b""


async def test_media_flows_both_ways_between_tcp_and_udp() -> None:
    async with scene() as stage:
        anna, ben = await call(stage)
        assert anna.peer.link.wire is not None
        assert ben.peer.link.wire is None
        mapped = anna.client.responses[0].attributes["XOR-MAPPED-ADDRESS"]
        assert mapped == anna.client.sock.getsockname()[:2]
        for sender, viewer in ((anna, ben), (ben, anna)):
            face = await stage.show(sender, viewer)
            before = len(viewer.client.of(face))
            for _ in range(50):
                sender.client.frame(packets=4)
            await until(lambda viewer=viewer, face=face, due=before + 200: len(viewer.client.of(face)) >= due)


@pytest.mark.parametrize(("bound", "host"), [("::1", "::1"), ("::", "127.0.0.1")])
async def test_both_address_families(bound: str, host: str) -> None:
    async with scene(bound) as stage:
        anna = await stage.join("anna", client=TcpClient(host=host))
        ben = await stage.join("ben", client=TcpClient(host=host))
        mapped = anna.client.responses[0].attributes["XOR-MAPPED-ADDRESS"]
        assert mapped == anna.client.sock.getsockname()[:2]
        await stage.show(anna, ben)


async def test_an_ice_restart_moves_a_call_from_udp_to_tcp_and_back() -> None:
    async with scene() as stage:
        client = TcpClient()
        client.blocked = False
        anna, ben = await stage.join("anna"), await stage.join("ben", client=client)
        await stage.show(anna, ben)
        for blocked in (False, True, False):
            client.blocked = blocked
            # What is known of the old path says nothing of the new one.
            ben.peer.link.rate.loss = 0.5
            client.restart_ice()
            answer, _ = ben.peer.answer(client.offer())
            client.accept(answer)
            await client.check()
            assert (ben.peer.link.wire is not None) == blocked
            assert ben.peer.link.rate.loss == 0
            await stage.show(anna, ben)
            await stage.show(ben, anna)
            assert stage.heard.media[-1] == ("ben", True)


async def test_a_connection_that_ends_takes_the_member_out_until_another_comes() -> None:
    async with scene() as stage:
        anna, ben = await call(stage)
        await stage.show(anna, ben)
        anna.client.sock.stream.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]
        await until(lambda: stage.heard.media[-1] == ("anna", False))
        anna.client.move()
        await anna.client.check()
        await until(lambda: stage.heard.media[-1] == ("anna", True))
        await stage.show(anna, ben)
        await stage.show(ben, anna)


async def test_packets_may_come_in_pieces_and_several_at_once() -> None:
    async with scene() as stage:
        anna, ben = await call(stage)
        face = await stage.show(anna, ben)
        client = anna.client
        assert isinstance(client, TcpClient)
        pieces: list[bytes] = []
        whole = client.sock.sendto
        client.sock.sendto = lambda packet, remote: pieces.append(frame(packet))  # type: ignore
        for _ in range(20):
            client.frame(packets=3)
        client.sock.sendto = whole  # type: ignore[method-assign]
        before = len(ben.client.of(face))
        stream = b"".join(pieces)
        for at in range(0, len(stream), 777):
            client.sock.stream.sendall(stream[at : at + 777])  # type: ignore[attr-defined]
        await until(lambda: len(ben.client.of(face)) >= before + 60)


@pytest.mark.parametrize(
    "said",
    [
        frame(b"\x80\x60" + bytes(60)),
        frame(b"\x16\xfe\xfd" + bytes(60)),
        b"\x07\xff" + b"\x00\x01\x00\x08\x21\x12\xa4\x43" + bytes(80),
        b"\x08\x01" + bytes(3_000),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\x00" * 40,
    ],
    ids=["media", "dtls", "wrong cookie", "too large", "words", "nothing"],
)
async def test_what_does_not_begin_with_a_check_is_closed_at_once(said: bytes) -> None:
    async with scene() as stage:
        anna, ben = await call(stage)
        with stranger(stage) as sock:
            sock.sendall(said)
            await closed(sock)
        await stage.show(anna, ben)


async def test_who_proves_nothing_is_closed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PROVE_S", 0.2)
    monkeypatch.setattr(tcp, "SWEEP_S", 0.1)
    async with scene() as stage:
        anna, ben = await call(stage)
        guess = Client()
        stage.clients.append(guess)
        guess.remote_ufrag, guess.remote_password = "nobody", "a password that nobody has"
        with stranger(stage) as silent, stranger(stage) as guessing:
            guessing.sendall(frame(bytes(guess.request())))
            await closed(guessing)
            await closed(silent)
        await stage.show(anna, ben)
        assert len(stage.relay._port.wires.known) == 1


async def test_a_flood_of_connections_does_not_hurt_the_call() -> None:
    async with scene() as stage:
        anna, ben = await call(stage)
        await stage.show(anna, ben)
        wires = stage.relay._port.wires
        with contextlib.ExitStack() as stack:
            for count in range(tcp.MAX_UNPROVEN * 2):
                sock = stack.enter_context(stranger(stage))
                if count % 2:
                    sock.sendall(os.urandom(200))
                await until(lambda: not wires._arrived)
                assert len(wires.known) <= tcp.MAX_UNPROVEN + 1
            await stage.show(anna, ben)
            await stage.show(ben, anna)
        late = await stage.join("carl", client=TcpClient())
        await stage.show(late, anna)


async def test_a_member_who_reads_nothing_loses_video_and_delays_nobody() -> None:
    async with scene() as stage:
        ada = await stage.join("ada")
        anna, ben = await call(stage)
        face = await stage.show(ada, ben)
        await stage.seen(anna, "camera", "ada")
        await stage.show(ada, anna)
        anna.client.loop.remove_reader(anna.client.sock.fileno())
        wire = anna.peer.link.wire
        assert wire is not None
        arrived = len(ben.client.of(face))
        sent = 0
        # What the kernel keeps for a connection grows by itself to some megabytes.
        while not stage.relay.stats.drops.get("tcp"):
            for _ in range(20):
                ada.client.frame(packets=20, size=1_100)
            sent += 400
            await until(lambda due=arrived + sent: len(ben.client.of(face)) >= due)
            assert sent < 40_000
        assert wire.waits <= tcp.MAX_QUEUE
        anna.client.loop.add_reader(anna.client.sock.fileno(), anna.client._readable)
        await until(lambda: wire.idle)
        await stage.show(ada, anna)
        await stage.show(anna, ben)
