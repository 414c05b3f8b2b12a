"""Media over TCP for networks that block UDP: passive ICE-TCP (RFC 6544), frames of RFC 4571.

One thread reads every connection and hands frames to a pump of its own, under the port's lock, as the media
thread does with datagrams. Writing never waits: what the kernel does not take at once is queued, and what
has waited for too long there is dropped whole, video long before speech.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from struct import Struct
from typing import TYPE_CHECKING

from server.media.stats import RelayStats
from server.transport.checks import is_check
from server.transport.ice import Address, Table
from server.transport.inlet import BATCH, SLOT, Bare

if TYPE_CHECKING:
    from server.transport.link import Link

MAX_WIRES = 1_024
MAX_UNPROVEN = 128
"""Connections at a time, and how many of them may not have proven yet whose they are: beyond it, the oldest
of these makes room."""

PROVE_S = 5.0
"""A connection that is nobody's path for so long is closed; a check takes one round trip."""

VIDEO_WAITS_S = 0.4
SPEECH_WAITS_S = 1.5
"""For how long a packet may wait for the line before it is of no use any more."""

MAX_QUEUE = 512_000
"""Bytes that wait for one connection. Beyond it the newest packet is dropped."""

READ = 65_536
SWEEP_S = 1.0

_LENGTH = Struct("!H")
_SSRC = Struct("!8xL")

log = logging.getLogger(__name__)


class Wire:
    """One TCP connection. ``link`` is whose selected path it is, None before it is anyone's.

    ``send`` is called under the port's lock, by any thread.
    """

    def __init__(
        self,
        sock: socket.socket,
        address: Address,
        now: float,
        stats: RelayStats,
        clock: Callable[[], float],
        wake: Callable[[Wire], None],
    ) -> None:
        self.sock = sock
        self.address = address
        self.link: Link | None = None
        self.alone_since: float | None = now
        self.broken = False
        self.received = b""
        self.waits = 0
        self._queue: deque[tuple[float, bytes]] = deque()
        self._begun = b""
        self._stats = stats
        self._clock = clock
        self._wake = wake

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be sent."""
        return not self._begun and not self._queue

    def send(self, packets: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send packets in order, each in a frame of its own. What the line has no room for waits."""
        frames = [_LENGTH.pack(len(packet)) + bytes(packet) for packet in packets]
        if self.broken:
            return
        if not self.idle:
            self._wait(frames)
            return
        left = self._write(b"".join(frames))
        if not left:
            return
        for index in range(len(frames) - 1, -1, -1):
            # From the end: whole frames that are left wait as such, the rest of one that has begun must go.
            if left >= len(frames[index]):
                left -= len(frames[index])
                continue
            self._begun = frames[index][-left:] if left else b""
            self._wait(frames[index + 1 :])
            return
        self._wait(frames)

    def flush(self) -> None:
        """Send what waits, as far as the line takes it."""
        while not self.broken and not self.idle:
            if not self._begun:
                self._forget()
                if not self._queue:
                    return
                frame = self._queue.popleft()[1]
                self.waits -= len(frame)
                self._begun = frame
            left = self._write(self._begun)
            self._begun = self._begun[-left:] if left else b""
            if left:
                return

    def _write(self, data: bytes) -> int:
        """Hand bytes to the kernel; return how many it did not take."""
        try:
            return len(data) - self.sock.send(data)
        except BlockingIOError:
            return len(data)
        except OSError:
            self.broken = True
            self._wake(self)
            return 0

    def _wait(self, frames: list[bytes]) -> None:
        now = self._clock()
        for frame in frames:
            if self.waits + len(frame) > MAX_QUEUE:
                self._stats.drop("tcp")
                continue
            self._queue.append((now, frame))
            self.waits += len(frame)
        self._forget()
        self._wake(self)

    def _forget(self) -> None:
        """Drop what has waited for too long, oldest first."""
        now = self._clock()
        while self._queue:
            since, frame = self._queue[0]
            if now - since <= (VIDEO_WAITS_S if self._is_video(frame) else SPEECH_WAITS_S):
                return
            self._queue.popleft()
            self.waits -= len(frame)
            self._stats.drop("tcp")

    def _is_video(self, frame: bytes) -> bool:
        """Return whether a frame holds an RTP packet that is no sound; repairs are video as well."""
        if self.link is None or len(frame) < 14 or frame[2] & 0xC0 != 0x80 or 192 <= frame[3] <= 223:
            return False
        leg = self.link.peer.legs.get(_SSRC.unpack_from(frame, 2)[0])
        return leg is None or leg.kind == "video"


