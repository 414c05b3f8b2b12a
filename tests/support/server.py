"""A real Compagnon as a process of its own: started, killed, stopped and reaped by tests and benchmarks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from redis.asyncio import Redis

from server.embedded import socket_path

READY_S = 30.0
STOP_S = 10.0


@dataclass(frozen=True, slots=True)
class Links:
    """What ``compagnon room new`` printed: a personal link for each guest, and the management link."""

    personal: tuple[str, ...]
    management: str


def own_ports(environment: Mapping[str, str]) -> range:
    """The numbers that this process of the tests may take; those that run beside it take others.

    Below those that the system gives to whoever connects: one of them may be taken at any moment.
    """
    share = 12_000 // int(environment.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    first = 20_000 + share * int(environment.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return range(first, first + share - 3)


def free_port() -> int:
    """A number that is free on loopback for TCP and UDP, as are the three after it, which workers take."""
    for _ in range(100):
        port = random.choice(own_ports(os.environ))
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for number in range(port, port + 4):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    stack.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", number))
            return port
    raise OSError("no free port")


class Server:
    """``async with Server.running(folder) as server``; the same ports and data folder over restarts."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        host: str = "localhost",
        environment: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = self.media_port = free_port()
        scheme = "https" if "--tls-self-signed" in options else "http"
        self.url = f"{scheme}://{host}:{self.port}"
        self.pid: int | None = None
        self._options = options
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COMPAGNON_")},
            **(environment or {}),
        }
        self._prefix = prefix
        self._process: asyncio.subprocess.Process | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, folder: Path, *options: str, environment: Mapping[str, str] | None = None
    ) -> AsyncIterator[Server]:
        """A started server, gone at the end with its store, whatever happened in between."""
        server = cls(folder, *options, environment=environment)
        try:
            await server.start()
            yield server
        finally:
            await server.close()

    async def start(self) -> None:
        """Returns when the server says that it is ready."""
        command = (
            *self._prefix,
            *(sys.executable, "-m", "server", "serve", "--data", str(self.data)),
            *("--port", str(self.port), "--media-port", str(self.media_port)),
            *self._options,
        )
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment
            )
        self.pid = self._process.pid
        try:
            async with asyncio.timeout(READY_S):
                await self._until_ready(self._process)
        except TimeoutError:
            raise RuntimeError(f"the server is not ready:\n{self._tail()}") from None

    async def kill(self) -> None:
        """``kill -9``: nothing is said or saved; the store lives on."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Sends the server a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        return await asyncio.wait_for(self._process.wait(), STOP_S)

    async def close(self) -> None:
        """Ends everything that is left: the server, and a store that a killed one left behind."""
        try:
            if self._process is not None:
                await self.stop()
        except TimeoutError:
            await self.kill()
        finally:
            pid = self.store_pid()
            if pid is not None:
                os.kill(pid, signal.SIGKILL)

    def store_pid(self) -> int | None:
        """The process that listens on the store's socket, None when nobody does."""
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as link:
            link.settimeout(5)
            try:
                link.connect(str(socket_path(self.data)))
                link.sendall(b"INFO server\r\n")
                answer = b""
                while b"process_id:" not in answer:
                    more = link.recv(65_536)
                    if not more:
                        return None
                    answer += more
            except OSError:
                return None
        found = re.search(rb"process_id:(\d+)", answer)
        return int(found[1]) if found else None

    def kill_store(self) -> None:
        """``kill -9`` of the store."""
        pid = self.store_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def store(self) -> Redis:
        """A client of the server's store; the caller closes it."""
        return Redis(unix_socket_path=str(socket_path(self.data)))

    async def new_room(
        self, agenda: str = "open", guests: Sequence[str] = ("Ada:mentor", "Bao:mentee"), *options: str
    ) -> Links:
        """Makes a session with ``compagnon room new`` beside the running server."""
        status, text = await self.command(
            "room",
            "new",
            "--format",
            agenda,
            *(word for guest in guests for word in ("--guest", guest)),
            *options,
        )
        assert status == 0, text
        links = re.findall(r"https?://\S+", text)
        return Links(tuple(links[:-1]), links[-1])

    async def command(self, *words: str) -> tuple[int, str]:
        """Runs ``compagnon`` on this server's data folder: its status, and all it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", *words, "--data", str(self.data)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), 30)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return process.returncode, said.decode()

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        connector = aiohttp.TCPConnector(ssl=False)
        async with aiohttp.ClientSession(connector=connector) as http:
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.02)
        raise RuntimeError(f"the server ended with {process.returncode}:\n{self._tail()}")

    def _tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])
