"""What comes, in C (sieve.c): reports that can wait are kept back, and Python is not woken for them.

Three of four datagrams that a room of 24 watchers sends are transport-wide reports. They are read once a
round; until then each had cost what waking Python costs.
"""

from __future__ import annotations

from array import array
from struct import Struct
from typing import TYPE_CHECKING, Any

from cffi import FFI

from server.media.estimator import RING
from server.media.summary import Summary
from server.transport import dtls, inner
from server.transport.link import RECEIVED

if TYPE_CHECKING:
    from server.transport.link import Link
    from server.transport.rush import Source

_SUMMARY = Struct("=4qd7q2d")
"""``struct summary``, which is a ``Summary``."""

Told = tuple[float, bytes]
"""When a report came (s, monotonic), and the report, decrypted."""


class Post:
    """One sender of a link as C knows it. ``key`` is its address, as the inlet tells senders apart."""

    __slots__ = ("_mail", "_sieve", "key", "link", "listed", "place", "sources")

    def __init__(self, sieve: Sieve, key: bytes, link: Link) -> None:
        self.key = key
        self.link = link
        """Held for its sake: sessions and counters live as long."""
        self.listed = True
        self.sources: list[Source] = []
        self._sieve = sieve
        place: Any = sieve.ffi.new("struct post *")
        sieve.ffi.memmove(place.key, key, len(key))
        place.session = sieve.ffi.cast("void *", dtls.place(link.rx))
        arrivals = link.arrivals
        place.received = sieve.cells("int64_t *", link.counter, RECEIVED)
        place.numbers = sieve.cells("uint16_t *", arrivals.numbers)
        place.ticks = sieve.cells("int64_t *", arrivals.ticks)
        place.noted = sieve.cells("int64_t *", arrivals.noted)
        departed: Any = place.departed
        departed.ring = RING
        departed.counter = sieve.cells("int64_t *", link.counter)
        departed.sizes = sieve.cells("uint16_t *", link.sizes)
        departed.times = sieve.cells("double *", link.times)
        self.place = place
        self._mail: Any = place.mail

    def take(self) -> list[Told]:
        """Return what has been kept of its reports and not been summed up since the last call."""
        return self._sieve.take(self) if self._mail.count else []

    def sum_up(self, least: int, before: int) -> Summary | None:
        """Sum up what has been kept since the last call.

        None where nothing has, or where it has to be read: it tells of numbers below ``least``, or not all
        came, or not in order. ``before`` is the last tick so far.
        """
        sieve = self._sieve
        if not (self._mail.count and sieve.sum_up(sieve.place, self.place, least, before, sieve.summary)):
            return None
        return Summary._make(_SUMMARY.unpack(sieve.summed))


class Sieve:
    """Receives from the socket ``fd`` into ``headers``: an array of ``batch`` messages, as in ``Batched``.

    The key of a sender is ``name_size`` bytes of its name and the slice ``own`` of the ``control`` bytes of
    control data. ``clear[i]`` says of the ``i``-th datagram that it is decrypted; C has it all at ``place``.

    ``sum_up`` is C's own, for ``place`` and a post's, and writes to ``summary``: the bytes of ``summed``.
    """

    def __init__(
        self,
        library: tuple[FFI, Any],
        fd: int,
        headers: Any,
        batch: int,
        *,
        name_size: int,
        own: slice,
        control: int,
    ) -> None:
        self.ffi, lib = library
        ffi = self.ffi
        self._receive, self._admit, self._list = lib.sieve_receive, lib.sieve_admit, lib.sieve_list
        self._take, self._forget = lib.sieve_take, lib.sieve_forget
        self.sum_up = lib.sieve_sum
        sieve: Any = ffi.gc(lib.sieve_new(), lib.sieve_free)
        if not sieve:
            raise MemoryError
        sieve.unprotect, sieve.unprotect_rtcp = (
            ffi.cast("int32_t (*)(void *, void *, int32_t *)", place) for place in dtls.unprotect_places()
        )
        sieve.headers = ffi.cast("void *", headers)
        sieve.fd, sieve.batch, sieve.control_size = fd, batch, control
        sieve.name_size, sieve.own_at, sieve.own_size = name_size, own.start, own.stop - own.start
        # Before the first call the kernel has not written any length yet.
        sieve.used = batch
        self.place = sieve
        self._left = sieve.left
        mail: Any = ffi.new("struct mail *")
        self._mail = mail
        self._data = ffi.buffer(mail.data)
        self._posts: dict[bytes, Post] = {}
        summary: Any = ffi.new("struct summary *")
        self.summary = summary
        self.summed = ffi.buffer(summary)
        self.clear = memoryview(ffi.buffer(sieve.clear)).cast("B")

    def cells(self, kind: str, values: array[Any], first: int = 0) -> Any:
        """Return where in memory the numbers of an array stand, from one of them on."""
        return self.ffi.cast(kind, values.buffer_info()[0] + first * values.itemsize)

    def receive(self, patience: float) -> list[int]:
        """Wait for at most so many seconds; return which datagrams of what came are not kept back."""
        count = self._receive(self.place, patience)
        return [self._left[index] for index in range(count)]

    def post(self, key: bytes, link: Link) -> Post:
        """Return what C knows of a link's packets from this address; from now on, if it has not known it."""
        post = self._posts.get(key)
        if post is None:
            post = self._posts[key] = Post(self, key, link)
            link.posts.append(post)
            self._list(self.place, post.place)
        return post

    def admit(self, key: bytes, link: Link, reporter: int) -> None:
        """Decrypt RTCP of this SSRC as it comes from this sender, and keep its reports."""
        self._admit(self.place, self.post(key, link).place, reporter)

    def forget(self) -> None:
        """Know nobody any more: addresses may have changed hands."""
        self._forget(self.place)
        for post in self._posts.values():
            post.link.told += post.take()
            post.link.posts.clear()
            post.listed = False
        self._posts.clear()

    def failed(self) -> tuple[int, int]:
        """Return how many packets and reports since the last call were not from whom they seemed to be."""
        place = self.place
        found = place.forged, place.refused
        if any(found):
            place.forged = place.refused = 0
        return found

    def take(self, post: Post) -> list[Told]:
        """Return what is kept of a link's reports, and keep it no longer."""
        mail, data = self._mail, self._data
        self._take(self.place, post.place, mail)
        found: list[Told] = []
        start = 0
        for index in range(mail.count):
            end = mail.ends[index]
            found.append((mail.times[index], data[start:end]))
            start = end
        return found


def make(fd: int, headers: Any, batch: int, *, name_size: int, own: slice, control: int) -> Sieve | None:
    """Return the inner loop of an inlet, None where it could not be built."""
    found = inner.library()
    if found is None:
        return None
    return Sieve(found, fd, headers, batch, name_size=name_size, own=own, control=control)
