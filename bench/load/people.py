"""Who meets whom: the words in which a benchmark asks any server for a load."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bench.load.peer import Peer


@dataclass(frozen=True, eq=False, slots=True)
class Person:
    """Somebody in a room; ``sends`` voice and picture, or only watches.

    ``speaks``: whether who sends has a microphone on, too.
    """

    name: str
    sends: bool
    speaks: bool = True


@dataclass(slots=True)
class Meeting:
    """People who are connected: who sends, and who receives how many others."""

    senders: list[Peer] = field(default_factory=list)
    receivers: list[tuple[Peer, int]] = field(default_factory=list)

    def add(self, other: Meeting) -> None:
        """Takes the people of another room in."""
        self.senders += other.senders
        self.receivers += other.receivers


class Rooms(Protocol):
    """A server's rooms, reached by the server's own signalling.

    Receivers send transport-wide reports where it was negotiated, but only while ``transport_reports``.
    """

    transport_reports: bool

    async def open(self) -> None:
        """Connects to the server."""

    async def close(self) -> None:
        """Lets everybody go."""

    async def meet(self, people: list[Person]) -> Meeting:
        """A new room with ``people`` in it, all connected; nothing is sent yet."""
