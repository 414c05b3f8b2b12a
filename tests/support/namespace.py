"""A network of its own for a browser, whose way to this machine a test can block or change. Needs root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = "10.88.77.1"
"""This machine, as the namespace sees it."""

THERE = ("10.88.77.2", "10.88.77.3")
"""The namespace's address, and the one that it can change to."""

_NAME = f"reach{os.getpid() % 10_000}"


def _ip(*words: str, check: bool = True) -> None:
    done = subprocess.run(("ip", *words), capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr}")


class Namespace:
    """Made by ``namespace``. ``program`` runs Chromium inside."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "chromium-in-namespace"
        self.program.write_text(f'#!/bin/sh\nexec ip netns exec {_NAME} {shutil.which("chromium")} "$@"\n')
        self.program.chmod(0o755)

    def block_udp(self) -> None:
        """From now on UDP reaches nobody and nothing tells why; TCP is left alone."""
        _ip("-n", _NAME, "rule", "add", "pref", "10", "ipproto", "udp", "blackhole")

    def move(self) -> None:
        """Change the address: the old one is gone at once, as when a phone leaves the Wi-Fi."""
        _ip("-n", _NAME, "address", "del", f"{THERE[0]}/24", "dev", f"{_NAME}b")
        _ip("-n", _NAME, "address", "add", f"{THERE[1]}/24", "dev", f"{_NAME}b")


@contextmanager
def namespace(folder: Path) -> Iterator[Namespace]:
    """A namespace, gone at the end. Raises ``RuntimeError`` where it can't be had."""
    try:
        _ip("netns", "add", _NAME)
        _ip("link", "add", f"{_NAME}a", "type", "veth", "peer", "name", f"{_NAME}b", "netns", _NAME)
        _ip("address", "add", f"{HERE}/24", "dev", f"{_NAME}a")
        _ip("link", "set", f"{_NAME}a", "up")
        _ip("-n", _NAME, "link", "set", "lo", "up")
        _ip("-n", _NAME, "address", "add", f"{THERE[0]}/24", "dev", f"{_NAME}b")
        _ip("-n", _NAME, "link", "set", f"{_NAME}b", "up")
        yield Namespace(folder)
    finally:
        _ip("link", "del", f"{_NAME}a", check=False)
        _ip("netns", "del", _NAME, check=False)


def why_not() -> str | None:
    """Why there can be no namespace here; None when there can."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "network namespaces need root and iproute2"
    done = subprocess.run(("ip", "netns", "add", f"{_NAME}t"), capture_output=True, check=False)
    _ip("netns", "del", f"{_NAME}t", check=False)
    return "this system allows no network namespaces" if done.returncode else None
