"""``bench/room``: what a room of a hundred costs the whole server, with real DTLS and SRTP.

Everybody comes within ten seconds, each with a WebSocket and a media connection. Then a few send voice and
picture and the others watch the last N: JVB plans with about 700 packets a second for each receiver.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from bench.beside import beside
from bench.environment import lack
from bench.isolation import ADDRESS, isolated, make_network, missing, run_isolated
from bench.load.clip import make_clip
from bench.load.compagnon import CompagnonRooms, Seat
from bench.load.people import Person
from bench.load.pump import Pump
from bench.load.sending import FRAME_RATE
from bench.ours import CompagnonServer
from bench.usage import Usage
from bench.watching import Seen, Watchers, watching

_LONGEST: Final = 900.0
_READY_TIMEOUT: Final = 20.0
_SETTLE: Final = 2.0
_EMPTY_TIMEOUT: Final = 15.0
_MB: Final = 1 << 20
_ROUND_STORM: Final = 5.0
VOICES: Final = 3
WARM_UP: Final = 1
"""Rounds of joins and leaves after which the allocator has what it needs."""


@dataclass(slots=True)
class Crowd:
    """Everybody in one room: who sends, who only watches, and how long each took to come."""

    rooms: CompagnonRooms
    senders: list[Seat] = field(default_factory=list)
    watchers: list[Seat] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    """Tokens of the links that are left for browsers."""
    joins: list[float] = field(default_factory=list)
    """Seconds from opening the WebSocket to media standing and the room entered."""

    @property
    def seats(self) -> list[Seat]:
        """All of them."""
        return self.senders + self.watchers

    @property
    def received(self) -> int:
        """Media packets that have come to anybody."""
        return sum(seat.peer.received for seat in self.seats)

    @property
    def lost(self) -> int:
        """Packets that never came, repair included."""
        return sum(source.lost for seat in self.seats for source in seat.peer.media())

    @property
    def told(self) -> tuple[int, int]:
        """Text frames and their characters that everybody was sent after entering."""
        return sum(seat.told for seat in self.seats), sum(seat.told_bytes for seat in self.seats)

    @property
    def spoilt(self) -> int:
        """Of the packets that were decrypted and looked at, those that were not what a sender wrote."""
        return sum(source.bad for seat in self.seats for source in seat.peer.media())

    async def leave(self) -> None:
        """Everybody goes, in good order."""
        for seat in self.seats:
            seat.peer.pause()
            seat.peer.close()
        await self.rooms.close()


async def gather(server: CompagnonServer, pump: Pump, shape: Shape, source: str | None = None) -> Crowd:
    """Everybody comes within ``shape.storm`` seconds; raises what keeps anybody out."""
    rooms = CompagnonRooms(server.url, pump, server.make_room, source)
    await rooms.open()
    crowd = Crowd(rooms)
    tokens = await server.make_room(shape.people)
    robots = shape.people - shape.browsers
    crowd.spare = tokens[robots:]
    started = time.monotonic()

    async def come(index: int, token: str) -> None:
        sends = index < shape.cameras
        due = started + index * shape.storm / shape.people
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        began = time.monotonic()
        person = Person(f"Person {index}", sends, speaks=index < shape.speakers)
        seat = await rooms.join(person, token, shape.last_n)
        crowd.joins.append(time.monotonic() - began)
        (crowd.senders if sends else crowd.watchers).append(seat)

    try:
        async with asyncio.TaskGroup() as group:
            for index, token in enumerate(tokens[:robots]):
                group.create_task(come(index, token))
    except BaseException:
        await crowd.leave()
        raise
    return crowd


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a room, who sends, what each watches, and within how many seconds all come.

    ``browsers`` of the people are real ones, which only watch.
    """

    people: int = 100
    cameras: int = 4
    speakers: int = 3
    last_n: int = 4
    kbps: float = 1000.0
    storm: float = 10.0
    browsers: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What the steady room cost in ``seconds``; delays in seconds, ``busy`` is the load's share of a core."""

    used: Usage
    seconds: float
    packets: int
    lost: int
    p50: float
    p99: float
    told: tuple[int, int]
    busy: float
    late: float
    seen: Sequence[Seen] = ()

    @property
    def cores(self) -> float:
        """Cores that the whole server used."""
        return self.used.cpu / self.seconds


