"""The selective-forwarding relay: what the rest of the server calls."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from server.media.caps import FREE, Caps, Capture
from server.media.slots import Feed
from server.media.stats import RelayStats
from server.media.tally import Tally
from server.transport.peer import Peer
from server.transport.port import Port, Tcp
from server.transport.room import RelayRoom, RoomListener
from server.transport.tcp import ListenError
from server.transport.trials import Probed

__all__ = [
    "FREE",
    "Caps",
    "Capture",
    "Feed",
    "ListenError",
    "Peer",
    "Probed",
    "Relay",
    "RelayConfig",
    "RelayRoom",
    "RelayStats",
    "RoomListener",
    "Tally",
    "Tcp",
]


@dataclass(frozen=True, slots=True)
class RelayConfig:
    """Where the media port is; ``port`` 0 takes any free one. ``max_video_slots`` is a browser's limit."""

    host: str = "127.0.0.1"
    port: int = 8080
    max_video_slots: int = 9
    tcp: Tcp = field(default_factory=Tcp)


class Relay:
    """All rooms' media on one port, UDP and TCP.

    ``clock`` counts seconds: consent, requests and reports go by it. The pump's own times do not.
    """

    def __init__(self, config: RelayConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self.stats = RelayStats()
        self._config = config
        self._port = Port(self.stats, clock)
        self._rooms: dict[str, RelayRoom] = {}

    @property
    def port(self) -> int:
        """The number of the UDP port, 0 before ``start``."""
        return self._port.number

    async def start(self) -> None:
        """Bind the port. Raises ``OSError`` when it is taken."""
        self._port.open(self._config.host, self._config.port, self._config.tcp)

    def take(self, sock: socket.socket, remote: tuple[str, int]) -> None:
        """Serve a TCP connection that begins like media; nothing of it may have been read."""
        self._port.wires.take(sock, remote)

    async def stop(self) -> None:
        """Close every room and let go of the port."""
        for room in list(self._rooms.values()):
            room.close()
        await self._port.close()

    def room(self, room_id: str, listener: RoomListener) -> RelayRoom:
        """Return the room with this id, made when it is not there; ``listener`` is then its own."""
        room = self._rooms.get(room_id)
        if room is None:
            room = self._rooms[room_id] = RelayRoom(
                self._port, listener, self._config.max_video_slots, lambda: self._forget(room_id)
            )
        return room

    def _forget(self, room_id: str) -> None:
        self._rooms.pop(room_id, None)
