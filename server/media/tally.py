"""A member's connection from entering to leaving, in a few sums: what a quality line is made of."""

from __future__ import annotations

from server.media.emodel import mos
from server.media.quality import Measured


class Mean:
    """A running mean and maximum; ``value`` and ``most`` are None before the first."""

    __slots__ = ("_count", "_total", "most")

    def __init__(self) -> None:
        self._count = 0
        self._total = 0.0
        self.most: float | None = None

    def add(self, value: float | None) -> None:
        """Take one value; None is left out."""
        if value is not None:
            self._count += 1
            self._total += value
            self.most = value if self.most is None else max(self.most, value)

    @property
    def value(self) -> float | None:
        """The mean."""
        return self._total / self._count if self._count else None


class Tally:
    """Fed one period (2 s) after the other, over all of a member's media connections.

    Opinions are MOS (1 to 4.5), losses shares (0 to 1), round trips seconds; ``received`` and ``sent`` are
    bytes of media, seen from the server.
    """

    __slots__ = (
        "begun",
        "loss_down",
        "loss_up",
        "opinion",
        "received",
        "reconnects",
        "rtt",
        "sent",
        "tcp",
        "worst",
    )

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self.opinion = Mean()
        self.worst: float | None = None
        self.loss_up = Mean()
        self.loss_down = Mean()
        self.rtt = Mean()
        self.tcp = False
        self.reconnects = 0
        self.received = 0
        self.sent = 0

    def period(self, measured: Measured, rating: float | None, *, tcp: bool) -> None:
        """Take one period and its rating (0 to 93); ``tcp`` says that media went over TCP."""
        if rating is not None:
            opinion = mos(rating)
            self.opinion.add(opinion)
            self.worst = opinion if self.worst is None else min(self.worst, opinion)
        self.loss_up.add(measured.loss_up)
        self.loss_down.add(measured.loss_down)
        self.rtt.add(measured.rtt)
        self.tcp = self.tcp or tcp
