"""The data folder: one server at a time holds it, and leaves a note of where it listens."""

from __future__ import annotations

import fcntl
import os
import platform
import secrets
from pathlib import Path

import msgspec

from server.errors import OperatorError


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What the server that holds a data folder says of itself. ``store`` is a Redis URL."""

    pid: int
    url: str = ""
    store: str = ""
    port: int = 0
    media_port: int = 0
    workers: int = 1


class DataFolder:
    """A folder only its owner can read. The lock is the kernel's: it falls with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = path / "server.lock"
        self._held: int | None = None

    def make(self) -> None:
        """Makes the folder when it is missing. Raises ``OperatorError``."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not os.access(self.path, os.W_OK | os.X_OK):
                raise PermissionError
        except PermissionError:
            raise OperatorError(f"Can't write to {self.path}: choose another folder with --data.") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise OperatorError(f"Can't use {self.path} ({reason}): choose another with --data.") from None

    def hold(self) -> None:
        """Takes the folder for this process. Raises ``OperatorError`` that says who has it."""
        self.make()
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise OperatorError(f"Can't write {self._lock}: {error.strerror}.") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise OperatorError(self._taken()) from None
        self._held = descriptor
        self.note(Running(pid=os.getpid()))

    def note(self, running: Running) -> None:
        """Leaves word for ``running`` of other processes; the folder must be held."""
        assert self._held is not None
        os.ftruncate(self._held, 0)
        os.pwrite(self._held, msgspec.json.encode(running), 0)

    def server(self) -> str:
        """What this folder's server is called in the store: the same after every start on this machine.

        Raises ``OperatorError``.
        """
        path = self.path / "server-id"
        try:
            name = path.read_text().strip() if path.exists() else ""
            if not name:
                name = secrets.token_hex(8)
                path.write_text(f"{name}\n")
        except OSError as error:
            raise OperatorError(f"Can't use {path}: {error.strerror}.") from None
        # A folder may be copied to another machine, while this one still runs.
        return f"{name}@{platform.node()}"

    def running(self) -> Running | None:
        """Who holds the folder now, None when nobody does. A holder without a note yet has no URL."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return self._noted(descriptor)
        else:
            return None
        finally:
            os.close(descriptor)

    def release(self) -> None:
        """Gives the folder up."""
        if self._held is not None:
            os.ftruncate(self._held, 0)
            os.close(self._held)
            self._held = None

    def _noted(self, descriptor: int) -> Running:
        try:
            return msgspec.json.decode(os.pread(descriptor, 4096, 0), type=Running)
        except msgspec.DecodeError:
            return Running(pid=0)

    def _taken(self) -> str:
        running = self.running()
        who = f" (process {running.pid}{f', {running.url}' if running.url else ''})" if running else ""
        return (
            f"Another Compagnon{who} already uses {self.path}: stop it, or choose another folder with --data."
        )