class Frames(Bare):
    """The inlet (``server.transport.inlet.Inlet``) that a pump takes a connection's packets from."""

    def __init__(self) -> None:
        self.buffers = [bytearray(SLOT) for _ in range(BATCH)]
        self.sizes = [0] * BATCH
        self.keys: list[Hashable] = [b""] * BATCH
        self.clear: Sequence[int] = bytes(BATCH)
        self._address: Address = ("", 0)

    def fill(self, wire: Wire) -> int:
        """Take the next whole frames out of what was received; return how many, 0 when none is left.

        Raises ``ValueError`` for a frame that no browser sends: the connection is worth nothing then.
        """
        data, at, count = wire.received, 0, 0
        self._address = wire.address
        while count < BATCH and at + 2 <= len(data):
            size: int = _LENGTH.unpack_from(data, at)[0]
            strange = wire.alone_since is not None and len(data) >= at + 10
            if size > SLOT or (strange and not is_check(data[at + 2 : at + 10])):
                raise ValueError(size)
            if len(data) < at + 2 + size:
                break
            self.buffers[count][:size] = data[at + 2 : at + 2 + size]
            self.sizes[count] = size
            self.keys[count] = wire.address
            count += 1
            at += 2 + size
        wire.received = data[at:]
        return count

    def receive(self) -> Sequence[int]:
        """Return nothing: frames come by ``fill``."""
        return ()

    def address(self, index: int) -> Address:
        """Return whose frames these are."""
        return self._address

    def waited(self, index: int) -> int:
        """Return 0: a stream's bytes have no time stamp."""
        return 0

    def patience(self, seconds: float) -> None:
        """Do nothing: this never waits."""


