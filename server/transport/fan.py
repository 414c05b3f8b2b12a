"""The pump's inner loop in C where it could be built (fan.c); where not, ``Outlet`` does the same in Python.

Measured with 24 watchers: of 20 µs that a forwarded packet cost, Python spent 3 on writing its header and on
the batch that it leaves in, and handing the interpreter over for each ``srtp_protect`` came on top.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cffi import FFI

from server.media.estimator import RING
from server.media.payloads import PAYLOADS
from server.media.stats import RelayStats
from server.transport import dtls, inner
from server.transport.link import OUT_BYTES, Link
from server.transport.streams import Leg, Stream

PLANS = 4
"""Sets of legs a stream that are remembered: usually there is one, on lossy lines one for each redundancy."""


class Plan(NamedTuple):
    """A stream's legs laid out for C: valid for these very ``legs`` in this ``edition`` of all links.

    ``rest`` are those that only Python can serve; ``numbered`` is whether some payload has to be renumbered.
    """

    edition: int
    legs: list[Leg]
    entries: Any
    size: int
    rest: list[Leg]
    numbered: bool


class Fan:
    """What of one socket's packets leaves by C. ``flush`` sends it; ``protect`` is libsrtp's address."""

    def __init__(self, ffi: FFI, lib: Any, fd: int, stats: RelayStats, protect: int) -> None:
        self._ffi = ffi
        self._fan, self._put, self._leave, self._rush = lib.fan, lib.put, lib.leave, lib.rush
        self._stats = stats
        self._waits = False
        call = ffi.cast("int32_t (*)(void *, void *, int32_t *)", protect)
        self._outlet: Any = ffi.gc(lib.outlet_new(fd, call, RING), lib.outlet_free)
        if not self._outlet:
            raise MemoryError
        self._buffer = ffi.new_allocator(should_clear_after_alloc=False)

    def aim(self, link: Link) -> None:
        """Let what a link sends go to the address that it has now."""
        if link.line is not None:
            line = link.line[0]
            self._ffi.memmove(line.name, link.name, link.name_size)
            line.name_size = link.name_size

    def fan(self, stream: Stream, legs: list[Leg], packet: bytes, number: int, now: float) -> list[Leg]:
        """Copy one packet to the legs; return those that were left out and are Python's to serve."""
        plan = self.plan(stream, legs)
        picture = tl0 = 0
        if plan.numbered:
            picture, tl0 = PAYLOADS[stream.codec].places(packet, 12)
        if plan.size:
            self._waits = True
            self._fan(self._outlet, plan.entries, plan.size, packet, len(packet), number, picture, tl0, now)
        return plan.rest

    def put(self, link: Link, packet: bytes | bytearray) -> bool:
        """Let one packet leave that has its header; False where that is Python's to do."""
        if _python_only(link):
            return False
        self._waits = True
        data = self._ffi.from_buffer("uint8_t[]", packet)
        self._put(self._outlet, self._line(link), self._session(link), link.tag, data, len(packet))
        return True

    def rush(self, sieve: Any, first: int, end: int, many: int) -> int:
        """Copy the plain packets among what a sieve let through, as ``Rush.go`` says, and count them."""
        self._waits = True
        place: int = self._rush(sieve, self._outlet, first, end, Link.edition, many)
        packets = sieve.packets
        if packets:
            self._stats.packets_in += packets
            self._stats.bytes_in += sieve.octets
            sieve.packets = sieve.octets = 0
        return place

    def flush(self) -> None:
        """Send what waits, and count it."""
        if not self._waits:
            return
        self._waits = False
        outlet, stats = self._outlet, self._stats
        self._leave(outlet)
        stats.packets_out += outlet.packets
        stats.bytes_out += outlet.octets
        outlet.packets = outlet.octets = 0
        if outlet.lost or outlet.unprotected:
            for reason, count in (("send", outlet.lost), ("protect", outlet.unprotected)):
                for _ in range(count):
                    stats.drop(reason)
            outlet.lost = outlet.unprotected = 0

    def plan(self, stream: Stream, legs: list[Leg]) -> Plan:
        """Return a stream's legs laid out for C, as they are now."""
        edition = Link.edition
        for plan in stream.plans:
            if plan.edition == edition and plan.legs == legs:
                return plan
        if len(stream.plans) >= PLANS or any(plan.edition != edition for plan in stream.plans):
            stream.plans.clear()
        plan = self._lay_out(edition, legs)
        stream.plans.append(plan)
        return plan

    def _lay_out(self, edition: int, legs: list[Leg]) -> Plan:
        rest = [leg for leg in legs if _python_only(leg.link)]
        served = [leg for leg in legs if leg not in rest] if rest else legs
        entries = self._ffi.new("struct entry[]", len(served))
        for entry, leg in zip(entries, served, strict=True):
            link = leg.link
            entry.line = self._line(link)
            entry.session = self._session(link)
            entry.start = leg.start
            entry.ssrc = leg.ssrc
            entry.timestamp_offset = leg.timestamp_offset
            entry.sequence_offset = leg.sequence_offset
            entry.picture_offset = leg.picture_offset
            entry.tl0_offset = leg.tl0_offset
            entry.payload_type = leg.payload_type
            entry.extension = leg.extension
            entry.tag = link.tag
        numbered = any(leg.picture_offset or leg.tl0_offset for leg in served)
        # A copy: who holds the list may change it.
        return Plan(edition, list(legs), entries, len(served), rest, numbered)

    def _session(self, link: Link) -> Any:
        return self._ffi.cast("void *", dtls.place(link.tx))

    def _line(self, link: Link) -> Any:
        """Return a link's batch, made when it is first needed."""
        ffi = self._ffi
        if link.line is None:
            line: Any = ffi.new("struct line *")
            buffer = self._buffer("uint8_t[]", OUT_BYTES)
            line.buffer = buffer
            for name, kind, values in (
                ("counter", "int64_t *", link.counter),
                ("sizes", "uint16_t *", link.sizes),
                ("times", "double *", link.times),
                ("marks", "int64_t *", link.marks),
            ):
                setattr(line, name, ffi.cast(kind, values.buffer_info()[0]))
            # The structure only points at the buffer, which would go with its last name here.
            link.line = line, buffer
            self.aim(link)
        return link.line[0]


def _python_only(link: Link) -> bool:
    """Whether a link is sent to by TCP, or from an address that each message has to name."""
    return link.wire is not None or bool(link.origin)


def make(fd: int, stats: RelayStats) -> Fan | None:
    """Return the inner loop for a socket, None where it could not be built."""
    found = inner.library()
    return None if found is None else Fan(*found, fd, stats, dtls.protect_place())