async def talk(
    server: CompagnonServer,
    crowd: Crowd,
    pump: Pump,
    shape: Shape,
    seconds: float,
    watchers: Watchers | None = None,
) -> Result:
    """The senders send, the others watch; measured once everybody sees and hears all they should."""
    clip = None if watchers is None else make_clip(shape.kbps, FRAME_RATE)
    for seat in crowd.senders:
        seat.peer.play(shape.kbps, clip)
    pictures = min(shape.last_n, shape.cameras)
    deadline = time.monotonic() + _READY_TIMEOUT
    while waiting := [
        seat.peer.name for seat in crowd.watchers if not seat.peer.sees(pictures, min(shape.speakers, VOICES))
    ]:
        pump.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(waiting)} people miss a picture or a voice, first {waiting[0]}")
        await asyncio.sleep(0.1)
    if watchers is not None:
        await watchers.ready(pictures)
    await asyncio.sleep(_SETTLE)
    if watchers is not None:
        await watchers.begin()
    pump.late = 0.0
    before, cpu, told = await server.delays(), pump.cpu, crowd.told
    used, count, start = server.usage(), crowd.received, time.monotonic()
    await asyncio.sleep(seconds)
    used, count, took = server.usage().since(used), crowd.received - count, time.monotonic() - start
    busy, late = (pump.cpu - cpu) / took, pump.late
    delays = (await server.delays()).since(before)
    seen = await watchers.end() if watchers is not None else []
    for seat in crowd.senders:
        seat.peer.pause()
    await asyncio.sleep(0.5)
    pump.check()
    frames, size = crowd.told
    return Result(
        used=used,
        seconds=took,
        packets=count,
        lost=crowd.lost,
        p50=delays.percentile(0.5),
        p99=delays.percentile(0.99),
        told=(frames - told[0], size - told[1]),
        busy=busy,
        late=late,
        seen=seen,
    )


async def rounds(server: CompagnonServer, pump: Pump, shape: Shape, count: int) -> list[Usage]:
    """Everybody comes, talks a moment and leaves, so many times; what the server holds after each round.

    Each round comes from another address: one may not join more than 240 times a minute.
    """
    held = []
    for number in range(count):
        crowd = await gather(server, pump, replace(shape, storm=_ROUND_STORM), f"127.0.{number + 1}.1")
        for seat in crowd.senders:
            seat.peer.play(shape.kbps)
        await asyncio.sleep(0.5)
        await crowd.leave()
        await emptied(server)
        # When the last room has closed, the server gives its memory back.
        await asyncio.sleep(_SETTLE)
        held.append(server.usage())
    return held


async def emptied(server: CompagnonServer) -> None:
    """Waits until the server holds no room, member or media connection; raises TimeoutError."""
    deadline = time.monotonic() + _EMPTY_TIMEOUT
    while any([await server.gauge(name) for name in ("rooms", "members", "peers")]):
        if time.monotonic() > deadline:
            raise TimeoutError("somebody is still in a room that everybody has left")
        await asyncio.sleep(0.05)


def print_joins(crowd: Crowd, shape: Shape, used: Usage, seconds: float) -> None:
    """How the storm went."""
    p50, p95 = statistics.median(crowd.joins), statistics.quantiles(crowd.joins, n=20, method="inclusive")[-1]
    frames, size = crowd.told
    print(
        f"{shape.people} joins in {shape.storm:g} s: from WebSocket to media "
        f"p50 {1000 * p50:.0f} ms, p95 {1000 * p95:.0f} ms, longest {1000 * max(crowd.joins):.0f} ms; "
        f"{used.cpu / seconds:.2f} cores; each was told {frames / shape.people:.0f} times meanwhile, "
        f"{size / shape.people / 1000:.1f} kB",
        flush=True,
    )


def print_result(result: Result, shape: Shape) -> None:
    """The steady room, and where its CPU goes."""
    used, seconds = result.used, result.seconds
    each = result.packets / seconds / shape.people
    parts = {
        "media thread": used.media,
        "event loop": used.loop,
        "other threads": used.threads_cpu,
        "store": used.store,
    }
    print(
        f"{shape.people} people, {shape.speakers} speak, {shape.cameras} send {shape.kbps:g} kbit/s, "
        f"last {shape.last_n} shown: {result.packets / seconds:.0f} packets/s forwarded, {each:.0f} to each"
    )
    print("  cores: " + ", ".join(f"{name} {cpu / seconds:.3f}" for name, cpu in parts.items()))
    print(
        f"  {1e6 * used.media / max(result.packets, 1):.1f} µs of the media thread a packet; "
        f"forwarding p50 {1000 * result.p50:.2f} ms, p99 {1000 * result.p99:.2f} ms; {result.lost} lost"
    )
    frames, size = result.told
    print(
        f"  memory: server {used.memory / _MB:.0f} MB, store {used.store_memory / _MB:.0f} MB; "
        f"{used.threads} threads, {used.files} open files; "
        f"{frames / seconds / shape.people:.1f} messages ({size / seconds / shape.people:.0f} B) "
        "a second to each"
    )
    for number, seen in enumerate(result.seen):
        print(f"  browser {number + 1}: {seen}")
    print(f"  load: {result.busy:.0%} of a core, at most {1000 * result.late:.0f} ms late", flush=True)