class Wires:
    """Every TCP connection by its address, and the thread that reads them."""

    def __init__(
        self,
        lock: threading.RLock,
        table: Table,
        stats: RelayStats,
        clock: Callable[[], float],
    ) -> None:
        self.frames = Frames()
        self.known: dict[Address, Wire] = {}
        self._lock = lock
        self._table = table
        self._stats = stats
        self._clock = clock
        self._selector: selectors.BaseSelector
        self._bell: socket.socket
        self._button: socket.socket
        self._batch: Callable[[int], None]
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._arrived: list[tuple[socket.socket, tuple[str, int]]] = []
        self._busy: set[Wire] = set()
        self._count = 0
        self._swept = 0.0
        self._stopping = False

    def open(self, listener: socket.socket | None, batch: Callable[[int], None]) -> None:
        """Begin to work. ``batch`` is given the number of packets in ``frames``, under the lock.

        ``listener`` is bound and has nothing else to do; where it is None, connections come by ``take``.
        """
        self._batch = batch
        self._selector = selectors.DefaultSelector()
        self._bell, self._button = socket.socketpair()
        self._bell.setblocking(False)
        self._button.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        if listener is not None:
            listener.setblocking(False)
            listener.listen(MAX_UNPROVEN)
            self._selector.register(listener, selectors.EVENT_READ)
            self._listener = listener
        self._thread = threading.Thread(target=self._work, name="media-tcp", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop working and close every connection. Waits for the thread: some milliseconds."""
        self._stopping = True
        self._ring()
        if self._thread is not None:
            self._thread.join()
        for wire in list(self.known.values()):
            self._close(wire)
        for sock, _ in self._arrived:
            sock.close()
        if self._listener is not None:
            self._listener.close()
        self._selector.close()
        self._bell.close()
        self._button.close()

    def take(self, sock: socket.socket, remote: tuple[str, int]) -> None:
        """Serve an accepted connection from now on; nothing of it may have been read. From any thread."""
        with self._lock:
            if self._stopping:
                sock.close()
                return
            self._arrived.append((sock, remote))
        self._ring()

    def _ring(self) -> None:
        # A full pipe has been rung already.
        with contextlib.suppress(BlockingIOError):
            self._button.send(b"!")

    def _want(self, wire: Wire) -> None:
        """A connection has something to send, or is broken: look after it. Called under the lock."""
        if wire not in self._busy:
            self._busy.add(wire)
            self._ring()

    # ---------------------------------------------------------------- the thread

    def _work(self) -> None:
        while not self._stopping:
            for key, mask in self._selector.select(SWEEP_S if self.known else None):
                try:
                    self._serve(key, mask)
                except Exception:
                    # A fault in one connection must not end everybody's.
                    self._stats.drop("fault")
                    log.exception("a TCP connection failed")
            with self._lock:
                self._look_after()

    def _serve(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.fileobj is self._bell:
            with contextlib.suppress(BlockingIOError):
                self._bell.recv(READ)
        elif key.fileobj is self._listener:
            self._accept()
        else:
            wire: Wire = key.data
            if mask & selectors.EVENT_WRITE:
                with self._lock:
                    wire.flush()
                    self._want(wire)
            if mask & selectors.EVENT_READ:
                self._read(wire)

    def _accept(self) -> None:
        assert self._listener is not None
        try:
            sock, remote = self._listener.accept()
        except OSError:
            return
        self.take(sock, remote[:2])

    def _read(self, wire: Wire) -> None:
        try:
            data = wire.sock.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        with self._lock:
            if not data:
                self._close(wire)
                return
            wire.received += data
            try:
                while count := self.frames.fill(wire):
                    self._batch(count)
                    if wire.address in self._table.paths:
                        wire.alone_since = None
            except ValueError:
                self._stats.drop("frame")
                self._close(wire)

    def _look_after(self) -> None:
        """Let connections in, follow what they want, and close those that are nobody's."""
        now = self._clock()
        for sock, remote in self._arrived:
            self._admit(sock, remote, now)
        self._arrived.clear()
        for wire in self._busy:
            if wire.broken:
                self._close(wire)
            elif self.known.get(wire.address) is wire:
                wanted = selectors.EVENT_READ | (0 if wire.idle else selectors.EVENT_WRITE)
                self._selector.modify(wire.sock, wanted, wire)
        self._busy.clear()
        if now - self._swept >= SWEEP_S:
            self._swept = now
            self._sweep(now)

    def _admit(self, sock: socket.socket, remote: tuple[str, int], now: float) -> None:
        if len(self.known) >= MAX_WIRES:
            self._stats.drop("wires")
            sock.close()
            return
        unproven = [wire for wire in self.known.values() if wire.alone_since is not None]
        if len(unproven) >= MAX_UNPROVEN:
            self._stats.drop("wires")
            self._close(min(unproven, key=lambda wire: wire.alone_since or 0.0))
        self._count += 1
        # The number keeps two connections apart that came to different addresses of ours from the same port.
        address = remote[0], remote[1], f"tcp-{self._count}"
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire = Wire(sock, address, now, self._stats, self._clock, self._want)
            self._selector.register(sock, selectors.EVENT_READ, wire)
        except OSError:
            sock.close()
            return
        self.known[address] = wire

    def _sweep(self, now: float) -> None:
        for wire in list(self.known.values()):
            if wire.address in self._table.paths:
                wire.alone_since = None
            elif wire.alone_since is None:
                wire.alone_since = now
            elif now - wire.alone_since > PROVE_S:
                self._close(wire)

    def _close(self, wire: Wire) -> None:
        if self.known.pop(wire.address, None) is None:
            return
        self._selector.unregister(wire.sock)
        with contextlib.suppress(OSError):
            wire.sock.shutdown(socket.SHUT_RDWR)
        wire.sock.close()
        self._table.lost(wire.address)


class ListenError(OSError):
    """The TCP port can't be had; the UDP port of the same number could."""


def listener(host: str, port: int) -> socket.socket:
    """Return a TCP socket bound for media alone. Raises ``ListenError``."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ListenError(error.errno, error.strerror) from None
    return made
