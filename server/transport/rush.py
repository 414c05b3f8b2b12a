"""Nearly every packet is plain: in order, of one format, for legs that take it as it comes. C does all of it.

Python spent 37 µs on each. Now it lays out what C needs to know of a stream (rush.c); the stream is ``plain``
from then on, until something changes that its packets depend on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.transport.link import Link

if TYPE_CHECKING:
    from server.transport.fan import Fan, Plan
    from server.transport.sieve import Post, Sieve
    from server.transport.streams import Stream

MOST = 16
"""Streams of a sender that may be plain: a browser has seven at most."""


class Source:
    """A stream as C knows it, and what has to stay where it is meanwhile."""

    def __init__(self, sieve: Sieve, stream: Stream) -> None:
        place: Any = sieve.ffi.new("struct source *")
        place.cells = sieve.cells("int64_t *", stream.cells)
        place.clocks = sieve.cells("double *", stream.clocks)
        place.clock_rate = stream.clock_rate
        place.video = stream.video
        ring = stream.ring
        data: Any = sieve.ffi.from_buffer("uint8_t[]", ring.room())
        place.kept = data
        place.sizes = sieve.cells("uint16_t *", ring.sizes)
        place.mask = ring.count - 1
        self.place = place
        self.post: Post | None = None
        self._kept: tuple[Any, Plan | None] = data, None

    @property
    def stale(self) -> bool:
        """Whether links have changed since it was laid out, or its sender is not known any more."""
        known = self.post is not None and self.post.listed
        return not known or self.place.edition != Link.edition

    def lay_out(self, stream: Stream, plan: Plan) -> None:
        """Let packets go by this plan from now on."""
        place = self.place
        place.ssrc = stream.ssrc
        place.payload_type = stream.payload_type
        place.entries, place.legs, place.numbered = plan.entries, plan.size, plan.numbered
        place.edition = plan.edition
        self._kept = self._kept[0], plan


class Rush:
    """Takes what a sieve has let through to a fan. ``full`` says that copies must leave before it goes on."""

    def __init__(self, sieve: Sieve, fan: Fan) -> None:
        self._sieve = sieve
        self._place = sieve.place
        self._fan = fan

    def go(self, first: int, end: int, many: int) -> int:
        """Take the ``first`` and those that follow of the ``end`` datagrams that came, as far as they are
        plain packets and are copied less than ``many`` times; return which is the first that is not taken.
        """
        return self._fan.rush(self._place, first, end, many)

    @property
    def full(self) -> bool:
        """Whether ``go`` has stopped for want of room: ``flush`` must come before it goes on."""
        return bool(self._place.full)

    def settle(self, key: bytes, link: Link, stream: Stream) -> None:
        """Look whether the next packets of a stream may be plain, if they come from there."""
        if not _plain(stream):
            stream.plain = 0
        elif not stream.plain or stream.source is None or stream.source.stale:
            self._lay_out(key, link, stream)

    def _lay_out(self, key: bytes, link: Link, stream: Stream) -> None:
        stream.plain = 0
        plan = self._fan.plan(stream, stream.legs)
        if plan.rest or (plan.numbered and stream.codec != "vp8"):
            return
        post = self._sieve.post(key, link)
        source = stream.source
        if source is None:
            source = stream.source = Source(self._sieve, stream)
        if source.post is not post:
            if source not in post.sources:
                if len(post.sources) == MOST:
                    return
                post.place.sources[len(post.sources)] = source.place
                post.sources.append(source)
                post.place.streams = len(post.sources)
            source.post, source.place.post = post, post.place
        post.place.twcc_id, post.place.level_id = link.twcc_id, link.level_id
        source.lay_out(stream, plan)
        stream.plain = 1


def _plain(stream: Stream) -> bool:
    """Whether nothing but a copy to each leg is to be done with a stream's packets."""
    return (
        stream.open
        and stream.heard
        and not (stream.waiting or stream.redundant or stream.slow or stream.holes)
        and stream.hush.idle
    )


def make(sieve: Sieve | None, fan: Fan | None) -> Rush | None:
    """Return the way for plain packets, None where there is none."""
    return None if sieve is None or fan is None else Rush(sieve, fan)
