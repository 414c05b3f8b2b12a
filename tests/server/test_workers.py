"""A server of several processes: rooms find their worker, and outlive it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from server.config import read
from server.metrics import merged
from server.worker import Orders, hear_front
from server.workers import Worker, Workers
from signaling.messages import Media, TimerChanged, TimerCommand
from tests.support.doors import caller
from tests.support.eventually import eventually
from tests.support.notes_robot import Robot as Writer
from tests.support.robots import Robot
from tests.support.rtc_client import Client
from tests.support.rtc_tcp import TcpClient
from tests.support.server import Server, free_port


def children(pid: int) -> list[int]:
    """The media workers that a server has started, in their order."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed if b"server.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with Server.running(tmp_path, "--workers", "2") as running:
        yield running


def pid_of(server: Server) -> int:
    assert server.pid is not None
    return server.pid


def replaced(server: Server, dead: int) -> bool:
    running = children(pid_of(server))
    return len(running) == 2 and dead not in running


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def token(link: str) -> str:
    return link.rsplit("/", 1)[1]


def media_port(answer: str) -> int:
    found = re.search(r"a=candidate:1 1 udp \d+ \S+ (\d+)", answer)
    assert found is not None
    return int(found[1])


async def turns() -> None:
    """Lets everything go on that can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_rooms_spread_and_people_of_one_meet(server: Server) -> None:
    ports = set()
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(2):
            room = await server.new_room("grow-45")
            mo, bao = [
                await stack.enter_async_context(Robot(f"{server.url}/ws", token(link)))
                for link in room.personal
            ]
            own = set()
            for robot in (mo, bao):
                client = Client()
                stack.push_async_callback(client.close)
                joined = await robot.join(offer=client.offer())
                assert joined.answer is not None
                own.add(media_port(joined.answer))
                await client.connect(joined.answer)
                await robot.enter("Mo" if robot is mo else "Bao")
            await mo.sees(lambda member: member.name == "Bao")
            assert len(own) == 1
            ports |= own
        assert ports == {server.media_port, server.media_port + 1}
        async with aiohttp.ClientSession() as http, http.get(f"{server.url}/metrics") as answer:
            text = await answer.text()
        assert "\ncompagnon_rooms 2.0\n" in text
        assert "\ncompagnon_members 4.0\n" in text
        assert 'process_cpu_seconds_total{worker="1"}' in text


@pytest.mark.alone
async def test_a_killed_workers_room_goes_on_elsewhere(server: Server) -> None:
    room = await server.new_room("grow-45")
    before = children(pid_of(server))
    assert len(before) == 2
    async with contextlib.AsyncExitStack() as stack:
        mo, bao = [
            await stack.enter_async_context(Robot(f"{server.url}/ws", token(link))) for link in room.personal
        ]
        session = (await mo.join()).session
        await mo.enter("Mo")
        await bao.come("Bao")
        await mo.send(TimerCommand(action="start"))
        timer = (await bao.hears(TimerChanged)).timer
        for pid in before:
            os.kill(pid, signal.SIGKILL)
            killed = time.monotonic()
            assert await mo.ended() is None
            assert mo.close_code == 1011
            back = await mo.join(resume=session)
            assert time.monotonic() - killed < 5
            assert back.entered
            assert [member.name for member in back.room.members] == ["Mo", "Bao"]
            assert back.room.timer == timer
            await eventually(lambda dead=pid: replaced(server, dead), "another worker")


async def test_doors_lead_to_the_rooms_worker(server: Server) -> None:
    room = await server.new_room("open", ("Mo:mentor", "Ana:mentee", "Encoder:mentee"))
    mentor, viewer, encoding = map(token, room.personal)
    async with (
        Robot(f"{server.url}/ws", mentor) as mo,
        caller(server.url, "whip", encoding) as encoder,
        caller(server.url, "whep", viewer) as player,
    ):
        await mo.come("Mo")
        await encoder.connect()
        assert encoder.url.startswith(f"{server.url}/whip/")
        await mo.sees(lambda member: member.name == "Encoder")
        await player.connect()
        async with encoder.patch(encoder.fragment(), encoder.tag) as answer:
            assert answer.status == 204
        async with player.delete() as answer:
            assert answer.status == 200
        async with encoder.post("nonsense") as answer:
            assert (answer.status, answer.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_doors_tell_of_the_configured_relays(tmp_path: Path, workers: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret that two servers share")
    turn = ("--turn-url", "turn:turn.example.org", "--turn-secret-file", str(secret))
    async with Server.running(tmp_path, "--workers", workers, *turn) as server:
        room = await server.new_room("open")
        async with caller(server.url, "whip", token(room.personal[0])) as encoder, encoder.post() as made:
            assert made.status == 201
            assert made.headers["Link"].startswith('<turn:turn.example.org>; rel="ice-server"; username="')


async def test_each_worker_has_media_by_tcp(tmp_path: Path) -> None:
    first, ports = free_port(), set()
    async with contextlib.AsyncExitStack() as stack:
        running = Server.running(tmp_path, "--workers", "2", "--media-port", str(first))
        server = await stack.enter_async_context(running)
        for _ in range(2):
            room = await server.new_room("open")
            mo = await stack.enter_async_context(Robot(f"{server.url}/ws", token(room.personal[0])))
            client = TcpClient()
            stack.push_async_callback(client.close)
            joined = await mo.join(offer=client.offer())
            assert joined.answer is not None
            await client.connect(joined.answer)
            ports.add(client.remote[1])
            await mo.enter("Mo")
        assert ports == {first, first + 1}


async def test_pages_reach_the_live_room(server: Server) -> None:
    room = await server.new_room("open")
    async with Robot(f"{server.url}/ws", token(room.personal[1])) as bao:
        await bao.come("Bao")
        await bao.send(Media(camera=False))
        async with aiohttp.ClientSession(headers={"Origin": server.url}) as http:
            async with http.get(f"{room.personal[1]}/notes.md") as answer:
                assert answer.status == 200
            # What is ticked on a page is ticked in the notes, whichever process the room is in.
            async with Writer.at(room.personal[0], "Ada") as ada:
                ada.insert(0, "- [ ] @Bao read\n")
                await eventually(lambda: ada.saved, "the line is stored")
                said = {"action": "read", "done": "yes"}
                tick = f"{room.personal[1]}/wrap-up/tick"
                async with http.post(tick, data=said, allow_redirects=False) as answer:
                    assert answer.status == 303
                await eventually(lambda: ada.text == "- [x] @Bao read\n", "the tick is shown")
            revoke = f"{room.management}/guests/{bao.id}/revoke"
            async with http.post(revoke, allow_redirects=False) as answer:
                assert answer.status == 303
        assert await bao.ended() == "revoked"


async def test_workers_end_with_their_front(server: Server) -> None:
    started = children(pid_of(server))
    await server.kill()
    await eventually(lambda: not any(map(alive, started)), "the end of the workers", 5)


async def test_a_worker_hears_of_its_fronts_end_once() -> None:
    """The end of what was read can be read for ever, which kept both cores busy until the worker was gone."""
    before, (reads, writes) = os.dup(0), os.pipe()
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    try:
        os.dup2(reads, 0)
        loop.add_reader(0, hear_front, ending)
        os.write(writes, b"more")
        await turns()
        assert not ending.is_set()
        os.close(writes)
        await asyncio.wait_for(ending.wait(), 5)
        assert not loop.remove_reader(0)
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(reads)


async def test_all_end_within_five_seconds(server: Server) -> None:
    started = children(pid_of(server))
    room = await server.new_room("open")
    async with Robot(f"{server.url}/ws", token(room.personal[0])) as mo:
        await mo.come("Mo")
        began = time.monotonic()
        server.signal(signal.SIGTERM)
        assert await mo.ended() == "stopping"
        assert await server.stop() == 0
        assert time.monotonic() - began < 5
    assert not any(map(alive, started))


async def test_who_waits_for_a_worker_that_dies_as_it_starts_waits_for_the_next(tmp_path: Path) -> None:
    orders = Orders(config=read({}, {}), store="", socket=str(tmp_path / "0.sock"), server="here")
    worker = Worker(0, orders)
    waiting = asyncio.create_task(Workers.reached(worker))
    await turns()
    worker.ready.set()
    worker.ready.clear()
    async with aiohttp.ClientSession() as session:
        worker.http = session
        await turns()
        assert not waiting.done()
        worker.ready.set()
        assert await waiting is session


def test_pages_of_metrics_are_added_up() -> None:
    page = (
        "# HELP compagnon_rooms Live rooms.\n# TYPE compagnon_rooms gauge\ncompagnon_rooms 2.0\n"
        "# HELP compagnon_packets_sent_total Out.\n# TYPE compagnon_packets_sent_total counter\n"
        "compagnon_packets_sent_total 5.0\n"
        "# HELP process_open_fds Fds.\n# TYPE process_open_fds gauge\nprocess_open_fds 9.0\n"
    )
    text = merged({"0": page, "1": page}).decode()
    assert "compagnon_rooms 4.0\n" in text
    assert "compagnon_packets_sent_total 10.0\n" in text
    assert 'process_open_fds{worker="1"} 9.0\n' in text
