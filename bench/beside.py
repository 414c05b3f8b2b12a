"""The room of a hundred in Janus, to compare with."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.load.people import Person
from bench.load.pump import Pump
from bench.servers import JanusServer

_SETTLE: Final = 4.0


@dataclass(frozen=True, slots=True)
class Beside:
    """What Janus needed: ``cores``, packets a second, packets that never came, how late the load was (s)."""

    cores: float
    rate: float
    lost: int
    late: float

    def words(self, ours: float) -> str:
        """One line of the report; ``ours`` is what a packet costs us, in seconds of CPU."""
        theirs = self.cores / max(self.rate, 1.0)
        return (
            f"Janus, event_loops=2: {self.rate:.0f} packets/s forwarded, {self.cores:.2f} cores, "
            f"{1e6 * theirs:.1f} µs a packet (ours {1e6 * ours:.1f}, ratio {ours / theirs:.2f}); "
            f"{self.lost} lost; the load at most {1000 * self.late:.0f} ms late"
        )


async def beside(directory: Path, pump: Pump, people: list[Person], kbps: float, seconds: float) -> Beside:
    """These people, all robots, in a room of Janus's videoroom, its connections shared by two threads."""
    server = JanusServer(directory / "janus", 18188, (41_000, 43_000), event_loops=2)
    try:
        await server.start()
        rooms = server.rooms(pump)
        await rooms.open()
        try:
            meeting = await rooms.meet(people)
            watchers = [peer for peer, _ in meeting.receivers]
            for peer in meeting.senders:
                peer.play(kbps)
            await asyncio.sleep(_SETTLE)
            pump.late = 0.0
            cpu, start = server.cpu(), time.monotonic()
            count = sum(peer.received for peer in watchers)
            await asyncio.sleep(seconds)
            cpu, took = server.cpu() - cpu, time.monotonic() - start
            count, late = sum(peer.received for peer in watchers) - count, pump.late
            for peer in meeting.senders:
                peer.pause()
            await asyncio.sleep(0.5)
            pump.check()
            lost = sum(source.lost for peer in watchers for source in peer.media())
            for peer in (*meeting.senders, *watchers):
                peer.close()
        finally:
            await rooms.close()
    finally:
        server.stop()
    return Beside(cpu / took, count / took, lost, late)