def print_rounds(held: Sequence[Usage]) -> float:
    """What is held after each round; gives the greatest change of memory, as a share, since ``WARM_UP``."""
    memory = [each.memory for each in held]
    print("  after each round, MB: " + " ".join(f"{each / _MB:.1f}" for each in memory))
    first, *later = memory[WARM_UP - 1 :]
    change = max((each / first - 1 for each in later), key=abs, default=0.0)
    print(
        f"  after {WARM_UP} rounds to warm up it changes by {change:+.1%} at most; "
        f"threads {held[0].threads} to {held[-1].threads}, open files {held[0].files} to {held[-1].files}",
        flush=True,
    )
    return change


async def run(arguments: argparse.Namespace, directory: Path) -> int:
    """The storm, the steady room, the rounds; prints the figures and gives the exit status."""
    shape = Shape(
        arguments.people,
        arguments.cameras,
        arguments.speakers,
        arguments.last_n,
        arguments.kbps,
        browsers=arguments.browsers,
    )
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start", flush=True)
    server = CompagnonServer(directory / "compagnon", ADDRESS, members=shape.people)
    pump = Pump()
    pump.start()
    try:
        await server.start()
        before, start = server.usage(), time.monotonic()
        crowd = await gather(server, pump, shape)
        print_joins(crowd, shape, server.usage().since(before), time.monotonic() - start)
        async with contextlib.AsyncExitStack() as stack:
            watchers = None
            if shape.browsers:
                watchers = await stack.enter_async_context(watching(server.url, crowd.spare, directory))
            result = await talk(server, crowd, pump, shape, arguments.seconds, watchers)
            spoilt = 0 if watchers else crowd.spoilt
        print_result(result, shape)
        await crowd.leave()
        await emptied(server)
        if arguments.janus:
            people = [
                Person(f"Person {index}", index < shape.cameras, speaks=index < shape.speakers)
                for index in range(shape.people)
            ]
            janus = await beside(directory, pump, people, shape.kbps, arguments.seconds)
            print(janus.words(result.used.cpu / max(result.packets, 1)), flush=True)
        grown = 0.0
        if arguments.rounds:
            print(f"{arguments.rounds} rounds of {shape.people} joins and leaves")
            robots = replace(shape, browsers=0)
            grown = print_rounds(await rounds(server, pump, robots, WARM_UP + arguments.rounds))
    finally:
        server.stop()
        pump.stop()
    print(f"load average {os.getloadavg()[0]:.1f} at the end")
    if result.lost or spoilt:
        print("Not all packets came, or not all whole: the figures of this run don't count.")
    print(f"room of {shape.people}, cores used: {result.cores:.2f}", flush=True)
    return 1 if result.lost or spoilt or abs(grown) > 0.05 else 0


def main(argv: list[str]) -> int:
    """The command line: outside it makes the namespaces, inside them it measures."""
    parser = argparse.ArgumentParser(prog="bench/room", description=__doc__)
    parser.add_argument("--people", type=int, default=100, help="%(default)s")
    parser.add_argument("--speakers", type=int, default=3, help="who speak at once (%(default)s)")
    parser.add_argument("--cameras", type=int, default=4, help="who send a picture (%(default)s)")
    parser.add_argument("--last-n", type=int, default=4, help="pictures that each receives (%(default)s)")
    parser.add_argument("--kbps", type=float, default=1000.0, help="of each picture (%(default)g)")
    parser.add_argument("--seconds", type=float, default=20.0, help="measured (%(default)g)")
    parser.add_argument(
        "--browsers", type=int, default=0, help="of the people, real ones that watch (%(default)s)"
    )
    parser.add_argument("--janus", action="store_true", help="the same room in Janus afterwards")
    parser.add_argument(
        "--rounds", type=int, default=0, help="then all come and leave so often (%(default)s)"
    )
    arguments = parser.parse_args(argv)
    if not isolated():
        sentence = missing()
        if arguments.janus and shutil.which("janus") is None:
            sentence = "Janus is missing: type apt-get install janus."
        if arguments.browsers and shutil.which("chromium") is None:
            sentence = "Chromium is missing: type apt-get install chromium."
        if sentence is not None:
            lack(sentence)
        return run_isolated("bench.crowd", argv, _LONGEST)
    make_network()
    gc.freeze()
    gc.disable()
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        return asyncio.run(run(arguments, Path(directory)))


if __name__ == "__main__":
    import sys

    raise SystemExit(main(sys.argv[1:]))
