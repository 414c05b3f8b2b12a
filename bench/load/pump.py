"""One thread that carries every packet of the load: reads all sockets, and does what is due by the clock.

One thread and not two, because two would fight for the interpreter's lock and spoil the pace. Asyncio
(the signalling) talks to it through :meth:`Pump.call` only.
"""

from __future__ import annotations

import heapq
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

Action = Callable[[float], float | None]
"""Does something due; gets its own due time, gives the next one, or None when it is over."""

_DATAGRAM = 2048
_BURST = 64


class Endpoint(Protocol):
    """What owns a socket."""

    socket: socket.socket

    def receive(self, buffer: bytearray, length: int, now: float) -> None:
        """Takes ``buffer[:length]``, valid for the call only; ``now`` is monotonic seconds."""


class Pump:
    """Start it, give it endpoints and actions by :meth:`call`, stop it.

    ``late`` is the worst delay in seconds of anything due since it was last set to 0, ``cpu`` the
    thread's CPU seconds: both tell whether the load itself is what is measured.
    """

    def __init__(self) -> None:
        self.late = 0.0
        self.cpu = 0.0
        self._actions: list[tuple[float, int, Action]] = []
        self._counter = 0
        self._endpoints: dict[int, Endpoint] = {}
        self._calls: deque[Callable[[], None]] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.epoll()
        self._poll.register(self._wake, select.EPOLLIN)
        self._stopping = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._guard, name="load", daemon=True)

    def start(self) -> None:
        """Begins to turn."""
        self._thread.start()

    def stop(self) -> None:
        """Stops turning and closes every socket; raises what made the thread fail, if anything did."""
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        for endpoint in self._endpoints.values():
            endpoint.socket.close()
        self._poll.close()
        os.close(self._wake)
        self.check()

    def check(self) -> None:
        """Raises what made the thread fail, if anything did."""
        if self._failure is not None:
            raise RuntimeError("the load's pump failed") from self._failure

    def call(self, function: Callable[[], None]) -> None:
        """Has ``function`` called on the pump's thread; from any thread."""
        self._calls.append(function)
        os.eventfd_write(self._wake, 1)

    def add(self, endpoint: Endpoint) -> None:
        """Reads ``endpoint.socket`` from now on. On the pump's thread only, as all that follow."""
        self._endpoints[endpoint.socket.fileno()] = endpoint
        self._poll.register(endpoint.socket.fileno(), select.EPOLLIN)

    def remove(self, endpoint: Endpoint) -> None:
        """Stops reading ``endpoint`` and closes its socket."""
        fileno = endpoint.socket.fileno()
        if self._endpoints.pop(fileno, None) is not None:
            self._poll.unregister(fileno)
            endpoint.socket.close()

    def at(self, due: float, action: Action) -> None:
        """Has ``action`` done at monotonic time ``due``."""
        self._counter += 1
        heapq.heappush(self._actions, (due, self._counter, action))

    def _guard(self) -> None:
        try:
            self._turn()
        except BaseException as error:
            self._failure = error

    def _turn(self) -> None:
        buffer = bytearray(_DATAGRAM)
        while not self._stopping:
            now = time.monotonic()
            self._due(now)
            wait = self._actions[0][0] - time.monotonic() if self._actions else 1.0
            for fileno, _ in self._poll.poll(max(0.0, wait)):
                if fileno == self._wake:
                    os.eventfd_read(self._wake)
                    while self._calls:
                        self._calls.popleft()()
                else:
                    self._read(self._endpoints.get(fileno), buffer)
            self.cpu = time.thread_time()

    def _due(self, now: float) -> None:
        actions = self._actions
        while actions and actions[0][0] <= now:
            due, _, action = heapq.heappop(actions)
            self.late = max(self.late, now - due)
            following = action(due)
            if following is not None:
                self.at(following, action)

    @staticmethod
    def _read(endpoint: Endpoint | None, buffer: bytearray) -> None:
        if endpoint is None:
            return
        now = time.monotonic()
        receive_into = endpoint.socket.recv_into
        for _ in range(_BURST):
            try:
                length = receive_into(buffer)
            except (BlockingIOError, ConnectionRefusedError):
                return
            endpoint.receive(buffer, length, now)
