"""A network of its own for a browser, whose way to this machine a test can block or change. Needs root.

A router stands between: what it drops is gone without a word, as in networks that block it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = "10.88.78.1"
"""This machine, as the namespace sees it."""

THERE = ("10.88.77.2", "10.88.77.3")
"""The namespace's address, and the one that it can change to."""

_NETWORK = "10.88.77.0/24"
_GATE = "10.88.77.1"
_BACK = "10.88.78.2"
"""The router's addresses: the namespace's side, ours."""

_NAME = f"reach{os.getpid() % 10_000}"
_ROUTER = f"{_NAME}r"


def _run(*words: str, check: bool = True) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr}")


def _ip(*words: str, check: bool = True) -> None:
    _run("ip", *words, check=check)


class Namespace:
    """Made by ``namespace``. ``program`` runs Chromium inside."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "chromium-in-namespace"
        self.program.write_text(f'#!/bin/sh\nexec ip netns exec {_NAME} {shutil.which("chromium")} "$@"\n')
        self.program.chmod(0o755)

    def block_udp(self) -> None:
        """From now on UDP is dropped both ways and nothing tells why; TCP is left alone."""
        _ip("-n", _ROUTER, "rule", "add", "pref", "10", "ipproto", "udp", "blackhole")

    def cut(self) -> None:
        """From now on nothing passes, either way, until ``mend``: a tunnel, a lift."""
        _ip("-n", _ROUTER, "rule", "add", "pref", "11", "blackhole")

    def mend(self) -> None:
        """Undo ``cut``."""
        _ip("-n", _ROUTER, "rule", "del", "pref", "11")

    def move(self) -> None:
        """Change the address: the old one is gone at once, as when a phone leaves the Wi-Fi."""
        _ip("-n", _NAME, "address", "del", f"{THERE[0]}/24", "dev", f"{_NAME}b")
        _settle(THERE[1])


def _settle(address: str) -> None:
    _ip("-n", _NAME, "address", "add", f"{address}/24", "dev", f"{_NAME}b")
    _ip("-n", _NAME, "route", "replace", "default", "via", _GATE)


def _join(name: str, inside: str, here: str, there: str) -> None:
    """Connect the router by a pair of devices to another namespace; ``name`` begins their names."""
    _ip("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b")
    _ip("link", "set", f"{name}a", "netns", _ROUTER)
    if inside:
        _ip("link", "set", f"{name}b", "netns", inside)
    at = ("-n", inside) if inside else ()
    _ip("-n", _ROUTER, "address", "add", f"{here}/24", "dev", f"{name}a")
    _ip("-n", _ROUTER, "link", "set", f"{name}a", "up")
    _ip(*at, "link", "set", f"{name}b", "up")
    if there:
        _ip(*at, "address", "add", f"{there}/24", "dev", f"{name}b")


@contextmanager
def namespace(folder: Path) -> Iterator[Namespace]:
    """A namespace, gone at the end. Raises ``RuntimeError`` where it can't be had."""
    try:
        _ip("netns", "add", _NAME)
        _ip("netns", "add", _ROUTER)
        _join(_NAME, _NAME, _GATE, "")
        _join(f"{_NAME}h", "", _BACK, HERE)
        for each in (_NAME, _ROUTER):
            _ip("-n", each, "link", "set", "lo", "up")
        _run("ip", "netns", "exec", _ROUTER, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        _settle(THERE[0])
        _ip("route", "add", _NETWORK, "via", _BACK)
        yield Namespace(folder)
    finally:
        _ip("netns", "del", _NAME, check=False)
        _ip("netns", "del", _ROUTER, check=False)
        # The kernel takes a namespace's devices away later; ours must be gone before the next of the name.
        _ip("link", "del", f"{_NAME}hb", check=False)


def why_not() -> str | None:
    """Why there can be no namespace here; None when there can."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "network namespaces need root and iproute2: type apt-get install iproute2, and start as root"
    done = subprocess.run(("ip", "netns", "add", f"{_NAME}t"), capture_output=True, check=False)
    _ip("netns", "del", f"{_NAME}t", check=False)
    return "this system allows no network namespaces" if done.returncode else None
