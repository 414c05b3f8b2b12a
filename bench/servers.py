"""The servers that are compared: each is started with its log in a file, and stopped whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from bench.isolation import ADDRESS
from bench.load.janus import JanusRooms
from bench.load.people import Rooms
from bench.load.pump import Pump

_START_TIMEOUT: Final = 20.0
_STOP_TIMEOUT: Final = 5.0


class Server(Protocol):
    """A forwarding server under load."""

    name: str

    async def start(self) -> None:
        """Starts it and waits until it answers; raises RuntimeError with the end of its log."""

    def rooms(self, pump: Pump) -> Rooms:
        """A way into its rooms."""

    def cpu(self) -> float:
        """CPU seconds of all its processes and threads so far."""

    def stop(self) -> None:
        """Ends it and its children."""


class Child:
    """A server process with its children, its log, and the CPU they all used."""

    def __init__(
        self, command: list[str], log: Path, cwd: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd, env=environment
            )

    async def listening(self, host: str, port: int) -> None:
        """Waits until something accepts connections there."""
        deadline = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < deadline:
            if not self.running:
                break
            try:
                _, writer = await asyncio.open_connection(host, port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            return
        raise RuntimeError(f"{self._process.args!r} does not listen on {host}:{port}\n{self.tail()}")

    @property
    def pid(self) -> int:
        """The process itself."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def tail(self) -> str:
        """The end of its log."""
        return self._log.read_text(errors="replace")[-2000:]

    def cpu(self) -> float:
        """CPU seconds of the process and all its descendants, ended threads included."""
        return sum(_cpu(pid) for pid in family(self._process.pid))

    def stop(self) -> None:
        """Ends the process and all its descendants, gently at first."""
        processes = family(self._process.pid)
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_TIMEOUT)
        self._process.kill()
        self._process.wait()
        for pid in processes[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def family(pid: int) -> list[int]:
    """A process and all its descendants, parents first (Linux: ``/proc/PID/task/TID/children``)."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in task.read_text().split()]
    return found


def _cpu(pid: int) -> float:
    """The kernel's CPU clock of a process, in seconds to the nanosecond (clock_getcpuclockid(3))."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


class JanusServer:
    """Debian's Janus with the videoroom plugin alone, otherwise as it comes.

    ICE-lite as our own relay is, which spares it checks of its own; ``event_loops`` shares all
    connections among so many threads in place of one thread each.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        media_ports: tuple[int, int],
        event_loops: int = 0,
        address: str = ADDRESS,
    ) -> None:
        self.name = f"janus, event_loops={event_loops}" if event_loops else "janus, default"
        self._directory = directory
        self._port = port
        self._media_ports = media_ports
        self._event_loops = event_loops
        self._address = address
        self._child: Child | None = None

    async def start(self) -> None:
        """Writes its configuration and starts it."""
        self._configure()
        configuration = str(self._directory / "janus.jcfg")
        command = ["janus", "--configs-folder", str(self._directory), "--config", configuration]
        self._child = Child(command, self._directory / "log", self._directory)
        await self._child.listening(self._address, self._port)

    @property
    def url(self) -> str:
        """Its WebSocket interface."""
        return f"ws://{self._address}:{self._port}"

    def rooms(self, pump: Pump) -> Rooms:
        """Rooms by the WebSocket interface."""
        return JanusRooms(self.url, pump)

    def cpu(self) -> float:
        """CPU seconds of all its threads."""
        return self._child.cpu() if self._child else 0.0

    def stop(self) -> None:
        """Ends it."""
        if self._child:
            self._child.stop()

    def _configure(self) -> None:
        home = next(Path("/usr/lib").glob("*/janus"))
        self._directory.mkdir()
        loops = f"event_loops = {self._event_loops}" if self._event_loops else ""
        low, high = self._media_ports
        plugins = _all_but(home / "plugins", "videoroom")
        transports = _all_but(home / "transports", "websockets")
        (self._directory / "janus.jcfg").write_text(f"""
general: {{
    configs_folder = "{self._directory}"
    plugins_folder = "{home / "plugins"}"
    transports_folder = "{home / "transports"}"
    events_folder = "{home / "events"}"
    loggers_folder = "{home / "loggers"}"
    session_timeout = 0
    {loops}
}}
media: {{ rtp_port_range = "{low}-{high}" }}
nat: {{ ice_enforce_list = "{self._address}", ice_lite = true }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
""")
        (self._directory / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
        listening = f'ws = true, ws_port = {self._port}, ws_ip = "{self._address}", wss = false'
        (self._directory / "janus.transport.websockets.jcfg").write_text(
            f'general: {{ json = "compact", {listening} }}\nadmin: {{ admin_ws = false }}\n'
        )


def _all_but(folder: Path, kept: str) -> str:
    return ",".join(sorted(path.name for path in folder.glob("*.so") if kept not in path.name))
