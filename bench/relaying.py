"""``bench/relay``: CPU of the whole server per forwarded packet beside Janus, and the forwarding delay.

Servers and load share one machine and one run; all servers stand from the start of a point, and rounds of load
go from one to the next and round again, so that whatever else the machine does falls on each alike.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.environment import lack
from bench.isolation import isolated, make_network, missing, run_isolated
from bench.load.people import Meeting, Person, Rooms
from bench.load.pump import Pump
from bench.servers import JanusServer, Server

KBPS: Final = 1000
_READY_TIMEOUT: Final = 15.0
_SETTLE: Final = 0.8
_REPAIR_TIMEOUT: Final = 3.0


@dataclass(frozen=True, slots=True)
class Point:
    """One load: ``rooms`` rooms with one sender and ``viewers`` watchers each, or pairs who both send.

    Few viewers come in several rooms, so that each point forwards some thousand packets a second.
    """

    name: str
    title: str
    rooms: int
    people: tuple[bool, ...]

    def meet(self) -> list[list[Person]]:
        """The people of each room."""
        return [
            [
                Person(f"{self.name} room {room} person {index}", sends)
                for index, sends in enumerate(self.people)
            ]
            for room in range(self.rooms)
        ]


def _watched(viewers: int, rooms: int) -> Point:
    title = f"{viewers} viewer{'s' if viewers > 1 else ''} each, {rooms} room{'s' if rooms > 1 else ''}"
    return Point(str(viewers), title, rooms, (True,) + (False,) * viewers)


POINTS: Final = (
    _watched(1, 6),
    _watched(4, 3),
    _watched(9, 2),
    _watched(24, 1),
    Point("pairs", "20 one-to-one sessions", 20, (True, True)),
)


@dataclass(slots=True)
class Figures:
    """What one server gave at one point: µs of CPU per forwarded packet of each round, and the checks."""

    cost: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    sampled: int = 0
    bad: int = 0
    lost: int = 0
    repaired: int = 0
    asked: int = 0
    profiles: set[str] = field(default_factory=set)
    feedback: set[str] = field(default_factory=set)

    @property
    def median(self) -> float:
        """The median cost in µs."""
        return statistics.median(self.cost)

    @property
    def sound(self) -> bool:
        """Whether all packets came, samples were right and repair was answered."""
        return self.lost == 0 and self.bad == 0 and self.sampled > 0 and self.repaired == self.asked


class Run:
    """One server with its people of one point."""

    def __init__(self, server: Server, pump: Pump) -> None:
        self.server = server
        self.figures = Figures()
        self._pump = pump
        self._rooms: Rooms = server.rooms(pump)
        self._meeting = Meeting()

    async def gather(self, point: Point) -> None:
        """Connects everybody."""
        await self._rooms.open()
        for people in point.meet():
            self._meeting.add(await self._rooms.meet(people))

    async def check_arrival(self) -> None:
        """Waits until everybody receives voice and picture of everybody else; raises TimeoutError."""
        self._play()
        deadline = time.monotonic() + _READY_TIMEOUT
        while waiting := [peer.name for peer, others in self._meeting.receivers if not peer.sees(others)]:
            self._pump.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.server.name}: nothing or not all reaches {', '.join(waiting[:3])}")
            await asyncio.sleep(0.05)
        self._pause()

    async def round(self, seconds: float) -> None:
        """One round of load, measured."""
        self._play()
        await asyncio.sleep(_SETTLE)
        cpu, count, start = self.server.cpu(), self._received(), time.monotonic()
        await asyncio.sleep(seconds)
        cpu, count, start = self.server.cpu() - cpu, self._received() - count, time.monotonic() - start
        self._pause()
        self._pump.check()
        if count == 0:
            raise RuntimeError(f"{self.server.name} forwarded nothing")
        self.figures.cost.append(cpu * 1e6 / count)
        self.figures.rate.append(count / start)

    async def check_repair(self) -> None:
        """Has each receiver ask for one packet again, then looks at all that was counted."""
        self._play()
        await asyncio.sleep(_SETTLE)
        receivers = [peer for peer, _ in self._meeting.receivers]
        before = [peer.repaired for peer in receivers]
        for peer in receivers:
            peer.ask_again()
        deadline = time.monotonic() + _REPAIR_TIMEOUT
        figures = self.figures
        figures.asked = len(receivers)
        while time.monotonic() < deadline:
            figures.repaired = sum(peer.repaired > old for peer, old in zip(receivers, before, strict=True))
            if figures.repaired == figures.asked:
                break
            await asyncio.sleep(0.05)
        self._pause()
        for peer in receivers:
            media = peer.media()
            figures.sampled += sum(source.sampled for source in media)
            figures.bad += sum(source.bad for source in media)
            figures.lost += sum(source.lost for source in media)
            figures.feedback.add(peer.feedback_kind)
        figures.profiles = {peer.profile for peer in (*self._meeting.senders, *receivers)}

    async def leave(self) -> None:
        """Everybody goes."""
        self._pause()
        for peer in (*self._meeting.senders, *(peer for peer, _ in self._meeting.receivers)):
            peer.close()
        await self._rooms.close()

    def _received(self) -> int:
        return sum(peer.received for peer, _ in self._meeting.receivers)

    def _play(self) -> None:
        for peer in self._meeting.senders:
            peer.play(KBPS)

    def _pause(self) -> None:
        for peer in self._meeting.senders:
            peer.pause()


async def measure(point: Point, servers: Sequence[Server], rounds: int, seconds: float) -> list[Figures]:
    """All servers at one point, in turn, ``rounds`` times."""
    pump = Pump()
    pump.start()
    runs = [Run(server, pump) for server in servers]
    try:
        for run in runs:
            await run.gather(point)
            await run.check_arrival()
        pump.late = 0.0
        started, cpu = time.monotonic(), pump.cpu
        for _ in range(rounds):
            for run in runs:
                await run.round(seconds)
        busy = (pump.cpu - cpu) / (time.monotonic() - started)
        late = pump.late
        for run in runs:
            await run.check_repair()
    finally:
        for run in runs:
            await run.leave()
        pump.stop()
    print(f"    load: {100 * busy:.0f} % of a core, at most {1000 * late:.0f} ms late", flush=True)
    return [run.figures for run in runs]


def best_of(peers: Sequence[Figures]) -> float:
    """The lowest median among the servers compared with."""
    return min(figures.median for figures in peers)


async def compare(arguments: argparse.Namespace, directory: Path) -> int:
    """Every point, then the room of eight; prints the table and gives the exit status."""
    worst = 0.0
    sound = True
    points = [point for point in POINTS if point.name in arguments.points]
    for point in points:
        servers = make_servers(directory / point.name)
        try:
            for server in servers:
                await server.start()
            print(f"{point.title}, {KBPS} kbit/s of video and a voice from each sender:", flush=True)
            results = await measure(point, servers, arguments.rounds, arguments.seconds)
        finally:
            for server in servers:
                server.stop()
        for server, figures in zip(servers, results, strict=True):
            print(f"    {line(server.name, figures)}", flush=True)
            sound = sound and figures.sound
        ratio = results[0].median / best_of(results[1:])
        worst = max(worst, ratio)
        print(f"    ratio {ratio:.2f}", flush=True)
    return 0 if sound else 1


def line(name: str, figures: Figures) -> str:
    """One server's figures at one point."""
    spread = f"{min(figures.cost):.1f}–{max(figures.cost):.1f}"
    return (
        f"{name:22} {figures.median:6.1f} µs a packet ({spread}), {statistics.median(figures.rate):.0f} packets/s, "
        f"lost {figures.lost}, wrong {figures.bad} of {figures.sampled} decrypted, "
        f"repaired {figures.repaired} of {figures.asked}, {'/'.join(sorted(figures.feedback))}, "
        f"{' '.join(sorted(figures.profiles))}"
    )


def make_servers(directory: Path) -> list[Server]:
    directory.mkdir()
    return [
        JanusServer(directory / "janus", 18188, (41_000, 43_000)),
        JanusServer(directory / "janus2", 18189, (44_000, 46_000), event_loops=2),
    ]


def main(argv: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/relay", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--points", default="1,4,9,24,pairs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    arguments = parser.parse_args(argv)
    if not isolated():
        sentence = missing()
        if sentence:
            lack(sentence)
        return run_isolated("bench.relaying", argv, 600)
    make_network()
    gc.freeze()
    gc.disable()
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        return asyncio.run(compare(arguments, Path(directory)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
