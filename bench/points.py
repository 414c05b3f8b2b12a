"""One load on several servers in turn: who meets, what is measured, what is checked.

All servers stand from the start of a point, and rounds of load go from one to the next and round again,
so that whatever else the machine does falls on each alike.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.load.people import Meeting, Person, Rooms
from bench.load.pump import Pump
from bench.ours import CompagnonServer, Delays
from bench.servers import Server

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


GROUP: Final = Point("group", "8 people in one room, all sending", 1, (True,) * 8)

VOICES: Final = 3
"""Of how many at most a voice is forwarded: the loudest."""


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
    senders: int = 0
    informed: int = 0
    profiles: set[str] = field(default_factory=set)
    feedback: set[str] = field(default_factory=set)

    @property
    def median(self) -> float:
        """The median cost in µs."""
        return statistics.median(self.cost)

    @property
    def sound(self) -> bool:
        """Whether all packets came, samples were right, repair was answered and senders got feedback."""
        complete = self.lost == 0 and self.repaired == self.asked and self.informed == self.senders
        return complete and self.bad == 0 and self.sampled > 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of each server, and whether the load kept up: its share of a core, its worst delay in s."""

    figures: list[Figures]
    busy: float
    late: float


class Run:
    """One server with its people of one point."""

    def __init__(self, server: Server, pump: Pump) -> None:
        self.server = server
        self.figures = Figures()
        self._pump = pump
        self._rooms: Rooms = server.rooms(pump)
        self._meeting = Meeting()

    async def gather(self, point: Point, *, transport_reports: bool = True) -> None:
        """Connects everybody, and waits until everybody receives everybody else.

        Receivers report transport-wide if that was negotiated and ``transport_reports``.
        """
        self._rooms.transport_reports = transport_reports
        await self._rooms.open()
        for people in point.meet():
            self._meeting.add(await self._rooms.meet(people))
        self._play()
        deadline = time.monotonic() + _READY_TIMEOUT
        while waiting := [
            peer.name
            for peer, others in self._meeting.receivers
            if not peer.sees(others, min(others, VOICES))
        ]:
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
        figures.senders = len(self._meeting.senders)
        figures.informed = sum(peer.transport_reports > 0 for peer in self._meeting.senders)
        figures.profiles = {peer.profile for peer in (*self._meeting.senders, *receivers)}

    @property
    def transport_reports(self) -> bool:
        """Whether its receivers report transport-wide."""
        return any(peer.feedback_kind == "transport-cc" for peer, _ in self._meeting.receivers)

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


async def measure(
    point: Point, servers: Sequence[Server], rounds: int, seconds: float, *, as_negotiated: bool
) -> Outcome:
    """All servers at one point, in turn, ``rounds`` times.

    Unless ``as_negotiated``, receivers report to all servers as they do to the first.
    """
    pump = Pump()
    pump.start()
    runs = [Run(server, pump) for server in servers]
    try:
        alike = True
        for run in runs:
            await run.gather(point, transport_reports=alike)
            alike = as_negotiated or runs[0].transport_reports
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
    return Outcome([run.figures for run in runs], busy, late)


async def forwarding_delay(server: CompagnonServer, seconds: float) -> Delays:
    """How long packets take through the server while all of a room of eight send."""
    pump = Pump()
    pump.start()
    run = Run(server, pump)
    try:
        await run.gather(GROUP)
        before = await server.delays()
        await run.round(seconds)
        return (await server.delays()).since(before)
    finally:
        await run.leave()
        pump.stop()
