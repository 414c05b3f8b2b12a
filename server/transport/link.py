"""One peer as the pump knows it: where it is, its SRTP sessions, what comes in and what goes out."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, ClassVar

from server.media.estimator import Estimator
from server.media.pacing import Pacer
from server.media.resends import Resends
from server.media.trial import Trial
from server.media.twcc import Arrivals
from server.transport import dtls
from server.transport.ice import Path

if TYPE_CHECKING:
    from server.transport.pacing import Held
    from server.transport.peer import Peer
    from server.transport.sieve import Post
    from server.transport.streams import Stream
    from server.transport.tcp import Wire

OUT_BYTES = 65_536
"""A link's outgoing batch: more is never handed to the kernel in one call."""

NAME_BYTES = 28
"""``struct sockaddr_in6``; that of IPv4 is smaller."""

MAX_STRANGERS = 16
"""Unknown SSRCs a peer that are decrypted to see where they belong; libsrtp keeps state for each."""


RECEIVED = 2
"""The place of received bytes in ``Link.counter``."""

MAX_RTCP_SOURCES = 64
"""SSRCs a peer that may send us RTCP."""


class Link:
    """What the pump knows of one peer: its address, its SRTP sessions, its streams, its outgoing batch.

    ``wire`` is the TCP connection that it is sent to, None where it is UDP.

    ``origin`` says from which of our addresses, as ancillary data; empty where the kernel chooses right.

    ``rx`` and ``tx`` are None before DTLS is up. The batch is ``buffer[start:fill]``, datagrams of
    ``segment`` bytes each (the last may be shorter); ``room`` is the size that the next one may have at
    most. ``name`` is the address as the system has it; ``base`` and ``name_at`` are where ``buffer`` and
    ``name`` are in memory.

    ``rate`` is what the peer's line can carry; ``sizes``, ``times`` and ``marks`` are the estimator's own,
    for whoever sends to write. ``counter`` has the next transport-wide number (it is not cut) and the bytes
    of SRTP sent and received so far, ``line`` the batch that C keeps, ``posts`` who sends to us. ``resends``
    keeps repairs within bounds; ``trial`` is the probe before a call, while it runs. Pictures wait in
    ``pacer`` while ``paced``; it has been told of numbers below ``counted``.
    """

    edition: ClassVar[int] = 0
    """Counts the changes to how links' packets look and where they go: what was laid out before is stale."""

    __slots__ = (
        "address",
        "arrivals",
        "base",
        "buffer",
        "counted",
        "counter",
        "fill",
        "level_id",
        "limit",
        "line",
        "marks",
        "mid_id",
        "name",
        "name_at",
        "name_size",
        "origin",
        "paced",
        "pacer",
        "path",
        "peer",
        "pointer",
        "posts",
        "rate",
        "repaired_id",
        "resends",
        "rid_id",
        "room",
        "rtcp_sources",
        "rx",
        "segment",
        "sizes",
        "start",
        "strangers",
        "streams",
        "tag",
        "times",
        "told",
        "trial",
        "twcc_id",
        "tx",
        "view",
        "wire",
    )

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.path: Path | None = None
        self.wire: Wire | None = None
        self.address: tuple[str, int] = ("", 0)
        self.origin: tuple[tuple[int, int, bytes], ...] = ()
        self.rx: dtls.Handle = None
        self.tx: dtls.Handle = None
        self.tag = 16
        self.streams: dict[int, Stream] = {}
        self.strangers: set[int] = set()
        self.rtcp_sources: set[int] = set()
        self.arrivals = Arrivals()
        self.twcc_id = self.level_id = self.mid_id = self.rid_id = self.repaired_id = 0
        self.buffer = bytearray(OUT_BYTES)
        self.view = memoryview(self.buffer)
        self.pointer: Any = dtls.pointer(self.buffer)
        self.base = dtls.place(self.pointer)
        self.name = bytearray(NAME_BYTES)
        self.name_at = dtls.place(dtls.pointer(self.name))
        self.name_size = 0
        self.start = self.fill = self.segment = self.room = self.limit = 0
        self.rate = Estimator()
        self.resends = Resends()
        self.sizes, self.times, self.marks = self.rate.sizes, self.rate.times, self.rate.late.marks
        self.counter = array("q", (0, 0, 0))
        self.line: tuple[Any, Any] | None = None
        self.counted = 0
        self.paced = False
        self.pacer: Pacer[Held] = Pacer()
        # Transport-wide reports that the next round reads, with when they came; and who keeps more of them.
        self.told: list[tuple[float, bytes]] = []
        self.posts: list[Post] = []
        self.trial: Trial | None = None

    @property
    def number(self) -> int:
        """The next transport-wide number."""
        return self.counter[0]

    @property
    def sent(self) -> int:
        """Bytes of SRTP so far."""
        return self.counter[1]

    @property
    def received(self) -> int:
        """Bytes of SRTP that came so far."""
        return self.counter[RECEIVED]

    @staticmethod
    def renew() -> None:
        """Something has changed in how some link's packets look or where they go."""
        Link.edition += 1
