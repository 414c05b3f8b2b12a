"""The server as a process: it starts, says what keeps it from starting, survives kills, and stops in time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import ssl
import time
from pathlib import Path

import aiohttp

from tests.support.browsers import eventually as until_so
from tests.support.eventually import eventually
from tests.support.server import Server, free_port
from tests.support.store import Valkey


async def status_of(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        await answer.read()
        return answer.status


async def refusal(*words: str, data: Path) -> tuple[int, str]:
    """How a start that can't succeed ends."""
    status, said = await asyncio.wait_for(Server(data.parent).command("serve", *words), 30)
    return status, said


async def test_it_starts_makes_sessions_and_stops_in_time(tmp_path: Path) -> None:
    async with Server.running(tmp_path) as server:
        links = await server.new_room(
            "grow-45", ("Ada:mentor", "Bao:mentee", "Chi:mentee"), "--title", "First"
        )
        assert len(links.personal) == 3
        assert all(link.startswith(server.url + "/j/") for link in links.personal)
        for link in (*links.personal, links.management):
            assert await status_of(link) == 200
        store = server.store_pid()
        assert store is not None
        started = time.monotonic()
        assert await server.stop() == 0
        assert time.monotonic() - started < 5
        assert server.store_pid() is None
        log = server.log.read_text()
        assert f"Compagnon is ready: {server.url}" in log
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        assert [line["event"] for line in lines if line["event"] != "request"] == [
            "started",
            "stopping",
            "stopped",
        ]
        for secret in (
            "Ada",
            "First",
            links.management.rpartition("/")[2],
            links.personal[0].rpartition("/")[2],
        ):
            assert secret not in log


async def test_both_loopback_families_answer_where_there_are_two(tmp_path: Path) -> None:
    async with Server.running(tmp_path) as server:
        hosts = ["127.0.0.1"]
        with contextlib.suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
            hosts.append("[::1]")
        for host in hosts:
            assert await status_of(f"http://{host}:{server.port}/readyz") == 200


async def test_a_killed_server_is_followed_by_one_with_the_same_store(tmp_path: Path) -> None:
    async with Server.running(tmp_path) as server:
        links = await server.new_room()
        store = server.store_pid()
        await server.kill()
        assert server.store_pid() == store
        await server.start()
        assert server.store_pid() == store
        for link in (*links.personal, links.management):
            assert await status_of(link) == 200


async def test_a_killed_store_is_back_by_itself(tmp_path: Path) -> None:
    async with Server.running(tmp_path) as server:
        links = await server.new_room()
        store = server.store_pid()
        server.kill_store()
        await eventually(lambda: server.store_pid() not in {store, None}, "another store")

        async def ready() -> bool:
            return await status_of(f"{server.url}/readyz") == 200

        await until_so(ready, "the server is ready")
        assert await status_of(links.management) == 200


async def test_both_killed_at_once_lose_nothing(tmp_path: Path) -> None:
    async with Server.running(tmp_path) as server:
        links = await server.new_room()
        await server.kill()
        server.kill_store()
        await server.start()
        assert await status_of(links.management) == 200


async def test_ctrl_c_stops_it_as_well(tmp_path: Path) -> None:
    async with Server.running(tmp_path) as server:
        assert server.pid is not None
        server.signal(signal.SIGINT)
        assert await server.stop() == 0


async def test_what_keeps_it_from_starting_is_one_sentence(tmp_path: Path) -> None:
    async with Server.running(tmp_path / "one") as server:
        other = ("--port", str(free_port()))
        port = str(server.port)
        for words, data, sentence in (
            (
                other,
                server.data,
                f"compagnon: Another Compagnon (process {server.pid}, {server.url}) already uses",
            ),
            (("--port", port), tmp_path / "two" / "data", f"compagnon: TCP port {port} is taken"),
            (
                (*other, "--media-port", port),
                tmp_path / "two" / "data",
                f"compagnon: UDP port {port} is taken",
            ),
            (
                (*other, "--redis", "redis://127.0.0.1:1/0"),
                tmp_path / "two" / "data",
                "compagnon: The store at redis",
            ),
            (
                (*other, "--public-address", "nobody.invalid"),
                tmp_path / "two" / "data",
                "compagnon: --public-address",
            ),
        ):
            data.parent.mkdir(exist_ok=True)
            status, said = await refusal(*words, data=data)
            assert said.startswith(sentence)
            assert said.count("\n") == 1
            assert status in {1, 2}
        assert await status_of(f"{server.url}/readyz") == 200


async def test_a_certificate_of_its_own(tmp_path: Path) -> None:
    server = Server(tmp_path, "--tls-self-signed")
    try:
        await server.start()
        assert server.url.startswith("https://")
        trusted = ssl.create_default_context(cafile=str(server.data / "tls" / "certificate.pem"))
        async with aiohttp.ClientSession() as http, http.get(f"{server.url}/", ssl=trusted) as answer:
            assert answer.status == 200
            assert "Strict-Transport-Security" not in answer.headers
        links = await server.new_room()
        assert links.management.startswith(f"{server.url}/s/")
        _, said = await server.command("doctor", "--port", str(server.port), "--tls-self-signed")
        assert "The certificate is good until" in said
    finally:
        await server.close()


async def test_a_store_of_the_operators_own(tmp_path: Path) -> None:
    with Valkey() as valkey:
        async with Server.running(tmp_path, "--redis", valkey.url) as server:
            links = await server.new_room()
            assert await status_of(links.management) == 200
            assert server.store_pid() is None
            assert await status_of(f"{server.url}/readyz") == 200
            valkey.kill()
            assert await status_of(f"{server.url}/readyz") == 503
            started = time.monotonic()
            assert await server.stop() == 0
            assert time.monotonic() - started < 5


async def test_sessions_are_made_without_a_server_too(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        links = await server.new_room("open", ("Ada:mentor", "Bao:mentee"), "--base-url", server.url)
        assert server.store_pid() is None
        await server.start()
        assert await status_of(links.management) == 200
    finally:
        await server.close()


async def test_the_doctor_before_and_beside_a_server(tmp_path: Path) -> None:
    server = Server(tmp_path)
    port = ("--port", str(server.port))
    try:
        status, said = await server.command("doctor", *port)
        assert status == 0
        assert f"TCP port {server.port} is free." in said
        assert "Every change is on disk before anybody is told." in said
        await server.start()
        status, said = await server.command("doctor", *port)
        assert status == 0
        assert f"process {server.pid}" in said
        assert f"UDP port {server.port} is in use by that Compagnon." in said
        assert f"People go to {server.url}" in said
        status, said = await server.command("doctor", *port, "--host", "0.0.0.0")
        assert status == 1
        assert "WRONG Browsers give camera and microphone to HTTPS only" in said
    finally:
        await server.close()


async def test_the_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = (
            "--port",
            str(port),
            "--redis",
            "redis://127.0.0.1:1/0",
            "--base-url",
            "http://meet.example.org",
        )
        status, said = await Server(tmp_path).command("doctor", *words)
    assert status == 1
    wrong = [line for line in said.splitlines() if line.startswith("WRONG")]
    assert len(wrong) == 3
    assert f"TCP port {port} is taken" in said
    assert "can't be used" in said
