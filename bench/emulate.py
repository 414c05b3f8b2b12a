"""A bad line between this machine and a network namespace: two TUN devices, a process that carries packets.

Run as ``python -m bench.emulate NAME HERE THERE``. It makes the namespace and the devices, says ``ready``,
then takes one JSON object a line: ``{"up": {…}, "down": {…}}`` with the fields of ``Line`` to change; each
is answered by a line with what was carried since the last one. At the end of its input it takes all away.

Not ``tc netem``: many kernels, that of this project's machines among them, come without it.
"""

from __future__ import annotations

import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_MTU = 1_400


@dataclass
class Line:
    """One direction: ``delay`` and ``jitter`` (±, uniform) in ms, ``loss`` in %, ``rate`` in kbit/s (0: any).

    What would wait longer than ``queue`` ms for its turn at ``rate`` is dropped at the end of the queue.
    """

    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    rate: float = 0.0
    queue: float = 300.0


@dataclass
class Direction:
    """A line and its state: when its queue is empty, what it has carried. Pure but for ``chance``."""

    line: Line = field(default_factory=Line)
    chance: random.Random = field(default_factory=random.Random)
    free: float = 0.0
    packets: int = 0
    lost: int = 0
    dropped: int = 0
    waited: float = 0.0
    longest: float = 0.0

    def departure(self, size: int, now: float) -> float | None:
        """When a packet of so many bytes arrives at the other end (seconds); None when it never does."""
        line = self.line
        self.packets += 1
        if self.chance.random() * 100 < line.loss:
            self.lost += 1
            return None
        at = now
        if line.rate:
            start = max(now, self.free)
            wait = (start - now) * 1_000
            if wait > line.queue:
                self.dropped += 1
                return None
            self.waited += wait
            self.longest = max(self.longest, wait)
            at = self.free = start + size * 8 / (line.rate * 1_000)
        jitter = self.chance.uniform(-line.jitter, line.jitter) if line.jitter else 0.0
        return max(now, at + (line.delay + jitter) / 1_000)

    def told(self) -> dict[str, float]:
        """What was carried since the last time: counts, and the queue's mean and longest wait in ms."""
        carried = max(1, self.packets - self.lost - self.dropped)
        out = {
            "packets": self.packets,
            "lost": self.lost,
            "dropped": self.dropped,
            "queue": self.waited / carried,
            "longest": self.longest,
        }
        self.packets = self.lost = self.dropped = 0
        self.waited = self.longest = 0.0
        return out


def _tun(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


def _ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True, capture_output=True)


def _carry(here: int, there: int, up: Direction, down: Direction) -> None:
    """Carry packets until the input ends."""
    waiting: list[tuple[float, int, int, bytes]] = []
    count = 0
    ways = {there: (up, here), here: (down, there)}
    inputs = [here, there, 0]
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, device, packet = heapq.heappop(waiting)
            try:
                os.write(device, packet)
            except OSError:
                # The device's own queue is full, or the address is just being changed: lost, as on any line.
                continue
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for ready in select.select(inputs, (), (), patience)[0]:
            if ready == 0:
                line = sys.stdin.readline()
                if not line:
                    return
                wanted = json.loads(line)
                print(json.dumps({"up": up.told(), "down": down.told()}), flush=True)
                for way, changes in (("up", up), ("down", down)):
                    changes.line = Line(**{**asdict(changes.line), **wanted.get(way, {})})
                continue
            way, other = ways[ready]
            for _ in range(64):
                try:
                    packet = os.read(ready, 65_535)
                except BlockingIOError:
                    break
                at = way.departure(len(packet), time.monotonic())
                if at is not None:
                    count += 1
                    heapq.heappush(waiting, (at, count, other, packet))


def main(name: str, here: str, there: str) -> None:
    """Make the line, carry until the input ends, take it away."""
    near, far = _tun(f"{name}a"), _tun(f"{name}b")
    try:
        _ip("netns", "add", name)
        _ip("address", "add", f"{here}/29", "dev", f"{name}a")
        _ip("link", "set", f"{name}a", "up", "mtu", str(_MTU))
        _ip("link", "set", f"{name}b", "netns", name)
        _ip("-n", name, "address", "add", f"{there}/29", "dev", f"{name}b")
        _ip("-n", name, "link", "set", f"{name}b", "up", "mtu", str(_MTU))
        _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", name, "route", "add", "default", "via", here)
        print("ready", flush=True)
        _carry(near, far, Direction(), Direction())
    finally:
        os.close(near)
        os.close(far)
        subprocess.run(("ip", "netns", "del", name), check=False, capture_output=True)


class Emulated:
    """The process that carries, seen from a benchmark or a test: change the line, read what it did."""

    def __init__(self, name: str, here: str, there: str) -> None:
        self.name, self.here, self.there = name, here, there
        self._process = subprocess.Popen(
            (sys.executable, "-m", "bench.emulate", name, here, there),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._said() != "ready":
            self.close()
            raise RuntimeError("no emulated line: that needs root, iproute2 and /dev/net/tun")

    def change(self, **wanted: dict[str, float]) -> dict[str, dict[str, float]]:
        """Change ``up`` and ``down`` (fields of ``Line``); return what was carried since the last change."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._said())
        return told

    def block_udp(self) -> None:
        """From now on UDP from the namespace reaches nobody and nothing tells why; TCP is left alone."""
        _ip("-n", self.name, "rule", "add", "pref", "10", "ipproto", "udp", "blackhole")

    def unblock(self) -> None:
        """Let UDP through again."""
        _ip("-n", self.name, "rule", "del", "pref", "10")

    def move(self, address: str) -> None:
        """Change the namespace's address, within the same /29: the old one is gone at once."""
        device = f"{self.name}b"
        _ip("-n", self.name, "address", "del", f"{self.there}/29", "dev", device)
        _ip("-n", self.name, "address", "add", f"{address}/29", "dev", device)
        _ip("-n", self.name, "route", "replace", "default", "via", self.here)
        self.there = address

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """Take the line away."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
